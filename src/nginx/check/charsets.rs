//! Charsets, and the maps between them (`ngx_http_charset_map_block`, `ngx_http_charset_postconfiguration`).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Target;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Context, Spec};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

/// The longest character of UTF-8, in bytes, that a map takes.
const UTF8: usize = 3;

/// Since when more bytes than that are refused: 1.22.1 takes them, 1.28.3 does not.
const EXACT: Version = Version::new(1, 23, 0);

/// Which charsets are mapped, and which are asked for.
pub(super) struct Charsets<'t> {
    target: Target,
    /// By both names, the smaller one first.
    maps: HashMap<[String; 2], Directive<'t>>,
    asked: Vec<Directive<'t>>,
}

impl<'t> Charsets<'t> {
    pub(super) fn new(target: Target) -> Charsets<'t> {
        Charsets { target, maps: HashMap::new(), asked: Vec::new() }
    }

    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        match spec.name() {
            "charset_map" => self.map(directive, found),
            "charset" | "source_charset" => self.asked.push(directive),
            _ => {}
        }
    }

    fn map(&mut self, map: Directive<'t>, found: &mut Vec<Diagnostic>) {
        lines(map, self.target.version, found);
        let (Some(from), Some(to)) = (map.arg(0), map.arg(1)) else { return };
        if let Some(first) = self.maps.insert(between(&from.value(), &to.value()), map) {
            let message =
                format!("duplicate \"charset_map\" between \"{}\" and \"{}\"", from.value(), to.value());
            let fault = Diagnostic::error("bad-entry", message).at(map.head_span(), "");
            found.push(
                fault
                    .at(first.head_span(), "the first one")
                    .why("a map works in both directions")
                    .help("remove one of the two"),
            );
        }
    }

    /// All is read: where an answer is to be changed from one charset to another there is a map between them.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        if self.target.top != Context::Main {
            return;
        }
        let blocks = self.asked.iter().filter_map(|asked| asked.parent());
        let mut told = HashSet::new();
        // What `http` sets is looked at where a server or a location has the rest of it.
        let inside = |block: Directive<'t>| match block.is("http") {
            true => block.children().filter(|child| child.is("server")).collect(),
            false => vec![block],
        };
        for block in blocks.flat_map(inside) {
            let settings = Effective::inside(block);
            let (Some(to), Some(from)) = (settings.get("charset"), settings.get("source_charset")) else {
                continue;
            };
            let (to_name, from_name) = (to.value(), from.value());
            let is_open = [&to_name, &from_name].iter().any(|name| **name == "off" || name.starts_with('$'));
            let pair = between(&from_name, &to_name);
            if is_open || pair[0] == pair[1] || self.maps.contains_key(&pair) || !told.insert(pair) {
                continue;
            }
            let message =
                format!("no \"charset_map\" between the charsets \"{from_name}\" and \"{to_name}\"");
            found.push(
                Diagnostic::error("unknown-name", message)
                    .at(to.directive().head_span(), "")
                    .at(from.directive().head_span(), "what answers are in")
                    .why("nginx changes bytes by a map, and has none of its own")
                    .help(format!("include the map, `charset_map {from_name} {to_name} {{ … }}`, or remove `source_charset`")),
            );
        }
    }
}

fn between(a: &str, b: &str) -> [String; 2] {
    let mut pair = [a.to_ascii_lowercase(), b.to_ascii_lowercase()];
    pair.sort();
    pair
}

/// Bytes in hexadecimal figures.
fn lines(block: Directive<'_>, version: Version, found: &mut Vec<Diagnostic>) {
    let is_byte = |text: &str| u32::from_str_radix(text, 16).is_ok_and(|byte| byte <= 255);
    let is_utf8 = block.arg(1).is_some_and(|name| name.content().eq_ignore_ascii_case("utf-8"));
    let is_code = |text: &str| match is_utf8 {
        true => is_character(text) && (text.len() / 2 <= UTF8 || version < EXACT),
        false => is_byte(text),
    };
    for line in block.children().filter(|line| !line.is_block()) {
        let name = line.name();
        let value: Cow<'_, str> = line.arg(0).map(Argument::value).unwrap_or_default();
        let message = match line.args().len() {
            1 if !is_byte(&name) => format!("invalid value \"{name}\""),
            1 if !is_code(&value) => format!("invalid value \"{value}\""),
            1 => continue,
            _ => "invalid parameters number".to_owned(),
        };
        let fault = Diagnostic::error("bad-entry", message).at(line.head_span(), "");
        found.push(
            fault
                .why("each line has two codes in hexadecimal figures")
                .help("write for example `80 E282AC;`"),
        );
    }
}

/// Whether these are the bytes of a character beyond ASCII (`ngx_utf8_decode`); what stands behind it counts for nothing.
fn is_character(text: &str) -> bool {
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(byte).collect();
    let Some(bytes) = bytes else { return false };
    let length = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        _ => return false,
    };
    bytes.get(..length).is_some_and(|first| std::str::from_utf8(first).is_ok())
}
