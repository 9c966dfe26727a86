//! `nginx-gen validate`

use crate::support::command::{Project, nginx_gen};

#[test]
fn all_environments_when_none_is_named() {
    let project = Project::petties();
    nginx_gen(&project).args(["validate"]).assert().success().stderr("local, prod, test: 11 hints\n");
    nginx_gen(&project).args(["validate", "--deny", "hints"]).assert().code(1);
    let yaml = project.read("environments/_petties.yaml");
    project.write("environments/_petties.yaml", &yaml.replace("profile: guide", "profile: recommended"));
    nginx_gen(&project)
        .args(["validate"])
        .assert()
        .success()
        .stdout("")
        .stderr("local, prod, test: no findings\n");
}

#[test]
fn the_guide_is_told_what_was_measured() {
    let said = nginx_gen(&Project::petties()).args(["validate", "--format", "github"]).said();
    let title = |line: &str| Some(line.split_once("title=")?.1.split_once('%')?.0.to_owned());
    let told: Vec<_> = said.lines().filter_map(title).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    acme-unreachable::the redirect takes ACME challenges too
    no-op-request-header::`Cache-Control` and `X-Accel-Buffering` in a request change nothing, in `location /api/sse/`
    missing-twin::`/api/ws` is answered with a redirect to `/api/ws/`
    static-upgrade::every request of `location /` asks for an upgrade
    acme-unreachable::the redirect takes ACME challenges too
    missing-twin::`/ws` is answered with a redirect to `/ws/`
    static-upgrade::every request of `location /` asks for an upgrade
    acme-unreachable::the redirect takes ACME challenges too
    no-op-request-header::`Cache-Control` and `X-Accel-Buffering` in a request change nothing, in `location /api/sse/`
    missing-twin::`/api/ws` is answered with a redirect to `/api/ws/`
    static-upgrade::every request of `location /` asks for an upgrade
    ");
}

#[test]
fn findings_and_faults_end_differently() {
    let project = Project::petties();
    let yaml = project.read("environments/_petties.yaml");
    let (head, services) = yaml.split_once("      - { path: /, type: http }\n").unwrap();
    project.write("environments/_petties.yaml", &format!("{head}{services}"));
    nginx_gen(&project).args(["validate", "prod"]).assert().success();
    let late = yaml.replacen(
        "      - { path: /api/sse/",
        "      - { path: /, type: http }\n      - { path: /api/sse/",
        1,
    );
    let late = late.replacen(
        "      - { path: /, type: http }\n      - { path: /api/actuator",
        "      - { path: /api/actuator",
        1,
    );
    project.write("environments/_petties.yaml", &late);
    let said = nginx_gen(&project).args(["validate"]).said();
    assert!(
        said.contains("warning[location-order]: `sse` location `/api/sse/` stands behind `location /`"),
        "{said}"
    );
    assert!(said.ends_with("exit status: 1"), "{said}");
    project.write("environments/test.yaml", "extends: _petties.yaml\n");
    nginx_gen(&project).args(["validate"]).assert().code(2);
}

