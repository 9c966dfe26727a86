//! Room for server names. nginx keeps the names of a port in a hash table whose default size is enough for a
//! few dozen names of up to 46 characters: with a longer name it does not start, with more names it warns.

use crate::nginx::hash::element;

/// The sizes nginx needs, as powers of two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NamesHash {
    /// For `server_names_hash_bucket_size`.
    pub(super) bucket_size: usize,
    /// For `server_names_hash_max_size`.
    pub(super) max_size: usize,
}

/// Up to this many names the default table is sure to be enough: even if a bucket takes only one name, one of
/// its sizes up to 512 has no two names in a bucket.
const FEW: usize = 32;

/// The longest name that the default bucket takes, a cache line of 64 bytes.
const SHORT: usize = 46;

impl NamesHash {
    /// What these names need; none when nginx's defaults do. One more is taken for other files' names.
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Option<NamesHash> {
        let (count, longest) =
            names.fold((0, 0), |(count, longest), name| (count + 1, name.len().max(longest)));
        if count <= FEW && longest <= SHORT {
            return None;
        }
        // At two buckets a name, eight names hardly ever meet in one.
        let bucket_size = (8 * element(longest) + 8).next_power_of_two();
        Some(NamesHash { bucket_size, max_size: (2 * count).next_power_of_two().max(512) })
    }
}

#[cfg(test)]
mod tests {
    use super::NamesHash;

    #[test]
    fn only_what_the_defaults_cannot_hold() {
        let needs = |names: &[String]| NamesHash::of(names.iter().map(String::as_str));
        assert_eq!(needs(&["a".repeat(46)]), None);
        assert_eq!(needs(&["a".repeat(47)]), Some(NamesHash { bucket_size: 1024, max_size: 512 }));
        let many: Vec<_> = (0..1000).map(|number| format!("s{number}.example.org")).collect();
        assert_eq!(needs(&many[..32]), None);
        assert_eq!(needs(&many), Some(NamesHash { bucket_size: 512, max_size: 2048 }));
    }
}
