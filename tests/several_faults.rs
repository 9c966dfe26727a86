//! One file gives all its errors: a sound one with several independent faults has just so many findings, each at
//! its own place; with one of them mended, one less; and the first is what the real nginx says.
//!
//! A fault is a line of `tests/cases/several/sound.conf` and what stands there instead.

mod judges;
#[allow(dead_code, reason = "only its numbers are asked for")]
mod mutation;
mod oracle;

use std::collections::BTreeSet;

use judges::{JUDGES, ours_of};
use mutation::Mutator;
use nginx_gen::diagnostic::{Diagnostic, Severity};
use nginx_gen::nginx::check::Target;
use nginx_gen::nginx::directives::Context;
use nginx_gen::nginx::version::Version;
use nginx_gen::text::SourceFile;

const SOUND: &str = include_str!("cases/several/sound.conf");

/// A line, counted from 1, what stands in its place, and which line of what stands there then a finding must show: the
/// fault's own when that is 0.
struct Fault {
    line: usize,
    becomes: &'static str,
    shown: usize,
}

const fn at(line: usize, becomes: &'static str) -> Fault {
    Fault { line, becomes, shown: 0 }
}

/// A block that is not closed is shown at its head.
const fn open(head: usize, line: usize) -> Fault {
    Fault { line, becomes: "", shown: head }
}

const FAULTS: [Fault; 40] = [
    // No `;`: before a directive that is taken in loudly or in silence, before a `}`, before a block.
    at(6, "        server 127.0.0.1:8080"),
    at(16, "        listen 80"),
    at(17, "        server_name a.example.org"),
    at(19, "        client_max_body_size 15m"),
    at(22, "            proxy_pass http://app"),
    at(24, "            proxy_read_timeout 60s"),
    at(31, "                return 405"),
    at(46, "        error_page 404 /404.html"),
    // A `;` too many, or in the wrong place.
    at(8, "    };"),
    at(47, "        location /x/; {"),
    // No `}`.
    open(5, 8),
    open(10, 13),
    open(21, 25),
    open(27, 33),
    open(30, 32),
    open(15, 39),
    open(47, 51),
    // A `}` too many.
    at(25, "        }}"),
    Fault { line: 25, becomes: "        }\n        }", shown: 26 },
    Fault { line: 33, becomes: "        }\n}", shown: 34 },
    Fault { line: 45, becomes: "    }\n        add_header X-Frame-Options DENY;", shown: 45 },
    // No `{`.
    at(21, "        location /"),
    at(30, "            if ($request_method = POST)"),
    at(41, "    server"),
    at(10, "    map $http_upgrade $ws"),
    // A brace in a regex without quotes.
    at(52, "        location ~ \\.ph{1,2}p$ {"),
    at(46, "        error_page 404 /404.html; rewrite ^/(\\d{4})/x /y;"),
    // Quotes.
    at(37, "            return 200 \"ok;"),
    at(45, "        add_header X-Frame-Options \"DENY always;"),
    at(45, "        add_header X-Frame-Options \"DENY\"always;"),
    // What nginx looks at once the text is read.
    at(22, "            proxy_pas http://app;"),
    at(23, "            proxy_set_header Host;"),
    at(29, "            proxy_http_version 1.2;"),
    at(19, "        client_max_body_size 15x;"),
    at(43, "        server_name b.example.org; proxy_pass http://app;"),
    at(48, "            expires 1hx;"),
    at(49, "            autoindex yes;"),
    at(50, "            limit_rate 10k; limit_rate 20k;"),
    at(54, "            fastcgi_read_timeout;"),
    at(12, "        ~*^websocket$;"),
];

/// The file with these faults, and for each the line that is to be shown of it.
fn with(faults: &[&Fault]) -> (String, Vec<usize>) {
    let mut places = vec![0; faults.len()];
    let mut text = String::new();
    let mut lines = 0;
    let mut starts = vec![0];
    for (index, line) in SOUND.lines().enumerate() {
        starts.push(lines + 1);
        let fault = faults.iter().find(|fault| fault.line == index + 1);
        let line = fault.map_or(line, |fault| fault.becomes);
        if fault.is_none() || !line.is_empty() {
            text.push_str(line);
            text.push('\n');
            lines += line.lines().count().max(1);
        }
    }
    for (place, fault) in places.iter_mut().zip(faults) {
        *place = match fault.shown {
            0 => starts[fault.line],
            shown if shown < fault.line => starts[shown],
            shown => starts[fault.line] + shown - fault.line,
        };
    }
    (text, places)
}

