//! Our verdict on random site files, and on changes of the corpus, against the verdict of the real nginx: it accepts
//! what we find no error in, and refuses what we do.
//!
//! `AGREEMENT_CASES` judges so many of each kind, `AGREEMENT_SEED` others; a failure names both and the text.

mod grammar;
mod judges;
mod mutation;
mod oracle;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use grammar::sound_file;
use judges::{JUDGES, ours_of};
use mutation::Mutator;
use nginx_gen::diagnostic::Severity;
use nginx_gen::nginx::check::{SWALLOWED, Target};
use nginx_gen::nginx::directives::Context;
use nginx_gen::nginx::version::Version;

/// What nginx says of the machine it is on: no text shows it.
const OF_THE_MACHINE: [&str; 8] = [
    "host not found",
    "bind()",
    "mkdir()",
    "open()",
    "cannot load",
    "the event queue",
    "could not build",
    "no resolver defined to resolve names at run time",
];

/// What a module reads in its arguments by itself, and we do not yet. A message that is not here is told by us too.
const NOT_READ: [&str; 10] = [
    "unknown \"\"",
    "invalid port in",
    "invalid host in",
    "invalid condition",
    "invalid parameter",
    "invalid value \"",
    "\"large_client_header_buffers\" size must be equal to or greater than",
    "is defined for the \"ssl\" directive",
    "pcre2_compile() failed",
    "unexpected \"",
];

/// What we refuse and nginx does not: by the code of the finding. Each is a site that cannot be meant so.
const STRICTER: [&str; 3] = ["duplicate-location", "bad-server-name", "nul-byte"];

#[derive(Default)]
struct Verdicts {
    accepted: AtomicU64,
    refused: AtomicU64,
    not_read: AtomicU64,
}

impl Verdicts {
    /// Asks both for a verdict on the inside of `http`.
    fn compare(&self, binary: &Path, version: Version, text: &str) -> Result<(), String> {
        let (theirs, _) = oracle::judge_http(binary, text);
        let mut errors = ours_of(&oracle::whole(text), Target { version, top: Context::Main });
        errors.retain(|fault| fault.severity == Severity::Error);
        let said = |known: &[&str], told: &str| known.iter().any(|words| told.contains(words));
        let count = match theirs {
            // What is swallowed is judged as if it were not.
            Ok(()) if errors.iter().any(|fault| fault.code == SWALLOWED) => &self.accepted,
            Ok(()) if errors.iter().all(|fault| STRICTER.contains(&fault.code)) => &self.accepted,
            Err(_) if !errors.is_empty() => &self.refused,
            Err(told) if said(&OF_THE_MACHINE, &told) || said(&NOT_READ, &told) => &self.not_read,
            Ok(()) => return Err(format!("nginx accepts, but {errors:#?}")),
            Err(told) => return Err(format!("{told}, and we find nothing")),
        };
        count.fetch_add(1, Relaxed);
        Ok(())
    }
}

fn given(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

fn corpus() -> Vec<String> {
    let folders = ["nginx-corpus/accept", "nginx-corpus/reject", "nginx-corpus/silent", "cases/realtime/bad"];
    let files = folders.iter().flat_map(|folder| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
        let entries = std::fs::read_dir(path).expect("the folder is there");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
        paths.sort();
        paths
    });
    files.map(|path| std::fs::read_to_string(path).expect("it is text")).collect()
}

/// Judges texts that are made from a seed each, one in four by the modern nginx.
fn judge(cases: u64, text: impl Fn(Version, &mut Mutator) -> String + Sync) -> Verdicts {
    let (seed, cases) = (given("AGREEMENT_SEED", 1), given("AGREEMENT_CASES", cases));
    let verdicts = Verdicts::default();
    let next = AtomicU64::new(0);
    let work = || {
        while let case = next.fetch_add(1, Relaxed)
            && case < cases
        {
            let (binary, version) = &JUDGES[usize::from(case % 4 == 3)];
            let text = text(*version, &mut Mutator::new(seed.wrapping_shl(32) + case));
            if let Err(why) = verdicts.compare(binary, *version, &text) {
                panic!("AGREEMENT_SEED={seed}, case {case}, nginx {version}: {why}\n{text}\n{text:?}");
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let [accepted, refused, not_read] =
        [&verdicts.accepted, &verdicts.refused, &verdicts.not_read].map(|count| count.load(Relaxed));
    eprintln!(
        "{cases} texts: {accepted} accepted by both, {refused} refused by both, {not_read} not comparable"
    );
    assert!(not_read * 10 < cases, "{not_read} of {cases} say nothing");
    verdicts
}

#[test]
fn sound_files_are_accepted_by_both() {
    let cases = given("AGREEMENT_CASES", 200);
    let verdicts = judge(cases, sound_file);
    // What buffers add up to is left to chance.
    assert!(verdicts.accepted.load(Relaxed) * 10 > cases * 7, "few of them are sound");
}

#[test]
fn changed_tokens_are_judged_alike() {
    const WORDS: [&str; 12] =
        ["if", "on", "=", "~", "$a", "''", "1k", "return", "proxy_pass", "}", ";", "server"];
    let corpus = corpus();
    let verdicts = judge(200, |_, mutator| {
        let [text, other] = [0; 2].map(|_| mutator.below(corpus.len()));
        mutator.tokens(&corpus[text], &corpus[other], &WORDS)
    });
    assert!(verdicts.accepted.into_inner() > 5 && verdicts.refused.into_inner() > 50);
}

#[test]
fn changed_bytes_are_judged_alike() {
    let corpus = corpus();
    let verdicts = judge(200, |_, mutator| {
        let [text, other] = [0; 2].map(|_| mutator.below(corpus.len()));
        let bytes = mutator.bytes(corpus[text].as_bytes(), corpus[other].as_bytes());
        // What it would find is a matter of the folder.
        String::from_utf8_lossy(&bytes).replace("include", "index")
    });
    assert!(verdicts.accepted.into_inner() > 5 && verdicts.refused.into_inner() > 50);
}
