//! One walk over the tree, block by block; what needs a whole block or the whole tree is gathered on the way.

use std::collections::HashSet;

use super::buffers::Buffers;
use super::certificates::Certificates;
use super::charsets::Charsets;
use super::formats::Formats;
use super::hashes::Hashes;
use super::locations::Locations;
use super::named::Named;
use super::once::Once;
use super::paths::Paths;
use super::pools::Pools;
use super::regexes::Regexes;
use super::servers::Servers;
use super::streams::Streams;
use super::swallowed::Swallower;
use super::tls::Tls;
use super::twins::Twins;
use super::types::Types;
use super::upstream::Upstreams;
use super::variables::Variables;
use super::zones::Zones;
use super::{
    Target, browsers, codes, commercial, entries, logs, meaning, meaningless, parameters, proxied, shape,
    siblings, single, swallowed, values,
};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Body, Context, Language, Spec, Value};
use crate::nginx::tree::{Block, Directive};

pub(super) struct Walk<'t> {
    target: Target,
    found: Vec<Diagnostic>,
    swallowers: Vec<Swallower>,
    /// That they swallowed others.
    swallowing: Vec<Diagnostic>,
    once: Once<'t>,
    paths: Paths<'t>,
    pools: Pools,
    locations: Locations<'t>,
    servers: Servers<'t>,
    variables: Variables<'t>,
    upstreams: Upstreams<'t>,
    buffers: Buffers<'t>,
    certificates: Certificates<'t>,
    charsets: Charsets<'t>,
    hashes: Hashes,
    named: Named<'t>,
    regexes: Regexes,
    formats: Formats<'t>,
    zones: Zones<'t>,
    streams: Streams<'t>,
    /// None where every server is walked through.
    twins: Option<Twins>,
    tls: Tls<'t>,
    types: Types<'t>,
}

/// What a walk found.
pub(super) struct Walked {
    pub(super) found: Vec<Diagnostic>,
    /// That directives were swallowed.
    pub(super) swallowing: Vec<Diagnostic>,
    /// By whom, in the order of the tree.
    pub(super) swallowers: Vec<Swallower>,
}

