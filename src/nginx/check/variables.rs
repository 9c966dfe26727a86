//! Variables: how they are written, and whether anything defines them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Target, condition, unknown, unread};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Language, Spec, Value, Variable, foreign, variable, variable_names};
use crate::nginx::token::{Unprintable, check_variables};
use crate::nginx::tree::{Argument, Arguments, Directive};
use crate::text::Span;

/// nginx's own variables that may be set.
const CHANGEABLE: [&str; 7] =
    ["args", "limit_rate", "msie", "modern_browser", "ancient_browser", "proxy_host", "proxy_port"];

/// What begins with the name of a header, a parameter or a format, in which nginx reads no variables.
const HEADERS: [&str; 8] = [
    "add_header",
    "add_trailer",
    "fastcgi_param",
    "grpc_set_header",
    "log_format",
    "proxy_set_header",
    "scgi_param",
    "uwsgi_param",
];

pub(super) struct Variables<'t> {
    target: Target,
    /// Whether all that may define one is known: the whole configuration, and no module but nginx's own.
    is_whole: bool,
    defined: HashSet<Cow<'t, str>>,
    /// Used, and none of nginx's own.
    open: Vec<(Cow<'t, str>, Language, Span)>,
    /// What an `if` asks for, and whether its name begins as that of one of nginx's own does.
    asked: Vec<(String, bool, Span)>,
}

