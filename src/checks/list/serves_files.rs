//! A static location serves its files, and what is declared where there is none.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::checks::path::is_surely_of;
use crate::checks::served_files::{COMPARED, ServedFiles};
use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::Reply;
use crate::environment::{LocationType, Modifier};
use crate::nginx::value::{Unit, parse_time};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "serves-files",
    summary: "files, the index of a folder and what stands in for a missing file come as declared",
    explanation: "\
Files are put into the declared `root` or `alias`, which is a folder of the run, and asked for in every way the site offers:
a file, a folder with an index, one without, a file whose ending tells its type, and a path that has no file. The answers must be
those files, with the `Cache-Control` that `expires` promises and the right `Content-Type`; 403 for a folder without an index, whose
files are nobody's business; for the path without a file, what the last entry of `try_files` says (`spa: true` writes its own), and 404
where there is none. An entry that leads to another location, or depends on a variable, cannot be followed, and is skipped with
that reason.

A failure means that `root` and `alias` were exchanged (`root` keeps the location's path, `alias` replaces it), that an entry of
`try_files` is missing, so that a single-page application breaks when it is reloaded, or that another location takes the path.",
    of: Of::Location(&[LocationType::Static]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// How long a file may take, of which there are some 50 KiB.
const SOON: Duration = Duration::from_secs(3);

/// A request, and what is to come.
struct Promise {
    /// What is asked for, in words.
    what: String,
    path: String,
    answer: Answer,
    /// The header that is to come with it.
    header: Option<(&'static str, String)>,
}

enum Answer {
    /// 200 with this.
    Content(Vec<u8>),
    /// This status.
    Status(u16),
}

/// A promise that cannot be tried: what it is of, and why.
type Untried = (String, Miss);

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(files) = ServedFiles::of(case) else { return Vec::new() };
    let promises = [
        file(case, &files),
        index(case, &files),
        bare_folder(case, &files),
        typed(case, &files),
        missing(case, &files),
    ];
    let holding = promises.into_iter().flatten().map(async |promise| match promise {
        Err((what, miss)) => vec![case.outcome(None, what, Err(miss))],
        Ok(promise) => {
            let promise = &promise;
            let held = |case, via| async move { held(&case, via, promise).await };
            case.in_each(case.transports(), &promise.expected(), held).await
        }
    });
    join_all(holding).await.into_iter().flatten().collect()
}

/// A path with a file.
fn file(case: &Case<'_>, files: &ServedFiles<'_>) -> Option<Result<Promise, Untried>> {
    let caching = files.declared.expires.as_deref().and_then(caching);
    let header = caching.map(|value| ("Cache-Control", value));
    let what = "the file".to_owned();
    let path = match case.location().modifier {
        Modifier::Prefix | Modifier::PrefixFirst => Ok(files.fresh_path()),
        Modifier::Exact | Modifier::Regex | Modifier::RegexNoCase => case.path(),
    };
    let put = path.and_then(|path| {
        let none = || Miss::unknown("no entry of `try_files` is a file beside its path, such as `$uri`");
        let step = match files.declared.try_files.split_last() {
            None => "$uri",
            Some((_, steps)) => steps
                .iter()
                .find(|step| step.starts_with("$uri") && !step[1..].contains('$') && !step.ends_with('/'))
                .ok_or_else(none)?,
        };
        let content = files.put(&step.replace("$uri", path.split('?').next().unwrap_or(&path)))?;
        Ok((path, Answer::Content(content)))
    });
    Some(match put {
        Ok((path, answer)) => Ok(Promise { what, path, answer, header }),
        Err(miss) => Err((what, miss)),
    })
}

/// A folder with an index, where folders are looked for.
fn index(case: &Case<'_>, files: &ServedFiles<'_>) -> Option<Result<Promise, Untried>> {
    let steps = &files.declared.try_files;
    let name = files.declared.index.as_deref().unwrap_or("index.html");
    let is_asked_for = steps.is_empty() || steps.iter().any(|step| step == "$uri/");
    if !is_asked_for || !case.location().modifier.is_prefix() || name.starts_with('/') {
        return None;
    }
    let what = format!("the `{name}` of a folder");
    let path = files.fresh_path() + "/";
    Some(match files.put(&format!("{path}{name}")) {
        Ok(content) => Ok(Promise { what, path, answer: Answer::Content(content), header: None }),
        Err(miss) => Err((what, miss)),
    })
}

/// A folder without an index, where nothing else is said to be looked for.
fn bare_folder(case: &Case<'_>, files: &ServedFiles<'_>) -> Option<Result<Promise, Untried>> {
    let is_listed = case.raw_lines().any(|line| line.trim_start().starts_with("autoindex"));
    if !files.declared.try_files.is_empty() || !case.location().modifier.is_prefix() || is_listed {
        return None;
    }
    let what = "a folder without an index".to_owned();
    let path = files.fresh_path() + "/";
    Some(match files.put(&format!("{path}nginx-gen")) {
        Ok(_) => Ok(Promise { what, path, answer: Answer::Status(403), header: None }),
        Err(miss) => Err((what, miss)),
    })
}

/// A file whose ending tells its type, where no other location takes it.
fn typed(case: &Case<'_>, files: &ServedFiles<'_>) -> Option<Result<Promise, Untried>> {
    let path = files.fresh_path() + ".css";
    let is_looked_for = files.declared.try_files.first().is_none_or(|step| step == "$uri");
    let is_of_another_type =
        case.raw_lines().any(|line| line.trim_start().starts_with("types") || line.contains("default_type"));
    if !is_looked_for || is_of_another_type || !is_surely_of(case.site(), case.location(), &path) {
        return None;
    }
    let what = "a `.css` file".to_owned();
    let header = Some(("Content-Type", "text/css".to_owned()));
    Some(match files.put(&path) {
        Ok(content) => Ok(Promise { what, path, answer: Answer::Content(content), header }),
        Err(miss) => Err((what, miss)),
    })
}

/// A path without a file, where the location takes more than one.
fn missing(case: &Case<'_>, files: &ServedFiles<'_>) -> Option<Result<Promise, Untried>> {
    if !case.location().modifier.is_prefix() {
        return None;
    }
    let last = files.declared.try_files.last().map_or("=404", String::as_str);
    let path = files.fresh_path();
    if let Some(status) = last.strip_prefix('=').and_then(|status| status.parse().ok()) {
        let what = "a path without a file".to_owned();
        return Some(Ok(Promise { what, path, answer: Answer::Status(status), header: None }));
    }
    let what = format!("`{last}` for a path without a file");
    let put = if last.starts_with('/') && !last.contains(['$', '?']) && is_surely_of(case.site(), case.location(), last) {
        files.put(last)
    } else {
        Err(Miss::Unknown(format!("`{last}` is no file of this location alone")))
    };
    Some(match put {
        Ok(content) => Ok(Promise { what, path, answer: Answer::Content(content), header: None }),
        Err(miss) => Err((what, miss)),
    })
}

/// What `expires` makes of an answer.
fn caching(expires: &str) -> Option<String> {
    match expires {
        "off" => None,
        "epoch" => Some("no-cache".to_owned()),
        // Ten years.
        "max" => Some("max-age=315360000".to_owned()),
        time => Some(format!("max-age={}", parse_time(time, Unit::Seconds).ok()?)),
    }
}

impl Promise {
    fn expected(&self) -> String {
        let what = &self.what;
        let with = self.header.as_ref().map(|(name, value)| format!(", with `{name}: {value}`"));
        match self.answer {
            Answer::Content(_) => format!("200 with {what}{}", with.unwrap_or_default()),
            Answer::Status(status) => format!("{status} for {what}"),
        }
    }

    /// An answer in words.
    fn seen(&self, reply: &Reply, body: &[u8]) -> String {
        match (&self.answer, reply.status) {
            (Answer::Content(content), 200) if body == content => format!("200 with {}", self.what),
            (_, 200) => {
                let start: String = String::from_utf8_lossy(body).chars().take(60).collect();
                format!("200 with `{}`", start.trim_end().replace('\n', " "))
            }
            (Answer::Content(_), status) => status.to_string(),
            (Answer::Status(_), status) => format!("{status} for {}", self.what),
        }
    }
}

/// An answer that was there in time; one that was not is asked for again, with the time that the machine now takes.
async fn fetched(case: &Case<'_>, via: Transport, path: &str) -> Seen<(Reply, Vec<u8>)> {
    if let Ok(fetched) = tokio::time::timeout(SOON, case.fetch(via, path, COMPARED)).await {
        return Ok(fetched?);
    }
    let bound = case.bound(via, SOON).await;
    let slow = |_| Miss::broken(format!("not all of it within {} ms", bound.as_millis()), Symptom::Slow);
    let fetched = tokio::time::timeout(bound, case.fetch(via, path, COMPARED)).await.map_err(slow)?;
    Ok(fetched?)
}

async fn held(case: &Case<'_>, via: Transport, promise: &Promise) -> Seen {
    let (reply, body) = fetched(case, via, &promise.path).await?;
    let seen = promise.seen(&reply, &body);
    let is_kept = match &promise.answer {
        Answer::Content(content) => reply.status == 200 && body == *content,
        Answer::Status(status) => reply.status == *status,
    };
    if !is_kept {
        let is_of_file = matches!(reply.status, 200 | 403 | 404 | 500);
        let symptom = if is_of_file { Symptom::File } else { Symptom::Status(reply.status) };
        return Err(Miss::broken(seen, symptom));
    }
    let Some((name, value)) = &promise.header else { return Ok(seen) };
    match reply.header(name) {
        Some(own) if own == value => Ok(seen),
        own => {
            let own = own.map_or_else(|| format!("no `{name}`"), |own| format!("`{name}: {own}`"));
            let symptom = if *name == "Content-Type" { Symptom::FileType } else { Symptom::Caching };
            Err(Miss::broken(format!("{seen}, and {own}"), symptom))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::caching;

    #[test]
    fn expires_becomes_cache_control() {
        let said = ["1h", "0", "max", "epoch", "off"].map(caching);
        let wanted =
            ["max-age=3600", "max-age=0", "max-age=315360000", "no-cache"].map(|one| Some(one.to_owned()));
        assert_eq!(said[..4], wanted);
        assert_eq!(said[4], None);
    }
}
