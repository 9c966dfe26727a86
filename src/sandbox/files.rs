//! How many files and sockets may be open at once, in this process and in the nginx it starts.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a stream and a socket take together in the process that needs most: of each this one holds the client's end and
/// the stand-in's, nginx the two between them, and it may write into a file besides.
const EACH: u64 = 6;

/// What is open besides.
const BESIDES: u64 = 200;

/// Raises the limit as far as so many connections need it and the machine allows it; returns how many it carries.
pub(super) fn make_room(connections: usize) -> usize {
    let wanted = EACH * connections as u64 + BESIDES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // No limit is written as `None`.
    let allowed = maximum.map_or(wanted, |maximum| wanted.min(maximum));
    let has = match current {
        Some(current) if current < allowed => {
            let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum });
            if raised.is_ok() { allowed } else { current }
        }
        _ => allowed,
    };
    let carried = has.saturating_sub(BESIDES) / EACH;
    connections.min(usize::try_from(carried).unwrap_or(usize::MAX))
}
