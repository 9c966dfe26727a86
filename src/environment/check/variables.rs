//! Variables in `!nginx` text and in `try_files`: nginx does not start with one that nothing defines.
//!
//! Defined are nginx's own of the target version, the named groups of the environment's regular expressions,
//! and whatever raw lines speak of. Those are the way out for variables of a `map` in nginx.conf, of which
//! nginx-gen knows nothing.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::environment::fields::{Found, nearest};
use crate::environment::node::{Node, Value};
use crate::environment::regex::captured;
use crate::environment::{Environment, Settings};
use crate::nginx::directives::{Language, Variable, variable, variable_names};
use crate::nginx::version::Version;

/// Reports every unknown variable at its value.
pub(super) fn check(environment: &Environment, settings: &Settings, node: &Node, found: &mut Found) {
    let locations = || environment.services.iter().flat_map(|service| &service.locations);
    let mut defined: HashSet<String> = HashSet::new();
    for location in locations().filter(|location| location.modifier.is_regex()) {
        defined.extend(captured(&location.path));
    }
    let raw = environment.sites.iter().flat_map(|site| &site.directives);
    for line in raw.chain(locations().flat_map(|location| &location.directives)) {
        defined.extend(names(line));
    }
    let mut check = Check { defined, version: settings.version.value, found };
    check.visit(node, false);
}

struct Check<'f> {
    defined: HashSet<String>,
    version: Version,
    found: &'f mut Found,
}

impl Check<'_> {
    fn visit(&mut self, node: &Node, read: bool) {
        match &node.value {
            Value::Scalar { text, .. } if read || node.tag.is_some() => self.text(node, text),
            Value::Null | Value::Scalar { .. } => {}
            Value::Sequence(items) => items.iter().for_each(|item| self.visit(item, read)),
            Value::Mapping(entries) => {
                for entry in entries.iter() {
                    self.visit(&entry.value, &*entry.key == "try_files");
                }
            }
        }
    }

    fn text(&mut self, node: &Node, text: &str) {
        for name in names(text) {
            let own = variable(Language::Http, &name);
            if self.defined.contains(&name) || own.is_some_and(|own| own.is_in(self.version)) {
                continue;
            }
            let fault = Diagnostic::error("unknown-variable", format!("unknown \"{name}\" variable"));
            let fault =
                fault.at(node.span, "").why("nginx does not start with a variable that nothing defines");
            let help = self.help(&name, own);
            self.found.push(fault.help(help));
        }
    }

    fn help(&self, name: &str, own: Option<&Variable>) -> String {
        if let Some(since) = own.and_then(Variable::since) {
            return format!("nginx has it since {since}, and the files are for {}", self.version);
        }
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return "groups of a regular expression are `$1` to `$9`, without braces".to_owned();
        }
        let defined = self.defined.iter().map(String::as_str);
        match nearest(name, variable_names(Language::Http).map(|name| -> &str { name }).chain(defined)) {
            Some(meant) => format!("did you mean `${meant}`?"),
            None => {
                "if nginx.conf defines it, use it in raw `directives:`, which may speak of any".to_owned()
            }
        }
    }
}

/// The variables that a text speaks of, in lower case as nginx compares them; not `$1` to `$9`.
fn names(text: &str) -> impl Iterator<Item = String> {
    text.split('$').skip(1).filter_map(|rest| {
        let (braced, rest) = rest.strip_prefix('{').map_or((false, rest), |rest| (true, rest));
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let is_group = !braced && matches!(rest.as_bytes().first(), Some(b'1'..=b'9'));
        (length > 0 && !is_group).then(|| rest[..length].to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn what_a_text_speaks_of() {
        let spoken: Vec<_> = names("a$Host-${uri}x$1$90$0${1}$").collect();
        assert_eq!(spoken, ["host", "uri", "0", "1"]);
    }
}
