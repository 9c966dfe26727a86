//! The lines inside `map`, `geo` and `split_clients`; those of a `charset_map` are with the charsets.

use std::collections::HashMap;

use super::address::{self, is_network, range};
use super::meaningless;
use super::parameters::number;
use super::servers::is_unfit;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};
use crate::text::Span;

pub(super) fn check(block: Directive<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    match spec.name() {
        "map" => map(block, found),
        "geo" => geo(block, found),
        "split_clients" => split_clients(block, found),
        _ => {}
    }
}

/// A block that a file brings into a block of lines; one that is written there is told of already.
pub(super) fn nested(table: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let brought = table.children().find(|line| line.is_block() && line.file() != table.file());
    found.extend(brought.map(|line| {
        Diagnostic::error("unexpected-open-brace", "unexpected \"{\"")
            .at(line.head_span(), "")
            .at(table.head_span(), "the file is included in this block")
            .why(format!("each line of a `{}` is a list of words, not a directive", table.name()))
            .help(format!("include the file beside the block: it has its own `{} {{ … }}`", line.name()))
    }));
}

/// The lines of a block; one with braces of its own is told of already.
fn lines(block: Directive<'_>) -> impl Iterator<Item = Directive<'_>> {
    block.children().filter(|line| !line.is_block())
}

/// `ngx_http_map`
fn map(block: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let mut keys: HashMap<String, Span> = HashMap::new();
    let mut has_hostnames = false;
    let mut default = None;
    for line in lines(block) {
        let (name, count) = (line.name(), line.args().len());
        if count == 0 && matches!(&*name, "hostnames" | "volatile") {
            has_hostnames |= name == "hostnames";
            continue;
        }
        if count != 1 {
            found.push(count_of(line, block));
        } else if name == "default" {
            if let Some(first) = default.replace(line.name_span()) {
                found.push(twice(line, first, "duplicate default map parameter".to_owned()));
            }
        } else if !name.starts_with('~') && name != "include" {
            // Keys are kept in lower case.
            let key = name.strip_prefix('\\').unwrap_or(&name).to_ascii_lowercase();
            if has_hostnames && is_unfit(&key) {
                found.push(unfit(line, &key));
            }
            let places = if has_hostnames { places(&key) } else { vec![key.clone()] };
            if let Some(first) = places.iter().find_map(|place| keys.get(place)) {
                found.push(twice(line, *first, format!("conflicting parameter \"{key}\"")));
            } else {
                keys.extend(places.into_iter().map(|place| (place, line.name_span())));
            }
        }
    }
}

/// Where nginx keeps a host name: what begins with a dot is the name itself, and all below it.
fn places(name: &str) -> Vec<String> {
    match name.strip_prefix('.') {
        Some(apex) => vec![apex.to_owned(), format!("*.{apex}")],
        None => vec![name.to_owned()],
    }
}

/// `ngx_http_geo`
fn geo(block: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let (mut has_ranges, mut has_networks) = (false, false);
    let mut ranges = Vec::new();
    let mut networks = HashMap::new();
    let mut default = None;
    for line in lines(block) {
        let name = line.name();
        let value = line.arg(0).map(Argument::value).unwrap_or_default();
        match (&*name, line.args().len()) {
            ("ranges", 0) if has_networks => {
                let message = "the \"ranges\" directive must be the first directive inside \"geo\" block";
                let fault = Diagnostic::error("bad-entry", message).at(line.head_span(), "");
                found.push(fault.why("what stands before it was read as networks").help("put it first"));
            }
            ("ranges", 0) => has_ranges = true,
            ("proxy_recursive", 0) | ("include", 1) => {}
            ("proxy", 1) => found.extend(network(line, &value).or_else(|| low_bits(line, &value))),
            ("default", 1) if has_ranges => {
                let first = default.replace(line);
                found.extend(first.map(|first| again(line, first, "default geo range value:")));
            }
            ("default", 1) => {
                has_networks = true;
                // It is the network of all addresses, of both kinds.
                let all = [false, true].map(|is_v6| networks.insert((is_v6, 0, 0), line));
                let first = all.into_iter().flatten().next();
                found.extend(first.map(|first| again(line, first, "network \"default\", value:")));
            }
            (_, 1) => {
                has_networks |= !has_ranges;
                let net = if name == "delete" { &value } else { &name };
                found.extend(if has_ranges { addresses(line, net) } else { network(line, net) });
                if has_ranges {
                    found.extend(of_range(line, net, &mut ranges));
                } else {
                    found.extend(low_bits(line, net));
                    found.extend(of_network(line, net, &mut networks));
                }
            }
            _ => found.push(count_of(line, block)),
        }
    }
}

fn network(line: Directive<'_>, net: &str) -> Option<Diagnostic> {
    if net == "255.255.255.255" || is_network(net) {
        return None;
    }
    let message = format!("invalid network \"{net}\"");
    let fault = Diagnostic::error("bad-entry", message).at(line.head_span(), "");
    Some(
        fault
            .why("each line has an address or a network, and a value")
            .help("write for example `10.0.0.0/8 internal;`"),
    )
}

fn low_bits(line: Directive<'_>, net: &str) -> Option<Diagnostic> {
    let (_, has_low_bits) = address::read_network(net)?;
    has_low_bits.then(|| meaningless::told_low_bits(net).at(line.head_span(), ""))
}

/// A network that has a value already, or has none to be taken away (`ngx_http_geo_cidr`).
fn of_network<'t>(
    line: Directive<'t>,
    net: &str,
    networks: &mut HashMap<address::Network, Directive<'t>>,
) -> Option<Diagnostic> {
    let (network, _) = address::read_network(net)?;
    if line.is("delete") {
        let is_known = networks.remove(&network).is_some();
        return (!is_known).then(|| nothing_to_delete(line, &format!("no network \"{net}\" to delete")));
    }
    let first = networks.insert(network, line)?;
    Some(again(line, first, &format!("network \"{net}\", value:")))
}

