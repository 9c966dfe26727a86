//! Challenges of ACME's http-01 are served in clear.

use std::fs;
use std::path::PathBuf;

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport};
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "acme-reachable",
    summary: "an ACME http-01 challenge in `acme_webroot` is served in clear, without a redirect",
    explanation: "\
A token is put into `acme_webroot`, and asked for in clear under each name of a site with TLS. It must come back with 200;
otherwise certificates are not renewed, which shows weeks later. A `return` of the server itself runs before any location
is looked for, and hides the webroot. Promised by every profile except `guide`.",
    of: Of::Site,
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(settings) = &case.context.environment.nginx else { return vec![] };
    if case.site().tls.is_none() || !case.promises_more_than_the_guide() {
        return vec![];
    }
    let via = Some(Transport::Clear);
    let expected = format!("200 with the token put into `{}`", settings.acme_webroot);
    let Some(webroot) = case.found(settings.acme_webroot.as_ref()) else {
        let reason = "it takes a file in the server's `acme_webroot`: `nginx-gen test` puts one there";
        return vec![case.skipped(via, expected, reason)];
    };
    // The name is nobody else's while checks of other sites run.
    let name = format!("nginx-gen-{}", Order::new(Work::Echo).nonce);
    let token = match Token::put(webroot.join(".well-known/acme-challenge").join(&name)) {
        Ok(token) => token,
        Err(error) => {
            return vec![case.skipped(via, expected, format!("the token cannot be written: {error}"))];
        }
    };
    let mut outcomes = Vec::new();
    for server_name in case.names() {
        outcomes.push(of_name(case, &server_name, &name, &expected).await);
    }
    drop(token);
    outcomes
}

async fn of_name(case: &Case<'_>, server_name: &str, token: &str, expected: &str) -> Outcome {
    let via = Some(Transport::Clear);
    let expected = format!("{expected}, for `{server_name}`");
    let path = format!("/.well-known/acme-challenge/{token}");
    let (_session, mut reply) = match case.ask_clear(server_name, &path).await {
        Ok(asked) => asked,
        Err(fault) => return case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    };
    if reply.status != 200 {
        let to = reply.header("location").map_or_else(String::new, |to| format!(" to `{to}`"));
        return case.failed(via, expected, format!("{}{to}", reply.status), Symptom::Challenge);
    }
    match reply.bytes(CONTENT.len() + 1, case.patience()).await {
        Ok(body) if body == CONTENT.as_bytes() => case.passed(via, expected, "200 with the token"),
        Ok(_) => case.failed(via, expected, "200 with something else", Symptom::Challenge),
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    }
}

const CONTENT: &str = "a challenge of nginx-gen\n";

/// A file that is removed in the end.
struct Token(PathBuf);

impl Token {
    fn put(path: PathBuf) -> std::io::Result<Token> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, CONTENT)?;
        Ok(Token(path))
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        // The folder of the run is removed too; what cannot be removed now harms nobody.
        let _ = fs::remove_file(&self.0);
    }
}