#[test]
fn a_template_that_changes_the_order_is_caught() {
    let project = Project::petties();
    let site = crate::support::repository::read("templates/guide/site.conf.j2");
    project.write(
        "templates/guide/site.conf.j2",
        &site.replace("in site.locations if", "in site.locations|reverse if"),
    );
    let said = nginx_gen(&project).args(["validate", "test"]).said();
    let warnings: Vec<_> = said.split("\n\n").filter(|part| !part.starts_with("hint")).collect();
    insta::assert_snapshot!(warnings.join("\n\n"), @r"
    warning[location-order]: `websocket` location `/api/ws/` stands behind `location /`
      --> rendered test/api-test.petties.world:47:5
       |
    31 |     location / {
       |     -------- behind this `location /`
    ...
    47 |     location /api/ws/ {
       |     ^^^^^^^^ `/api/ws/`, rendered here
       |
      ::: environments/_petties.yaml:16:17
       |
    16 |       - { path: /api/ws/, type: websocket, subprotocols: [v12.stomp] }
       |                 -------- declared before `/`: the template changes the order
       |
      ::: templates/guide/site.conf.j2:44:5
       |
    44 |     location {{ location.match }} {
       |     - from this template line
       |
       = why: nginx picks the longest prefix in any order, so nothing breaks today; but people read from top to bottom, and once a regex location is added the order decides
       = help: put `/api/ws/` before `/`

    warning[location-order]: `sse` location `/api/sse/` stands behind `location /`
      --> rendered test/api-test.petties.world:66:5
       |
    31 |     location / {
       |     -------- behind this `location /`
    ...
    66 |     location /api/sse/ {
       |     ^^^^^^^^ `/api/sse/`, rendered here
       |
      ::: environments/_petties.yaml:15:17
       |
    15 |       - { path: /api/sse/, type: sse, endpoints: [/api/sse/subscribe], probe: /api/sse/subscribe }
       |                 --------- declared before `/`: the template changes the order
       |
      ::: templates/guide/site.conf.j2:44:5
       |
    44 |     location {{ location.match }} {
       |     - from this template line
       |
       = why: nginx picks the longest prefix in any order, so nothing breaks today; but people read from top to bottom, and once a regex location is added the order decides
       = help: put `/api/sse/` before `/`

    test: 2 warnings, 4 hints
    exit status: 1
    ");
}

#[test]
fn findings_for_programs() {
    let project = Project::petties();
    project.write(
        "environments/test.yaml",
        "extends: _petties.yaml\nsites:\n  - { server_name: a.org, service: apj, upstream: 1 }\n",
    );
    insta::assert_snapshot!(nginx_gen(&project).args(["validate", "test", "--format", "json"]).said(), @r#"
    {
      "findings": [
        {
          "rule": "unknown-service",
          "severity": "error",
          "message": "no service is called `apj`",
          "file": "environments/test.yaml",
          "line": 3,
          "column": 36,
          "end_line": 3,
          "end_column": 39,
          "label": "unknown service",
          "why": null,
          "help": "did you mean `api`?",
          "fix": null,
          "related": []
        }
      ]
    }
    exit status: 2
    "#);
    let clean = nginx_gen(&project).args(["validate", "prod", "--format", "json"]).said();
    assert!(clean.ends_with("exit status: 0") && !clean.contains("\"severity\": \"warning\""), "{clean}");
    let none = nginx_gen(&project).args(["validate", "local", "--format", "json"]).said();
    assert_eq!(none, "{\n  \"findings\": []\n}\nexit status: 0");
}

#[test]
fn a_folder_without_environments_is_named() {
    let project = Project::petties();
    insta::assert_snapshot!(nginx_gen(&project).args(["-C", "environments", "validate"]).said(), @r"
    error[unknown-environment]: no environments in `environments/environments`: No such file or directory (os error 2)
     |
     = help: start nginx-gen in the folder that holds `environments/`, or name that folder with `-C`; `nginx-gen init` makes a first one

    1 error: nothing was done
    exit status: 2
    ");
}

/// One finding of a rule, whose labels lie in the rendered text, in the YAML and in a built-in template.
fn late_stream() -> Project {
    let project = Project::empty();
    let locations = "      - { path: /, type: http }\n      - { path: /sse, type: sse }\n";
    let yaml = format!(
        "nginx_version: \"1.22\"\nservices:\n  a:\n    locations:\n{locations}sites:\n  - {{ server_name: a.org, service: a, upstream: 1 }}\n"
    );
    project.write("environments/test.yaml", &yaml);
    project
}

#[test]
fn annotations_lie_in_files_of_the_repository() {
    insta::assert_snapshot!(nginx_gen(&late_stream()).args(["validate", "--format", "github"]).said(), @r"
    ::warning file=environments/test.yaml,line=6,endLine=6,col=17,endColumn=21,title=location-order::`sse` location `/sse` stands behind `location /`%0Awhy: nginx picks the longest prefix in any order, so nothing breaks today; but people read from top to bottom, and once a regex location is added the order decides%0Ahelp: put `/sse` before `/`
    exit status: 1
    ");
}

#[test]
fn sarif_for_code_scanning() {
    insta::assert_snapshot!(nginx_gen(&late_stream()).args(["validate", "--format", "sarif"]).said(), @r#"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        {
          "tool": {
            "driver": {
              "name": "nginx-gen",
              "version": "0.1.0",
              "informationUri": "https://crates.io/crates/nginx-gen",
              "rules": [
                {
                  "id": "location-order",
                  "shortDescription": {
                    "text": "a WebSocket or event-stream location behind `location /`"
                  },
                  "fullDescription": {
                    "text": "nginx picks the longest matching prefix, whatever the order in the file, so the order of prefix locations changes\nnothing today. It is kept all the same: people read from top to bottom and take the first match for the one that\ncounts, and as soon as a regular expression is added the order of those does count. Put the locations of types\n`sse`, `websocket`, `stream` and `grpc` before `/`. In a hand-written file this is a hint: nginx does not care."
                  }
                }
              ]
            }
          },
          "columnKind": "unicodeCodePoints",
          "results": [
            {
              "ruleId": "location-order",
              "ruleIndex": 0,
              "level": "warning",
              "message": {
                "text": "`sse` location `/sse` stands behind `location /`\nwhy: nginx picks the longest prefix in any order, so nothing breaks today; but people read from top to bottom, and once a regex location is added the order decides\nhelp: put `/sse` before `/`"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "environments/test.yaml"
                    },
                    "region": {
                      "startLine": 6,
                      "startColumn": 17,
                      "endLine": 6,
                      "endColumn": 21
                    }
                  },
                  "message": {
                    "text": "declared `type: sse` here"
                  }
                }
              ],
              "relatedLocations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "environments/test.yaml"
                    },
                    "region": {
                      "startLine": 5,
                      "startColumn": 17,
                      "endLine": 5,
                      "endColumn": 18
                    }
                  },
                  "message": {
                    "text": "behind this location `/`"
                  }
                }
              ]
            }
          ]
        }
      ]
    }
    exit status: 1
    "#);
}

#[test]
fn the_least_finding_that_counts_can_be_chosen() {
    let project = late_stream();
    nginx_gen(&project).args(["validate", "--deny", "errors"]).assert().success();
    nginx_gen(&project).args(["validate", "--deny", "warnings"]).assert().code(1);
    nginx_gen(&project).args(["validate"]).assert().code(1);
}

#[test]
fn what_one_line_says_in_many_files_is_told_once() {
    let project = Project::empty();
    let sites: String = (0..1500).fold(String::new(), |text, n| {
        text + &format!("  - {{ server_name: s{n}.example, service: a, upstream: 1 }}\n")
    });
    let yaml = format!(
        "nginx_version: \"1.22\"\nprofile: guide\ntls: none\nservices:\n  a: {{ locations: [{{ path: /, type: http }}, {{ path: /b, type: sse, read_timeout: 5s }}] }}\nsites:\n{sites}"
    );
    project.write("environments/prod.yaml", &yaml);
    let said = nginx_gen(&project).args(["validate"]).said();
    let short: Vec<_> = said.split("\n\n").filter(|part| part.contains("[short-timeout]")).collect();
    assert_eq!(short.len(), 1, "{}", short.len());
    let same = "and the same: in 1,499 more files: rendered prod/s1.example, rendered prod/s2.example, rendered prod/s3.example, …";
    assert!(short[0].contains(same), "{}", short[0]);
    assert!(short[0].contains("environments/prod.yaml:5:"), "{}", short[0]);
    // Programs are told of each.
    let json = nginx_gen(&project).args(["validate", "--format", "json"]).said();
    assert_eq!(json.matches("\"rule\": \"short-timeout\"").count(), 1500);
}

#[test]
fn what_one_line_says_twice_in_a_file_is_told_once() {
    let project = Project::empty();
    // The path without its final slash is a location too.
    let lines = "directives: ['proxy_buffering on;']";
    let yaml = format!(
        "nginx_version: \"1.22\"\nprofile: recommended\ntls: none\nservices:\n  a: {{ locations: [{{ path: /, type: http }}, {{ path: /b/, type: sse, {lines} }}] }}\nsites:\n  - {{ server_name: a.example, service: a, upstream: 1 }}\n"
    );
    project.write("environments/prod.yaml", &yaml);
    let said = nginx_gen(&project).args(["validate"]).said();
    assert!(said.contains("= and the same: once more in this file\n"), "{said}");
}

/// Two sites with raw lines of their own.
fn neighbours(first: &str, second: &str) -> Project {
    let project = Project::empty();
    let site = |name: &str, line: &str| {
        format!("  - {{ server_name: {name}, service: a, upstream: 8080, directives: [{line:?}] }}\n")
    };
    let yaml = format!(
        "nginx_version: \"1.22\"\nprofile: recommended\ntls: none\nservices:\n  a: {{ locations: [{{ path: /, type: http }}] }}\nsites:\n{}{}",
        site("a.example.org", first),
        site("b.example.org", second)
    );
    project.write("environments/prod.yaml", &yaml);
    project
}

#[test]
fn sites_that_do_not_fit_together_are_told_of_both() {
    let project = neighbours("listen 8443 default_server;", "listen 8443 default_server;");
    let said = nginx_gen(&project).args(["validate"]).said();
    insta::assert_snapshot!(said, @r#"
    error[duplicate-default-server]: a duplicate default server for 0.0.0.0:8443
      --> environments/prod.yaml:8:76
       |
     7 |   - { server_name: a.example.org, service: a, upstream: 8080, directives: ["listen 8443 default_server;"] }
       |                    ------------- the site
     8 |   - { server_name: b.example.org, service: a, upstream: 8080, directives: ["listen 8443 default_server;"] }
       |                    ------------- the site                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ from this raw line
       |
      ::: rendered prod/b.example.org:8:5
       |
     8 |     listen 8443 default_server;
       |     --------------------------
       |
      ::: rendered prod/a.example.org:8:5
       |
     8 |     listen 8443 default_server;
       |     -------------------------- the first one
       |
      ::: recommended/site.conf.j2 (built in):57:8
       |
    57 |     {{ line }}
       |        - from this template line
       |
       = why: one server takes the requests that no name matches
       = help: remove one of the two

    prod: 1 error
    exit status: 1
    "#);
    let told = |first: &str, second: &str| {
        let said = nginx_gen(&neighbours(first, second)).args(["validate", "--format", "json"]).said();
        let rules = said.lines().filter_map(|line| line.trim().strip_prefix("\"rule\": "));
        rules.map(|rule| rule.trim_matches(['"', ',']).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told("listen 81 backlog=5;", "listen 81 backlog=6;"), ["duplicate-listen"]);
    // Once for each of IPv4 and IPv6.
    assert_eq!(
        told("server_name c.example.org;", "server_name c.example.org;"),
        ["conflicting-server-name"; 2]
    );
    assert_eq!(told("listen 81 backlog=5;", "listen 81;"), [""; 0]);
    let cache = |size: &str| format!("ssl_session_cache shared:z:{size};");
    assert_eq!(told(&cache("1m"), &cache("2m")), ["duplicate-zone"]);
    assert_eq!(told(&cache("1m"), &cache("1m")), [""; 0]);
    let log = |buffer: &str| format!("access_log /var/log/nginx/a.log combined buffer={buffer};");
    assert_eq!(told(&log("32k"), &log("64k")), ["bad-log"]);
    assert_eq!(told("server_name c.example.org;", "server_name d.example.org;"), [""; 0]);
}

#[test]
fn what_nginx_would_refuse_is_a_finding_in_one_site_and_in_two() {
    let ends = |first: &str, second: &str, code| {
        nginx_gen(&neighbours(first, second)).args(["validate"]).assert().code(code);
    };
    ends("etag off;", "etag off;", 0);
    ends("etag of;", "etag off;", 1);
    ends("listen 81 default_server;", "listen 81 default_server;", 1);
    let project = neighbours("etag off;", "etag off;");
    project.write("environments/broken.yaml", "sites: [\n");
    nginx_gen(&project).args(["validate"]).assert().code(2);
}
