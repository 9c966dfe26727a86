//! What a run is asked for, and what becomes of it where the machine has no room.

use std::process::Command;

use super::project;
use crate::support::command::nginx_gen;

#[test]
fn a_location_is_meant_by_its_path_or_as_nginx_writes_it() {
    let project = project(1);
    let text = project.read("environments/many.yaml");
    let exact = text.replace("{ path: /, ", "{ path: /one, modifier: \"=\", ");
    project.write("environments/many.yaml", &exact);
    for name in ["/one", "= /one"] {
        let said = nginx_gen(&project)
            .args(["test", "many", "--location", name, "--check", "reaches-back-end"])
            .said();
        assert!(said.contains("ok    s0.example.org  = /one") && said.ends_with("exit status: 0"), "{said}");
    }
}

#[test]
fn a_location_that_is_none_is_told_with_those_there_are() {
    let said = nginx_gen(&project(2)).args(["test", "many", "--location", "/api"]).said();
    assert!(said.contains("error[unknown-location]: no location `/api` in environment `many`"), "{said}");
    assert!(said.contains("help: its locations: `/`") && said.ends_with("exit status: 2"), "{said}");
}

#[test]
fn outcomes_are_told_even_where_the_page_cannot_be_written() {
    let args = ["test", "many", "--check", "reaches-back-end", "--report", "no/such/folder/page.html"];
    let said = nginx_gen(&project(1)).args(args).said();
    assert!(said.contains("ok    s0.example.org"), "{said}");
    assert!(said.contains("`no/such/folder/page.html` cannot be written: entity not found"), "{said}");
    assert!(said.ends_with("exit status: 2"), "{said}");
}

#[test]
fn what_the_machine_hinders_is_no_fault_of_a_route() {
    let project = project(1);
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 40 && exec \"$1\" test many --check serves-many-at-once --check body-size",
            "sh",
        ])
        .arg(env!("CARGO_BIN_EXE_nginx-gen"))
        .current_dir(project.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    assert!(!said.contains("systemctl status nginx"), "{said}");
    assert!(said.contains("ulimit"), "{said}");
}
