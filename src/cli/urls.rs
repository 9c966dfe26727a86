//! `nginx-gen urls`: every endpoint as a client would type it.

use super::{Outcome, Run};
use crate::environment;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environment
    environment: String,

    /// How the endpoints are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// A JSON list of objects with `site`, `service`, `type` and `url`
    Json,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let environment = match environment::load(&run.project, &args.environment, &mut run.sources) {
        Ok(environment) => environment,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let endpoints = environment.endpoints();
    let out = run.out.results();
    match args.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &endpoints).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Table => {
            let width = |column: fn(&environment::Endpoint) -> &str| {
                endpoints.iter().map(|endpoint| column(endpoint).chars().count()).max().unwrap_or(0)
            };
            let (service, kind) = (width(|endpoint| &endpoint.service), width(|endpoint| endpoint.kind));
            for endpoint in &endpoints {
                writeln!(out, "{:service$}  {:kind$}  {}", endpoint.service, endpoint.kind, endpoint.url)?;
            }
        }
    }
    Ok(Outcome::Clean)
}
