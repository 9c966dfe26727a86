//! Our verdict on small site files against the verdict of the real nginx, old and new.
//!
//! A file in `tests/nginx-corpus` is a case: `accept` is for what nginx takes and we find no error in, `reject`
//! for what both refuse in the same words, `silent` for what nginx takes and we do not. The name of a file starts
//! with the code of the finding; `# for nginx 1.28` in its first line keeps it from the other version.
//!
//! Each line of a file in `lines` is a case by itself, whose verdict is nginx's alone: what it takes has no error,
//! and what it refuses has one of the file's code in the same words. Behind the code the file may name a block other than
//! `http`, and the only nginx to ask: `bad-value.http@1.28.conf`.
//!
//! So is each line of a file in `warned`: where nginx starts with a warning we have one in the same words, and none else.

mod judges;
mod oracle;

use std::path::Path;

use judges::{JUDGES, ours};
use nginx_gen::diagnostic::Severity;
use nginx_gen::nginx::check::Target;
use nginx_gen::nginx::directives::Context;
use nginx_gen::nginx::version::Version;

/// The cases of a folder, once for each nginx that is to judge them.
fn cases(verdict: &str) -> Vec<(String, String, &'static Path, Version)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx-corpus").join(verdict);
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("the corpus can be listed").path();
        let text = std::fs::read_to_string(&path).expect("a case can be read");
        let name = path.file_name().expect("a case is a file").to_string_lossy().into_owned();
        let only = text.lines().next().and_then(|line| line.strip_prefix("# for nginx ")).map(str::to_owned);
        for (binary, version) in JUDGES.iter() {
            if only.as_ref().is_none_or(|only| version.to_string().starts_with(only)) {
                cases.push((name.clone(), text.clone(), binary.as_path(), *version));
            }
        }
    }
    assert!(!cases.is_empty(), "{verdict} has no cases");
    cases
}

#[test]
fn what_nginx_accepts_has_no_error() {
    for (name, text, binary, version) in cases("accept") {
        let (theirs, _) = oracle::judge_http(binary, &text);
        assert_eq!(theirs, Ok(()), "{name}, nginx {version}");
        let mut errors = ours(&text, version);
        errors.retain(|fault| fault.severity == Severity::Error);
        assert!(errors.is_empty(), "{name}, nginx {version} accepts: {errors:#?}");
    }
}

#[test]
fn what_nginx_refuses_is_told_in_its_words() {
    for (name, text, binary, version) in cases("reject") {
        let (theirs, _) = oracle::judge_http(binary, &text);
        let told = theirs.expect_err(&format!("{name}, nginx {version} accepts"));
        let found = ours(&text, version);
        let code = name.split('.').next().unwrap_or_default();
        let same = found.iter().any(|fault| fault.code == code && told.contains(&*fault.message));
        assert!(same, "{name}, nginx {version} says {told}, and we {found:#?}");
    }
}

#[test]
fn what_nginx_takes_in_silence_is_told() {
    for (name, text, binary, version) in cases("silent") {
        let (theirs, _) = oracle::judge_http(binary, &text);
        assert_eq!(theirs, Ok(()), "{name}, nginx {version}");
        let found = ours(&text, version);
        let code = name.split('.').next().unwrap_or_default();
        assert!(found.iter().any(|fault| fault.code == code), "{name}, nginx {version}: {found:#?}");
    }
}

