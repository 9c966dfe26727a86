//! Challenges of ACME's http-01 are served in clear.

use std::fs;
use std::path::{Path, PathBuf};

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Reply;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "acme-reachable",
    summary: "an ACME http-01 challenge in `acme_webroot` is served in clear, without a redirect",
    explanation: "\
A token is put into `acme_webroot`, and asked for in clear under each name of a site with TLS. It must come back with 200;
otherwise certificates are not renewed, which shows weeks later. A `return` of the server itself runs before any location
is looked for, and hides the webroot. A stranger has no token to put there: `probe` asks for one that is not there, which is to be
answered with 404 and not with a redirect. Promised by every profile except `guide`.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(settings) = &case.context.environment.nginx else { return vec![] };
    if case.site().tls.is_none() || !case.promises_more_than_the_guide() {
        return vec![];
    }
    let expected = format!("200 with the token put into `{}`", settings.acme_webroot);
    if case.found(settings.acme_webroot.as_ref()).is_none() {
        return from_afar(case).await;
    }
    // The name is nobody else's while checks of other sites run.
    let name = format!("nginx-gen-{}", Order::new(Work::Echo).nonce);
    let token = match put(case, settings.acme_webroot.as_ref(), &name) {
        Ok(token) => token,
        Err(miss) => return vec![case.outcome(Some(Transport::Clear), expected, Err(miss))],
    };
    let mut outcomes = Vec::new();
    for server_name in case.names() {
        let expected = format!("{expected}, for `{server_name}`");
        let case = case.anew();
        let seen = of_name(&case, &server_name, &name).await;
        outcomes.push(case.outcome(Some(Transport::Clear), expected, seen));
    }
    drop(token);
    outcomes
}

/// What a stranger sees, who has no token: that none is there, and that nobody is led elsewhere.
async fn from_afar(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for name in case.names() {
        let expected = format!("404 for a challenge that nobody put there, for `{name}`");
        let seen = match case.ask_clear(&name, "/.well-known/acme-challenge/nginx-gen-nobodys").await {
            Ok((_, reply)) if reply.status == 404 => Ok("404".to_owned()),
            Ok((_, reply)) => Err(answered(&reply)),
            Err(miss) => Err(miss),
        };
        outcomes.push(case.outcome(Some(Transport::Clear), expected, seen));
    }
    outcomes
}

/// That a challenge is answered otherwise.
fn answered(reply: &Reply) -> Miss {
    let to = reply.header("location").map_or_else(String::new, |to| format!(" to `{to}`"));
    Miss::broken(format!("{}{to}", reply.status), Symptom::Challenge(reply.status))
}

fn put(case: &Case<'_>, webroot: &Path, name: &str) -> Seen<Token> {
    let webroot = case.found(webroot).ok_or_else(|| {
        Miss::unknown("it takes a file in the server's `acme_webroot`: `nginx-gen test` puts one there")
    })?;
    let token = Token::put(webroot.join(".well-known/acme-challenge").join(name));
    token.map_err(|error| Miss::unknown(format!("the token cannot be written: {error}")))
}

async fn of_name(case: &Case<'_>, server_name: &str, token: &str) -> Seen {
    let path = format!("/.well-known/acme-challenge/{token}");
    let (_session, mut reply) = case.ask_clear(server_name, &path).await?;
    if reply.status != 200 {
        return Err(answered(&reply));
    }
    match reply.bytes(CONTENT.len() + 1, case.patience()).await? == CONTENT.as_bytes() {
        true => Ok("200 with the token".to_owned()),
        false => Err(Miss::broken("200 with something else", Symptom::Challenge(200))),
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
