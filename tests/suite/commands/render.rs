//! `nginx-gen render`

use std::process::{Command, Stdio};

use crate::support::command::{Project, nginx_gen};

#[test]
fn all_sites_or_one() {
    let project = Project::petties();
    let all = nginx_gen(&project).args(["render", "prod"]).said();
    let [api, ai] = ["api.petties.world", "ai.petties.world"]
        .map(|site| nginx_gen(&project).args(["render", "prod", "--site", site]).said());
    let text = |said: &str| said.replace("exit status: 0", "");
    assert_eq!(text(&all), format!("{}\n{}", text(&api), text(&ai)));
    assert!(api.contains("proxy_pass http://127.0.0.1:8080;") && !api.contains("8000"), "{api}");
}

#[test]
fn a_file_per_site_named_as_in_sites_available() {
    let project = Project::petties();
    nginx_gen(&project)
        .args(["render", "prod", "-o", "sites/available"])
        .assert()
        .success()
        .stdout("")
        .stderr("");
    assert_eq!(project.names("sites/available"), ["ai.petties.world", "api.petties.world"]);
    let printed = nginx_gen(&project).args(["render", "prod", "--site", "ai.petties.world"]).said();
    assert_eq!(printed, project.read("sites/available/ai.petties.world") + "exit status: 0");
    nginx_gen(&project).args(["render", "prod", "-o", "rec", "--profile", "recommended"]).assert().success();
    assert_eq!(project.names("rec"), ["00-prod", "ai.petties.world", "api.petties.world"]);
}

#[test]
fn nothing_is_written_when_something_is_wrong() {
    let project = Project::petties();
    project.write("out/api.petties.world", "kept");
    project.write(
        "templates/guide/site.conf.j2",
        "{% if site.name == 'ai.petties.world' %}{{ nothing }}{% endif %}\n",
    );
    nginx_gen(&project).args(["render", "prod", "-o", "out"]).assert().code(2).stdout("");
    assert_eq!(project.names("out"), ["api.petties.world"]);
    assert_eq!(project.read("out/api.petties.world"), "kept");
}

#[test]
fn a_folder_in_a_files_place_is_named_before_anything_is_replaced() {
    let project = Project::petties();
    project.write("out/api.petties.world/x", "");
    let said = nginx_gen(&project).args(["render", "prod", "-o", "out"]).said();
    let expected =
        "error: `out/api.petties.world` is a folder, not a file that could be replaced\nexit status: 2";
    assert_eq!(said, expected);
    assert_eq!(project.names("out"), ["api.petties.world"]);
}

#[test]
fn where_there_is_no_nginx_there_is_nothing_to_render() {
    let project = Project::petties();
    insta::assert_snapshot!(nginx_gen(&project).args(["render", "local"]).said(), @r"
    error[no-nginx]: environment `local` has no nginx, so there is nothing to render
     |
     = why: it says `nginx: none`
     = help: its services are reached directly: `nginx-gen urls local` lists every endpoint

    1 error: nothing was done
    exit status: 2
    ");
}

#[test]
fn an_unknown_site_environment_or_profile_is_named() {
    let project = Project::petties();
    let said = |args: &[&str]| nginx_gen(&project).args(args.iter().copied()).said();
    insta::assert_snapshot!(said(&["render", "prod", "--site", "api.peties.world"]), @r"
    error[unknown-site]: environment `prod` has no site `api.peties.world`
     |
     = help: did you mean `api.petties.world`?

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["render", "prd"]), @r"
    error[unknown-environment]: no environment is called `prd`
     |
     = help: did you mean `prod`?

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["render", "_petties"]), @r"
    error[unknown-environment]: no environment is called `_petties`
     |
     = help: a leading underscore marks a fragment, for `extends`; name an environment that extends it

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["render", "environments/prod.yaml"]), @r"
    error[unknown-environment]: no environment is called `environments/prod.yaml`
     |
     = help: give its name, not its file: `prod` for `environments/prod.yaml`

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["render", "prod", "--profile", "guild"]), @r"
    error[unknown-profile]: no profile is called `guild`
     |
     = help: built in are `guide`, `recommended`; one of your own is a folder `templates/guild`

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["-C", "nowhere", "render", "prod"]), @r"
    error[unknown-environment]: no environment is called `prod`
     |
     = why: the folder `nowhere/environments` cannot be read: No such file or directory (os error 2)
     = help: start nginx-gen in the folder that holds `environments/`, or name that folder with `-C`

    1 error: nothing was done
    exit status: 2
    ");
}

