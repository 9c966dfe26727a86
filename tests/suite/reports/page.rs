//! The page for browsers, looked at in one: Chromium lays it out, and a script beside it measures what is seen.

use std::os::unix::fs::PermissionsExt;

use nginx_gen::outcome::{Outcome, Verdict};
use nginx_gen::report::outcomes::{Proof, page};
use nginx_gen::text::Sources;

use crate::support::command::{Project, nginx_gen};

use super::browser::{Measured, look};
use super::{outcome, proof};

fn the_page() -> String {
    let (proof, sources) = proof();
    page(&proof, &sources)
}

#[test]
fn a_stream_that_is_held_back_is_seen_to_be() {
    let seen = look(&the_page(), 1200, false);
    assert_eq!(seen.console, [""; 0], "the page complains");
    assert_eq!(seen.requests, ["/frame", "/page"], "the page asks for more than itself");
    assert_eq!(seen.text("resources"), "0");
    assert_eq!(seen.text("title"), "prod: 1 check failed");
    // Three ways side by side, on one scale.
    let panels = seen.rows("panels");
    assert_eq!(panels.len(), 3, "{panels:?}");
    let [clear, tls, http2] = [&panels[0], &panels[1], &panels[2]];
    let is_level = |other: &std::collections::BTreeMap<_, f64>| (other["top"] - clear["top"]).abs() < 1.0;
    assert!(is_level(tls) && is_level(http2), "not side by side: {panels:?}");
    assert!(clear["right"] <= tls["left"] && tls["right"] <= http2["left"], "they overlap: {panels:?}");
    for panel in &panels {
        assert!(panel["sent spread"] > 0.3 * panel["width"], "the sent events are not spread: {panels:?}");
        assert!(panel["sent y"] < panel["arrived y"], "what was sent is not above: {panels:?}");
    }
    // In time: arrivals as wide as the sending, lines upright. Late: a fan that ends in one place.
    for prompt in [clear, http2] {
        assert!((prompt["arrived spread"] - prompt["sent spread"]).abs() < 3.0, "{prompt:?}");
        assert!(prompt["lean"] < 3.0, "{prompt:?}");
    }
    assert!(tls["arrived spread"] < 0.02 * tls["width"], "no burst: {tls:?}");
    assert!(tls["lean"] > 0.5 * tls["width"], "the first line does not lean: {tls:?}");
}

#[test]
fn it_fits_a_telephone_and_is_read_in_the_light_and_in_the_dark() {
    for (width, dark) in [(400, false), (1200, true)] {
        let seen = look(&the_page(), width, dark);
        assert_eq!(seen.text("dark"), dark.to_string(), "the browser has the other scheme");
        assert_eq!(seen.text("overflow"), "0", "at {width} the page is wider than the window");
        for row in seen.rows("contrasts") {
            assert!(row["ratio"] >= 4.5, "too faint (dark: {dark}): {row:?}");
        }
        assert!(seen.rows("contrasts").len() > 10);
    }
}

#[test]
fn everything_is_named_for_those_who_do_not_see_it() {
    let seen: Measured = look(&the_page(), 1200, false);
    let labels = seen.texts("labels");
    assert_eq!(labels.len(), 3);
    assert_eq!(labels[1], "ai.example.com / (HTTP/1.1 over TLS) 3 events; largest lag 1.0 s");
    assert_eq!(seen.text("headings"), "H1 H2 H3 H2 H3 H2 H3 H3 H2");
    assert_eq!(seen.text("lang"), "en");
}

#[test]
fn nothing_that_a_server_says_becomes_part_of_the_page() {
    let (mut proof, sources) = proof();
    let hostile = "<script>document.title='taken'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>\"'";
    let verdict = Verdict::Failed(nginx_gen::outcome::Diagnosis {
        causes: vec![hostile.to_owned()],
        places: vec![],
        commands: vec![hostile.to_owned()],
    });
    proof.environment = hostile.to_owned();
    proof.changes = vec![hostile.to_owned()];
    proof.outcomes.push(outcome(hostile, Some(hostile), None, "a", verdict, hostile, 1));
    let text = page(&proof, &sources);
    assert!(!text.contains("<script") && !text.contains("<img"), "{text}");
    let seen = look(&text, 1200, false);
    assert!(seen.text("title").ends_with("2 checks failed"), "{}", seen.text("title"));
    assert_eq!(seen.console, [""; 0]);
    assert_eq!(seen.requests, ["/frame", "/page"]);
}

#[test]
fn the_file_is_written_whole_and_may_be_read() {
    let project = Project::petties();
    project.write("page.html", "an older one");
    let nginx =
        nginx_gen(&project).args(["test", "test", "--nginx", "/usr/sbin/nginx", "--report", "page.html"]);
    let said = nginx.said();
    let page = project.read("page.html");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{said}\n{page}");
    let mode = std::fs::metadata(project.path("page.html")).unwrap().permissions().mode();
    assert_eq!(mode & 0o600, 0o600);
    let left: Vec<_> = project.names(".").into_iter().filter(|name| name.starts_with(".nginx-gen")).collect();
    assert_eq!(left, [""; 0]);
    let nowhere = nginx_gen(&project)
        .args(["test", "test", "--nginx", "/usr/sbin/nginx", "--report", "none/page.html"])
        .said();
    assert!(nowhere.contains("error: `none/page.html` cannot be written"), "{nowhere}");
    assert!(nowhere.ends_with("exit status: 2"), "{nowhere}");
}

#[test]
fn a_run_without_outcomes_and_a_long_stream_are_pages_too() {
    let empty = page(&Proof::default(), &Sources::new());
    assert!(empty.contains("nothing was checked"));
    let (mut proof, sources) = proof();
    let stream: &mut Outcome = &mut proof.outcomes[1];
    let timeline = stream.timeline.as_mut().unwrap();
    let mut event = timeline.events[0];
    timeline.events = (0..10_000)
        .map(|nth| {
            event.sent = None;
            event.arrived = (nth != 7).then(|| std::time::Duration::from_millis(nth));
            event
        })
        .collect();
    let long = page(&proof, &sources);
    assert!(long.contains("10000 events, 1 of them never came; largest gap between arrivals 2 ms"));
    assert!(long.len() < 200_000, "{} bytes", long.len());
}
