//! Nothing is served from beside a static location's folder.

use std::collections::BTreeSet;
use std::path::Path;

use futures_util::FutureExt;

use crate::checks::served_files::{COMPARED, ServedFiles};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::environment::{Folder, LocationType};
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "keeps-to-its-files",
    summary: "no path leads out of the folder that a static location serves",
    explanation: "\
A file is put beside the declared folder and asked for by every way up that is known: `..` behind the location's path with and
without its slash, with dots and slashes percent-encoded once and twice. What is answered does not matter, as long as it is not
that file. Made of prefix locations, over every way the site offers, with the paths sent as they are.

A failure means that strangers read what lies beside the folder: configuration, keys, sources. The usual cause is a location
without its final slash whose `alias` has one: `location /files` with `alias /srv/files/` makes `/srv/files/../secret` of
`/files../secret`.",
    of: Of::Location(&[LocationType::Static]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(files) = ServedFiles::of(case) else { return Vec::new() };
    if !case.location().modifier.is_prefix() {
        return Vec::new();
    }
    let folder = files.folder();
    let name = format!("nginx-gen-secret-{}", Order::new(Work::Echo).nonce);
    let targets = ways_up(case.location().path.as_str(), levels(case, &files), &name);
    let expected = format!("nothing from beside `{folder}`, by {} ways up", targets.len());
    match put_beside(&files, folder, &name) {
        Err(miss) => vec![case.outcome(None, expected, Err(miss))],
        Ok(secret) => {
            let (targets, secret) = (&targets, &secret);
            let over = |case, via| async move { over(&case, via, targets, secret).await };
            case.in_each(case.transports(), &expected, over).await
        }
    }
}

/// How many folders lie between what the location's path leads to and what holds the folder.
fn levels(case: &Case<'_>, files: &ServedFiles<'_>) -> usize {
    match files.declared.folder {
        Folder::Root(_) => 1 + case.location().path.split('/').filter(|part| !part.is_empty()).count(),
        Folder::Alias(_) => 1,
    }
}

/// Paths that would lead to a file so many folders up, if somebody let them.
fn ways_up(path: &str, levels: usize, name: &str) -> Vec<String> {
    let base = path.trim_end_matches('/');
    let mut ways = Vec::new();
    for (dots, slash) in
        [("..", "/"), ("..", "%2f"), ("%2e%2e", "/"), ("%2e%2e", "%2F"), ("%252e%252e", "%252f")]
    {
        let up = format!("{dots}{slash}").repeat(levels);
        ways.extend(["/", "", "//", "/x/../"].map(|start| format!("{base}{start}{up}{name}")));
    }
    ways.retain(|way| way.starts_with('/'));
    ways
}

/// Puts a file beside the folder, in the same folder as it; its content.
fn put_beside(files: &ServedFiles<'_>, folder: &str, name: &str) -> Seen<Vec<u8>> {
    let outer = Path::new(folder).parent();
    let outer = outer.ok_or_else(|| Miss::unknown("nothing lies beside the root of the file system"))?;
    let secret = outer.join(name).display().to_string();
    let (found, beside) = (files.found(&secret)?, files.found(folder)?);
    if found.parent() != beside.parent() {
        let reason = format!("in this run the folder around `{folder}` is not the one that it has");
        return Err(Miss::Unknown(reason));
    }
    files.put_at(&secret)
}

async fn over(case: &Case<'_>, via: Transport, targets: &[String], secret: &[u8]) -> Seen {
    let mut statuses = BTreeSet::new();
    for target in targets {
        let fetched = case.fetch(via, target, COMPARED).await;
        let (reply, body) =
            fetched.map_err(|fault| Miss::broken(format!("`{target}`: {fault}"), Symptom::Fault(fault)))?;
        if body == secret {
            let seen = format!("`{target}`: {} with the file", reply.status);
            return Err(Miss::broken(seen, Symptom::Escaped));
        }
        statuses.insert(reply.status.to_string());
    }
    Ok(statuses.into_iter().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::ways_up;

    #[test]
    fn ways_up_start_at_the_location() {
        let ways = ways_up("/files/", 2, "x");
        for way in ["/files/../../x", "/files../../x", "/files/..%2f..%2fx", "/files/%2e%2e/%2e%2e/x"] {
            assert!(ways.iter().any(|one| one == way), "{way}: {ways:?}");
        }
        assert!(ways_up("/", 1, "x").iter().all(|way| way.starts_with('/')));
    }
}