#[test]
fn every_line_is_judged_as_nginx_judges_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx-corpus/lines");
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("the corpus can be listed").path();
        let name = path.file_stem().expect("a case is a file").to_string_lossy().into_owned();
        let (code, block) = name.split_once('.').unwrap_or((&name, "http"));
        let (block, only) = block.split_once('@').unwrap_or((block, ""));
        let text = std::fs::read_to_string(&path).expect("a case can be read");
        let (mut refused, mut taken, mut wrong) = (0, 0, Vec::new());
        for line in text.lines() {
            let whole = around(block, line);
            let is_asked = |version: &Version| version.to_string().starts_with(only);
            for (binary, version) in judges_of(block).iter().filter(|(_, version)| is_asked(version)) {
                let theirs = oracle::judge(binary, &whole);
                let mut found = judges::ours_of(&whole, Target { version: *version, top: Context::Main });
                found.retain(|fault| fault.severity == Severity::Error);
                let agrees = match &theirs {
                    Ok(()) => found.is_empty(),
                    Err(told) => {
                        found.iter().any(|fault| fault.code == code && told.contains(&*fault.message))
                    }
                };
                *if theirs.is_ok() { &mut taken } else { &mut refused } += 1;
                if !agrees {
                    let found: Vec<_> = found.iter().map(|fault| (fault.code, &fault.message)).collect();
                    wrong.push(format!("nginx {version}: {line}\n  it says {theirs:?}\n  and we {found:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
        assert!(refused > 0 && taken > 0, "{name}: {refused} lines are refused and {taken} taken");
    }
}

#[test]
fn what_nginx_warns_of_is_told_in_its_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx-corpus/warned");
    let (mut warned, mut silent) = (0, 0);
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let text = std::fs::read_to_string(entry.expect("the corpus can be listed").path());
        for line in text.expect("a case can be read").lines() {
            for (binary, version) in JUDGES.iter() {
                let (theirs, told) = oracle::judge_http(binary, line);
                assert_eq!(theirs, Ok(()), "nginx {version}: {line}");
                let found =
                    judges::ours_of(&oracle::whole(line), Target { version: *version, top: Context::Main });
                let told: Vec<_> = told.lines().filter(|line| line.contains("[warn]")).collect();
                *if told.is_empty() { &mut silent } else { &mut warned } += 1;
                let is_said = |words: &str| told.iter().any(|told| told.contains(words));
                let agrees = found.len() == told.len() && found.iter().all(|fault| is_said(&fault.message));
                assert!(agrees, "nginx {version}: {line}\n  it says {told:#?}\n  and we {found:#?}");
                assert!(found.iter().all(|fault| fault.severity == Severity::Warning), "{line}: {found:#?}");
            }
        }
    }
    assert!(warned > 10 && silent > 10, "{warned} lines are warned of, {silent} are not");
}

/// A file of `fragments/accept` is named after the block it is for, one of `fragments/reject` after our code and then
/// the block; both are read with no word of where they belong.
#[test]
fn a_fragment_is_judged_as_nginx_judges_it_in_its_block() {
    for (name, text) in fragments("accept") {
        let block = name.split('.').next().unwrap_or_default();
        for (binary, version) in judges_of(block) {
            let theirs = oracle::judge(binary, &around(block, &text));
            assert_eq!(theirs, Ok(()), "{name}, nginx {version}");
            let mut errors = judges::ours_of_fragment(&text, *version);
            errors.retain(|fault| fault.severity >= Severity::Warning);
            assert!(errors.is_empty(), "{name}, nginx {version} accepts: {errors:#?}");
        }
    }
    for (name, text) in fragments("reject") {
        let mut parts = name.split('.');
        let (code, block) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        for (binary, version) in judges_of(block) {
            let told = oracle::judge(binary, &around(block, &text));
            let told = told.expect_err(&format!("{name}, nginx {version} accepts"));
            let found = judges::ours_of_fragment(&text, *version);
            let same = found.iter().any(|fault| fault.code == code && told.contains(&*fault.message));
            assert!(same, "{name}, nginx {version} says {told}, and we {found:#?}");
        }
    }
}

fn fragments(verdict: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx-corpus/fragments").join(verdict);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("the corpus can be listed");
        let text = std::fs::read_to_string(entry.path()).expect("a case can be read");
        (entry.file_name().to_string_lossy().into_owned(), text)
    };
    let cases: Vec<_> = std::fs::read_dir(folder).expect("the corpus is there").map(read).collect();
    assert!(!cases.is_empty(), "{verdict} has no cases");
    cases
}

/// The nginx of a distribution has `stream` and `mail` in packages of their own.
fn judges_of(block: &str) -> &'static [(std::path::PathBuf, Version)] {
    if block.starts_with("stream") || block.starts_with("mail") { &JUDGES[1..] } else { &JUDGES[..] }
}

/// A whole configuration, but for what stands before all others, around the content of a block.
fn around(block: &str, text: &str) -> String {
    match block {
        "main" => format!("{text} events {{ }}"),
        "events" => format!("events {{ {text} }}"),
        "stream" | "mail" => format!("events {{ }} {block} {{ {text} }}"),
        "stream-server" => format!("events {{ }} stream {{ server {{ {text} }} }}"),
        "mail-server" => format!("events {{ }} mail {{ server {{ {text} }} }}"),
        _ => {
            let inside = match block {
                "http" => text.to_owned(),
                "server" | "types" => format!("{block} {{ {text} }}"),
                "location" => format!("server {{ location / {{ {text} }} }}"),
                "upstream" => format!("upstream a {{ {text} }}"),
                "map" | "split_clients" => format!("{block} $uri $a {{ {text} }}"),
                "geo" => format!("geo $a {{ {text} }}"),
                _ => panic!("{block} is no block"),
            };
            format!("events {{ }} http {{ {} {inside} }}", oracle::HTTP)
        }
    }
}
