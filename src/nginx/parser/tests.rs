use proptest::prelude::*;

use super::{MAX_DEPTH, MAX_FAULTS, parse};
use crate::nginx::printer::print;
use crate::nginx::tree::{Argument, Comment, Directive, Tree};
use crate::text::{SourceFile, Sources};

fn read(text: &str) -> (Sources, Tree, Vec<String>) {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("a.conf", text));
    let (tree, faults) = parse(file, text);
    let told = faults.iter().map(|fault| {
        let place = sources.position(fault.span().expect("every fault has a place"));
        format!("{}:{} {}: {}", place.line, place.column, fault.code, fault.message)
    });
    let told = told.collect();
    (sources, tree, told)
}

/// The tree as nested text, words decoded.
fn outline(sources: &Sources, tree: &Tree) -> String {
    fn one(directive: Directive<'_>) -> String {
        let words = std::iter::once(directive.name()).chain(directive.args().map(Argument::value));
        let words: Vec<_> = words.collect();
        let children: Vec<_> = directive.children().map(one).collect();
        if directive.is_block() {
            format!("{}{{{}}}", words.join("|"), children.join(" "))
        } else {
            words.join("|")
        }
    }
    tree.root(sources).iter().map(one).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expected: &str, faults: &[&str]) {
    let (sources, tree, told) = read(text);
    assert_eq!(told, faults, "{text}");
    assert_eq!(outline(&sources, &tree), expected, "{text}");
}

#[test]
fn reads_directives_and_blocks() {
    check("a b 'c d'; e { f; g { } } h;", "a|b|c d e{f g{}} h", &[]);
    check("", "", &[]);
    check(" # only a comment", "", &[]);
}

#[test]
fn a_missing_semicolon_costs_one_directive() {
    check("a { b c }\nd;", "a{b|c} d", &["1:9 missing-semicolon: unexpected \"}\""]);
    let end = "1:8 missing-semicolon: unexpected end of file, expecting \";\" or \"}\"";
    check("a { b c", "a{b|c}", &[end]);
}

#[test]
fn braces_that_do_not_match() {
    check("a; } b;", "a b", &["1:4 unexpected-close-brace: unexpected \"}\""]);
    check("{ a; } b;", "a b", &["1:1 unexpected-open-brace: unexpected \"{\""]);
    check("a { b;", "a{b}", &["1:7 unclosed-block: unexpected end of file, expecting \"}\""]);
    check(
        "a { b;; };",
        "a{b}",
        &["1:7 unexpected-semicolon: unexpected \";\"", "1:10 unexpected-semicolon: unexpected \";\""],
    );
    check("map a b { c d { e; } }", "map|a|b{c|d{e}}", &["1:15 unexpected-open-brace: unexpected \"{\""]);
}

