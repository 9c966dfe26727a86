//! What nginx is given to read.

use std::collections::BTreeMap;

use super::wrapped::{project, test, wrapped};
use crate::support::command::{Project, nginx_gen};
use crate::support::nginx::Nginx;

#[test]
fn rewritten_files_differ_in_exchanged_addresses_and_paths_alone() {
    for nginx in Nginx::both() {
        let project = project();
        let (given, rendered) = (read(&project, &nginx, "rewrite"), rendered(&project));
        assert_eq!(given.keys().collect::<Vec<_>>(), rendered.keys().collect::<Vec<_>>());
        for (name, text) in &rendered {
            assert_eq!(given[name].lines().count(), text.lines().count(), "{name}");
            let mut exchanged = 0;
            for (ours, theirs) in
                text.lines().zip(given[name].lines()).filter(|(ours, theirs)| ours != theirs)
            {
                let word = ours.split_whitespace().next().unwrap_or_default();
                let known = ["listen", "proxy_pass", "ssl_certificate", "ssl_certificate_key"];
                assert!(known.contains(&word), "{name}: `{ours}` became `{theirs}`");
                assert!(!theirs.contains(" /etc/") && !theirs.contains(":8080"), "{theirs}");
                exchanged += 1;
            }
            assert!(exchanged >= 5, "{name}: only {exchanged} lines are exchanged");
        }
    }
}

/// What lies in the folder that nginx reads when it starts.
fn read(project: &Project, nginx: &Nginx, way: &str) -> BTreeMap<String, String> {
    let nginx = wrapped(project, nginx, "", "[ -e \"$out/read\" ] || cp -r \"$2/sites\" \"$out/read\"");
    let output =
        test(project, &["prod", "--isolation", way, "--nginx", nginx.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    texts(project, "read")
}

fn rendered(project: &Project) -> BTreeMap<String, String> {
    nginx_gen(project).args(["render", "prod", "-o", "rendered"]).assert().success();
    texts(project, "rendered")
}

fn texts(project: &Project, folder: &str) -> BTreeMap<String, String> {
    let names = project.names(folder).into_iter();
    names.map(|name| (name.clone(), project.read(&format!("{folder}/{name}")))).collect()
}
