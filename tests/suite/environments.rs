//! What nginx-gen says to environments: one case a file.
//!
//! To add a case, drop `NAME.yaml` into `tests/cases/environments/` and run the tests with
//! `INSTA_UPDATE=always`; read what it says before you commit it. Files with a leading underscore are
//! fragments for the others.

use std::fs;

use crate::support::command::{Project, nginx_gen};
use crate::support::repository;

#[test]
fn every_case_says_what_it_should() {
    let project = Project::empty();
    let cases = repository::path("tests/cases/environments");
    for entry in fs::read_dir(&cases).unwrap() {
        let path = entry.unwrap().path();
        project.copy(&path, "environments");
    }
    insta::with_settings!({
        snapshot_path => cases.join("said"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for name in project.environments() {
            let said = nginx_gen(&project).args(["validate", &name]).said();
            insta::assert_snapshot!(name, said);
        }
    });
}
