//! Patterns of `include`, as `glob(3)` reads them: `*`, `?`, `[a-z]`, `[!a]`; a leading dot must be written out.

use std::path::{Path, PathBuf};

/// Whether nginx takes this for a pattern (`ngx_conf_include`).
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// The files an absolute pattern matches, in byte order.
pub(super) fn on_disk(pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/")];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        found = found.iter().flat_map(|folder| step(folder, part)).collect();
    }
    // Paths compare part by part, which takes much longer.
    found.sort_unstable_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    found
}

/// The entries of a folder that one part of a pattern matches.
fn step(folder: &Path, part: &str) -> Vec<PathBuf> {
    if !is_pattern(part) {
        let path = folder.join(part);
        return if path.symlink_metadata().is_ok() { vec![path] } else { Vec::new() };
    }
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| part_matches(part, name)).map(|name| folder.join(name)).collect()
}

/// Whether a pattern matches a whole path, part by part.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.split('/'), path.split('/'));
    pattern.clone().count() == path.clone().count()
        && pattern.zip(path).all(|(part, name)| part_matches(part, name))
}

fn part_matches(part: &str, name: &str) -> bool {
    if name.starts_with('.') && !part.starts_with('.') {
        return false;
    }
    let (part, name): (Vec<_>, Vec<_>) = (part.chars().collect(), name.chars().collect());
    wildcard(&part, &name)
}

/// Greedy with one place to go back to: linear times linear at worst.
fn wildcard(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry = None;
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            retry = Some((p + 1, n));
            p += 1;
        } else if let Some(length) = one(&pattern[p..], name[n]) {
            p += length;
            n += 1;
        } else if let Some((after_star, from)) = retry {
            retry = Some((after_star, from + 1));
            (p, n) = (after_star, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// How much of the pattern matches this one character, `None` when it does not match.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match class(pattern) {
            Some((length, set)) => in_class(set, c).then_some(length),
            None => (c == '[').then_some(1),
        },
        '\\' if pattern.len() > 1 => (pattern[1] == c).then_some(2),
        literal => (*literal == c).then_some(1),
    }
}

/// A bracket expression: its length with the brackets, and what stands between them.
fn class(pattern: &[char]) -> Option<(usize, &[char])> {
    let negated = usize::from(matches!(pattern.get(1), Some('!' | '^')));
    // A `]` that comes first is a member.
    let first = 1 + negated;
    let close = pattern.iter().skip(first + 1).position(|&c| c == ']')? + first + 1;
    Some((close + 1, &pattern[1..close]))
}

fn in_class(set: &[char], c: char) -> bool {
    let (negated, set) = match set {
        ['!' | '^', rest @ ..] => (true, rest),
        all => (false, all),
    };
    let mut rest = set;
    let mut found = false;
    while let [first, behind @ ..] = rest {
        if let ['-', last, after @ ..] = behind {
            found |= (*first..=*last).contains(&c);
            rest = after;
        } else {
            found |= *first == c;
            rest = behind;
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, path, expected) in [
            ("/e/*.conf", "/e/a.conf", true),
            ("/e/*.conf", "/e/.conf", false),
            ("/e/*.conf", "/e/d/a.conf", false),
            ("/e/.*", "/e/.a", true),
            ("/e/?[a-c][!x]", "/e/zby", true),
            ("/e/?[a-c][!x]", "/e/zbx", false),
            ("/e/[]a]", "/e/]", true),
            ("/e/a*b*c", "/e/axxbyybzzc", true),
            ("/e/a*b*c", "/e/axxbyybzz", false),
            ("/e/[a", "/e/[a", true),
            (r"/e/\*", "/e/*", true),
            ("/*/a", "/e/a", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
