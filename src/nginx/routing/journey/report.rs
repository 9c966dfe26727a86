//! What is told of a request's way: its steps, what could not be judged, and where it ends.

use super::value::Value;
use crate::nginx::routing::upstream::Upstream;
use crate::nginx::tree::Directive;

/// Something that happened to a request on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step<'t> {
    /// What did it.
    pub by: Directive<'t>,
    /// What happened.
    pub event: Event,
}

/// What happened to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A location was chosen for a path.
    Taken {
        /// The path.
        path: String,
    },
    /// A condition was judged.
    Judged {
        /// Whether it holds, or was assumed to.
        holds: bool,
        /// What it was judged by.
        by: Evidence,
    },
    /// The path, the arguments or both were written anew.
    Rewritten {
        /// Path and arguments.
        to: String,
    },
    /// No file was found, and the last of `try_files` counts.
    FellBack {
        /// Where to: a path with arguments, or `@name`.
        to: String,
    },
    /// An `error_page` takes the place of an answer.
    Replaced {
        /// The status that was answered with.
        status: u16,
        /// Where to: a path with arguments, `@name`, or a URL.
        to: String,
    },
}

/// What a condition was judged by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Evidence {
    /// The value of the variable it asks for.
    Value(String, String),
    /// Nothing: a variable is not known, and it was assumed not to hold.
    Unknown,
    /// Nothing: it asks for files, and it was assumed that there are none.
    NoFiles,
}

/// Something that could not be judged, and what was assumed instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt<'t> {
    /// A condition needs variables that are not known: assumed not to hold.
    Condition(Directive<'t>, Vec<String>),
    /// A condition asks for files: assumed that there are none.
    File(Directive<'t>, bool),
    /// `try_files`: assumed that there are no such files.
    Tried(Directive<'t>),
    /// Variables of headers that nobody gave: assumed empty.
    NotSent(Directive<'t>, Vec<String>),
    /// A text needs variables that are not known: they stand in it as written.
    AsWritten(Directive<'t>, Vec<String>),
    /// Access is limited here: assumed to be granted.
    Access(Directive<'t>),
    /// The path is a folder's: where it has this file, it is asked for anew, and the location takes it.
    Index {
        /// What names the file; none where nginx does.
        by: Option<Directive<'t>>,
        /// Its path.
        path: String,
        /// The location.
        location: Directive<'t>,
    },
    /// An `error_page` takes the place of some answers of what answers here, which is not known: not followed.
    Pages(Directive<'t>, Pages),
}

/// Which answers an `error_page` takes the place of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pages {
    /// These, where there is no such file.
    NoFile(Vec<u16>),
    /// These of nginx's own, where it gets no answer.
    NoAnswer(Vec<u16>),
    /// All it names, of the one that the request is passed on to as well.
    Intercepted,
    /// None: those of the one that the request is passed on to go through.
    PassedThrough,
}

/// Where a request ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End<'t> {
    /// A `return` answers it.
    Returned {
        /// It.
        by: Directive<'t>,
        /// The status.
        status: u16,
        /// Its text or URL.
        text: Option<Value>,
    },
    /// A `rewrite` redirects the client.
    Redirected {
        /// It.
        by: Directive<'t>,
        /// 301 or 302.
        status: u16,
        /// What is put into the `Location` header, before a path is made a whole URL.
        to: Value,
    },
    /// nginx redirects the client with 301 to the path with its final slash.
    Slash {
        /// Path and arguments.
        to: Value,
    },
    /// The location is `internal`, and the client asked for it: 404.
    Internal,
    /// nginx serves no file to the method: 405.
    NotAllowed,
    /// Clear HTTP where TLS is spoken: 497 inside, 400 to the client.
    NotTls,
    /// An `error_page` redirects the client.
    PageElsewhere {
        /// It.
        by: Directive<'t>,
        /// The status.
        status: u16,
        /// Where to.
        to: Value,
    },
    /// The `=code` of a `try_files`.
    Code(Directive<'t>, u16),
    /// nginx answers 500.
    Failed(Directive<'t>, Failure),
    /// What answers the location answers: an upstream where it is passed on, else a file.
    Content(Option<Upstream>),
    /// The path depends on variables that are not known.
    Unknown(Directive<'t>, Vec<String>),
}

/// Why nginx answers 500.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The path was changed for the eleventh time.
    Cycle,
    /// A `rewrite` writes an empty path.
    EmptyPath,
    /// `try_files` names a location that is not there.
    NoSuchLocation,
    /// What passes requests on stands in another block than the one that holds, or names no URL.
    NoUpstream,
    /// The path was changed within a location that has an `alias`.
    AliasRewritten,
    /// PCRE gives up on an expression.
    RegexGivesUp,
}

/// The statuses that redirect a client.
pub const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

impl End<'_> {
    /// The status that an `error_page` may take the place of (`ngx_http_finalize_request`).
    pub(super) fn replaceable_status(&self) -> Option<u16> {
        let status = match self {
            End::Returned { status, text: Some(_), .. } if !REDIRECTS.contains(status) => {
                return None;
            }
            End::Returned { status, .. } | End::Redirected { status, .. } | End::Code(_, status) => *status,
            End::Slash { .. } => 301,
            End::Internal => 404,
            End::NotAllowed => 405,
            End::NotTls => 497,
            End::Failed(..) => 500,
            End::PageElsewhere { .. } | End::Content(_) | End::Unknown(..) => return None,
        };
        // 444 closes the connection.
        ((300..600).contains(&status) && status != 444).then_some(status)
    }
}
