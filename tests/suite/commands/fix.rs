//! `nginx-gen lint --fix`

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::command::{Project, nginx_gen};

const FAULTY: &str = "server {
    listen 443 ssl http2;
    listen [::]:443 ssl http2 default_server;  # and IPv6
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    # nginx-gen: type sse
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;  # the back end
        proxy_set_header Host $host;
        proxy_set_header X-Accel-Buffering no;
        proxy_read_timeout 1d;
    }
}
";

const MENDED: &str = "server {
    listen 443 ssl;
    listen [::]:443 ssl default_server;  # and IPv6
    http2 on;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    # nginx-gen: type sse
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;  # the back end
        proxy_buffering off;
        proxy_set_header Host $host;
        proxy_read_timeout 1d;
    }
}
";

fn faulty() -> Project {
    let project = Project::empty();
    project.write("a.conf", FAULTY);
    project
}

#[test]
fn what_is_certain_is_written_and_no_more() {
    let project = faulty();
    let fix = || nginx_gen(&project).args(["lint", "--fix", "a.conf"]).assert();
    fix().success().stdout("").stderr("fixed 4 findings in 1 file\na.conf: no findings\n");
    assert_eq!(project.read("a.conf"), MENDED);
    fix().success().stdout("").stderr("a.conf: no findings\n");
    assert_eq!(project.read("a.conf"), MENDED);
    project.write("a.conf", &FAULTY.replace('\n', "\r\n"));
    fix().success();
    assert_eq!(project.read("a.conf"), MENDED.replace('\n', "\r\n"));
}

