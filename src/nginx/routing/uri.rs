//! The path of a request as locations are matched against it (`ngx_http_parse_complex_uri`).

use std::fmt;

/// A request's target: its path decoded once, dots resolved and slashes merged, and its arguments as sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    raw: String,
    path: Vec<u8>,
    args: Option<String>,
    is_quoted: bool,
    has_plus: bool,
}

/// Why nginx answers 400 to a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadTarget {
    /// It does not start with `/`.
    NoSlash,
    /// A `%` without two hexadecimal digits, or `%00`.
    BadEscape,
    /// `..` goes above `/`.
    AboveRoot,
    /// A space or a control character.
    BadCharacter,
}

impl fmt::Display for BadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadTarget::NoSlash => "the path does not start with `/`",
            BadTarget::BadEscape => "`%` needs two hexadecimal digits, and not `%00`",
            BadTarget::AboveRoot => "`..` goes above `/`",
            BadTarget::BadCharacter => "a space or a control character must be written as `%..`",
        })
    }
}

impl std::error::Error for BadTarget {}

impl Target {
    /// Reads a target as it stands in a request line.
    ///
    /// # Errors
    /// When nginx answers 400.
    pub fn parse(raw: &str, merges_slashes: bool) -> Result<Target, BadTarget> {
        if !raw.starts_with('/') {
            return Err(BadTarget::NoSlash);
        }
        if raw.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(BadTarget::BadCharacter);
        }
        let sent = raw.split('#').next().unwrap_or(raw);
        let (path, args) = match sent.split_once('?') {
            Some((path, args)) => (path, Some(args.to_owned())),
            None => (sent, None),
        };
        let resolved = Resolver { path: Vec::new(), state: State::Usual, merges_slashes }.run(path)?;
        Ok(Target {
            raw: raw.to_owned(),
            path: resolved,
            args,
            is_quoted: path.contains('%'),
            has_plus: path.contains('+'),
        })
    }

    /// The path that locations are matched against.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// What follows the `?`.
    pub fn args(&self) -> Option<&str> {
        self.args.as_deref()
    }

    /// The target as it was sent.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether the path was sent with `%`, and so goes to an upstream escaped again.
    pub(super) fn is_quoted(&self) -> bool {
        self.is_quoted
    }

    /// Whether the path was sent with `+`.
    pub(super) fn has_plus(&self) -> bool {
        self.has_plus
    }
}

/// What has just been read; a decoded byte counts as itself, except where nginx says otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Usual,
    Slash,
    Dot,
    DotDot,
}

struct Resolver {
    path: Vec<u8>,
    state: State,
    merges_slashes: bool,
}

impl Resolver {
    fn run(mut self, raw: &str) -> Result<Vec<u8>, BadTarget> {
        let mut bytes = raw.bytes();
        while let Some(byte) = bytes.next() {
            if byte == b'%' {
                self.escape(bytes.next(), bytes.next())?;
            } else {
                self.byte(byte)?;
            }
        }
        match self.state {
            State::Dot => self.path.truncate(self.path.len() - 1),
            State::DotDot => self.parent()?,
            State::Usual | State::Slash => {}
        }
        Ok(self.path)
    }

    fn escape(&mut self, high: Option<u8>, low: Option<u8>) -> Result<(), BadTarget> {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(high), digit(low)) else { return Err(BadTarget::BadEscape) };
        let byte = u8::try_from(high * 16 + low).map_err(|_| BadTarget::BadEscape)?;
        match byte {
            0 => Err(BadTarget::BadEscape),
            // These would otherwise end the path or be decoded again.
            b'%' | b'#' | b'?' => {
                self.state = State::Usual;
                self.path.push(byte);
                Ok(())
            }
            byte => self.byte(byte),
        }
    }

    fn byte(&mut self, byte: u8) -> Result<(), BadTarget> {
        match (self.state, byte) {
            (State::Slash, b'/') => {
                if !self.merges_slashes {
                    self.path.push(byte);
                }
            }
            (State::Dot, b'/') => {
                self.path.truncate(self.path.len() - 1);
                self.state = State::Slash;
            }
            (State::DotDot, b'/') => {
                self.parent()?;
                self.state = State::Slash;
            }
            (_, b'/') => self.push(byte, State::Slash),
            (State::Slash, b'.') => self.push(byte, State::Dot),
            (State::Dot, b'.') => self.push(byte, State::DotDot),
            _ => self.push(byte, State::Usual),
        }
        Ok(())
    }

    fn push(&mut self, byte: u8, state: State) {
        self.path.push(byte);
        self.state = state;
    }

    /// Takes `/..` and the part before it away, up to and without the slash before that.
    fn parent(&mut self) -> Result<(), BadTarget> {
        let before = self.path.len().checked_sub(3).ok_or(BadTarget::AboveRoot)?;
        let slash = self.path[..before].iter().rposition(|&byte| byte == b'/').ok_or(BadTarget::AboveRoot)?;
        self.path.truncate(slash + 1);
        Ok(())
    }
}