/// The errors of a whole configuration.
fn errors(text: &str) -> Vec<Diagnostic> {
    let mut found = ours_of(text, Target { version: Version::NEWEST, top: Context::Main });
    found.retain(|fault| fault.severity == Severity::Error);
    found
}

/// The lines that a finding shows.
fn shown(text: &str, finding: &Diagnostic) -> BTreeSet<usize> {
    let file = SourceFile::new("site.conf", text);
    finding.labels.iter().map(|label| file.position(label.span.start as usize).line).collect()
}

/// Holds that each fault has one finding of its own, and that there are no others.
#[track_caller]
fn hold(faults: &[&Fault]) {
    let (text, places) = with(faults);
    let found = errors(&text);
    let told: Vec<_> = found.iter().map(|one| (one.code, &one.message, shown(&text, one))).collect();
    assert_eq!(found.len(), faults.len(), "faults in {places:?}, found {told:#?}\n{text}");
    for place in places {
        assert!(told.iter().any(|(_, _, lines)| lines.contains(&place)), "{place}: {told:#?}\n{text}");
    }
}

/// So many faults that have nothing to do with each other.
fn independent(mutator: &mut Mutator, count: usize) -> Vec<&'static Fault> {
    let mut chosen: Vec<&Fault> = Vec::new();
    for _ in 0..200 {
        let fault = &FAULTS[mutator.below(FAULTS.len())];
        if chosen.len() < count && chosen.iter().all(|other| are_apart(fault, other)) {
            chosen.push(fault);
        }
    }
    chosen
}

/// Whether two faults lie in different directives, not at both ends of one block, and one does not mend the other: a `}`
/// too many ends a block of the same server that lacks one.
fn are_apart(one: &Fault, other: &Fault) -> bool {
    const SECOND_SERVER: usize = 41;
    let is_of_one_server = (one.line < SECOND_SERVER) == (other.line < SECOND_SERVER);
    if is_of_one_server && balance(one) * balance(other) < 0 {
        return false;
    }
    let ends = |fault: &Fault| [fault.line, if fault.shown == 0 { fault.line } else { fault.shown }];
    ends(one).iter().all(|line| ends(other).iter().all(|other| line.abs_diff(*other) > 1))
}

/// How many blocks more it leaves open.
fn balance(fault: &Fault) -> isize {
    let open = |line: &str| {
        let count = |brace: char| isize::try_from(line.matches(brace).count()).expect("a line is short");
        count('{') - count('}')
    };
    open(fault.becomes) - open(SOUND.lines().nth(fault.line - 1).expect("a line of the file"))
}

fn given(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

#[test]
fn the_sound_file_is_sound() {
    assert_eq!(errors(SOUND), []);
    for (binary, version) in JUDGES.iter() {
        assert_eq!(oracle::judge(binary, SOUND), Ok(()), "nginx {version}");
    }
}

#[test]
fn each_fault_has_one_finding() {
    for fault in &FAULTS {
        hold(&[fault]);
    }
}

#[test]
fn several_faults_have_as_many_findings() {
    let seed = given("FAULTS_SEED", 1);
    for case in 0..given("FAULTS_CASES", 400) {
        let mut mutator = Mutator::new(seed.wrapping_shl(32) + case);
        let count = 2 + mutator.below(5);
        let faults = independent(&mut mutator, count);
        hold(&faults);
        // With one of them mended the others are still told.
        let mended = mutator.below(faults.len());
        let left: Vec<_> = faults.iter().enumerate().filter(|(index, _)| *index != mended).collect();
        hold(&left.into_iter().map(|(_, fault)| *fault).collect::<Vec<_>>());
    }
}

#[test]
fn what_nginx_says_first_is_among_them() {
    let seed = given("FAULTS_SEED", 1);
    let mut refused = 0;
    for case in 0..given("FAULTS_CASES", 40) {
        let mut mutator = Mutator::new(seed.wrapping_shl(32) + case);
        let count = 1 + mutator.below(4);
        let faults = independent(&mut mutator, count);
        let (text, _) = with(&faults);
        let (binary, version) = &JUDGES[usize::from(case % 2 == 0)];
        let Err(told) = oracle::judge(binary, &text) else { continue };
        let found = errors(&text);
        let told_of: Vec<_> = found.iter().map(|one| &one.message).collect();
        let is_told = told_of.iter().any(|message| told.contains(&***message));
        assert!(
            is_told,
            "FAULTS_SEED={seed}, case {case}, nginx {version}: {told}\nand we {told_of:#?}\n{text}"
        );
        refused += 1;
    }
    assert!(refused > 20, "{refused} of them are refused");
}