impl<'t> Variables<'t> {
    pub(super) fn new(target: Target) -> Variables<'t> {
        let is_whole = target.top == Context::Main;
        Variables { target, is_whole, defined: HashSet::new(), open: Vec::new(), asked: Vec::new() }
    }

    pub(super) fn see(
        &mut self,
        directive: Directive<'t>,
        args: &Arguments<'t>,
        spec: &Spec,
        found: &mut Vec<Diagnostic>,
    ) {
        let language = if spec.module().starts_with("stream") { Language::Stream } else { Language::Http };
        // The general setters neither take a regex nor define anything.
        let is_special = spec.value() == Value::Special;
        if is_special {
            self.captures(directive, spec);
            if matches!(spec.name(), "location" | "server_name" | "rewrite" | "if") {
                self.taken_by_groups(directive, found);
            }
            self.is_whole &= !unread::may_define(directive, spec);
            if let Some(index) = defines(spec.name(), args.len()) {
                self.definition(directive, index, language, found);
            }
            if spec.name() == "geo" && args.len() == 2 {
                let from = args.clone().next();
                found.extend(from.filter(|from| !from.content().starts_with('$')).map(no_source));
                if let Some((from, name)) =
                    from.and_then(|from| Some((from, from.content().strip_prefix('$')?)))
                {
                    self.used(name, language, from.span());
                }
            }
            if spec.name() == "if" {
                self.condition(directive, found);
            }
            if matches!(spec.name(), "charset" | "source_charset") {
                let name = directive.arg(0).and_then(|charset| charset.content().strip_prefix('$'));
                self.used(name.unwrap_or_default(), language, directive.head_span());
            }
            if spec.name() == "memcached_pass" {
                self.used("memcached_key", language, directive.head_span());
            }
        }
        if spec.name() == "map" {
            let values =
                directive.children().filter(|line| !line.is("include")).filter_map(|line| line.arg(0));
            let values = values.filter(|value| value.raw().as_bytes().contains(&b'$'));
            values.for_each(|value| self.text(value, language, true, found));
        }
        if !spec.reads_variables() && spec.name() != "set" {
            return;
        }
        for (index, argument) in args.clone().enumerate() {
            let has_variable = argument.raw().as_bytes().contains(&b'$');
            let is_header = index == 0 && HEADERS.contains(&spec.name());
            if has_variable
                && !is_header
                && (!is_special || is_read(spec.name(), index, args.len(), argument))
            {
                self.text(argument, language, spec.name() != "log_format", found);
            }
        }
    }

    /// Another module's directive: a variable it is given may be one it sets, and so may one that a line of its
    /// block begins with, as in `geoip2`; and its module may have others.
    pub(super) fn see_unknown(&mut self, directive: Directive<'t>) {
        self.is_whole &= foreign::module_of(&directive.name()).is_none();
        let lines = directive.children().map(|line| line.sources().slice(line.name_span()));
        self.defined.extend(lines.filter_map(|name| name.strip_prefix('$')).map(lower));
        for argument in directive.args() {
            if let Some(name) = argument.content().strip_prefix('$') {
                self.defined.insert(lower(name));
            }
        }
    }

    /// Named groups of the regexes that nginx looks for them in, `(?<name>…)`; those of a `map` stand in its lines.
    fn captures(&mut self, directive: Directive<'t>, spec: &Spec) {
        match spec.name() {
            "location" | "rewrite" | "if" => {
                directive.args().for_each(|argument| self.groups(argument.raw()));
            }
            "server_name"
            | "proxy_redirect"
            | "proxy_cookie_domain"
            | "proxy_cookie_path"
            | "proxy_cookie_flags" => {
                let regexes = directive.args().filter(|argument| argument.content().starts_with('~'));
                regexes.for_each(|argument| self.groups(argument.raw()));
            }
            "map" => {
                let keys = directive.children().filter(|line| line.name().starts_with('~'));
                keys.for_each(|line| self.groups(line.sources().slice(line.name_span())));
            }
            _ => {}
        }
    }

    /// Groups of regexes are variables as well.
    fn taken_by_groups(&self, directive: Directive<'t>, found: &mut Vec<Diagnostic>) {
        for argument in directive.args().filter(|argument| argument.raw().contains("(?")) {
            let names = argument.raw().split("(?").skip(1).filter_map(group);
            found.extend(names.filter_map(|name| self.taken(&name, Language::Http, argument.span())));
        }
    }

    fn groups(&mut self, text: &'t str) {
        if text.as_bytes().contains(&b'?') {
            self.defined.extend(text.split("(?").skip(1).filter_map(group));
        }
    }

    /// What nginx says of a definition of one of its own that is not to be changed.
    fn taken(&self, name: &str, language: Language, span: Span) -> Option<Diagnostic> {
        let own = variable(language, &lower(name)).filter(|own| own.is_in(self.target.version))?;
        let is_free = own.is_prefix()
            || CHANGEABLE.contains(&own.name())
            || (own.name().starts_with("ssl_") && !own.name().starts_with("ssl_preread_"))
            // Of a module that may not be loaded.
            || own.name().starts_with("geoip_");
        let fault = || Diagnostic::error("invalid-variable", format!("the duplicate \"{name}\" variable"));
        (!is_free).then(|| {
            fault()
                .at(span, "")
                .why("nginx defines it itself, and nothing else may")
                .help("call yours otherwise")
        })
    }

    fn definition(
        &mut self,
        directive: Directive<'t>,
        index: usize,
        language: Language,
        found: &mut Vec<Diagnostic>,
    ) {
        let Some(argument) = directive.arg(index) else { return };
        match argument.content().strip_prefix('$') {
            Some(name) if !name.is_empty() => {
                found.extend(self.taken(name, language, argument.span()));
                self.defined.insert(lower(name));
            }
            _ => found.push(no_variable(directive, argument)),
        }
    }

    /// `if ($name = text)` or `if (-f path)`: all of the first word is a name, in the last there may be variables.
    fn condition(&mut self, directive: Directive<'t>, found: &mut Vec<Diagnostic>) {
        if let Some((text, place)) = condition::compared(directive) {
            self.parts(text, place, Language::Http, true, found);
        }
        let Some((name, place)) = condition::variable(directive) else { return };
        let name = name.to_ascii_lowercase();
        let own = variable(Language::Http, &name).filter(|own| own.is_in(self.target.version));
        if own.is_none_or(Variable::is_prefix) {
            self.asked.push((name, own.is_some(), place));
        }
    }

    fn text(
        &mut self,
        argument: Argument<'t>,
        language: Language,
        strict: bool,
        found: &mut Vec<Diagnostic>,
    ) {
        self.parts(argument.content(), argument.span(), language, strict, found);
    }

    fn parts(
        &mut self,
        content: &'t str,
        place: Span,
        language: Language,
        strict: bool,
        found: &mut Vec<Diagnostic>,
    ) {
        let mut rest = content;
        while let Some(at) = rest.bytes().position(|byte| byte == b'$') {
            rest = &rest[at + 1..];
            let (inside, bracket) = rest.strip_prefix('{').map_or((rest, false), |inside| (inside, true));
            let name = &inside[..name_length(inside)];
            let is_sound = !name.is_empty() && (!bracket || inside[name.len()..].starts_with('}'));
            if strict
                && !is_sound
                && let Err(fault) = check_variables(content)
            {
                return found.push(unreadable(place, &fault));
            }
            self.used(name, language, place);
        }
    }

    fn used(&mut self, name: &'t str, language: Language, span: Span) {
        // `$1` to `$9` are groups of a regex.
        if name.is_empty() || matches!(name.as_bytes()[0], b'1'..=b'9') {
            return;
        }
        let name = lower(name);
        let known = variable(language, &name).is_some_and(|known| known.is_in(self.target.version));
        if !known {
            self.open.push((name, language, span));
        }
    }

    /// All is read: what nothing defined is unknown.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        let is_open = |name: &str| !self.defined.contains(name) && !foreign::has_variable(name);
        let asked = self.asked.iter().filter(|(name, ..)| is_open(name));
        found.extend(asked.filter_map(|(name, is_known, place)| {
            let odd = condition::odd_name(name, *place, *is_known);
            odd.or_else(|| self.unknown(name, Language::Http, *place).filter(|_| !is_known))
        }));
        let open = self.open.iter().filter(|(name, ..)| is_open(name));
        found.extend(open.filter_map(|(name, language, span)| self.unknown(name, *language, *span)));
    }

    /// In a part of a configuration, or beside other modules, a variable may be defined elsewhere: only a near miss is told.
    fn unknown(&self, name: &str, language: Language, span: Span) -> Option<Diagnostic> {
        let severity = if self.is_whole { Severity::Error } else { Severity::Warning };
        let fault = Diagnostic::new(severity, "unknown-variable", format!("unknown \"{name}\" variable"));
        let fault = fault.at(span, "");
        if let Some(since) = variable(language, name).and_then(Variable::since) {
            let why = format!("nginx has it since {since}, and {} is targeted", self.target.version);
            return Some(fault.why(why).help(format!("target nginx {since} or later")));
        }
        let fault = fault.why("nginx does not start with a variable that nothing defines");
        let defined = self.defined.iter().map(AsRef::as_ref);
        let near =
            unknown::nearest(name, variable_names(language).map(|name| -> &str { name }).chain(defined));
        match near {
            Some(near) => Some(fault.help(format!("did you mean `${near}`?"))),
            None if self.is_whole && name == "connection_upgrade" => {
                let map = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }";
                Some(fault.help(format!("write `{map}` in `http`")))
            }
            None if self.is_whole => Some(fault.help("define it with `map` or `set`")),
            None => None,
        }
    }
}

