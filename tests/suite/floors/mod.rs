//! The floors: a module uses only those below its own, as the list in `src/lib.rs` has them.

mod arrows;
mod list;

use std::collections::BTreeSet;

use crate::support::repository;
use list::Floors;

#[test]
fn every_module_uses_only_the_floors_below_its_own() {
    let floors = Floors::parse(&repository::read("src/lib.rs"));
    let wrong: Vec<_> = (repository::sources().iter())
        .flat_map(|(path, text)| {
            let from = module(path);
            arrows::of(text)
                .into_iter()
                .filter_map(|arrow| floors.fault(path, &from, &arrow))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "the house does not stand:\n\n{}\n", wrong.join("\n\n"));
}

#[test]
fn every_module_has_a_floor_and_every_floor_its_modules() {
    let floors = Floors::parse(&repository::read("src/lib.rs"));
    let listed: BTreeSet<_> = floors.modules().map(str::to_owned).collect();
    let mut present: BTreeSet<_> = repository::sources().keys().map(|path| module(path)).collect();
    // These stand on the roof: they may use everything and nothing uses them.
    present.retain(|module| module != "lib" && module != "main");
    let missing: Vec<_> = present.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&present).collect();
    assert!(missing.is_empty(), "give these a floor in the list of src/lib.rs: {missing:?}");
    assert!(gone.is_empty(), "the list in src/lib.rs names modules that do not exist: {gone:?}");
}

/// The top module a file belongs to: `nginx` of `src/nginx/lexer.rs`, `text` of `src/text.rs`.
fn module(path: &str) -> String {
    let inside = path.strip_prefix("src/").expect("sources are in src");
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned()
}

#[test]
fn a_file_belongs_to_its_top_module() {
    assert_eq!(module("src/nginx/lexer.rs"), "nginx");
    assert_eq!(module("src/text.rs"), "text");
}
