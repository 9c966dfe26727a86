//! The generated pages of the documentation, and that no template variable is left out of the other.

use std::fmt::Write;
use std::fs;

use nginx_gen::environment::{key_reference, type_reference};

use crate::support::repository;

#[test]
fn the_key_reference_is_up_to_date() {
    hold("docs/environment.md", &reference());
}

#[test]
fn the_rule_reference_is_up_to_date() {
    hold("docs/rules.md", &nginx_gen::lint::reference());
}

#[test]
fn the_check_reference_is_up_to_date() {
    hold("docs/checks.md", &nginx_gen::checks::reference());
}

/// Compares a generated page with what it should be, or writes it.
fn hold(page: &str, expected: &str) {
    let path = repository::path(page);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == expected, "{page}: rewrite it: `UPDATE=1 cargo test --test suite docs`");
}

#[test]
fn every_variable_a_template_uses_is_documented() {
    let documented = repository::read("docs/templates.md");
    let mut seen = 0;
    for folder in ["guide", "guide/locations", "recommended", "recommended/locations"] {
        for entry in fs::read_dir(repository::path(&format!("templates/{folder}"))).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            for (object, name) in variables(&fs::read_to_string(&path).unwrap()) {
                seen += 1;
                let row = documented.lines().find(|line| {
                    line.starts_with(&format!("| `{object}.")) && line.contains(&format!("{name}`"))
                        || line.starts_with(&format!("| `{object}.{name}`"))
                        || line.starts_with(&format!("| `{object}.{name}."))
                });
                assert!(row.is_some(), "{}: `{object}.{name}` is not in docs/templates.md", path.display());
            }
        }
    }
    assert!(seen > 50, "only {seen} uses of variables found");
}

/// The `object.name` pairs within a template's tags.
fn variables(template: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for tag in template.split('{').skip(1).filter(|part| part.starts_with(['{', '%'])) {
        for object in ["environment", "nginx", "site", "upstream", "location"] {
            for (at, _) in tag.match_indices(&format!("{object}.")) {
                let before = tag[..at].chars().next_back();
                let name: String = tag[at + object.len() + 1..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let is_file = name == "conf";
                if !is_file && before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.' && c != '"')
                {
                    found.push((object.to_owned(), name));
                }
            }
        }
    }
    found
}

fn reference() -> String {
    let mut page = String::from(
        "# Every key of the YAML\n\nWritten from the tables in `src/environment/`; `UPDATE=1 cargo test --test suite docs` writes it again.\n",
    );
    for section in key_reference() {
        write!(page, "\n## {}\n\n| key | value | does |\n|---|---|---|\n", section.title).unwrap();
        for key in section.keys {
            writeln!(page, "| `{}` | {} | {} |", key.name, key.value, key.doc).unwrap();
        }
    }
    page.push_str(
        "\n## Types and their defaults\n\nWhere there is a dash, nginx's own default of 60 s stands.\n\n",
    );
    page.push_str(
        "| type | for | `read_timeout` | `send_timeout` | `connect_timeout` |\n|---|---|---|---|---|\n",
    );
    for row in type_reference() {
        writeln!(page, "| {} |", row.join(" | ")).unwrap();
    }
    page
}
