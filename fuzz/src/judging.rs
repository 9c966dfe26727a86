//! A configuration of any text is judged, and a URL followed through it.

use std::path::Path;

use nginx_gen::lint::{self, Survey};
use nginx_gen::nginx::check::{Target, check_all};
use nginx_gen::nginx::directives::Context;
use nginx_gen::nginx::source::{Configuration, Memory, load};
use nginx_gen::nginx::version::Version;
use nginx_gen::route::{self, Question, Setup, Url};
use nginx_gen::text::Sources;

use super::told;

/// What stands between the files of an input. The first is the one that is read, the others it may include.
const NEXT_FILE: char = '\0';

const NAMES: [&str; 4] = ["nginx.conf", "a.conf", "b.conf", "c.conf"];

const OLD: Version = Version::new(1, 18, 0);

fn configuration(text: &str, sources: &mut Sources) -> Configuration {
    let mut files = Memory::default();
    let folder = Path::new("/etc/nginx");
    for (name, text) in NAMES.iter().zip(text.splitn(NAMES.len(), NEXT_FILE)) {
        files.insert(folder.join(name), text);
    }
    load(sources, &files, &folder.join(NAMES[0]), None).expect("its first file is always there")
}

/// A configuration is judged for an old and a new nginx, whether or not it could be read without a fault.
pub fn rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut sources = Sources::new();
    let configuration = configuration(&text, &mut sources);
    let scope = configuration.scope(&sources);
    let Configuration { tree, faults, .. } = configuration;
    told::hold(&faults, &sources);
    for version in [OLD, Version::NEWEST] {
        let target = Target { version, top: scope.context().unwrap_or(Context::Http) };
        let mut found = check_all(&tree, &sources, faults.clone(), target);
        found.extend(lint::check(&Survey::new(&tree, &sources, &[], version)));
        told::hold(&found, &sources);
        told::once_each(&found);
    }
}

/// The URL of the first line is followed through the rest.
pub fn route(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (url, text) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(url) = Url::parse(url) else { return };
    let mut sources = Sources::new();
    let configuration = configuration(text, &mut sources);
    let setup = Setup { version: Version::NEWEST, environment: None, all_settings: true };
    let explanation = route::explain(configuration.root(&sources), &Question::get(url), setup);
    assert!(!explanation.answer.is_empty());
    route::write(&mut Vec::new(), &explanation).expect("memory takes all");
}