#[test]
fn a_dry_run_shows_the_change_and_writes_nothing() {
    let project = faulty();
    let said = nginx_gen(&project).args(["lint", "--fix", "--dry-run", "a.conf"]).said();
    let (diff, rest) = said.split_once("\n\n").unwrap();
    insta::assert_snapshot!(diff, @r"
    --- a.conf
    +++ a.conf
    @@ -1,13 +1,14 @@
     server {
    -    listen 443 ssl http2;
    -    listen [::]:443 ssl http2 default_server;  # and IPv6
    +    listen 443 ssl;
    +    listen [::]:443 ssl default_server;  # and IPv6
    +    http2 on;
         ssl_certificate /etc/ssl/a.pem;
         ssl_certificate_key /etc/ssl/a.key;
         # nginx-gen: type sse
         location /sse/ {
             proxy_pass http://127.0.0.1:8080;  # the back end
    +        proxy_buffering off;
             proxy_set_header Host $host;
    -        proxy_set_header X-Accel-Buffering no;
             proxy_read_timeout 1d;
         }
     }
    ");
    assert!(rest.contains("`--fix` would fix 4 findings in 1 file"), "{rest}");
    assert!(rest.ends_with("exit status: 1"), "{rest}");
    assert_eq!(project.read("a.conf"), FAULTY);
    nginx_gen(&project).args(["lint", "--dry-run", "a.conf"]).assert().code(2);
}

#[test]
fn what_is_not_certain_stays_as_it_is() {
    let project = Project::empty();
    let stays = |text: &str| {
        project.write("a.conf", text);
        nginx_gen(&project).args(["lint", "--fix", "a.conf"]).said();
        assert_eq!(project.read("a.conf"), text);
    };
    // Only its path says that it is a stream.
    stays(
        &FAULTY
            .replace("    # nginx-gen: type sse\n", "")
            .replace(" http2", "")
            .replace("        proxy_set_header X-Accel-Buffering no;\n", ""),
    );
    // Without HTTP/2 on the other socket it would be offered there too.
    stays("server { listen 80; listen 443 ssl http2; ssl_certificate a; ssl_certificate_key b; }\n");
    // The second server has HTTP/2 from the first one's words.
    stays(
        "server { listen 443 ssl http2; ssl_certificate a; ssl_certificate_key b; }\n\
         server { listen 443 ssl; server_name b; ssl_certificate a; ssl_certificate_key b; }\n",
    );
    // In clear the default server decides, and it may stand in another file.
    stays("server { listen 80 http2; server_name a; location / { grpc_pass grpc://127.0.0.1:1; } }\n");
    // The last header of a location keeps the server's from being inherited.
    stays(
        "server { listen 80; proxy_set_header A b; location / { proxy_pass http://127.0.0.1:1; proxy_set_header X-Accel-Buffering no; } }\n",
    );
    // A comment may speak of the line.
    stays(
        "server { listen 80; location / { proxy_pass http://127.0.0.1:1; proxy_set_header A b;\nproxy_set_header X-Accel-Buffering no; # why\n} }\n",
    );
    // A cache keeps nothing that is not buffered; the location inside would inherit it.
    let stream = |more: &str| {
        format!(
            "server {{ listen 80;\n# nginx-gen: type sse\nlocation /a {{ proxy_pass http://127.0.0.1:1; proxy_read_timeout 1d; {more} }} }}\n"
        )
    };
    stays(&stream("proxy_cache z;"));
    stays(&stream("location /a/b { proxy_pass http://127.0.0.1:2; }"));
}

#[test]
fn a_broken_file_is_left_alone() {
    let project = Project::empty();
    let broken = FAULTY.replace("proxy_read_timeout 1d;", "proxy_read_timeout 1d");
    project.write("a.conf", &broken);
    nginx_gen(&project).args(["lint", "--fix", "a.conf"]).assert().code(1);
    assert_eq!(project.read("a.conf"), broken);
}

#[test]
fn links_rights_and_the_folder_stay_as_they_are() {
    let project = Project::empty();
    project.write("sites-available/a", FAULTY);
    project.write("sites-enabled/.keep", "");
    symlink("../sites-available/a", project.path("sites-enabled/a")).unwrap();
    let rights = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(project.path("sites-available/a"), rights).unwrap();
    nginx_gen(&project).args(["lint", "--fix", "sites-enabled"]).assert().success();
    assert!(project.path("sites-enabled/a").is_symlink());
    assert_eq!(project.read("sites-available/a"), MENDED);
    let mode = std::fs::metadata(project.path("sites-available/a")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o640);
    assert_eq!(project.names("sites-available"), ["a"]);
}

#[test]
fn what_is_no_file_of_this_machine_is_refused() {
    let project = Project::empty();
    nginx_gen(&project).args(["lint", "--fix", "-"]).assert().code(2);
    let dump = format!(
        "# configuration file /etc/nginx.conf:\nevents {{}}\nhttp {{ include a; }}\n\n# configuration file /etc/a:\n{FAULTY}\n"
    );
    project.write("dump.txt", &dump);
    let said = nginx_gen(&project).args(["lint", "--fix", "dump.txt"]).said();
    assert!(said.contains("note: `/etc/a` is not fixed: it was read from a dump"), "{said}");
    assert_eq!(project.read("dump.txt"), dump);
    let rendered = format!("# Generated by nginx-gen for environment prod (profile guide)\n{FAULTY}");
    project.write("b.conf", &rendered);
    let said = nginx_gen(&project).args(["lint", "--fix", "b.conf"]).said();
    assert!(said.contains("note: `b.conf` is not fixed: nginx-gen rendered it"), "{said}");
    assert_eq!(project.read("b.conf"), rendered);
    // Not UTF-8: what was read is not what is on the disk.
    let latin = [b"# caf\xe9\n", FAULTY.as_bytes()].concat();
    std::fs::write(project.path("c.conf"), &latin).unwrap();
    nginx_gen(&project).args(["lint", "--fix", "c.conf"]).assert().code(2);
    assert_eq!(std::fs::read(project.path("c.conf")).unwrap(), latin);
}

#[test]
fn programs_are_told_the_edits() {
    let project = faulty();
    let said =
        nginx_gen(&project).args(["lint", "--rule", "stream-buffered", "--format", "json", "a.conf"]).said();
    let json = &said[..=said.rfind('}').unwrap()];
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json["findings"][0]["fix"]).unwrap(), @r#"
    {
      "what": "write `proxy_buffering off;`",
      "edits": [
        {
          "file": "a.conf",
          "line": 8,
          "column": 58,
          "end_line": 8,
          "end_column": 58,
          "text": "\n        proxy_buffering off;"
        }
      ]
    }
    "#);
    let said =
        nginx_gen(&project).args(["lint", "--rule", "stream-buffered", "--format", "sarif", "a.conf"]).said();
    let json: serde_json::Value = serde_json::from_str(&said[..=said.rfind('}').unwrap()]).unwrap();
    let change = &json["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a.conf");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startLine"], 8);
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "\n        proxy_buffering off;");
}
