//! What is said when nginx refuses the files.

use super::isolations;
use super::wrapped::{project, test};
use crate::support::command::Project;

#[test]
fn a_directive_that_this_nginx_does_not_know_yet() {
    let yaml = "extends: _petties.yaml\nnginx_version: \"1.28\"\nprofile: recommended\nsites:\n  \
        - { server_name: api.petties.world, service: api, upstream: 8080 }\n";
    for way in isolations() {
        let said = refused(&project(), yaml, way);
        assert!(said.contains("nginx says: unknown directive \"http2\""), "{said}");
        assert!(said.contains("rendered faulty/api.petties.world:"), "{said}");
        assert!(said.contains("environments/faulty.yaml:5:20"), "{said}");
    }
}

/// Which algorithms there are OpenSSL alone knows, and nginx names no line for it.
#[test]
fn a_fault_without_a_line_is_pinned_to_its_site_by_leaving_sites_out() {
    let yaml = "extends: _petties.yaml\nsites:\n  \
         - { server_name: good.petties.world, service: api, upstream: 8080 }\n  \
         - { server_name: bad.petties.world, service: ai, upstream: 8000, directives: [\"ssl_conf_command SignatureAlgorithms NoSuchAlgorithm;\"] }\n";
    for way in isolations() {
        let said = refused(&project(), yaml, way);
        assert!(said.contains("it accepts the rest without `bad.petties.world`"), "{said}");
        assert!(!said.contains("`good.petties.world`"), "{said}");
        assert!(said.contains("environments/faulty.yaml:4:"), "{said}");
    }
}

fn refused(project: &Project, yaml: &str, way: &str) -> String {
    project.write("environments/faulty.yaml", yaml);
    let output = test(project, &["faulty", "--isolation", way]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(project.names("left behind"), [""; 0], "{said}");
    said
}