#[test]
fn faults_of_a_template_name_its_line_and_the_site() {
    let project = Project::petties();
    let said = |template: &str| {
        project.write("templates/guide/locations/health.conf.j2", template);
        nginx_gen(&project).args(["render", "test"]).said()
    };
    insta::assert_snapshot!(said("        proxy_pass {{ upstream.adress }};\n"), @r"
    error[template]: the template cannot be rendered: undefined value: `upstream.adress` is undefined
     --> templates/guide/locations/health.conf.j2:1:23
      |
    1 |         proxy_pass {{ upstream.adress }};
      |                       ^^^^^^^^^^^^^^^
      |
     ::: environments/test.yaml:4:5
      |
    4 |   - { server_name: api-test.petties.world, service: api, upstream: 8081 }
      |     --------------------------------------------------------------------- while rendering this site

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said("        proxy_pass http://{{ upstream.url }};\n"), @r#"
    error[template-placement]: a template prints a value within a word
     --> templates/guide/locations/health.conf.j2:1:27
      |
    1 |         proxy_pass http://{{ upstream.url }};
      |                           ^^^^^^^^^^^^^^^^^^
      |
      = why: every printed value is one token of nginx, in quotes where needed; within quotes, or glued to other text, it would mean something else
      = help: put the parts together inside the tag, `{{ "http://" ~ value }}`, with white space before and white space or `;` behind

    1 error: nothing was done
    exit status: 2
    "#);
    insta::assert_snapshot!(said("        proxy_pass {{ upstream.url }}\n        access_log off;\n    }\n"), @r#"
    error[unexpected-close-brace]: unexpected "}"
      --> rendered test/api-test.petties.world:89:1
       |
    89 | }
       | ^
       |
      ::: guide/site.conf.j2 (built in):57:1
       |
    57 | }
       | - from this template line
       |
       = why: every block is closed already
       = help: remove this `}`, or one before it that closes a block too early

    1 error: nothing was done
    exit status: 2
    "#);
    insta::assert_snapshot!(said("{% if %}\n"), @r"
    error[template]: the template cannot be rendered: syntax error: unexpected end of block
     --> templates/guide/locations/health.conf.j2:1:7
      |
    1 | {% if %}
      |       ^^

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said("        allow {{ site }};\n"), @r"
    error[template]: the template cannot be rendered: invalid operation: map cannot be printed as a token of nginx
     --> templates/guide/locations/health.conf.j2:1:18
      |
    1 |         allow {{ site }};
      |                  ^^^^
      |
     ::: environments/test.yaml:4:5
      |
    4 |   - { server_name: api-test.petties.world, service: api, upstream: 8081 }
      |     --------------------------------------------------------------------- while rendering this site

    1 error: nothing was done
    exit status: 2
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = Project::petties();
    let mut sites = String::new();
    for n in 0..200 {
        sites.push_str(
            "  - { server_name: sN.org, service: api, upstream: 8080 }\n"
                .replace('N', &n.to_string())
                .as_str(),
        );
    }
    project.write("environments/many.yaml", &format!("extends: _petties.yaml\nsites:\n{sites}"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_nginx-gen"))
        .args(["render", "many"])
        .current_dir(project.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stderr.is_empty(), "{ended:?}");
}
