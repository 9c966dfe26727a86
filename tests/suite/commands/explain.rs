//! `nginx-gen explain`

use nginx_gen::lint::RULES;

use crate::support::command::{Project, nginx_gen};

#[test]
fn a_rule_is_explained_as_in_the_reference() {
    let project = Project::empty();
    let said = nginx_gen(&project).args(["explain", "upgrade-lost"]).said();
    let reference = crate::support::repository::read("docs/rules.md");
    assert!(reference.contains(said.strip_suffix("exit status: 0").unwrap()), "{said}");
}

#[test]
fn all_rules_when_none_is_named() {
    let said = nginx_gen(&Project::empty()).args(["explain"]).said();
    assert_eq!(said.lines().count(), RULES.len() + 1);
    for (rule, line) in RULES.iter().zip(said.lines()) {
        assert!(line.starts_with(rule.id) && line.ends_with(rule.summary), "{line}");
    }
}

#[test]
fn a_misspelt_rule_is_named() {
    insta::assert_snapshot!(nginx_gen(&Project::empty()).args(["explain", "upgrade-losst"]).said(), @r"
    error[unknown-rule]: there is no rule `upgrade-losst`
     |
     = help: did you mean `upgrade-lost`?

    1 error: nothing was done
    exit status: 2
    ");
}
