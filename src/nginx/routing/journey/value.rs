//! The value of a text with variables in it, as far as it is known.

/// A value; what is not known of it stands in it as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Value {
    bytes: Vec<u8>,
    unknown: Vec<String>,
    not_sent: Vec<String>,
}

impl Value {
    /// A value that is known.
    pub(super) fn known(bytes: impl Into<Vec<u8>>) -> Value {
        Value { bytes: bytes.into(), ..Value::default() }
    }

    /// The empty value of a request header that nobody gave.
    pub(super) fn not_sent(name: &str) -> Value {
        Value { not_sent: vec![name.to_owned()], ..Value::default() }
    }

    /// The value of a variable that only a real request has.
    pub(super) fn unknown(name: &str) -> Value {
        Value { bytes: format!("${name}").into(), unknown: vec![name.to_owned()], ..Value::default() }
    }

    /// It, when all of it is known.
    pub fn if_known(&self) -> Option<&[u8]> {
        self.unknown.is_empty().then_some(&self.bytes)
    }

    /// It for people: what is not known as it is written.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Whether it is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The variables that it needs and that are not known.
    pub fn unknown_names(&self) -> &[String] {
        &self.unknown
    }

    /// The variables of request headers in it that are taken to be empty, since nobody gave the header.
    pub fn not_sent_names(&self) -> &[String] {
        &self.not_sent
    }

    /// What is there, with `$name` where something is not known.
    pub(in crate::nginx::routing) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn append(&mut self, other: &Value) {
        self.push(&other.bytes);
        self.unknown.extend_from_slice(&other.unknown);
        self.not_sent.extend_from_slice(&other.not_sent);
    }

    /// The same with other bytes.
    pub(super) fn map(self, change: impl Fn(&[u8]) -> Vec<u8>) -> Value {
        Value { bytes: change(&self.bytes), ..self }
    }
}
