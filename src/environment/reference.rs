//! All keys of the YAML, for the key reference in `docs/environment.md`.

use super::fields::Key;
use super::location_type::TYPES;
use super::{allow, location, service, settings, site, tls, upstream};

/// The keys of one kind of mapping.
#[derive(Debug)]
pub struct Section {
    /// What the mapping is, as a heading.
    pub title: String,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// Every mapping of the YAML with its keys, from the outside in.
pub fn key_reference() -> Vec<Section> {
    let section = |title: &str, keys: &[Key]| Section { title: title.to_owned(), keys: keys.to_vec() };
    let mut sections = vec![
        section("Environment", settings::KEYS),
        section("`tls`", tls::KEYS),
        section("A certificate", tls::CERTIFICATE_KEYS),
        section("A service", service::KEYS),
        section("A location", location::KEYS),
    ];
    for (keys, types) in location::KEYS_BY_TYPE {
        let types: Vec<_> = types.iter().map(|kind| format!("`{}`", kind.name())).collect();
        sections.push(section(&format!("A location of type {}", types.join(", ")), keys));
    }
    sections.push(section("A site", site::KEYS));
    sections.push(section("An upstream group", upstream::GROUP_KEYS));
    sections.push(section("A server of a group", upstream::SERVER_KEYS));
    sections.push(section("An environment, a service, a location or a site", allow::KEYS));
    sections
}

/// The location types with their defaults, as rows of a Markdown table.
pub fn type_reference() -> Vec<[String; 5]> {
    let time = |time: Option<&str>| time.map_or("–".to_owned(), |time| format!("`{time}`"));
    let row = |traits: &super::Traits| {
        [
            format!("`{}`", traits.name),
            traits.doc.to_owned(),
            time(traits.read_timeout),
            time(traits.send_timeout),
            time(traits.connect_timeout),
        ]
    };
    TYPES.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::{Key, key_reference};

    #[test]
    fn no_mapping_has_a_key_twice() {
        for section in key_reference() {
            let mut names: Vec<_> = section.keys.iter().map(|key: &Key| key.name).collect();
            names.sort_unstable();
            let before = names.len();
            names.dedup();
            assert_eq!(before, names.len(), "{}", section.title);
        }
    }
}
