//! Where a directive may stand.

use std::fmt;

/// What kind of block nginx is reading (`cf->cmd_type`, and which language's).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Context {
    /// The top of `nginx.conf`.
    Main,
    /// In `events`.
    Events,
    /// In `http`, where site files are included.
    Http,
    /// In a `server` of `http`.
    Server,
    /// In a `location`.
    Location,
    /// In an `upstream` of `http`.
    Upstream,
    /// In an `if` of a `server`.
    ServerIf,
    /// In an `if` of a `location`.
    LocationIf,
    /// In a `limit_except`.
    LimitExcept,
    /// In `stream`.
    Stream,
    /// In a `server` of `stream`.
    StreamServer,
    /// In an `upstream` of `stream`.
    StreamUpstream,
    /// In `mail`.
    Mail,
    /// In a `server` of `mail`.
    MailServer,
}

impl Context {
    /// Every context.
    pub const ALL: [Context; 14] = [
        Context::Main,
        Context::Events,
        Context::Http,
        Context::Server,
        Context::Location,
        Context::Upstream,
        Context::ServerIf,
        Context::LocationIf,
        Context::LimitExcept,
        Context::Stream,
        Context::StreamServer,
        Context::StreamUpstream,
        Context::Mail,
        Context::MailServer,
    ];

    /// Whether it is `http` or inside it.
    pub fn is_http(self) -> bool {
        self.is_of_one_language_with(Context::Http)
    }

    /// Whether both are in `http`, in `stream` or in `mail`.
    pub fn is_of_one_language_with(self, other: Context) -> bool {
        self.language() == other.language()
    }

    /// The contexts of its language, as the bits of a set.
    fn language(self) -> u16 {
        let bits = |from: Context, to: Context| (2 << to as u16) - (1 << from as u16);
        match self {
            Context::Main => bits(Context::Main, Context::Main),
            Context::Events => bits(Context::Events, Context::Events),
            Context::Stream | Context::StreamServer | Context::StreamUpstream => {
                bits(Context::Stream, Context::StreamUpstream)
            }
            Context::Mail | Context::MailServer => bits(Context::Mail, Context::MailServer),
            _ => bits(Context::Http, Context::LimitExcept),
        }
    }

    /// Reads its word in the table.
    pub(super) fn parse(word: &str) -> Option<Context> {
        Some(match word {
            "main" => Context::Main,
            "events" => Context::Events,
            "http" => Context::Http,
            "server" => Context::Server,
            "location" => Context::Location,
            "upstream" => Context::Upstream,
            "server-if" => Context::ServerIf,
            "location-if" => Context::LocationIf,
            "limit_except" => Context::LimitExcept,
            "stream" => Context::Stream,
            "stream-server" => Context::StreamServer,
            "stream-upstream" => Context::StreamUpstream,
            "mail" => Context::Mail,
            "mail-server" => Context::MailServer,
            _ => return None,
        })
    }
}

/// For messages: `the top level`, `` `server` ``, `` `if` in `location` ``.
impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Context::Main => "the top level",
            Context::Events => "`events`",
            Context::Http => "`http`",
            Context::Server => "`server`",
            Context::Location => "`location`",
            Context::Upstream => "`upstream`",
            Context::ServerIf => "`if` in `server`",
            Context::LocationIf => "`if` in `location`",
            Context::LimitExcept => "`limit_except`",
            Context::Stream => "`stream`",
            Context::StreamServer => "`server` in `stream`",
            Context::StreamUpstream => "`upstream` in `stream`",
            Context::Mail => "`mail`",
            Context::MailServer => "`server` in `mail`",
        })
    }
}

/// A set of contexts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Contexts(u16);

impl Contexts {
    /// Every context: what `include` is allowed in.
    pub const ALL: Contexts = Contexts((1 << Context::ALL.len()) - 1);

    /// Whether the context is in the set.
    pub fn contains(self, context: Context) -> bool {
        self.0 & (1 << context as u16) != 0
    }

    /// The set's members, outermost first.
    pub fn iter(self) -> impl Iterator<Item = Context> {
        Context::ALL.into_iter().filter(move |&context| self.contains(context))
    }

    /// The members of the same language (`http`, `stream`, `mail`) as a context; all when there is none.
    #[must_use]
    pub fn related_to(self, context: Context) -> Contexts {
        let same = self.0 & context.language();
        if same == 0 { self } else { Contexts(same) }
    }

    /// Reads the table's `http server location`.
    pub(super) fn parse(words: &str) -> Option<Contexts> {
        words.split(' ').try_fold(Contexts(0), |set, word| {
            if word == "any" {
                return Some(Contexts::ALL);
            }
            Context::parse(word).map(|context| Contexts(set.0 | 1 << context as u16))
        })
    }
}

impl std::ops::BitOr for Contexts {
    type Output = Contexts;

    fn bitor(self, other: Contexts) -> Contexts {
        Contexts(self.0 | other.0)
    }
}

/// For messages: `` `http`, `server` or `location` ``.
impl fmt::Display for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.iter().map(|context| context.to_string()).collect();
        match words.as_slice() {
            [] => f.write_str("nowhere"),
            [one] => f.write_str(one),
            [most @ .., last] => write!(f, "{} or {last}", most.join(", ")),
        }
    }
}
