//! The list of floors.

use super::arrows::Arrow;

/// The modules of each floor, lowest first.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Floors(Vec<Vec<String>>);

impl Floors {
    /// Reads the numbered list out of a module's doc comment: ``//! 3. `nginx`, `report` ``.
    pub(super) fn parse(text: &str) -> Floors {
        let items = text.lines().filter_map(|line| {
            let (number, names) = line.strip_prefix("//! ")?.split_once(". ")?;
            Some((number.parse::<usize>().ok()?, names))
        });
        let mut floors = Vec::new();
        for (number, names) in items {
            assert_eq!(number, floors.len() + 1, "the floors are not numbered one by one");
            floors.push(names.split('`').skip(1).step_by(2).map(str::to_owned).collect());
        }
        assert!(!floors.is_empty(), "no list of floors");
        Floors(floors)
    }

    /// Every module on any floor.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().map(String::as_str)
    }

    /// What to say of an arrow that does not lead down.
    pub(super) fn fault(&self, path: &str, from: &str, arrow: &Arrow) -> Option<String> {
        let (line, to) = (arrow.line, arrow.to.as_str());
        // What is no module is re-exported by lib.rs, where its own module cannot be seen.
        let Some(target) = self.floor(to) else {
            return Some(format!(
                "{path}:{line}: `crate::{to}` is no module of the list in src/lib.rs\n  \
                 name the module it is defined in, or give that module a floor"
            ));
        };
        // No floor: the roof.
        let own = self.floor(from)?;
        (from != to && target >= own).then(|| {
            let place = if target == own { "the same floor" } else { "a higher floor" };
            format!(
                "{path}:{line}: {from} (floor {}) → {to} (floor {}): {place}\n  \
                 move what both need to a floor below, or pass it in from above; \
                 change the list in src/lib.rs only if the house is to be another",
                own + 1,
                target + 1
            )
        })
    }

    fn floor(&self, module: &str) -> Option<usize> {
        self.0.iter().position(|floor| floor.iter().any(|name| name == module))
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrow, Floors};

    const LIST: &str =
        "//! # Floors\n//! Lowest first:\n//!\n//! 1. `text`\n//! 2. `nginx`, `report`: two\n\npub mod text;";

    fn fault(from: &str, to: &str) -> Option<String> {
        Floors::parse(LIST).fault("src/a.rs", from, &Arrow { line: 7, to: to.to_owned() })
    }

    #[test]
    fn the_list_is_read_from_the_comment() {
        let floors = Floors(vec![vec!["text".to_owned()], vec!["nginx".to_owned(), "report".to_owned()]]);
        assert_eq!(Floors::parse(LIST), floors);
    }

    #[test]
    fn down_is_right_and_so_is_the_module_itself() {
        assert_eq!(fault("nginx", "text"), None);
        assert_eq!(fault("nginx", "nginx"), None);
        assert_eq!(fault("main", "nginx"), None);
    }

    #[test]
    fn sideways_and_up_are_wrong_and_named_by_their_place() {
        let sideways = fault("nginx", "report").unwrap();
        assert!(sideways.starts_with("src/a.rs:7: nginx (floor 2) → report (floor 2): the same floor\n"));
        let up = fault("text", "nginx").unwrap();
        assert!(up.starts_with("src/a.rs:7: text (floor 1) → nginx (floor 2): a higher floor\n"));
        assert!(fault("nginx", "Thing").unwrap().contains("`crate::Thing` is no module"));
    }
}
