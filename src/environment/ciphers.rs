//! `ciphers:` an OpenSSL cipher list, held to what OpenSSL refuses.
//!
//! OpenSSL passes over names it does not know, so that lists live longer than libraries; but it refuses a
//! list that chooses nothing, and nginx does not start with it.

use super::fields::Found;
use super::node::{Node, shorten};
use super::values::{bad_value, plain};

/// Words that choose at least one cipher in an OpenSSL as it is usually built.
const WORDS: &[&str] = &[
    "ALL",
    "COMPLEMENTOFALL",
    "COMPLEMENTOFDEFAULT",
    "DEFAULT",
    "HIGH",
    "eNULL",
    "NULL",
    "aNULL",
    "kRSA",
    "aRSA",
    "RSA",
    "kDHE",
    "kEDH",
    "DH",
    "DHE",
    "EDH",
    "ADH",
    "kEECDH",
    "kECDHE",
    "ECDH",
    "ECDHE",
    "EECDH",
    "AECDH",
    "aECDSA",
    "ECDSA",
    "TLSv1.2",
    "TLSv1.0",
    "TLSv1",
    "SSLv3",
    "AES128",
    "AES256",
    "AES",
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "ARIAGCM",
    "ARIA",
    "ARIA128",
    "ARIA256",
    "CAMELLIA128",
    "CAMELLIA256",
    "CAMELLIA",
    "CHACHA20",
    "SHA1",
    "SHA",
    "SHA256",
    "SHA384",
    "PSK",
    "SUITEB128",
    "SUITEB128ONLY",
    "SUITEB192",
];

/// How keys are exchanged, and what is encrypted with: whole names are one of the first before one of the second.
const EXCHANGES: &[&str] = &["ECDHE-ECDSA-", "ECDHE-RSA-", "DHE-RSA-", ""];
const CIPHERS: &[&str] = &[
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "AES128-CCM",
    "AES256-CCM",
    "AES128-CCM8",
    "AES256-CCM8",
    "AES128-SHA",
    "AES256-SHA",
    "AES128-SHA256",
];
/// Those that do not go with every exchange.
const OTHERS: &[&str] = &[
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "DHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-RSA-AES256-SHA384",
    "DHE-RSA-AES256-SHA256",
    "AES256-SHA256",
    "DHE-RSA-CAMELLIA128-SHA",
    "DHE-RSA-CAMELLIA256-SHA",
    "CAMELLIA128-SHA",
    "CAMELLIA256-SHA",
];

/// Reads a cipher list.
pub(super) fn ciphers(node: &Node, found: &mut Found) -> Option<String> {
    let list = plain(node, "a cipher list", found)?;
    if let Some((why, help)) = fault(&list) {
        let message = format!("OpenSSL refuses the cipher list `{}`", shorten(&list));
        found.push(bad_value(node, message).why(why).help(help));
        return None;
    }
    Some(list)
}

fn fault(list: &str) -> Option<(&'static str, &'static str)> {
    let elements = || list.split([':', ',', ' ', ';']).filter(|element| !element.is_empty());
    if elements().any(|element| !is_element(element)) {
        return Some((
            "an element is not one of its words",
            "separate names by `:`; before a name may stand `!`, `-` or `+`, and names are joined by `+`",
        ));
    }
    let is_known = |element: &str| match element.split('@').next() {
        None | Some("") => false,
        Some(words) => words.split('+').all(is_known),
    };
    let chosen = |element: &&str| !element.starts_with(['!', '-', '+']) && is_known(element);
    elements().find(chosen).is_none().then_some((
        "no name in it chooses a cipher of TLS 1.2; those of TLS 1.3 (`TLS_…`) are always on",
        "write names of OpenSSL, such as `HIGH:!aNULL:!MD5` or `ECDHE-RSA-AES128-GCM-SHA256`",
    ))
}

/// Whether OpenSSL can read an element: words joined by `+`, with `!`, `-` or `+` before and a command behind.
fn is_element(element: &str) -> bool {
    let (words, command) = element.split_once('@').map_or((element, None), |(w, c)| (w, Some(c)));
    let level = |command: &str| {
        command.strip_prefix("SECLEVEL=").is_some_and(|n| n.len() == 1 && ("0"..="5").contains(&n))
    };
    if command.is_some_and(|command| command != "STRENGTH" && !level(command)) {
        return false;
    }
    let words = words.strip_prefix(['!', '-', '+']).unwrap_or(words);
    let of_word = |c: char| c.is_ascii_alphanumeric() || "-_.=".contains(c);
    (words.is_empty() && command.is_some())
        || words.split('+').all(|word| !word.is_empty() && word.chars().all(of_word))
}

fn is_known(word: &str) -> bool {
    let whole = || EXCHANGES.iter().filter_map(|exchange| word.strip_prefix(exchange));
    WORDS.contains(&word) || OTHERS.contains(&word) || whole().any(|rest| CIPHERS.contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn lists_are_judged_as_openssl_judges_them() {
        for good in [
            "HIGH:!aNULL:!MD5",
            "DEFAULT@SECLEVEL=1",
            "HIGH:@STRENGTH",
            "HIGH:!nonsense",
            "HIGH;AES",
            "HIGH::AES",
            "ECDHE+AESGCM",
            "ECDHE-RSA-AES128-GCM-SHA256 AES256-SHA",
            "x_y:AES128-SHA",
            "@SECLEVEL=0:ALL",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "!ALL",
            "+HIGH",
            "@STRENGTH",
            "HIGH:\"x",
            "AES+nonsense",
            "HIGH:@SECLEVEL=9",
            "HIGH:@foo",
            "high",
            "HIGH:-",
            "HIGH:/",
            "HIGH:!",
            "HIGH:é",
            "TLS_AES_128_GCM_SHA256",
            "DHE-RSA-AES256-SHA384",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
