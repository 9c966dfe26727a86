//! A site file that shows a rule, or where it does not apply, and what a client meets there.

use std::borrow::Cow;

use crate::nginx::version::Version;

/// Text of a site file, and the nginx it is written for.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The text.
    pub text: &'static str,
    /// What stands outside `http` when the example is a whole configuration, and `text` is all that is inside.
    pub main: Option<&'static str>,
    /// Files that it includes, by their path from nginx's folder.
    pub included: &'static [(&'static str, &'static str)],
    /// The nginx it is judged for.
    pub version: Version,
    /// The first nginx for which it is none any more; none where that is not to come.
    pub until: Option<Version>,
    /// Of a good one: whether it looks like the fault and is none.
    pub is_near_miss: bool,
    /// What nginx refuses it with, where it lacks what the example needs.
    pub refused: Option<&'static str>,
    /// What is tried on it over real sockets: a good example does it, a bad one does not.
    pub trial: Option<Trial>,
}

/// What a client wants of the server that an example describes, on port 80.
///
/// Every `proxy_pass` of the text reaches a stand-in that serves just that: it accepts upgrades, streams
/// events, or answers with what it was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trial {
    /// A client that speaks this version of TLS alone gets through to `a.example.org`, on port 443.
    Secures(&'static str),
    /// A client that comes back to `a.example.org`, on port 443, resumes its session.
    Resumes,
    /// A WebSocket opens at this path.
    Opens(&'static str),
    /// The same for Firefox, which asks with `Connection: keep-alive, Upgrade`.
    OpensInFirefox(&'static str),
    /// Events arrive as they are sent.
    Streams(Stream),
    /// An event stream asked for twice is read from the back end twice.
    IsFresh(Stream),
    /// A stream arrives whole though the back end is silent for longer than a second in its middle.
    Outlasts(Stream),
    /// A gRPC call of this method arrives whole though the back end is silent for longer than a second in its middle.
    Calls(&'static str),
    /// A gRPC call of this method stays open though the client sends nothing for longer than a second.
    Listens(&'static str),
    /// A `POST` to this path that the back end drops is not sent to another one.
    IsSentOnce(&'static str),
    /// A `POST` with a body to this path is answered with 200.
    Posts(&'static str),
    /// The answer to a `GET` of this path has this status.
    Answers(&'static str, u16),
    /// The answer to a `GET` of this path has a header with this name.
    Carries(&'static str, &'static str),
    /// A `GET` of this path with this header reaches the back end without it.
    Withholds(&'static str, (&'static str, &'static str)),
    /// All `GET`s of this path of one client reach the same of two back ends, 127.0.0.1:8001 and 127.0.0.1:8002.
    Stays(&'static str),
    /// Two `GET`s of this path reach the back end over one connection.
    Keeps(&'static str),
    /// The answer to a `GET` of this path redirects to this URL.
    LeadsTo(&'static str, &'static str),
    /// The answer to a `GET` of this path has no header of this name, which is in lower case.
    Lacks(&'static str, &'static str),
    /// A `GET` of this path does not make the back end see this text; `127.0.0.1:8080` in the path is its address.
    PassesNo(&'static str, &'static str),
    /// A `GET` of this path with this header is answered 403.
    Denies(&'static str, (&'static str, &'static str)),
    /// The head of the answer to a `GET` of this path with this header does not repeat the header's value.
    RepeatsNo(&'static str, (&'static str, &'static str)),
    /// A request for this path that names the server and has another `Host` does not pass that one on.
    IgnoresHost(&'static str),
    /// A rule whose examples show nothing over sockets says why.
    Nothing(&'static str),
}

/// An event stream of the back end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stream {
    /// Where it is asked for.
    pub path: &'static str,
    /// Headers of the answer beside its type, each with its line end.
    pub headers: &'static str,
}

impl Example {
    /// Its text with another name for its first server, where that has one of a host; a copy of number 0 is as it is.
    #[cfg(test)]
    pub(crate) fn copy(&self, number: usize) -> String {
        let name = self.text.split("server_name ").nth(1).and_then(|rest| rest.split([' ', ';']).next());
        match name.filter(|name| number > 0 && name.contains('.')) {
            Some(name) => self.text.replace(name, &format!("copy{number}.{name}")),
            None => self.text.to_owned(),
        }
    }

    /// For the nginx that most machines have.
    pub(super) const fn new(text: &'static str) -> Example {
        Example {
            text,
            main: None,
            included: &[],
            version: Version::branch(1, 22),
            until: None,
            is_near_miss: false,
            refused: None,
            trial: None,
        }
    }

    /// For a newer one, whose language the example speaks.
    pub(super) const fn modern(text: &'static str) -> Example {
        Example { version: Version::branch(1, 28), ..Example::new(text) }
    }

    /// A whole configuration: what it says outside `http`, and inside.
    pub(super) const fn whole(main: &'static str, text: &'static str) -> Example {
        Example { main: Some(main), ..Example::new(text) }
    }

    /// With these files beside it.
    pub(super) const fn including(self, files: &'static [(&'static str, &'static str)]) -> Example {
        Example { included: files, ..self }
    }

    /// All that a file of it would hold.
    pub fn file(&self) -> Cow<'static, str> {
        let Some(main) = self.main else { return Cow::Borrowed(self.text) };
        let inside = self.text.lines().fold(String::new(), |inside, line| inside + "    " + line + "\n");
        Cow::Owned(format!("{main}http {{\n{inside}}}\n"))
    }

    /// A bad one that a newer nginx takes as it is meant.
    pub(super) const fn until(self, version: Version) -> Example {
        Example { until: Some(version), ..self }
    }

    /// A good one that looks like the fault.
    pub(super) const fn near_miss(self) -> Example {
        Example { is_near_miss: true, ..self }
    }

    /// One that an nginx without what it needs refuses in these words.
    pub(super) const fn refused(self, message: &'static str) -> Example {
        Example { refused: Some(message), ..self }
    }

    /// Tries it over real sockets: see [`Example::trial`].
    pub(super) const fn tried(self, trial: Trial) -> Example {
        Example { trial: Some(trial), ..self }
    }
}

impl Stream {
    /// One with no more headers than it must have.
    pub(super) const fn at(path: &'static str) -> Stream {
        Stream { path, headers: "" }
    }
}