/// The ends of a range, and its line.
type Range<'t> = (u32, u32, Directive<'t>);

/// A range is an earlier one, within it or apart from it (`ngx_http_geo_add_range`).
fn of_range<'t>(line: Directive<'t>, net: &str, ranges: &mut Vec<Range<'t>>) -> Option<Diagnostic> {
    let (first, last) = range(net)?;
    let same = ranges.iter().position(|(a, b, _)| (*a, *b) == (first, last));
    if line.is("delete") {
        let known = same.map(|at| ranges.remove(at));
        let told = || nothing_to_delete(line, &format!("no address range \"{net}\" to delete"));
        return known.is_none().then(told);
    }
    if let Some(at) = same {
        let (.., earlier) = std::mem::replace(&mut ranges[at], (first, last, line));
        return Some(again(line, earlier, &format!("range \"{net}\", value:")));
    }
    let crosses = |(other_first, other_last, _): &&Range<'_>| {
        first <= *other_last && *other_first <= last && !(*other_first <= first && last <= *other_last)
    };
    let crossed = ranges.iter().filter(crosses).max_by_key(|(other, ..)| *other);
    let told = crossed.map(|(.., other)| {
        let message = format!("range \"{net}\" overlaps \"{}\"", other.name());
        Diagnostic::error("bad-entry", message)
            .at(line.name_span(), "")
            .at(other.name_span(), "the other one")
            .why("an address would have two values")
            .help("let one range end before the other begins")
    });
    ranges.push((first, last, line));
    told
}

fn told_of_geo(line: Directive<'_>, message: String) -> Diagnostic {
    Diagnostic::new(Severity::Warning, "geo-network", message).at(line.head_span(), "")
}

fn nothing_to_delete(line: Directive<'_>, message: &str) -> Diagnostic {
    told_of_geo(line, message.to_owned())
        .why("nginx warns at every start and reload: no line before it has exactly these addresses")
        .help("remove it, or put it behind the line that it is to undo")
}

/// Addresses that have a value already; `what` are they in nginx's words.
fn again(line: Directive<'_>, first: Directive<'_>, what: &str) -> Diagnostic {
    let value = |line: Directive<'_>| line.arg(0).map(|value| value.value().into_owned()).unwrap_or_default();
    let (new, old) = (value(line), value(first));
    told_of_geo(line, format!("duplicate {what} \"{new}\", old value: \"{old}\""))
        .at(first.head_span(), "the first one")
        .why("nginx warns at every start and reload, and takes the later value")
        .help("remove one of the two")
}

fn unfit(line: Directive<'_>, key: &str) -> Diagnostic {
    Diagnostic::error("bad-entry", format!("invalid hostname or wildcard \"{key}\""))
        .at(line.name_span(), "")
        .why("behind `hostnames` a `*` stands for whole labels, at the beginning or at the end")
        .help("write `*.example.org` or `www.example.*`, or a regex after `~`")
}

fn addresses(line: Directive<'_>, net: &str) -> Option<Diagnostic> {
    if range(net).is_some_and(|(first, last)| first <= last) {
        return None;
    }
    let message = format!("invalid range \"{net}\"");
    let fault = Diagnostic::error("bad-entry", message).at(line.head_span(), "");
    Some(
        fault
            .why("after `ranges` each line has two IPv4 addresses, the smaller one first")
            .help("write for example `10.0.0.0-10.0.0.255 internal;`"),
    )
}

/// `ngx_conf_split_clients_block`; a part is kept in hundredths of a percent.
fn split_clients(block: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let mut sum = 0;
    for line in lines(block) {
        let name = line.name();
        if name == "*" {
            sum = 10_000;
            continue;
        }
        let Some(part) = name.strip_suffix('%').and_then(percent) else {
            let message = format!("invalid percent value \"{name}\"");
            let fault = Diagnostic::error("bad-entry", message).at(line.name_span(), "");
            found.push(
                fault
                    .why("a part has two digits behind the point at most, and is not nothing")
                    .help("write for example `0.5%`, and `*` for the rest"),
            );
            continue;
        };
        sum += part;
        if sum > 10_000 {
            let fault =
                Diagnostic::error("bad-entry", "percent total is greater than 100%").at(line.name_span(), "");
            found.push(
                fault
                    .why("parts are taken from the first on; `*` takes all that is left")
                    .help("make the parts smaller, and put `*` last"),
            );
            return;
        }
    }
}

/// `ngx_atofp` with two places: `0.5` is 50.
fn percent(text: &str) -> Option<i64> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() || places.len() > 2 || !is_digits(places) || !is_digits(whole) {
        return None;
    }
    number(&format!("{whole}{places:0<2}")).filter(|part| *part > 0)
}

fn count_of(line: Directive<'_>, block: Directive<'_>) -> Diagnostic {
    let kind = block.name();
    Diagnostic::error("wrong-argument-count", format!("invalid number of the {kind} parameters"))
        .at(line.head_span(), "")
        .at(block.head_span(), format!("in this `{kind}`"))
        .why("each line holds two words: a value, and what the variable is then")
        .help("quote a text with spaces, write `''` for none, and end each line with `;`")
}

fn twice(line: Directive<'_>, first: Span, message: String) -> Diagnostic {
    Diagnostic::error("bad-entry", message)
        .at(line.name_span(), "")
        .at(first, "the first one")
        .why("nginx does not start with two values for one key")
        .help("remove one of the two")
}
