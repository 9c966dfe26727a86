//! Nothing panics, whatever the bytes: what cannot be read is told, at a place that exists, in good time.

use std::fs;
use std::time::{Duration, Instant};

use nginx_gen::diagnostic::Diagnostic;
use nginx_gen::environment::{self, load};
use nginx_gen::report::{self, Format};
use nginx_gen::text::Sources;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::command::Project;
use crate::support::pipeline::{Refused, cases, compiled};
use crate::support::repository;

/// Far more than any text of a test needs, far less than a person waits; tests of two cores share them.
const SOON: Duration = Duration::from_secs(5);

/// Loads an environment of these bytes; what it says is complete, lies in the text and can be printed.
fn survives(project: &Project, bytes: &[u8]) -> Result<bool, String> {
    fs::write(project.path("environments/odd.yaml"), bytes).expect("the folder can be written");
    let mut sources = Sources::new();
    let start = Instant::now();
    let loaded = load(&environment::Project::new(project.path("")), "odd", &mut sources);
    let faults = loaded.as_ref().map_or_else(Clone::clone, |_| vec![]);
    if loaded.is_err() && faults.is_empty() {
        return Err("refused without a word".to_owned());
    }
    faults.iter().try_for_each(|fault| complete(fault, &sources))?;
    if faults.iter().any(|fault| fault.span().is_none()) {
        return Err(format!("a fault of YAML without a place: {faults:#?}"));
    }
    printed(&faults, &sources)?;
    let took = start.elapsed();
    if took > SOON { Err(format!("{} bytes took {took:?}", bytes.len())) } else { Ok(loaded.is_ok()) }
}

fn complete(fault: &Diagnostic, sources: &Sources) -> Result<(), String> {
    if fault.message.trim().is_empty() || fault.message.contains('\n') || fault.message.len() > 1_000 {
        return Err(format!("not a message: {fault:#?}"));
    }
    for label in &fault.labels {
        let text = sources.file(label.span.file).text();
        if text.get(label.span.range()).is_none() {
            return Err(format!("no place in {} bytes: {fault:#?}", text.len()));
        }
    }
    Ok(())
}

fn printed(faults: &[Diagnostic], sources: &Sources) -> Result<(), String> {
    for (format, styled) in [
        (Format::Human, false),
        (Format::Human, true),
        (Format::Json, false),
        (Format::Sarif, false),
        (Format::Github, false),
    ] {
        let mut out = Vec::new();
        report::write(&mut out, format, faults, sources, styled, &[]).map_err(|error| error.to_string())?;
        if out.len() > 1_000 + faults.len() * 50_000 {
            return Err(format!("{format:?} prints {} bytes for {} faults", out.len(), faults.len()));
        }
    }
    Ok(())
}

/// A project with the committed environments, for what they extend.
fn project() -> Project {
    Project::petties()
}

#[track_caller]
fn hold<S: Strategy>(count: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), String>) {
    let tested =
        TestRunner::new(cases(count)).run(strategy, |value| test(value).map_err(TestCaseError::fail));
    if let Err(error) = tested {
        panic!("{error}");
    }
}

#[test]
fn arbitrary_bytes() {
    let project = project();
    hold(300, &prop::collection::vec(any::<u8>(), 0..200), |bytes| survives(&project, &bytes).map(drop));
}

#[test]
fn arbitrary_text_of_what_yaml_is_made_of() {
    let project = project();
    let piece = prop::sample::select(PIECES);
    let text = prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat());
    hold(1_000, &text, |text| survives(&project, text.as_bytes()).map(drop));
}

const PIECES: &[&str] = &[
    "a",
    "sites",
    "services",
    "tls",
    "nginx_version",
    "locations",
    "path",
    ":",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    " ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "#",
    " #",
    "&a ",
    "*a",
    "!nginx ",
    "!!str ",
    "!<x> ",
    "|",
    ">",
    "|2\n",
    "<<: ",
    "? ",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "~",
    "null",
    "1.30",
    "0x10",
    "\\",
    "\0",
    "\r",
    "\r\n",
    "é",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{10ffff}",
    "`",
    "@",
    "_petties.yaml",
    "extends: ",
];

