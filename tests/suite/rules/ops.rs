//! What the operational rules call broken, where it is seen on the disk rather than by a client.

use std::fs;

use crate::support::nginx::{Nginx, Sites};

#[test]
fn an_alias_without_its_slash_looks_beside_its_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::create_dir(folder.path().join("img")).expect("a new folder takes folders");
    fs::write(folder.path().join("img/a.png"), "an image").expect("the folder takes files");
    for nginx in Nginx::both() {
        for (alias, status) in [("img", 404), ("img/", 200)] {
            let text = format!(
                "server {{ listen 80; location /img/ {{ alias {}/{alias}; }} }}",
                folder.path().display()
            );
            let reply = nginx.start(&Sites::one(text)).get("http://a.example.org/img/a.png");
            assert_eq!(reply.status(), status, "{alias}");
        }
    }
}

#[test]
fn an_error_log_that_is_off_is_a_file() {
    let text = |target: &str| format!("server {{ listen 80; error_log {target}; }}");
    for nginx in Nginx::both() {
        let has_file = |target: &str| nginx.start(&Sites::one(text(target))).folder().join("off").exists();
        assert!(has_file("off") && !has_file("/dev/null crit"));
    }
}
