//! Groups of a regular expression: where each begins and ends in its text.

/// A group that a variable reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group<'t> {
    /// `$1`, `$2` …
    Number(usize),
    /// `$name`, of `(?<name>…)`.
    Name(&'t str),
}

impl<'t> Group<'t> {
    /// What a variable of this name reads where an expression has such a group. `$0` is none of nginx's.
    pub(super) fn named(name: &'t str) -> Option<Group<'t>> {
        match name.parse() {
            Ok(0) => None,
            Ok(number) => Some(Group::Number(number)),
            Err(_) => Some(Group::Name(name)),
        }
    }
}

/// What is written inside a group, without its name.
pub(super) fn body<'e>(expression: &'e str, group: Group<'_>) -> Option<&'e str> {
    let mut open: Vec<Opened<'e>> = Vec::new();
    let mut count = 0;
    for (at, byte) in meaningful(expression) {
        match byte {
            b'(' => {
                let opened = Opened::at(expression, at, count);
                count += usize::from(opened.number.is_some());
                open.push(opened);
            }
            b')' => {
                let closed = open.pop()?;
                if closed.is(group) {
                    return Some(&expression[closed.start..at]);
                }
            }
            _ => {}
        }
    }
    None
}

/// How many groups capture.
pub(super) fn count(expression: &str) -> usize {
    let opens = meaningful(expression).filter(|(_, byte)| *byte == b'(');
    opens.filter(|(at, _)| Opened::at(expression, *at, 0).number.is_some()).count()
}

/// A group whose end was not seen yet.
struct Opened<'e> {
    /// Counted from 1; none of one that captures nothing.
    number: Option<usize>,
    name: Option<&'e str>,
    start: usize,
}

impl<'e> Opened<'e> {
    fn at(expression: &'e str, at: usize, before: usize) -> Opened<'e> {
        let rest = &expression[at + 1..];
        let named = ["?<", "?P<", "?'"].into_iter().find_map(|head| {
            let name = rest.strip_prefix(head)?;
            let end = name.find(['>', '\''])?;
            let is_name =
                end > 0 && name[..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            is_name.then(|| (&name[..end], at + 1 + head.len() + end + 1))
        });
        match named {
            Some((name, start)) => Opened { number: Some(before + 1), name: Some(name), start },
            None if rest.starts_with(['?', '*']) => Opened { number: None, name: None, start: at + 1 },
            None => Opened { number: Some(before + 1), name: None, start: at + 1 },
        }
    }

    fn is(&self, group: Group<'_>) -> bool {
        match group {
            Group::Number(number) => self.number == Some(number),
            Group::Name(name) => self.name == Some(name),
        }
    }
}

/// The bytes that are neither behind a backslash nor within brackets.
fn meaningful(expression: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut is_escaped = false;
    // Where brackets began; a `]` right behind the `[` or `[^` is one of the set.
    let mut set: Option<usize> = None;
    let bytes = expression.as_bytes();
    bytes.iter().copied().enumerate().filter(move |(at, byte)| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        is_escaped = *byte == b'\\';
        match set {
            Some(start) => {
                let first = start + 1 + usize::from(bytes.get(start + 1) == Some(&b'^'));
                if *byte == b']' && *at > first {
                    set = None;
                }
                false
            }
            None if *byte == b'[' => {
                set = Some(*at);
                false
            }
            None => !is_escaped,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Group, body, count};

    #[test]
    fn groups_are_found_by_number_and_by_name() {
        let text = r"^/(?:a|b)\(([^)]+)/(?<rest>x(y)?)[(](?i)(?P<last>z)$";
        let inside = |number| body(text, Group::Number(number));
        assert_eq!((inside(1), inside(2), inside(3)), (Some("[^)]+"), Some("x(y)?"), Some("y")));
        assert_eq!(
            (body(text, Group::Name("rest")), body(text, Group::Name("last"))),
            (inside(2), Some("z"))
        );
        assert_eq!((inside(4), inside(5), count(text)), (Some("z"), None, 4));
    }

    #[test]
    fn a_bracket_behind_a_bracket_belongs_to_the_set() {
        assert_eq!(body(r"([]()]+)(b)", Group::Number(2)), Some("b"));
        assert_eq!(body(r"([^]()]+)(b)", Group::Number(1)), Some("[^]()]+"));
        assert_eq!(body("(a", Group::Number(1)), None);
    }
}
