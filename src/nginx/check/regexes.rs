//! Regular expressions that do not compile (`ngx_regex_compile`).

use std::collections::HashSet;

use super::condition;
use super::location::{self, Location};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::routing::Pattern;
use crate::nginx::tree::{Argument, Directive};
use crate::text::Span;

/// The expressions that were compiled and are sound: sites repeat theirs.
#[derive(Default)]
pub(super) struct Regexes {
    sound: HashSet<Box<str>>,
}

impl Regexes {
    pub(super) fn see(&mut self, directive: Directive<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        let first = directive.arg(0);
        match spec.name() {
            "location" => {
                if let Some(Location { matching, name }) = location::read(directive)
                    && matching.is_regex()
                {
                    let span = directive.args().next_back().map_or(directive.head_span(), Argument::span);
                    self.compile(&name, span, found);
                }
            }
            "rewrite" => self.argument(first, &[""], found),
            "fastcgi_split_path_info" => self.split(first, found),
            "if" => match condition::read(directive) {
                Ok(Some((regex, span))) => self.compile(&regex, span, found),
                Ok(None) => {}
                Err(fault) => found.push(*fault),
            },
            "server_name" => directive.args().for_each(|name| self.server_name(name, found)),
            "valid_referers" => directive.args().for_each(|name| self.argument(Some(name), &["~"], found)),
            "gzip_disable" => {
                let is_regex = |one: &Argument<'_>| !one.is("msie6") && !one.is("degradation");
                directive.args().filter(is_regex).for_each(|one| self.argument(Some(one), &[""], found));
            }
            "map" => self.keys(directive, found),
            "proxy_redirect" | "proxy_cookie_path" => self.argument(first, &["~*", "~"], found),
            "proxy_cookie_domain" | "proxy_cookie_flags" => self.argument(first, &["~"], found),
            _ => {}
        }
    }

    /// What follows the first of these beginnings that fits.
    fn argument(&mut self, argument: Option<Argument<'_>>, begin: &[&str], found: &mut Vec<Diagnostic>) {
        let Some(argument) = argument else { return };
        let value = argument.value();
        if let Some(regex) = begin.iter().find_map(|begin| value.strip_prefix(begin)) {
            self.compile(regex, argument.span(), found);
        }
    }

    fn server_name(&mut self, name: Argument<'_>, found: &mut Vec<Diagnostic>) {
        if !name.is("~") {
            return self.argument(Some(name), &["~"], found);
        }
        let fault =
            Diagnostic::error("bad-server-name", "empty regex in server name \"~\"").at(name.span(), "");
        found
            .push(fault.why("a regex follows the `~` without a space").help("write `~^www\\.`, for example"));
    }

    fn keys(&mut self, map: Directive<'_>, found: &mut Vec<Diagnostic>) {
        for line in map.children() {
            let key = line.name();
            if let Some(regex) = key.strip_prefix('~') {
                self.compile(regex.strip_prefix('*').unwrap_or(regex), line.name_span(), found);
            }
        }
    }

    /// The script's name and the path behind it.
    fn split(&mut self, regex: Option<Argument<'_>>, found: &mut Vec<Diagnostic>) {
        let Some(argument) = regex else { return };
        let regex = &*argument.value();
        match Pattern::compile(regex, false) {
            Ok(pattern) if pattern.groups() != 2 => {
                let message = format!("pattern \"{regex}\" must have 2 captures");
                let fault = Diagnostic::error("bad-regex", message).at(argument.span(), "");
                let why = "the first group is the name of the script, the second the path behind it";
                found.push(fault.why(why).help("write for example `^(.+\\.php)(/.*)$`"));
            }
            _ => self.compile(regex, argument.span(), found),
        }
    }

    fn compile(&mut self, regex: &str, span: Span, found: &mut Vec<Diagnostic>) {
        if is_plain(regex.as_bytes()) || self.sound.contains(regex) {
            return;
        }
        let Err(fault) = Pattern::compile(regex, false) else {
            self.sound.insert(regex.into());
            return;
        };
        let rest = regex.as_bytes().get(fault.offset..).filter(|rest| !rest.is_empty());
        let place = rest.map(|rest| format!(" at \"{}\"", String::from_utf8_lossy(rest))).unwrap_or_default();
        let message = format!("pcre2_compile() failed: {} in \"{regex}\"{place}", fault.message);
        found.push(
            Diagnostic::error("bad-regex", message)
                .at(span, "")
                .why("nginx compiles every expression when it starts, and does not start with a broken one")
                .help("put a `\\` before a sign that is meant as it is, and quotes around a regex with `{` or `;`"),
        );
    }
}

/// Whether an expression is so simple that it is certain to compile: letters, escaped signs, plain classes and
/// groups, and a quantifier behind each at most. Nearly all are, and compiling takes ten times as long.
fn is_plain(regex: &[u8]) -> bool {
    let (mut rest, mut depth, mut may_repeat) = (regex, 0_usize, false);
    while let [byte, tail @ ..] = rest {
        rest = tail;
        may_repeat = match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'_'
            | b'/'
            | b'-'
            | b'.'
            | b'='
            | b'%'
            | b','
            | b':' => true,
            b'^' | b'$' | b'|' => false,
            b'*' | b'+' | b'?' if may_repeat => false,
            b'(' if !matches!(tail, [b'?' | b'*', ..]) => {
                depth += 1;
                false
            }
            b')' if depth > 0 => {
                depth -= 1;
                true
            }
            b'\\' => match tail {
                [b'd' | b'w' | b's' | b'.' | b'/' | b'-' | b'?' | b'+', after @ ..] => {
                    rest = after;
                    true
                }
                _ => return false,
            },
            b'[' => match class(tail) {
                Some(after) => {
                    rest = after;
                    true
                }
                None => return false,
            },
            _ => return false,
        };
    }
    depth == 0
}

/// What follows a class of common ranges and signs, whose `[` is read.
fn class(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"^").unwrap_or(text);
    // `[]` and `[.` are no class by themselves.
    if matches!(rest, [b']' | b'.' | b'=', ..]) {
        return None;
    }
    loop {
        rest = match rest {
            [b']', after @ ..] | [b'-', b']', after @ ..] => return Some(after),
            [b'a', b'-', b'z', after @ ..]
            | [b'A', b'-', b'Z', after @ ..]
            | [b'0', b'-', b'9', after @ ..]
            | [b'/' | b'.' | b'_' | b'%' | b'?' | b'&' | b'=', after @ ..] => after,
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, is_plain};

    #[test]
    fn what_is_plain_compiles() {
        let alphabet = b"a-z^$|*+?()\\.d[]0/9";
        let mut state = 1_u64;
        let mut plain = 0;
        for _ in 0..200_000 {
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                usize::try_from(state >> 40).expect("24 bits")
            };
            let length = next() % 8;
            let text: Vec<u8> = (0..length).map(|_| alphabet[next() % alphabet.len()]).collect();
            if is_plain(&text) {
                plain += 1;
                let text = String::from_utf8(text).expect("the alphabet is ASCII");
                assert!(Pattern::compile(&text, false).is_ok(), "{text}");
            }
        }
        assert!(plain > 10_000, "{plain}");
        for common in
            ["\\.php$", "^/api/(.*)$", "\\.(jpe?g|png)$", "^[a-z0-9-]+\\.example\\.org$", "[^/]+/[0-9]+"]
        {
            assert!(is_plain(common.as_bytes()), "{common}");
        }
    }
}
