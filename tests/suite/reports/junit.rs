//! JUnit's XML, held to what Jenkins' schema (`junit-10.xsd` of its xunit plugin) asks for.

use nginx_gen::report::outcomes::{Format, Screen, write};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{outcome, printed, proof};
use nginx_gen::outcome::{Diagnosis, Verdict};

const PIPE: Screen = Screen { styled: false, columns: None };

/// Each element: where it may stand, the attributes it must have, those it may have.
const SCHEMA: &[(&str, &str, &[&str], &[&str])] = &[
    ("testsuites", "", &[], &["name", "time", "tests", "failures", "disabled", "errors"]),
    (
        "testsuite",
        "testsuites",
        &["name", "tests"],
        &["failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"],
    ),
    ("properties", "testsuite", &[], &[]),
    ("property", "properties", &["name", "value"], &[]),
    ("testcase", "testsuite", &["name", "classname"], &["time", "status", "assertions", "file", "line"]),
    ("failure", "testcase", &[], &["type", "message"]),
    ("skipped", "testcase", &[], &["type", "message"]),
];

#[derive(Default)]
struct Seen {
    path: Vec<String>,
    cases: usize,
    failures: usize,
    skipped: usize,
}

impl Seen {
    fn open(&mut self, start: &BytesStart<'_>) {
        let name = start.name().as_ref().to_owned();
        let row = SCHEMA.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("<{name}> is unknown"));
        assert_eq!(self.path.last().map_or("", String::as_str), row.1, "<{name}> stands elsewhere");
        let attributes: Vec<_> =
            start.attributes().map(|attribute| attribute.unwrap().key.as_ref().to_owned()).collect();
        for needed in row.2 {
            assert!(attributes.iter().any(|name| name == needed), "<{name}> has no `{needed}`");
        }
        for attribute in &attributes {
            assert!(
                row.2.contains(&attribute.as_str()) || row.3.contains(&attribute.as_str()),
                "{attribute}"
            );
        }
        self.cases += usize::from(name == "testcase");
        self.failures += usize::from(name == "failure");
        self.skipped += usize::from(name == "skipped");
        self.path.push(name);
    }
}

/// Reads a report as a CI system does; the last attribute counts are compared by the caller.
fn read(xml: &str) -> Seen {
    let mut reader = Reader::from_str(xml);
    let mut seen = Seen::default();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => seen.open(&start),
            Event::Empty(start) => {
                seen.open(&start);
                seen.path.pop();
            }
            Event::End(_) => drop(seen.path.pop()),
            Event::Eof => break,
            Event::Text(_) | Event::Decl(_) | Event::GeneralRef(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(seen.path.is_empty());
    seen
}

#[test]
fn a_suite_a_site_and_a_case_a_check() {
    let xml = printed(Format::Junit, PIPE);
    let seen = read(&xml);
    assert_eq!((seen.cases, seen.failures, seen.skipped), (6, 1, 1));
    insta::assert_snapshot!(xml);
}

#[test]
fn no_text_breaks_out_of_its_element() {
    let (mut proof, sources) = proof();
    let hostile = "\"><script>&amp;]]>\u{0}\u{1b}\u{fffe}'";
    let verdict = Verdict::Failed(Diagnosis {
        causes: vec![hostile.to_owned()],
        places: vec![],
        commands: vec![hostile.to_owned()],
    });
    proof.outcomes = vec![
        outcome(hostile, Some(hostile), None, "a", verdict, hostile, 1),
        outcome(hostile, None, None, "b", Verdict::Skipped(hostile.to_owned()), "", 1),
    ];
    let mut out = Vec::new();
    write(&mut out, Format::Junit, &proof, &sources, PIPE).unwrap();
    let seen = read(std::str::from_utf8(&out).unwrap());
    assert_eq!((seen.cases, seen.failures, seen.skipped), (2, 1, 1));
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(['\0', '\u{1b}', '\u{fffe}']), "{text}");
}
