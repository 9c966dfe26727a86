//! `nginx-gen route`: which server and location serve a URL, why, and with which settings.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::selection::Selection;
use super::{Outcome, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::Environment;
use crate::nginx::source::{self, Configuration, Disk, Dump};
use crate::nginx::version::Version;
use crate::route::{self, Expectation, Explanation, Header, Method, Question, Setup, Url};
use crate::text::Sources;

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object
    Json,
}

#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub(super) struct Args {
    /// The environment; none with `--conf`
    #[arg(required_unless_present = "conf", conflicts_with = "conf")]
    environment: Option<String>,

    /// The URL, such as `wss://api.example.com/ws/`, or just `api.example.com/ws/`
    #[arg(required = true)]
    url: String,

    /// Follow it through these hand-written files: `nginx.conf`, a site file, a folder of them, or what
    /// `nginx -T` printed
    #[arg(long, value_name = "PATH")]
    conf: Option<PathBuf>,

    /// The nginx that runs the hand-written files; the newest when left out
    #[arg(long, value_name = "VERSION", requires = "conf", value_parser = Version::parse)]
    nginx_version: Option<Version>,

    /// Preview another profile than the environment's
    #[arg(long, value_name = "NAME", conflicts_with = "conf")]
    profile: Option<String>,

    /// The method of the request, which an `if ($request_method …)` may ask for
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    method: Method,

    /// A header of the request, such as `Upgrade: websocket`, which an `if ($http_…)` may ask for; may be repeated.
    /// A `wss://` URL brings its upgrade headers
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<Header>,

    /// What must hold: `location=/api/sse/`, `server=`, `status=` or `upstream=`; may be repeated. Only these
    /// then decide on the exit code
    #[arg(long, value_name = "KEY=VALUE")]
    expect: Vec<Expectation>,

    /// Tell every setting that holds for the location, and where it comes from, not only those that real-time traffic
    /// hangs on
    #[arg(long)]
    all_settings: bool,

    /// How the route is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// What is followed, and what by.
struct Given {
    configuration: Configuration,
    environment: Option<Environment>,
    version: Version,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let url = match Url::parse(&args.url) {
        Ok(url) => url,
        Err(fault) => return Ok(run.failed(&[fault])),
    };
    let given = match (&args.conf, &args.environment) {
        (Some(path), _) => hand_written(&mut run.sources, path, args.nginx_version)?,
        (None, Some(environment)) => match rendered(run, environment, args.profile.as_deref()) {
            Ok(given) => given,
            Err(faults) => return Ok(run.failed(&faults)),
        },
        (None, None) => anyhow::bail!("name an environment, or files with `--conf`"),
    };
    let is_error = |fault: &Diagnostic| fault.severity == Severity::Error;
    if given.configuration.faults.iter().any(is_error) {
        return Ok(run.failed(&given.configuration.faults));
    }
    run.out.report(&given.configuration.faults, &run.sources);
    let setup = Setup {
        version: given.version,
        environment: given.environment.as_ref(),
        all_settings: args.all_settings,
    };
    let question = Question { url, method: args.method.clone(), headers: args.header.clone() };
    let explanation = route::explain(given.configuration.root(&run.sources), &question, setup);
    print(run, args.format, &explanation)?;
    Ok(judge(run, &args.expect, &explanation))
}

/// The files of an environment, in the order in which nginx would include them.
fn rendered(run: &mut Run, environment: &str, profile: Option<&str>) -> Result<Given, Vec<Diagnostic>> {
    let selection = Selection { profile: profile.map(str::to_owned), ..Selection::all_of(environment) };
    let selected = selection.load(run)?;
    let mut files = selected.files(&mut run.sources)?;
    files.sort();
    let environment = selected.environment;
    let named = |(name, text): (String, String)| (route::rendered_name(&environment, &name), text);
    let configuration = source::join(&mut run.sources, files.into_iter().map(named));
    let version = environment.nginx.as_ref().map_or(Version::NEWEST, |nginx| nginx.version.value);
    Ok(Given { configuration, version, environment: Some(environment) })
}

fn hand_written(sources: &mut Sources, path: &Path, version: Option<Version>) -> anyhow::Result<Given> {
    let unreadable = || format!("`{}` cannot be read", path.display());
    let configuration = if path.is_dir() {
        let files = folder(path).with_context(unreadable)?;
        source::join(sources, files)
    } else {
        let text = fs::read(path).with_context(unreadable)?;
        match Dump::read(&String::from_utf8_lossy(&text)) {
            Some(dump) => source::load(sources, dump.files(), dump.main(), None),
            None => source::load(sources, &Disk, path, None),
        }
        .with_context(unreadable)?
    };
    Ok(Given { configuration, environment: None, version: version.unwrap_or(Version::NEWEST) })
}

/// The files of a folder such as sites-enabled, in the order in which nginx includes them.
fn folder(path: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut paths =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    let text = |path: PathBuf| {
        let bytes = fs::read(&path)?;
        Ok((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()))
    };
    paths.into_iter().map(text).collect()
}

fn print(run: &mut Run, format: Format, explanation: &Explanation) -> anyhow::Result<()> {
    let out = run.out.results();
    match format {
        Format::Human => route::write(out, explanation)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, explanation).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(run.out.flush()?)
}

/// Says what does not hold of what was expected.
fn judge(run: &mut Run, expected: &[Expectation], explanation: &Explanation) -> Outcome {
    let mut outcome = Outcome::Clean;
    if expected.is_empty() && !explanation.is_served() {
        outcome = Outcome::Findings;
    }
    for unmet in expected.iter().filter_map(|expected| expected.check(explanation).err()) {
        run.out.say(&format!("expected `{}`, and it is {}", unmet.expected, unmet.seen));
        outcome = Outcome::Findings;
    }
    outcome
}
