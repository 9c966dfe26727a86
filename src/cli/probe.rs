//! `nginx-gen probe`: the live deployment, every route held to its type as far as a stranger can.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;

use super::asked::Asked;
use super::proving::{Proving, progress};
use super::selection::{file_of, parsed};
use super::{Outcome, Run};
use crate::checks::{self, Deployment};
use crate::client::{Fault, Trust};
use crate::environment::{self, Environment};
use crate::outcome::{self, Progress};
use crate::probe::{Connect, Resolve, Resolver, Secrets, Sent};
use crate::report::outcomes::{Fact, Proof};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environment, such as `prod` for `environments/prod.yaml`
    environment: String,

    /// Only the site of this name
    #[arg(long, value_name = "NAME")]
    site: Option<String>,

    /// An address in place of a name's own, as curl takes it; repeat for several
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    resolve: Vec<Resolve>,

    /// Connect there whatever the name and port: a machine that DNS does not lead to yet
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    connect: Option<Connect>,

    /// Believe any certificate
    #[arg(long)]
    insecure: bool,

    /// Believe the certificates of this file, and what they sign, in place of the machine's own
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    cacert: Option<PathBuf>,

    /// A header of every request; repeat for several
    #[arg(long = "header", value_name = "NAME:VALUE")]
    headers: Vec<Sent>,

    /// Send the token in this environment variable as `Authorization: Bearer`; it is never printed
    #[arg(long, value_name = "VARIABLE")]
    bearer_env: Option<String>,

    /// A header whose value is in an environment variable, and never printed; repeat for several
    #[arg(long = "header-env", value_name = "NAME=VARIABLE")]
    headers_env: Vec<String>,

    /// How many checks are made at once
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,

    /// For how many days a certificate must still be valid
    #[arg(long, value_name = "DAYS", default_value_t = 21, value_parser = clap::value_parser!(u16).range(0..=3650))]
    min_days: u16,

    #[command(flatten)]
    asked: Asked,

    #[command(flatten)]
    proving: Proving,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let mut secrets = Secrets::default();
    let headers = headers(args, &mut secrets)?;
    let environment = match environment::load(&run.project, &args.environment, &mut run.sources) {
        Ok(environment) => environment,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    if let Some(site) = &args.site
        && !environment.sites.iter().any(|one| one.name() == site)
        && let Err(fault) = file_of(&environment, site)
    {
        return Ok(run.failed(&[fault]));
    }
    if let Err(fault) = args.asked.known(&environment, args.site.as_deref()) {
        return Ok(run.failed(&[fault]));
    }
    let files = match run.profile(None, &environment) {
        Ok(profile) => parsed(&environment, &profile, &mut run.sources),
        Err(faults) => Err(faults),
    };
    let files = match files {
        Ok(files) => files,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let resolver = Resolver { given: args.resolve.clone(), everywhere: args.connect };
    let find =
        |name: &str, port: u16| resolver.address(host_of(&environment, name), port).map_err(Fault::Name);
    let find_v6 = |name: &str, port: u16| Ok(resolver.address_v6(host_of(&environment, name), port));
    let deployment = Deployment {
        purpose: "probe",
        resolve: &find,
        resolve_v6: &find_v6,
        trust: trust(args)?,
        headers,
        journal: None,
        variants: None,
        found: None,
        access_log: None,
        error_log: None,
        connections: args.connections.into(),
        patience: args.asked.patience(),
        is_one_port: args.connect.is_some_and(|connect| connect.names_port()),
        is_insecure: args.insecure,
        min_days: args.min_days,
    };
    let context =
        checks::Context { environment: &environment, files: &files, sources: &run.sources, deployment };
    let wanted = args.asked.wanted(args.site.as_deref(), args.connections.into());
    let meanwhile = Discreet { told: progress(run), secrets: &secrets };
    let runtime = tokio::runtime::Runtime::new().context("no threads can be started")?;
    let mut outcomes = runtime.block_on(checks::run(&context, &wanted, &meanwhile));
    drop(meanwhile);
    for outcome in &mut outcomes {
        secrets.redact(outcome);
    }
    let facts = facts(args, &environment, &secrets);
    let environment = environment.name.clone();
    let proof =
        Proof { command: "probe", environment, facts, changes: vec![], outcomes, took: started.elapsed() };
    args.proving.print(run, &proof)
}

/// Tells how checks go on, without the secrets.
struct Discreet<'s> {
    told: Box<dyn Progress + Send>,
    secrets: &'s Secrets,
}

impl Progress for Discreet<'_> {
    fn planned(&self, checks: usize) {
        self.told.planned(checks);
    }

    fn finished(&self, outcome: &outcome::Outcome) {
        let mut outcome = outcome.clone();
        self.secrets.redact(&mut outcome);
        self.told.finished(&outcome);
    }
}

/// All headers to send; what comes from the environment is kept as a secret.
fn headers(args: &Args, secrets: &mut Secrets) -> anyhow::Result<Vec<(String, String)>> {
    let mut headers: Vec<_> =
        args.headers.iter().map(|Sent { name, value }| (name.clone(), value.clone())).collect();
    let mut secret = |name: &str, prefix: &str, variable: &str| {
        let value = std::env::var(variable)
            .with_context(|| format!("`{variable}` is not to be read from the environment"))?;
        let value = value.trim();
        // Not the reason: it could hold the value.
        let header = format!("{name}:{prefix}{value}").parse::<Sent>().ok().filter(|_| !value.is_empty());
        let Sent { name, value } = header
            .with_context(|| format!("what `{variable}` holds cannot be the value of a header `{name}`"))?;
        secrets.keep(&value);
        headers.push((name, value));
        anyhow::Ok(())
    };
    if let Some(variable) = &args.bearer_env {
        secret("authorization", "Bearer ", variable)?;
    }
    for pair in &args.headers_env {
        let (name, variable) = pair
            .split_once('=')
            .with_context(|| format!("`--header-env {pair}`: write it as `NAME=VARIABLE`"))?;
        secret(name, "", variable)?;
    }
    Ok(headers)
}

fn trust(args: &Args) -> anyhow::Result<Trust> {
    match &args.cacert {
        _ if args.insecure => Ok(Trust::anyone()),
        Some(file) => Trust::file(file)
            .with_context(|| format!("no certificates can be read from `{}`", file.display())),
        None => Trust::system().context("no certificate could be believed: name one with `--cacert FILE`"),
    }
}

/// The host of a site that is reached without nginx; any other name is a host itself.
fn host_of<'n>(environment: &'n Environment, name: &'n str) -> &'n str {
    let direct = environment.sites.iter().find(|site| environment.nginx.is_none() && site.name() == name);
    direct.and_then(|site| site.direct_address()).map_or(name, |(host, _)| host)
}

/// Under which circumstances the checks are made.
fn facts(args: &Args, environment: &Environment, secrets: &Secrets) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name, text: String| facts.push(Fact { name, text: secrets.redacted(&text) });
    if environment.nginx.is_none() {
        add("directly", "there is no nginx: services are asked at their own ports, in clear".to_owned());
    }
    for resolve in &args.resolve {
        add("resolve", resolve.to_string());
    }
    if let Some(connect) = &args.connect {
        add("connect", connect.to_string());
    }
    if args.insecure {
        add("insecure", "any certificate is believed".to_owned());
    }
    if let Some(file) = &args.cacert {
        add("authority", file.display().to_string());
    }
    facts
}
