//! No value breaks out: whatever text a field holds, it is refused at its line of YAML, or it is exactly one
//! argument of the rendered files, where a harmless value would be, and nothing else in them changes.

mod fields;
mod hostile;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use nginx_gen::compile::Compiled;
use nginx_gen::nginx::tree::Directive;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use self::fields::{FIELDS, Field, environment};
use crate::support::command::Project;
use crate::support::pipeline::{PROFILES, Refused, cases, compiled, line_of, quoted};

/// A directive: its depth, its name, whether it has a block, its arguments as nginx reads them.
type Shape = (usize, String, bool, Vec<String>);

fn shape(files: &[Compiled]) -> Vec<Shape> {
    let directives = files.iter().flat_map(|file| file.tree.root(&file.sources).descendants());
    directives.map(|directive| (directive.ancestors().count(), directive)).map(of_directive).collect()
}

fn of_directive((depth, directive): (usize, Directive<'_>)) -> Shape {
    let arguments = directive.args().map(|argument| argument.value().into_owned()).collect();
    (depth, directive.name().into_owned(), directive.is_block(), arguments)
}

fn project() -> Project {
    let project = Project::empty();
    project.write("environments/_base.yaml", "http2: true\n");
    project
}

/// The environment of a field with a value in it.
fn text(field: Field, value: &str) -> String {
    let quoted = quoted(value);
    environment(field).replace("VALUE", &quoted[1..quoted.len() - 1])
}

/// A field, and the profile it is rendered with.
type Rendering = (Field, Option<&'static str>);

/// A project in which one value after another is tried.
struct Trial {
    project: Project,
    /// What is rendered for a field with its harmless value, by profile.
    harmless: RefCell<HashMap<Rendering, Vec<Shape>>>,
}

impl Trial {
    fn new() -> Trial {
        Trial { project: project(), harmless: RefCell::default() }
    }

    fn compiled(&self, field: Field, value: &str, profile: Option<&str>) -> Result<Vec<Compiled>, Refused> {
        self.project.write("environments/hostile.yaml", &text(field, value));
        compiled(&self.project, "hostile", profile)
    }

    fn harmless(&self, field: Field, profile: Option<&'static str>) -> Vec<Shape> {
        let rendered = || shape(&self.compiled(field, field.1, profile).expect("it is harmless"));
        self.harmless.borrow_mut().entry((field, profile)).or_insert_with(rendered).clone()
    }

    /// Whether the value was accepted; an error when it was and should not have been, or not in its place.
    fn stands_in_its_place(
        &self,
        field: Field,
        value: &str,
        profiles: &[&'static str],
    ) -> Result<bool, String> {
        let wrong = |what: &str| Err(format!("{field:?} with {value:.200?}: {what}"));
        let own = field.2.starts_with("profile");
        let profiles = profiles.iter().map(|profile| Some(*profile).filter(|_| !own));
        for profile in profiles {
            let files = match self.compiled(field, value, profile) {
                Ok(files) => files,
                Err(refused) if told_at_its_line(field, &refused) => return Ok(false),
                Err(refused) => return wrong(&format!("not told at its line: {:#?}", refused.faults)),
            };
            if let Some(fault) = files.iter().flat_map(|file| &file.faults).next() {
                return wrong(&format!("rendered, it cannot be read: {fault:#?}"));
            }
            // A word of a closed set changes what is rendered, and is never printed as it is.
            if !["sentinel", "77", "HIGH"].iter().any(|printed| field.1.contains(printed)) {
                continue;
            }
            let expected = replaced(self.harmless(field, profile), field.1, &value_in(field, value));
            let shown = shape(&files);
            if let Some((is, should)) = shown.iter().zip(&expected).find(|(is, should)| is != should) {
                return wrong(&format!("{is:.400?} should be {should:.400?}"));
            }
            if shown.len() != expected.len() {
                return wrong("there are other directives");
            }
        }
        Ok(true)
    }
}

/// The shape with the value wherever an argument held the harmless one.
fn replaced(mut shape: Vec<Shape>, harmless: &str, value: &str) -> Vec<Shape> {
    for (.., arguments) in &mut shape {
        for argument in arguments {
            *argument = argument.replace(harmless, value);
        }
    }
    shape
}

/// nginx compares server names in lower case, and so they are written.
fn value_in(field: Field, value: &str) -> String {
    if field.2.contains("server_name: \"VALUE") || field.2.contains("VALUE.org") {
        value.to_ascii_lowercase()
    } else {
        value.to_owned()
    }
}

fn told_at_its_line(field: Field, refused: &Refused) -> bool {
    let line = environment(field).lines().position(|line| line.contains("VALUE")).map(|index| index + 1);
    refused.faults.iter().any(|fault| {
        let file = fault.span().map(|span| refused.sources.file(span.file).name().ends_with("/hostile.yaml"));
        file == Some(true) && line_of(fault, &refused.sources) == line
    })
}

#[test]
fn harmless_values_are_accepted() {
    let trial = Trial::new();
    for field in FIELDS {
        assert_eq!(trial.stands_in_its_place(*field, field.1, &PROFILES), Ok(true), "{field:?}");
    }
}

/// With one profile, to be quick: the random values go through both.
#[test]
fn every_piece_in_every_field() {
    let trial = Trial::new();
    let pieces = || hostile::PIECES.iter().map(|piece| (*piece).to_owned());
    for field in FIELDS {
        for value in pieces().chain(hostile::long()) {
            if let Err(why) = trial.stands_in_its_place(*field, &value, &["recommended"]) {
                panic!("{why}");
            }
        }
    }
}

#[test]
fn random_values_in_random_fields() {
    let trial = Trial::new();
    let (tried, accepted) = (Cell::new(0), Cell::new(0));
    let strategy = (prop::sample::select(FIELDS), hostile::value());
    let tested = TestRunner::new(cases(600)).run(&strategy, |(field, value)| {
        let stands = trial.stands_in_its_place(field, &value, &PROFILES).map_err(TestCaseError::fail)?;
        tried.set(tried.get() + 1);
        accepted.set(accepted.get() + u32::from(stands));
        Ok(())
    });
    if let Err(error) = tested {
        panic!("{error}");
    }
    let (tried, accepted) = (tried.get(), accepted.get());
    assert!(accepted * 10 > tried, "{accepted} of {tried} values were accepted");
}

/// Raw lines may be any directives, but they end where they end.
#[test]
fn raw_lines_do_not_leave_their_block() {
    let trial = Trial::new();
    let location =
        (fields::Place::Location, "add_header X-Sentinel a;", "type: http\npath: /\ndirectives: \"VALUE\"");
    let site = (
        fields::Place::Site,
        "add_header X-Sentinel a;",
        "server_name: a.org\nservice: a\nupstream: 1\ndirectives: \"VALUE\"",
    );
    let strategy = (prop::sample::select(vec![location, site]), hostile::value());
    let tested = TestRunner::new(cases(300)).run(&strategy, |(field, value)| {
        for value in [value.clone(), format!("set $a \"{value}\";"), format!("if ($a) {{ set $b {value}; }}")]
        {
            raw_lines_stay(&trial, field, &value).map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
    if let Err(error) = tested {
        panic!("{error}");
    }
}

/// All before and all behind the raw lines is as it was with a harmless one; what is between is deep enough.
fn raw_lines_stay(trial: &Trial, field: Field, value: &str) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{field:?} with {value:.200?}: {what}"));
    let files = match trial.compiled(field, value, None) {
        Ok(files) => files,
        Err(refused) if told_at_its_line(field, &refused) => return Ok(()),
        Err(refused) => return wrong(format!("not told at its line: {:#?}", refused.faults)),
    };
    if files.iter().any(|file| !file.faults.is_empty()) {
        return Ok(());
    }
    let harmless = trial.harmless(field, None);
    let is_raw = |shape: &Shape| shape.3.iter().any(|argument| argument == "X-Sentinel");
    let at = harmless.iter().position(is_raw).expect("the harmless line is rendered");
    let (before, behind) = (&harmless[..at], &harmless[at + 1..]);
    let shown = shape(&files);
    let stays = shown.starts_with(before) && shown.ends_with(behind) && shown.len() + 1 >= harmless.len();
    let within = shown[at..shown.len() - behind.len()].iter().all(|(depth, ..)| *depth >= harmless[at].0);
    if stays && within { Ok(()) } else { wrong(format!("{shown:#?}")) }
}

/// An environment is called as its file is, and its name stands in a comment of every rendered file, in the
/// name of one, and in commands: it is a plain word.
#[test]
fn names_of_environments_are_plain_words() {
    let project = project();
    let harmless = text(FIELDS[0], FIELDS[0].1);
    let expected = ["sentinel", "a-b_c.1", "đa"].map(|name| {
        project.write(&format!("environments/{name}.yaml"), &harmless);
        shape(&compiled(&project, name, None).expect("a plain word is good"))
    });
    assert!(expected.iter().all(|shape| *shape == expected[0]));
    let plain = |piece: &str| piece.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    for piece in hostile::PIECES.iter().filter(|piece| !plain(piece) && !piece.contains(['\0', '/'])) {
        let name = format!("a{piece}b");
        project.write(&format!("environments/{name}.yaml"), &harmless);
        let refused = compiled(&project, &name, None).expect_err(&name);
        assert_eq!(refused.faults[0].code, "environment-name", "{name:?}");
    }
}
