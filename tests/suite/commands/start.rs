//! What a new user does first: `init`, `completions`, `man`.

use crate::support::command::{Project, nginx_gen};

#[test]
fn a_new_project_validates_and_renders() {
    let project = Project::empty();
    insta::assert_snapshot!(nginx_gen(&project).args(["init"]).said(), @r"
    environments/_shared.yaml
    environments/prod.yaml
    environments/local.yaml
    next: put your names and ports in, then `nginx-gen validate` and `nginx-gen render prod`
    exit status: 0
    ");
    nginx_gen(&project).args(["validate", "--deny", "hints"]).assert().success();
    let said = nginx_gen(&project).args(["render", "prod"]).said();
    assert!(said.contains("server_name app.example.com;"), "{said}");
}

#[test]
fn nothing_that_is_there_is_touched() {
    let project = Project::empty();
    project.write("environments/prod.yaml", "# mine\n");
    nginx_gen(&project).args(["init"]).assert().code(2).stdout("");
    assert_eq!(project.names("environments"), ["prod.yaml"]);
    assert_eq!(project.read("environments/prod.yaml"), "# mine\n");
}

#[test]
fn every_shell_is_told_every_command() {
    let project = Project::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = nginx_gen(&project).args(["completions", shell]).said();
        assert!(said.contains("snapshot") && said.contains("against"), "{shell}: {said}");
    }
    nginx_gen(&project).args(["completions", "csh"]).assert().code(2);
}

#[test]
fn every_command_has_a_page() {
    let project = Project::empty();
    let said = nginx_gen(&project).args(["man"]).said();
    assert!(said.starts_with(".ie") && said.contains(".TH nginx-gen 1"), "{said}");
    nginx_gen(&project).args(["man", "-o", "pages"]).assert().success();
    let names = project.names("pages");
    for name in ["nginx-gen.1", "nginx-gen-validate.1", "nginx-gen-route.1"] {
        assert!(names.iter().any(|there| there == name), "{names:?}");
    }
}