/// The committed environments, in one file each: what they extend is put in front.
fn whole_environments() -> Vec<String> {
    let shared = repository::read("environments/_petties.yaml");
    let own = |name: &str| repository::read(&format!("environments/{name}.yaml"));
    let whole = |name: &str| format!("{shared}{}", own(name).replace("extends: _petties.yaml\n", ""));
    ["prod", "test", "local"].map(whole).into_iter().chain([own("prod")]).collect()
}

/// A change to the lines or bytes of a text: what, where (of 1000), and with what.
fn changed(text: &str, what: u8, place: usize, piece: &str) -> Vec<u8> {
    let lines: Vec<&str> = text.lines().collect();
    let line = place * lines.len() / 1_000;
    let at = place * text.len() / 1_000;
    let joined = |lines: Vec<&str>| (lines.join("\n") + "\n").into_bytes();
    let (before, behind) = (&lines[..line], &lines[line + 1..]);
    match what {
        0 => text.as_bytes()[..at].to_vec(),
        1 => joined([before, behind].concat()),
        2 => joined([before, &[lines[line], lines[line]], behind].concat()),
        3 => joined([before, &[&format!("\t{}", lines[line])], behind].concat()),
        4 => joined([before, &[&format!(" {}", lines[line])], behind].concat()),
        5 => joined([before, &[lines[line].trim_start()], behind].concat()),
        6 => [&text.as_bytes()[..at], piece.as_bytes(), &text.as_bytes()[at..]].concat(),
        7 => [&text.as_bytes()[..at], piece.as_bytes(), text.as_bytes().get(at + 1..).unwrap_or_default()]
            .concat(),
        _ => {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1 << (what % 8);
            bytes
        }
    }
}

#[test]
fn changed_environments() {
    let project = project();
    let texts = whole_environments();
    for text in &texts {
        assert_eq!(survives(&project, text.as_bytes()), Ok(true));
    }
    let change = (prop::sample::select(texts), 0..16_u8, 0..1_000_usize, prop::sample::select(PIECES));
    hold(1_000, &change, |(text, what, place, piece)| {
        survives(&project, &changed(&text, what, place, piece)).map(drop)
    });
}

/// What opens something, a hundred thousand times.
const OPENINGS: &[&str] = &[
    "[", "{", "{a: ", "- ", "? ", ": ", "\"", "'", "&a ", "*a ", "!a ", "\t", "\n", "---\n", "|\n ", "<<: {",
    "#",
];

#[test]
fn what_never_ends_is_told_soon() {
    let project = project();
    for piece in OPENINGS {
        if let Err(why) = survives(&project, piece.repeat(100_000).as_bytes()) {
            panic!("{piece:?}: {why:.3000}");
        }
    }
    let deepening: String = (0..2_000).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect();
    assert_eq!(survives(&project, deepening.as_bytes()), Ok(false));
}

#[test]
fn long_lines_and_many_faults_are_told_soon() {
    let project = project();
    let line = "x".repeat(5_000_000);
    let keys: String =
        (0..1_000).flat_map(|key| ["k".to_owned(), key.to_string(), ": 1\n".to_owned()]).collect();
    for (what, text) in [
        ("a plain text", format!("sites: {line}")),
        ("a quoted text", format!("sites: \"{line}\"")),
        ("a key", format!("{line}: 1")),
        ("a text that is not closed", format!("sites: \"{line}")),
        ("a comment", format!("# {line}")),
        ("unknown keys", keys.clone()),
        ("sites that are none", format!("sites:\n{}", keys.replace('k', "  - k"))),
    ] {
        if let Err(why) = survives(&project, text.as_bytes()) {
            panic!("{what}: {why:.3000}");
        }
    }
}

