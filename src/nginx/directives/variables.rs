//! The variables nginx itself defines.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::version;
use crate::nginx::version::Version;

/// Which part of nginx has a variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// In `http`.
    Http,
    /// In `stream`.
    Stream,
}

/// A variable, or all that begin alike, as `http_…` for request headers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    name: &'static str,
    is_prefix: bool,
    language: Language,
    since: Option<Version>,
    until: Option<Version>,
}

impl Variable {
    /// Its name without the `$`; for a prefix what comes before the variable part.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether any name that begins so is a variable.
    pub fn is_prefix(&self) -> bool {
        self.is_prefix
    }

    /// The first version that has it; none when 1.18 had it.
    pub fn since(&self) -> Option<Version> {
        self.since
    }

    /// Whether this version has it.
    pub fn is_in(&self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version < until)
    }
}

struct Table {
    http: HashMap<&'static str, Variable>,
    stream: HashMap<&'static str, Variable>,
    prefixes: Vec<Variable>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let lines = include_str!("../variables.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows = lines.map(|line| read(line).expect("the table holds what its test reads"));
    let (prefixes, whole): (Vec<_>, Vec<_>) = rows.partition(Variable::is_prefix);
    let mut table = Table { http: HashMap::new(), stream: HashMap::new(), prefixes };
    for row in whole {
        match row.language {
            Language::Http => table.http.insert(row.name, row),
            Language::Stream => table.stream.insert(row.name, row),
        };
    }
    table
});

fn by_name(language: Language) -> &'static HashMap<&'static str, Variable> {
    match language {
        Language::Http => &TABLE.http,
        Language::Stream => &TABLE.stream,
    }
}

/// The variable of this name (without `$`) in any version; none when nginx defines no such variable.
pub fn variable(language: Language, name: &str) -> Option<&'static Variable> {
    let of_prefix =
        || TABLE.prefixes.iter().find(|row| row.language == language && name.starts_with(row.name));
    by_name(language).get(name).or_else(of_prefix)
}

/// Every whole name, in no order.
pub fn variable_names(language: Language) -> impl Iterator<Item = &'static str> {
    by_name(language).keys().copied()
}

fn read(line: &'static str) -> Option<Variable> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let language = match columns.next()? {
        "http" => Language::Http,
        "stream" => Language::Stream,
        _ => return None,
    };
    let (since, until) = (version(columns.next()?), version(columns.next()?));
    let prefix = name.strip_suffix('*');
    Some(Variable { name: prefix.unwrap_or(name), is_prefix: prefix.is_some(), language, since, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_prefixes_are_known() {
        let known = |name| variable(Language::Http, name).is_some();
        assert!(
            known("host") && known("http_upgrade") && known("arg_x") && known("proxy_add_x_forwarded_for")
        );
        assert!(
            known("slice_range") && known("uid_got") && known("gzip_ratio") && known("realip_remote_addr")
        );
        assert!(!known("hots") && variable(Language::Stream, "http_upgrade").is_none());
        assert!(variable_names(Language::Http).count() > 100);
    }
}
