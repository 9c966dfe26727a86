//! Regular expressions of locations, compiled by the library that nginx uses.

use pcre2::bytes::{Regex, RegexBuilder};

use super::fields::Found;
use super::node::{Node, shorten};
use super::values::{bad_value, expression};
use crate::nginx::directives::{Language, variable};

/// Reads a regular expression that nginx can compile.
pub(super) fn regex(node: &Node, found: &mut Found) -> Option<String> {
    let text = expression(node, "a regular expression", found)?;
    let compiled = match compile(&text) {
        Ok(compiled) => compiled,
        Err(why) => {
            let message = format!("`{}` is not a regular expression", shorten(&text));
            found.push(bad_value(node, message).why(why).help(
                "nginx uses PCRE; a dot, bracket or brace that is meant itself needs a `\\` before it",
            ));
            return None;
        }
    };
    // nginx keeps what a named group matches in a variable of that name.
    let own = |name: &&String| variable(Language::Http, name).is_some_and(|own| !own.is_prefix());
    let names: Vec<_> = groups(&compiled).collect();
    if let Some(name) = names.iter().find(own) {
        let message = format!("the group `{name}` would replace nginx's own variable `${name}`");
        found.push(bad_value(node, message).help(format!("give it another name, such as `(?<my_{name}>…)`")));
        return None;
    }
    Some(text)
}

/// The variables that an expression defines, in lower case as nginx compares them.
pub(super) fn captured(text: &str) -> Vec<String> {
    compile(text).map_or_else(|_| vec![], |regex| groups(&regex).collect())
}

fn compile(text: &str) -> Result<Regex, String> {
    RegexBuilder::new().build(text).map_err(|error| error.to_string())
}

fn groups(regex: &Regex) -> impl Iterator<Item = String> {
    regex.capture_names().iter().flatten().map(|name| name.to_ascii_lowercase())
}
