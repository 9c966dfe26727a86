//! Versions of nginx, and which of them there are.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A release such as `1.22.1`, or a branch such as `1.22`, which stands for its first release: what is
/// checked against a branch holds for all of it.
///
/// Ordered as released: a stable branch carries no directive its mainline had not, so a plain comparison
/// answers what came before what.
#[derive(Clone, Copy)]
pub struct Version {
    major: u16,
    minor: u16,
    /// None for a branch.
    patch: Option<u16>,
}

/// The branches the directive table covers, oldest first: even is stable, odd is mainline.
pub const BRANCHES: [Version; 14] = {
    let mut branches = [Version::branch(1, 18); 14];
    let mut minor = 18;
    while minor <= 31 {
        branches[minor as usize - 18] = Version::branch(1, minor);
        minor += 1;
    }
    branches
};

/// Why a text is not a version this program can target, with what was probably meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionError {
    /// What is wrong, in the wording of a diagnostic.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Version {
    /// The first with `http2 on;`.
    pub const HTTP2_DIRECTIVE: Version = Version::new(1, 25, 1);
    /// The first with `listen … quic`.
    pub const HTTP3: Version = Version::new(1, 25, 0);
    /// The first with `ssl_reject_handshake`.
    pub const REJECT_HANDSHAKE: Version = Version::new(1, 19, 4);
    /// The oldest release the directive table knows.
    pub const OLDEST: Version = Version::new(1, 18, 0);
    /// The newest branch the directive table knows.
    pub const NEWEST: Version = Version::branch(1, 31);

    /// One release.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Version {
        Version { major, minor, patch: Some(patch) }
    }

    /// A branch, as its first release.
    pub const fn branch(major: u16, minor: u16) -> Version {
        Version { major, minor, patch: None }
    }

    /// Reads `1.22` or `1.22.1`.
    ///
    /// # Errors
    /// When the text is no version, or one older than the directive table reaches; the near misses of a
    /// YAML number (`1.3` for `1.30`) and of pasted output (`nginx/1.22.1`, `1.22.1-9+deb12u1`) are named.
    pub fn parse(text: &str) -> Result<Version, VersionError> {
        let Some(version) = Version::read(text) else { return Err(VersionError::no_version(text)) };
        if version.major != 1 {
            return Err(VersionError::new(format!("there is no nginx `{text}`"), &example()));
        }
        if version < Version::OLDEST { Err(VersionError::too_old(text, version)) } else { Ok(version) }
    }

    /// Whether the directive table reaches this far; a newer one is judged as the newest known.
    pub fn is_known(self) -> bool {
        (self.major, self.minor) <= (Version::NEWEST.major, Version::NEWEST.minor)
    }

    /// Whether it is this release, or one of this branch.
    pub fn is_of(self, other: Version) -> bool {
        let is_branch = other.patch.is_none();
        self == other || is_branch && (self.major, self.minor) == (other.major, other.minor)
    }

    /// Reads two or three plain numbers.
    fn read(text: &str) -> Option<Version> {
        let mut parts = text.split('.').map(number);
        let (major, minor) = (parts.next()??, parts.next()??);
        let patch = match parts.next() {
            None => None,
            Some(patch) => Some(patch?),
        };
        parts.next().is_none().then_some(Version { major, minor, patch })
    }

    /// Its three numbers; a branch's are those of its first release.
    fn numbers(self) -> (u16, u16, u16) {
        (self.major, self.minor, self.patch.unwrap_or(0))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.numbers() == other.numbers()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        self.numbers().cmp(&other.numbers())
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.numbers().hash(state);
    }
}

/// A number without sign or leading zero, as a version has them.
fn number(digits: &str) -> Option<u16> {
    let plain =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| plain)
}

fn example() -> String {
    "write the branch or the release, such as \"1.22\" or \"1.22.1\"".to_owned()
}

impl VersionError {
    fn new(message: String, help: &str) -> VersionError {
        VersionError { message, help: help.to_owned() }
    }

    fn no_version(text: &str) -> VersionError {
        let message = format!("`{text}` is not a version of nginx");
        let core = text.trim().trim_start_matches("nginx/").trim_start_matches(['v', 'V']);
        let end = core.find(|character: char| !character.is_ascii_digit() && character != '.');
        let core = core[..end.unwrap_or(core.len())].trim_end_matches('.');
        match Version::read(core) {
            Some(version) => VersionError::new(message, &format!("write \"{version}\"")),
            None => VersionError::new(message, &example()),
        }
    }

    /// `1.3` is what YAML makes of an unquoted 1.30.
    fn too_old(text: &str, version: Version) -> VersionError {
        let message = format!("nginx `{text}` is older than 1.18, the oldest that is known");
        let meant = Version { minor: version.minor * 10, ..version };
        if version.patch.is_none() && version.minor < 10 && BRANCHES.contains(&meant) {
            let help = format!(
                "if {meant} is meant, put it in quotes: \"{meant}\" (YAML reads 1.30 as the number 1.3)"
            );
            return VersionError { message, help };
        }
        VersionError::new(message, "name 1.18 or a later one")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patch {
            None => write!(f, "{}.{}", self.major, self.minor),
            Some(patch) => write!(f, "{}.{}.{patch}", self.major, self.minor),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for VersionError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(text: &str) -> String {
        Version::parse(text).unwrap_err().help
    }

    #[test]
    fn a_branch_is_its_first_release() {
        let branch = Version::parse("1.25").unwrap();
        assert!(branch == Version::new(1, 25, 0) && branch < Version::new(1, 25, 1));
        assert_eq!(branch.to_string(), "1.25");
        assert_eq!(Version::parse("1.22.1").unwrap(), Version::new(1, 22, 1));
        assert!(BRANCHES.is_sorted() && BRANCHES.contains(&Version::parse("1.30").unwrap()));
        assert!(!Version::parse("1.99").unwrap().is_known());
    }

    #[test]
    fn near_misses_are_named() {
        assert!(help("1.3").contains("\"1.30\""));
        assert!(help("1.2").contains("\"1.20\""));
        assert_eq!(help("1.4"), "name 1.18 or a later one");
        assert_eq!(help("1.3.1"), "name 1.18 or a later one");
        assert_eq!(help("nginx/1.22.1"), "write \"1.22.1\"");
        assert_eq!(help("1.22.1-9+deb12u1"), "write \"1.22.1\"");
        assert_eq!(help("v1.22"), "write \"1.22\"");
        assert_eq!(help("1.22.x"), "write \"1.22\"");
        for text in ["", "stable", "1", "1.22.1.1", "1..2", "1.022", "+1.22", "2.0", "1.99999"] {
            assert!(help(text).contains("such as"), "{text}: {}", help(text));
        }
    }
}