#[test]
fn the_close_that_is_indented_wrong_is_shown() {
    let (sources, file) = {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a", "http {\n    server {\n        a;\n}\n"));
        (sources, file)
    };
    let (_, faults) = parse(file, sources.file(file).text());
    let places: Vec<_> = faults[0].labels.iter().map(|label| sources.position(label.span).line).collect();
    assert_eq!(places, [5, 1, 4]);
}

#[test]
fn quotes_that_do_not_close() {
    check("a \"b;\nc \"d\";\ne;", "a|b c|d e", &["1:3 unexpected-after-quote: unexpected \"d\""]);
    let end = "1:3 unclosed-quote: unexpected end of file, expecting \";\" or \"}\"";
    check("a 'b;\nc d;", "a|b c|d", &[end]);
    let long = "1:3 token-too-long: too long parameter, probably missing terminating \"'\" character";
    check(&format!("a 'b;\n{}", "c d;".repeat(2000)), &format!("a|b{}", " c|d".repeat(2000)), &[long]);
}

#[test]
fn what_no_editor_shows_is_told() {
    let told = "2:1 byte-order-mark: a byte-order mark stands before this directive";
    check("\n\u{feff}a b;", "a|b", &[told]);
    check("\n\u{feff}# c\na b;", "a|b", &[told]);
    check("a{ \u{feff}b;}", "a{b}", &["1:4 byte-order-mark: a byte-order mark stands before this directive"]);
    // As a value it is a letter like others.
    check("a;b \u{feff}c;", "a b|\u{feff}c", &[]);
    check("a;# \0\nb \0c;", "a b|\0c", &["2:3 nul-byte: a NUL byte stands in this word"]);
}

#[test]
fn a_byte_order_mark_is_told_and_skipped() {
    let told = "1:1 byte-order-mark: the file starts with a byte-order mark";
    check("\u{feff}a b;", "a|b", &[told]);
}

#[test]
fn lua_is_opaque() {
    let (sources, tree, faults) = read("a { content_by_lua_block { if x then y = {'}'} end -- }\n } b; }");
    assert_eq!(faults, [""; 0]);
    let lua = tree.root(&sources).find("a").unwrap().find("content_by_lua_block").unwrap();
    assert_eq!(lua.lua(), Some(" if x then y = {'}'} end -- }\n "));
    assert_eq!(outline(&sources, &tree), "a{content_by_lua_block{} b}");
}

#[test]
fn depth_and_faults_are_bounded() {
    let deep = format!("{}{}", "a { ".repeat(100_000), "}".repeat(100_000));
    let (sources, tree, faults) = read(&deep);
    assert_eq!(faults.len(), 1);
    assert_eq!(tree.root(&sources).descendants().map(|one| one.ancestors().count()).max(), Some(MAX_DEPTH));
    assert_eq!(read(&"}".repeat(100_000)).2.len(), MAX_FAULTS);
    assert_eq!(read(&"'a'b ".repeat(100_000)).2.len(), MAX_FAULTS);
}

#[test]
fn a_directive_knows_its_places() {
    let (sources, tree, _) = read("server {\n  # one\n  # two\n  listen 'a' b ; # three\n}");
    let listen = tree.root(&sources).find("server").unwrap().find("listen").unwrap();
    assert_eq!(sources.slice(listen.span()), "listen 'a' b ;");
    assert_eq!(sources.slice(listen.name_span()), "listen");
    assert_eq!(sources.slice(listen.head_span()), "listen 'a' b");
    assert_eq!(sources.slice(listen.arg(0).unwrap().span()), "'a'");
    assert_eq!(listen.parent().unwrap().name(), "server");
    let above: Vec<_> = listen.comments_above().into_iter().map(Comment::text).collect();
    assert_eq!(above, ["one", "two"]);
    assert_eq!(listen.comment_behind().unwrap().text(), "three");
}

/// Pieces that make trouble, and plain ones to tie them together.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("server { "),
        Just("listen 80;"),
        Just("}"),
        Just(";"),
        Just("{"),
        Just("\n"),
        Just("\n\n\n"),
        Just("\r\n"),
        Just(" "),
        Just("\""),
        Just("'"),
        Just("\\"),
        Just("$"),
        Just("${a}"),
        Just("# note"),
        Just("# note\n"),
        Just(")"),
        Just("é"),
        Just("x y"),
        Just("a_by_lua_block {"),
        Just("map $a $b {"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Text that nginx reads, with comments and line ends anywhere they may stand.
fn sound() -> impl Strategy<Value = String> {
    let gap =
        || prop_oneof![Just(" "), Just("\n"), Just("\n\n\n"), Just(" # note\n"), Just("\n#x\r\n#y {\n")];
    let word =
        prop_oneof![Just("a"), Just("'b;\n'"), Just("\"c\\\"\""), Just("${d}{"), Just("\\;"), Just("é#")];
    let word = word.prop_map(|word| word.replace("}{", "}"));
    let words = prop::collection::vec((word, gap()), 1..4)
        .prop_map(|words| words.into_iter().map(|(word, gap)| word + gap).collect::<String>());
    let simple = (words.clone(), gap()).prop_map(|(words, gap)| format!("{words};{gap}"));
    let lua = Just("x_by_lua_block{ '}'\n } ".to_owned());
    let leaf = prop_oneof![4 => simple, 1 => lua];
    let tree = leaf.prop_recursive(5, 60, 6, move |inner| {
        let inside = prop::collection::vec(inner, 0..6);
        (words.clone(), inside, gap(), gap())
            .prop_map(|(words, inside, open, close)| format!("{words}{{{open}{}}}{close}", inside.concat()))
    });
    (gap(), prop::collection::vec(tree, 1..5)).prop_map(|(start, parts)| format!("{start}{}", parts.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_panics(text in prop_oneof![pieces(), any::<String>()]) {
        let (sources, tree, _) = read(&text);
        for directive in tree.root(&sources).descendants() {
            let _ = (directive.comments_above(), directive.comment_behind(), directive.lua());
        }
        let file = tree.root(&sources).iter().next().map(Directive::file);
        if let Some(file) = file {
            print(&tree, &sources, file);
        }
    }

    #[test]
    fn what_is_printed_reads_the_same(text in sound()) {
        let (sources, tree, faults) = read(&text);
        prop_assert_eq!(faults, [""; 0]);
        let file = tree.directive(&sources, tree.root(&sources).iter().next().unwrap().id()).file();
        let printed = print(&tree, &sources, file);
        let (again_sources, again, faults) = read(&printed);
        prop_assert_eq!(faults, [""; 0]);
        prop_assert_eq!(outline(&sources, &tree), outline(&again_sources, &again));
        let comments = |sources, tree: &Tree| -> Vec<String> {
            tree.comments(sources).map(|comment| comment.text().to_owned()).collect()
        };
        prop_assert_eq!(comments(&sources, &tree), comments(&again_sources, &again));
        let file = again.root(&again_sources).iter().next().unwrap().file();
        prop_assert_eq!(&print(&again, &again_sources, file), &printed);
    }
}
