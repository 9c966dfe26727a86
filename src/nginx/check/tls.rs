//! What nginx hands on to OpenSSL: ciphers, curves, commands of OpenSSL's own configuration (`ngx_ssl_ciphers`,
//! `ngx_ssl_ecdh_curve`, `ngx_ssl_conf_commands`).
//!
//! It does so only where it makes ready for TLS: in a server with a certificate, and for a back end over TLS. What an
//! OpenSSL may be built with or without is taken for right.

mod words;

use super::certificates::speaks_tls;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};

/// What OpenSSL would refuse, if it is asked.
#[derive(Default)]
pub(super) struct Tls<'t> {
    doubtful: Vec<(Directive<'t>, Diagnostic)>,
}

impl<'t> Tls<'t> {
    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec) {
        let Some((_, kind)) = spec.name().split_once("ssl_") else { return };
        let fault = match kind {
            "ciphers" => ciphers(directive),
            "ecdh_curve" => curves(directive),
            "conf_command" => command(directive),
            "ocsp" => ocsp(directive),
            "ocsp_responder" => responder(directive),
            _ => None,
        };
        self.doubtful.extend(fault.map(|fault| (directive, fault)));
    }

    /// All is read: who uses what is wrong is known.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        let used = self.doubtful.iter().filter(|(directive, _)| is_used(*directive));
        found.extend(used.map(|(_, fault)| fault.clone()));
    }
}

/// Whether nginx makes ready for TLS with this directive.
fn is_used(directive: Directive<'_>) -> bool {
    let name = directive.name();
    let block = directive.parent();
    let top = directive.tree().root(directive.sources());
    let around = block.and_then(Directive::block).unwrap_or(top);
    let holds = |settings: &Effective<'_>| {
        settings.get(&name).is_some_and(|set| set.directives.iter().any(|one| one.id() == directive.id()))
    };
    if let Some((family, _)) = name.split_once("_ssl_") {
        return around.every(&format!("{family}_pass")).any(|pass| {
            let settings = Effective::inside(pass);
            let is_tls = pass.arg(0).is_some_and(|target| words::is_over_tls(target.content()));
            (is_tls || speaks_tls(&settings)) && holds(&settings)
        });
    }
    let own = block.filter(|block| block.is("server"));
    own.into_iter().chain(around.every("server")).filter(|server| server.is_block()).any(|server| {
        let settings = Effective::inside(server);
        let is_set = |name| settings.get(name).is_some();
        (is_set("ssl_certificate") || is_set("ssl_reject_handshake")) && holds(&settings)
    })
}

/// A list of ciphers that takes in none, or has a sign that OpenSSL cannot read (`ssl_create_cipher_list`).
fn ciphers(directive: Directive<'_>) -> Option<Diagnostic> {
    let list = directive.arg(0)?;
    let value = list.value();
    let elements = || value.split([':', ' ', ';', ',']).filter(|element| !element.is_empty());
    let (why, help) = if let Some(odd) = elements().find(|element| !words::is_readable(element)) {
        (
            format!("OpenSSL cannot read `{odd}`"),
            "write names of ciphers with `:` between, `!` before what is not wanted".to_owned(),
        )
    } else if elements().any(words::takes_in) {
        return None;
    } else if elements().any(|element| element.starts_with("TLS_")) {
        (
            "names of TLS 1.3 are no part of this list: it is for TLS 1.2 and older".to_owned(),
            "leave it out, or write `ssl_conf_command Ciphersuites …;` for TLS 1.3".to_owned(),
        )
    } else {
        (
            "no name in it adds a cipher that OpenSSL knows, and upper case counts".to_owned(),
            "write for example `HIGH:!aNULL:!MD5`".to_owned(),
        )
    };
    let message = format!("SSL_CTX_set_cipher_list(\"{value}\") failed");
    Some(told(list, message).why(why).help(help))
}

fn curves(directive: Directive<'_>) -> Option<Diagnostic> {
    let list = directive.arg(0)?;
    let value = list.value();
    if value == "auto" {
        return None;
    }
    let odd = value.split(':').find(|curve| !words::may_be_curve(curve))?;
    let why = match odd {
        "" => "a name is missing between two `:`, or at an end".to_owned(),
        _ => format!("OpenSSL knows no curve `{odd}`"),
    };
    let message = format!("SSL_CTX_set1_curves_list(\"{value}\") failed");
    Some(
        told(list, message)
            .why(why)
            .help("write names with `:` between, such as `X25519:prime256v1:secp384r1`"),
    )
}

fn command(directive: Directive<'_>) -> Option<Diagnostic> {
    let (name, value) = (directive.arg(0)?, directive.arg(1)?);
    let (why, help) = words::odd_command(&name.value(), &value.value())?;
    let message = format!("SSL_CONF_cmd(\"{}\", \"{}\") failed", name.value(), value.value());
    Some(told(name, message).why(why).help(help))
}

/// Certificates that nobody vouches for are not asked about.
fn ocsp(directive: Directive<'_>) -> Option<Diagnostic> {
    let server = directive.parent()?;
    let verify = Effective::inside(server).get("ssl_verify_client")?;
    if directive.arg(0)?.is("off") || verify.value() != "optional_no_ca" {
        return None;
    }
    let message = "\"ssl_ocsp\" is incompatible with \"ssl_verify_client optional_no_ca\"";
    Some(
        Diagnostic::error("bad-value", message)
            .at(directive.head_span(), "")
            .at(verify.directive().head_span(), "takes certificates that nobody vouches for")
            .why("whether a certificate was taken back is asked of the one who signed it")
            .help("write `ssl_verify_client optional`, or leave `ssl_ocsp` out"),
    )
}

fn responder(directive: Directive<'_>) -> Option<Diagnostic> {
    let url = directive.arg(0)?;
    let value = url.value();
    let is_on = directive.parent().is_some_and(|block| {
        Effective::inside(block).get("ssl_ocsp").is_some_and(|set| matches!(&*set.value(), "on" | "leaf"))
    });
    let is_http =
        value.len() > 7 && value.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
    if !is_on || is_http {
        return None;
    }
    let message = format!("invalid URL prefix in OCSP responder \"{value}\" in \"ssl_ocsp_responder\"");
    Some(
        told(url, message)
            .why("OCSP is asked over plain HTTP: its answers are signed")
            .help("write an `http://` URL"),
    )
}

fn told(argument: Argument<'_>, message: String) -> Diagnostic {
    Diagnostic::error("bad-value", message).at(argument.span(), "")
}
