//! Directives of modules that nginx does not have built in.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::directives::{Body, foreign, lookup, names};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "foreign-module",
    severity: Severity::Hint,
    summary: "directives of a module that nginx does not have built in, and nothing that loads it",
    explanation: "\
nginx does not start with a directive it does not know. Those of Lua, headers-more, brotli, njs and the like, and of the
modules of its own that packages leave out (GeoIP, images, XSLT, Perl), are known only to an nginx that was built with them or loads
them. Each module is told once for all files. `load_module`, or an `include` of the folder where packages put it
(`modules-enabled`), ends it; so does naming `nginx.conf` along with the sites. What such a directive does is not judged.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / {
        more_set_headers 'Server: none';
        more_clear_headers X-Powered-By;
    }
}
",
        )
        .refused("unknown directive \"more_set_headers\"")
        .tried(Trial::Nothing("nginx does not start")),
        Example::new("perl_set $answer 'sub { return 42; }';\n")
            .refused("unknown directive \"perl_set\"")
            .tried(Trial::Nothing("nginx does not start")),
    ],
    good: &[
        Example::new("server {\n    listen 80;\n    add_header X-Served-By a;\n}\n"),
        // The module is loaded; the folder of this machine lacks it.
        Example::whole(
            "load_module modules/ngx_http_headers_more_filter_module.so;\n",
            "server {\n    listen 80;\n    server_tokens off;\n    more_set_headers 'Server: none';\n}\n",
        )
        .refused("dlopen()"),
        // Words of a map, not directives.
        Example::new("map $uri $kind {\n    echo 1;\n    more_set_headers 2;\n    default 0;\n}\n").near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

/// Modules of nginx's own that neither its packages nor those of distributions have built in.
const LEFT_OUT: [(&str, &str); 5] = [
    ("http_geoip", "GeoIP"),
    ("stream_geoip", "GeoIP"),
    ("http_image_filter", "image-filter"),
    ("http_perl", "Perl"),
    ("http_xslt", "XSLT"),
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    for directive in doubtful(subject) {
        let Some((module, file)) = module_of(directive) else { continue };
        if told.contains(module) || !is_read(directive) {
            continue;
        }
        told.insert(module);
        if !is_loaded(subject, file) {
            found.push(finding(directive, module));
        }
    }
}

fn finding(directive: Directive<'_>, module: &str) -> Diagnostic {
    let name = directive.name();
    RULE.finding(format!("this needs the {module} module, which nginx does not have built in"))
        .at(directive.name_span(), format!("`{name}` is a directive of it"))
        .why(format!("an nginx without it does not start: unknown directive \"{name}\""))
        .help(
            "load it in `nginx.conf` with `load_module`, and name that file too, or allow the rule where it is built in",
        )
}

/// What the module is called that has to be there for a directive, and part of its file's name, when nginx may
/// lack it.
fn module_of(directive: Directive<'_>) -> Option<(&'static str, &'static str)> {
    if let [first, ..] = directive.specs() {
        let left_out = LEFT_OUT.iter().find(|(module, _)| *module == first.module());
        return left_out.map(|&(module, called)| (called, module));
    }
    // What only NGINX Plus has is told as what nginx refuses.
    let module = foreign::module_of(&directive.name()).filter(|module| module.name != foreign::PLUS);
    module.map(|module| (module.name, module.file))
}

/// The directives that nginx may not know: few of what may be a million.
fn doubtful<'a>(subject: &Subject<'a>) -> Vec<Directive<'a>> {
    static OF_LEFT_OUT: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let is_left_out = |name: &&str| LEFT_OUT.iter().any(|(module, _)| lookup(name)[0].module() == *module);
        names().filter(is_left_out).collect()
    });
    let has_unknown = subject.tree.has_unknown_names();
    let unknown = subject.root().descendants().filter(|one| has_unknown && one.known().is_none());
    let left_out = OF_LEFT_OUT.iter().flat_map(|name| subject.every(name));
    let mut doubtful: Vec<_> = unknown.chain(left_out).collect();
    doubtful.sort_unstable_by_key(|one| one.id());
    doubtful
}

/// Whether it stands where nginx looks for directives that are its own: not among the words of a `map`, nor inside
/// a block of the module itself.
fn is_read(directive: Directive<'_>) -> bool {
    let holds_directives = |block: Directive<'_>| {
        block.specs().iter().any(|spec| matches!(spec.body(), Body::Directives(_)))
    };
    directive.ancestors().all(holds_directives)
}

/// Whether `load_module` names a file with this in its name, or an `include` names a folder in which packages load
/// their modules.
fn is_loaded(subject: &Subject<'_>, file: &str) -> bool {
    let names = |directive: Directive<'_>, part: &str| {
        directive.parent().is_none() && directive.arg(0).is_some_and(|name| name.value().contains(part))
    };
    !file.is_empty() && subject.every("load_module").any(|load| names(load, file))
        || subject.every("include").any(|include| names(include, "modules"))
}
