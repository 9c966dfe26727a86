//! What nginx makes of a directive's arguments.

/// The general setters of nginx (`ngx_conf_set_…_slot`); all else is [`Value::Special`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// `on` or `off`.
    Flag,
    /// A whole number.
    Number,
    /// Bytes, with `k` or `m`.
    Size,
    /// Bytes, with `k`, `m` or `g`.
    Offset,
    /// A duration, down to `ms`.
    Msec,
    /// A duration in whole seconds.
    Sec,
    /// Any text.
    Text,
    /// One text, gathered over several directives.
    Texts,
    /// One of these words, in any case.
    Enum(Words),
    /// Some of these words, in any case.
    Set(Words),
    /// Two texts, gathered over several directives.
    Keyval,
    /// A number of buffers and their size.
    Buffers,
    /// A folder and its levels.
    Path,
    /// Who may read a file.
    Access,
    /// Text with variables.
    Complex,
    /// Bytes, or text with variables.
    ComplexSize,
    /// Texts with variables, each a condition.
    Predicate,
    /// Read and ignored, with a warning.
    Obsolete,
    /// What only its own module knows.
    Special,
}

/// The words of an enumeration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Words(&'static str);

impl Words {
    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.split('|')
    }

    /// Whether the word is one of them; nginx ignores the case.
    pub fn contains(self, word: &str) -> bool {
        self.iter().any(|known| known.eq_ignore_ascii_case(word))
    }
}

impl Value {
    /// Reads the table's `size` or `enum 1.0|1.1`.
    pub(super) fn parse(text: &'static str) -> Option<Value> {
        let (kind, words) = text.split_once(' ').unwrap_or((text, ""));
        Some(match kind {
            "flag" => Value::Flag,
            "number" => Value::Number,
            "size" => Value::Size,
            "offset" => Value::Offset,
            "msec" => Value::Msec,
            "sec" => Value::Sec,
            "text" => Value::Text,
            "texts" => Value::Texts,
            "enum" => Value::Enum(Words(words)),
            "set" => Value::Set(Words(words)),
            "keyval" => Value::Keyval,
            "buffers" => Value::Buffers,
            "path" => Value::Path,
            "access" => Value::Access,
            "complex" => Value::Complex,
            "complex-size" => Value::ComplexSize,
            "predicate" => Value::Predicate,
            "obsolete" => Value::Obsolete,
            "special" => Value::Special,
            _ => return None,
        })
    }
}
