//! The one way a value gets from a template into nginx text: as exactly one token.

use std::sync::Arc;

use minijinja::value::{Object, Value, ValueKind};
use minijinja::{Error, ErrorKind, Output, State};

use crate::nginx::token::{Dollar, quote};

/// A regular expression: `$`, `{` and backslashes are its own.
#[derive(Debug)]
pub(super) struct Regex(pub(super) Arc<str>);

impl Object for Regex {}

/// Whole nginx lines, checked when they were read.
#[derive(Debug)]
pub(super) struct Lines(pub(super) Arc<str>);

impl Object for Lines {}

/// Writes a value: text and numbers as one token, a truth value as `on` or `off`, a list as its tokens with
/// spaces between. All else is a fault of the template.
///
/// A `$` in text starts a variable: text of the YAML holds none unless it is tagged `!nginx`, so it is the
/// template's.
pub(super) fn format(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if let Some(lines) = value.downcast_object_ref::<Lines>() {
        return out.write_str(&lines.0).map_err(Error::from);
    }
    if value.kind() != ValueKind::Seq {
        return write_token(out, value);
    }
    for (index, item) in value.try_iter()?.enumerate() {
        if index > 0 {
            out.write_str(" ")?;
        }
        write_token(out, &item)?;
    }
    Ok(())
}

fn write_token(out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    if let Some(regex) = value.downcast_object_ref::<Regex>() {
        return write_quoted(out, &regex.0, Dollar::Regex);
    }
    match value.kind() {
        ValueKind::Bool => out.write_str(if value.is_true() { "on" } else { "off" }).map_err(Error::from),
        ValueKind::Number => write_quoted(out, &value.to_string(), Dollar::Forbidden),
        ValueKind::String => write_quoted(out, value.as_str().unwrap_or_default(), Dollar::Variable),
        kind => Err(fault(format!("{kind} cannot be printed as a token of nginx"))),
    }
}

fn write_quoted(out: &mut Output<'_>, text: &str, dollar: Dollar) -> Result<(), Error> {
    let token = quote(text, dollar).map_err(|error| fault(error.to_string()))?;
    out.write_str(&token).map_err(Error::from)
}

fn fault(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