/// Ten levels of ten aliases stand for more values than any memory holds.
#[test]
fn bombs_of_aliases_do_not_go_off() {
    let project = project();
    let level = |level: usize| {
        let below = format!("*a{}", level - 1);
        format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", "))
    };
    let bomb = (1..10).map(level).collect::<Vec<_>>().concat();
    for text in [
        format!("a0: &a0 [x, x]\n{bomb}sites: *a9\n"),
        format!("a0: &a0 [x, x]\n{bomb}sites: []\n"),
        format!("a0: &a0 {{x: y}}\n{}", bomb.replace('[', "{<<: [").replace(']', "]}")),
    ] {
        assert_eq!(survives(&project, text.as_bytes()), Ok(false), "{text}");
    }
}

/// Loads an environment that extends itself in many ways.
#[test]
fn chains_of_fragments() {
    let project = project();
    for level in 0..200 {
        project.write(&format!("environments/_{level}.yaml"), &format!("extends: _{}.yaml\n", level + 1));
    }
    assert_eq!(survives(&project, b"extends: _0.yaml\nsites: []\n"), Ok(false));
    for level in 0..25 {
        let twice = format!("extends: [_{0}.yaml, _{0}.yaml]\n", level + 1);
        project.write(&format!("environments/_{level}.yaml"), &twice);
    }
    project.write("environments/_25.yaml", "http2: true\n");
    assert_eq!(survives(&project, b"extends: [_0.yaml, _0.yaml]\nsites: []\n"), Ok(false));
    for odd in [".", "..", "/", "/dev/null", "odd.yaml", "\"\"", "\"a\\0b\"", "~", "[]", "[[]]", "{}"] {
        assert_eq!(survives(&project, format!("extends: {odd}\n").as_bytes()), Ok(false), "{odd}");
    }
}

/// What templates are made of.
const TEMPLATE: &[&str] = &[
    "{{ ",
    " }}",
    "{% ",
    " %}",
    "{# ",
    " #}",
    "{{",
    "}}",
    "{%",
    "%}",
    "{%-",
    "if site.tls",
    "endif",
    "else",
    "for l in site.locations",
    "endfor",
    "include \"site.conf.j2\"",
    "include \"proxy.conf.j2\"",
    "extends \"x\"",
    "macro m()",
    "endmacro",
    "set x = 1",
    "raw",
    "endraw",
    "site.name",
    "nginx.version",
    "upstream.group",
    "x",
    "location.type",
    "environment",
    "site",
    "| upper",
    "| safe",
    "| e",
    "| list",
    "~ \"a\"",
    " ",
    "\n",
    ";",
    "{",
    "}",
    "\"",
    "'",
    "\\",
    "#",
    "$",
    "a",
    "é",
    "1 / 0",
    "\"x\" * 1000",
    "range(100)",
    "[]",
    "{}",
    "none",
    "namespace()",
];

#[test]
fn arbitrary_templates() {
    let project = project();
    let text =
        prop::collection::vec(prop::sample::select(TEMPLATE), 0..20).prop_map(|pieces| pieces.concat());
    let file = prop::sample::select(vec!["site", "environment", "tls", "locations/http", "locations/odd"]);
    hold(400, &(file, text), |(file, text)| {
        project.write(&format!("templates/mine/{file}.conf.j2"), &text);
        let start = Instant::now();
        let said = match compiled(&project, "prod", Some("mine")) {
            Ok(files) => {
                match files.iter().flat_map(|file| &file.faults).find(|fault| fault.message.is_empty()) {
                    Some(fault) => Err(format!("not a message: {fault:#?}")),
                    None => Ok(()),
                }
            }
            Err(Refused { faults, sources }) => faults
                .iter()
                .try_for_each(|fault| complete(fault, &sources))
                .and_then(|()| printed(&faults, &sources)),
        };
        fs::remove_file(project.path(&format!("templates/mine/{file}.conf.j2"))).expect("it was written");
        if start.elapsed() > SOON { Err(format!("took {:?}", start.elapsed())) } else { said }
    });
}
