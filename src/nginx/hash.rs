//! nginx's hash tables, as far as nginx refuses them or warns of them (`ngx_hash_init`): on a machine of 64 bits with cache
//! lines of 64 bytes, as nearly all are.

/// What a bucket is when nothing is set, and what its size is rounded up to.
pub(crate) const CACHE_LINE: usize = 64;

const POINTER: usize = 8;

/// The bytes an element takes: a pointer, the length in two bytes, the key (`NGX_HASH_ELT_SIZE`).
pub(crate) const fn element(length: usize) -> usize {
    POINTER + (length + 2).next_multiple_of(POINTER)
}

/// The two sizes that are configured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sizes {
    /// How many buckets there may be.
    pub(crate) max_size: usize,
    /// The bytes of one.
    pub(crate) bucket_size: usize,
}

/// Why a table cannot be built well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unfit {
    /// The key of this index alone is too long for a bucket: nginx does not start.
    TooLong(usize),
    /// With no number of buckets each takes its keys: nginx warns, and makes larger ones.
    Crowded,
}

impl Sizes {
    /// Why a table of these sizes does not take these keys; none when it does.
    pub(crate) fn unfit(self, keys: &[&str]) -> Option<Unfit> {
        if let Some(index) = keys.iter().position(|key| self.bucket_size < element(key.len()) + POINTER) {
            return Some(Unfit::TooLong(index));
        }
        let room = self.bucket_size - POINTER;
        // What fits into one bucket fits into any number of them.
        if keys.iter().map(|key| element(key.len())).sum::<usize>() <= room {
            return None;
        }
        let hashes: Vec<_> = keys.iter().map(|key| (hash(key), element(key.len()))).collect();
        let mut start = (keys.len() / (room / (2 * POINTER))).max(1);
        if self.max_size > 10_000 && !keys.is_empty() && self.max_size / keys.len() < 100 {
            start = self.max_size - 1000;
        }
        let mut filled = vec![0; self.max_size];
        let fits = (start..=self.max_size).any(|size| {
            filled[..size].fill(0);
            hashes.iter().all(|(hash, element)| {
                let bucket = usize::try_from(hash % size as u64).unwrap_or_default();
                filled[bucket] += element;
                filled[bucket] <= room
            })
        });
        (!fits).then_some(Unfit::Crowded)
    }
}

/// `ngx_hash_key_lc`.
fn hash(key: &str) -> u64 {
    key.bytes()
        .fold(0, |hash: u64, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::{CACHE_LINE, Sizes, Unfit};

    #[test]
    fn a_bucket_takes_46_bytes_by_default() {
        let sizes = Sizes { max_size: 512, bucket_size: CACHE_LINE };
        assert_eq!(sizes.unfit(&[]), None);
        assert_eq!(sizes.unfit(&["", &"a".repeat(46)]), None);
        assert_eq!(sizes.unfit(&["", &"a".repeat(47)]), Some(Unfit::TooLong(1)));
        assert_eq!(Sizes { bucket_size: 128, ..sizes }.unfit(&[&"a".repeat(47)]), None);
    }

    #[test]
    fn many_keys_take_more_buckets() {
        let names: Vec<_> = (0..2000).map(|number| format!("s{number}.example.org")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let sizes = Sizes { max_size: 512, bucket_size: CACHE_LINE };
        assert_eq!(sizes.unfit(&names), Some(Unfit::Crowded));
        assert_eq!(Sizes { max_size: 4096, bucket_size: 512 }.unfit(&names), None);
    }
}