/// Which of so many arguments of a directive names the variable it defines.
fn defines(name: &str, count: usize) -> Option<usize> {
    match name {
        "set" | "auth_request_set" | "perl_set" => Some(0),
        "map" | "split_clients" => Some(1),
        // An address may stand before it.
        "geo" => count.checked_sub(1),
        _ => None,
    }
}

/// Whether nginx looks for variables in this argument: not where it expects a regex or a new name.
fn is_read(directive: &str, index: usize, count: usize, argument: Argument<'_>) -> bool {
    let is_name = defines(directive, count) == Some(index);
    let is_regex = (directive == "rewrite" && index == 0) || argument.content().starts_with('~');
    let is_format = directive == "access_log" && index == 1 && !argument.content().contains('=');
    !is_name && !is_regex && !is_format
}

/// The name of a group, from what follows its `(?`.
fn group(text: &str) -> Option<Cow<'_, str>> {
    let text = text.strip_prefix('P').unwrap_or(text);
    let rest = text.strip_prefix('<').or_else(|| text.strip_prefix('\''))?;
    let length = name_length(rest);
    (length > 0).then(|| lower(&rest[..length]))
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// nginx compares names of variables in lower case.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

fn no_variable(directive: Directive<'_>, argument: Argument<'_>) -> Diagnostic {
    let name = argument.value();
    Diagnostic::error("invalid-variable", format!("invalid variable name \"{name}\""))
        .at(argument.span(), "")
        .why(format!("`{}` defines a variable, and its name starts with `$`", directive.name()))
        .help(format!("write `${}`", name.trim_start_matches('$')))
}

fn no_source(argument: Argument<'_>) -> Diagnostic {
    let name = argument.value();
    Diagnostic::error("invalid-variable", format!("invalid variable name \"{name}\""))
        .at(argument.span(), "")
        .why("`geo` takes the address from a variable, and its name starts with `$`")
        .help(format!("write `${name}`"))
}

fn unreadable(place: Span, fault: &Unprintable) -> Diagnostic {
    let (message, help) = if let Unprintable::UnclosedVariable { name } = fault {
        (format!("the closing bracket in \"{name}\" variable is missing"), format!("write `${{{name}}}`"))
    } else {
        let help = "write a name after the `$`; for a `$` itself put `geo $dollar { default \"$\"; }` in `http`, and \
                    write `${dollar}`";
        ("invalid variable name".to_owned(), help.to_owned())
    };
    Diagnostic::error("invalid-variable", message).at(place, "").why(fault.to_string()).help(help)
}