impl<'t> Walk<'t> {
    pub(super) fn new(target: Target) -> Walk<'t> {
        Walk {
            target,
            found: Vec::new(),
            swallowers: Vec::new(),
            swallowing: Vec::new(),
            once: Once::default(),
            paths: Paths::default(),
            pools: Pools::new(target),
            locations: Locations::default(),
            servers: Servers::default(),
            variables: Variables::new(target),
            upstreams: Upstreams::new(target),
            buffers: Buffers::new(target),
            certificates: Certificates::new(target),
            charsets: Charsets::new(target),
            hashes: Hashes::new(target),
            named: Named::new(target),
            regexes: Regexes::default(),
            formats: Formats::default(),
            zones: Zones::default(),
            streams: Streams::new(target.version),
            twins: None,
            tls: Tls::default(),
            types: Types::default(),
        }
    }

    /// Servers that say the same as one in which nothing is wrong are not walked through.
    pub(super) fn past_twins(self) -> Walk<'t> {
        Walk { twins: Some(Twins::of_tree()), ..self }
    }

    /// No server is walked through.
    pub(super) fn past_servers(self) -> Walk<'t> {
        Walk { twins: Some(Twins::of_another()), ..self }
    }

    /// What is wrong in the tree as it is read.
    pub(super) fn run(mut self, root: Block<'t>) -> Walked {
        self.block(root, self.target.top);
        let told = self.found.len();
        self.finish(root);
        // It may be of a server that has twins.
        if self.found.len() > told && self.twins.is_some_and(|twins| twins.are_skipped()) {
            return Walk::new(self.target).run(root);
        }
        // A file that is included several times has its faults once.
        for found in [&mut self.found, &mut self.swallowing] {
            let mut told = HashSet::new();
            found.retain(|fault| told.insert((fault.code, fault.span(), fault.message.clone())));
        }
        Walked { found: self.found, swallowing: self.swallowing, swallowers: self.swallowers }
    }

    /// All is read.
    fn finish(&mut self, root: Block<'t>) {
        self.variables.finish(&mut self.found);
        self.named.finish(&mut self.found);
        self.upstreams.finish(self.named.is_whole(), &mut self.found);
        self.charsets.finish(&mut self.found);
        self.pools.finish(root, &mut self.found);
        self.buffers.finish(&mut self.found);
        self.certificates.finish(&mut self.found);
        self.tls.finish(&mut self.found);
        self.servers.finish(&self.hashes, &mut self.found);
        self.found.extend(meaning::eventless(root, self.target.top).filter(|_| self.named.is_whole()));
        commercial::fold(&mut self.found);
    }

    fn block(&mut self, block: Block<'t>, context: Context) {
        let once = self.once.enter();
        let locations = self.locations.enter();
        for directive in block {
            self.directive(directive, context);
        }
        self.once.leave(once);
        self.locations.leave(locations, &mut self.found);
    }

    fn directive(&mut self, directive: Directive<'t>, context: Context) {
        let spec = match meaning::of(directive, context, self.target.version) {
            Ok(spec) => spec,
            Err(miss) => return self.missed(directive, context, miss),
        };
        let args = directive.args();
        let swallowed = swallowed::find(directive, &args, spec, context, self.target.version);
        let version = self.target.version;
        let found = if swallowed.is_empty() { &mut self.found } else { &mut self.swallowing };
        let has_its_form =
            shape::check(directive, args.len(), spec, swallowed.first().copied(), version, found);
        if let Some(first) = swallowed.first() {
            if has_its_form {
                found.push(swallowed::told(directive, *first));
            }
            found.extend(swallowed::told_of_next(directive, &swallowed));
            self.swallowers.push(Swallower::new(directive, spec, &swallowed));
        }
        if !has_its_form {
            return;
        }
        if spec.is_once() {
            self.once.see(directive, spec, &mut self.found);
        }
        self.variables.see(directive, &args, spec, &mut self.found);
        if spec.value() == Value::Special {
            self.special(directive, spec, context);
            self.named.see(directive, spec);
            self.regexes.see(directive, spec, &mut self.found);
            siblings::check(directive, spec, &mut self.found);
            single::check(directive, spec, version, &mut self.found);
            logs::check(directive, spec, &mut self.found);
            parameters::check(directive, spec, version, &mut self.found);
            codes::check(directive, spec, &mut self.found);
            entries::check(directive, spec, &mut self.found);
            self.formats.see(directive, spec, &mut self.found);
            self.zones.see(directive, spec, &mut self.found);
            self.paths.see(directive, spec, &mut self.found);
            self.charsets.see(directive, spec, &mut self.found);
            self.types.see(directive, spec, &mut self.found);
            meaningless::check(directive, spec, &mut self.found);
        } else {
            values::check(directive, args, spec, &mut self.found);
            self.buffers.see(directive, spec);
            self.hashes.see(directive, spec);
            self.tls.see(directive, spec);
            self.general(directive, spec);
        }
        self.inside(directive, spec, context);
    }

    /// What a few directives are looked at for though a general setter reads them.
    fn general(&mut self, directive: Directive<'t>, spec: &'static Spec) {
        match spec.value() {
            Value::Path => self.paths.see(directive, spec, &mut self.found),
            Value::Buffers | Value::Size => self.pools.see(spec),
            Value::Keyval | Value::Texts if spec.name().ends_with("_header") => {
                self.found.extend(meaningless::colon(directive));
            }
            Value::Complex | Value::Text if spec.module() == "http_secure_link" => {
                siblings::check(directive, spec, &mut self.found);
            }
            _ => {}
        }
    }

    /// What the directives do that put servers and locations together.
    fn special(&mut self, directive: Directive<'t>, spec: &'static Spec, context: Context) {
        match (spec.module(), spec.name()) {
            ("http_core", "server") => self.servers.open(directive),
            ("http_core", "listen") => self.servers.listen(directive, self.target.version, &mut self.found),
            ("http_core", "server_name") => self.servers.names(directive),
            ("stream_core" | "mail_core", "server") => {
                self.streams.server(directive, spec, &mut self.found);
            }
            ("http_upstream", "upstream") => {
                self.upstreams.see(directive, Language::Http, &mut self.found);
            }
            ("stream_upstream", "upstream") => {
                self.upstreams.see(directive, Language::Stream, &mut self.found);
            }
            ("http_proxy", "proxy_pass") => {
                self.upstreams.asked(directive, Language::Http);
                self.certificates.pass(directive, &mut self.found);
                proxied::check(directive, context, &mut self.found);
            }
            ("stream_proxy", "proxy_pass") => {
                self.upstreams.asked(directive, Language::Stream);
                self.certificates.pass(directive, &mut self.found);
                proxied::address(directive, &[], &mut self.found);
            }
            ("stream_pass", "pass") => self.found.extend(proxied::handed_over(directive)),
            ("http_fastcgi", "fastcgi_pass")
            | ("http_scgi", "scgi_pass")
            | ("http_memcached", "memcached_pass") => {
                self.upstreams.asked(directive, Language::Http);
                proxied::address(directive, &[], &mut self.found);
            }
            ("http_uwsgi", "uwsgi_pass") => {
                self.certificates.pass(directive, &mut self.found);
                self.upstreams.asked(directive, Language::Http);
                proxied::address(directive, &["uwsgi://", "suwsgi://"], &mut self.found);
            }
            ("http_grpc", "grpc_pass") => {
                self.certificates.pass(directive, &mut self.found);
                self.upstreams.asked(directive, Language::Http);
                proxied::address(directive, &["grpc://", "grpcs://"], &mut self.found);
            }
            ("http_browser", "modern_browser") => browsers::check(directive, &mut self.found),
            ("http_map", "map") => self.hashes.map(directive, &mut self.found),
            ("http_core", "location") => self.locations.see(directive, context, &mut self.found),
            _ => {}
        }
    }

    fn inside(&mut self, directive: Directive<'t>, spec: &'static Spec, context: Context) {
        let Some(block) = directive.block() else { return };
        if spec.body() == Body::Entries {
            entries::nested(directive, &mut self.found);
        }
        let Body::Directives(_) = spec.body() else { return };
        let Some(inner) = spec.opens(context) else { return };
        if spec.module() == "http_core" && spec.name() == "server" {
            self.server(directive, block, inner);
        } else {
            self.block(block, inner);
        }
    }

    fn server(&mut self, server: Directive<'t>, block: Block<'t>, inner: Context) {
        if self.twins.as_mut().is_some_and(|twins| twins.skip(server)) {
            let once = self.once.enter();
            block.iter().for_each(|child| self.of_twin(child, inner));
            self.once.leave(once);
        } else {
            let told = self.told();
            self.block(block, inner);
            if self.told() > told
                && let Some(twins) = &mut self.twins
            {
                twins.blame(server);
            }
        }
        self.servers.close(&mut self.found);
        self.certificates.see(server, &mut self.found);
    }

    /// What a server that was not walked through may have in common with any other: sockets, names and files.
    fn of_twin(&mut self, directive: Directive<'t>, context: Context) {
        if directive.is("listen") {
            self.servers.listen(directive, self.target.version, &mut self.found);
        } else if directive.is("server_name") {
            self.servers.names(directive);
        } else if directive.is("access_log") || directive.is("error_log") {
            self.directive(directive, context);
        }
    }

    /// How much was found so far.
    fn told(&self) -> usize {
        self.found.len() + self.swallowing.len() + self.swallowers.len()
    }

    /// Nothing fits here; what is inside it, if anything, has no context to be judged by.
    fn missed(&mut self, directive: Directive<'t>, context: Context, miss: meaning::Miss) {
        self.variables.see_unknown(directive);
        if let Some(told) = meaning::told(directive, context, self.target.version, miss) {
            self.found.push(told);
        }
    }
}
