//! From one nginx source tree to the rows of the table.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::c_source::{CSource, Entry};

/// What nginx's source says of its directives and variables.
pub(crate) struct Extract {
    /// Rows of `directives.tsv`, without the versions.
    pub(crate) directives: BTreeSet<String>,
    /// Rows of `variables.tsv`, without the versions.
    pub(crate) variables: BTreeSet<String>,
}

/// Reads the tree at `root`, the folder that holds `src` and `auto`.
///
/// # Errors
/// When a file cannot be read.
///
/// # Panics
/// When the source holds a macro or a block this program does not know: then it has to learn it.
pub(crate) fn extract(root: &Path) -> io::Result<Extract> {
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files)?;
    let sources: Vec<CSource> = files
        .iter()
        .map(|file| Ok(CSource::new(&String::from_utf8_lossy(&fs::read(file)?))))
        .collect::<io::Result<_>>()?;
    let options = fs::read_to_string(root.join("auto/options"))?;
    let setters = sources.iter().flat_map(CSource::setters).collect();
    let reader = Reader { options: &options, setters, values: values(&sources) };
    let mut directives = BTreeSet::new();
    let mut variables = BTreeSet::new();
    for source in &sources {
        for (array, entries) in source.arrays("ngx_command_t ") {
            let module = source.module_of(array).unwrap_or_else(|| panic!("no module has {array}"));
            let rows = entries.iter().filter(|entry| entry.string().is_some());
            directives.extend(rows.map(|entry| reader.directive(short(module), entry)));
        }
        variables.extend(variables_of(source));
    }
    Ok(Extract { directives, variables })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "c") {
            files.push(path);
        }
    }
    Ok(())
}

/// The words of every enumeration and bit mask, by the array's name.
fn values(sources: &[CSource]) -> BTreeMap<String, String> {
    let arrays = sources.iter().flat_map(|source| {
        source.arrays("ngx_conf_enum_t ").into_iter().chain(source.arrays("ngx_conf_bitmask_t "))
    });
    arrays
        .map(|(name, entries)| {
            let words: Vec<&str> = entries.iter().filter_map(Entry::string).collect();
            (name.to_owned(), words.join("|"))
        })
        .collect()
}

fn variables_of(source: &CSource) -> Vec<String> {
    let mut rows = Vec::new();
    for language in ["http", "stream"] {
        for (_, entries) in source.arrays(&format!("ngx_{language}_variable_t ")) {
            for entry in &entries {
                let Some(name) = entry.string() else { continue };
                let prefix = entry.fields.iter().any(|field| field.contains("_VAR_PREFIX"));
                rows.push(format!("{name}{}\t{language}", if prefix { "*" } else { "" }));
            }
        }
        let added = source.strings_passed_to(&format!("ngx_{language}_add_variable"));
        rows.extend(added.map(|name| format!("{name}\t{language}")));
    }
    rows
}

/// `http_proxy` for `ngx_http_proxy_module`.
fn short(module: &str) -> &str {
    let module = module.strip_prefix("ngx_").unwrap_or(module);
    module.strip_suffix("_module").unwrap_or(module)
}

struct Reader<'a> {
    options: &'a str,
    setters: HashMap<&'a str, &'a str>,
    values: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn directive(&self, module: &str, entry: &Entry) -> String {
        let name = entry.string().expect("only named entries are read");
        let [_, flags, setter, .., post] = entry.fields.as_slice() else {
            panic!("{name} is no ngx_command_t")
        };
        let flags = flags.split('|').map(str::trim);
        let (mut contexts, mut arguments, mut block) = (Vec::new(), Vec::new(), false);
        for flag in flags {
            match flag {
                "NGX_CONF_BLOCK" => block = true,
                "NGX_DIRECT_CONF" => {}
                _ => match context(flag) {
                    Some(context) => contexts.push(context),
                    None => arguments.push(arity(flag).unwrap_or_else(|| panic!("{name}: unknown {flag}"))),
                },
            }
        }
        let mut traits = Vec::new();
        if self.once(setter) {
            traits.push("once");
        }
        if self.reads_variables(name, setter) {
            traits.push("variables");
        }
        let opens = if block { self.opens(name, setter) } else { "-".to_owned() };
        let value = self.value(setter, post);
        let needs = self.needs(module, entry.condition.as_deref());
        let (contexts, arguments, traits) =
            (contexts.join(" "), arguments.join(","), or_dash(traits.join(" ")));
        format!("{name}\t{module}\t{contexts}\t{arguments}\t{opens}\t{value}\t{traits}\t{needs}")
    }

    /// What the setter makes of the arguments.
    fn value(&self, setter: &str, post: &str) -> String {
        let words = |kind: &str| {
            let array = post.trim_start_matches('&');
            let words = self.values.get(array).unwrap_or_else(|| panic!("no array {array}"));
            format!("{kind} {words}")
        };
        match setter {
            "ngx_conf_set_enum_slot" => return words("enum"),
            "ngx_conf_set_bitmask_slot" => return words("set"),
            _ if setter.ends_with("_obsolete") || post.contains("_deprecated") => {
                return "obsolete".to_owned();
            }
            _ => {}
        }
        let slot = |prefix| setter.strip_prefix(prefix).and_then(|rest| rest.strip_suffix("_slot"));
        let kind =
            slot("ngx_conf_set_").or_else(|| slot("ngx_http_set_")).or_else(|| slot("ngx_stream_set_"));
        let kind = match kind {
            Some("num") => "number",
            Some("off") => "offset",
            Some("str") => "text",
            Some("str_array") => "texts",
            Some("bufs") => "buffers",
            Some("complex_value" | "complex_value_zero") => "complex",
            Some("complex_value_size") => "complex-size",
            Some(kind @ ("flag" | "size" | "msec" | "sec" | "keyval" | "path" | "access" | "predicate")) => {
                kind
            }
            _ => "special",
        };
        kind.to_owned()
    }

    /// Whether a second one in the same block `is duplicate`: the setter says so before it looks at anything
    /// else. A test on `NULL` or 0 speaks of an earlier `off`, one inside a loop of a repeated parameter.
    fn once(&self, setter: &str) -> bool {
        if setter == "ngx_http_core_root" {
            return true; // the same under a second `if`, which tells `root` from `alias` for the wording
        }
        let Some(body) = self.setters.get(setter) else { return false };
        let said = body.match_indices("return \"is duplicate\";").any(|(at, _)| {
            let test = body[..at].rfind("\n    if (").map_or("", |start| &body[start..at]);
            test.matches("if (").count() == 1 && !test.contains("== NULL") && !test.contains("== 0")
        });
        said || self.delegate(setter).is_some_and(|slot| self.once(slot))
    }

    /// Whether the setter, or what later reads the values it gathers, compiles variables.
    fn reads_variables(&self, name: &str, setter: &str) -> bool {
        const GATHERED: [&str; 6] = [
            "proxy_set_header",
            "grpc_set_header",
            "fastcgi_param",
            "uwsgi_param",
            "scgi_param",
            "log_format",
        ];
        let Some(body) = self.setters.get(setter) else { return false };
        let calls = ["_compile_complex_value(", "_script_compile(", "_rewrite_value(", "_log_set_log("];
        GATHERED.contains(&name)
            || calls.iter().any(|call| body.contains(call))
            || self.delegate(setter).is_some_and(|slot| self.reads_variables(name, slot))
    }

    /// The general slot a setter hands its work to.
    fn delegate(&self, setter: &str) -> Option<&str> {
        let body = self.setters.get(setter)?;
        let at = body.find("_slot(cf, cmd, conf)")?;
        let start = body[..at].rfind(|character: char| !character.is_alphanumeric() && character != '_')? + 1;
        let slot = &body[start..at + "_slot".len()];
        (slot != setter).then_some(slot)
    }

    /// In which context the body of a block is read: the type the setter gives the parser, or `entries` where
    /// it hands every line to a function of its own.
    fn opens(&self, name: &str, setter: &str) -> String {
        let body = self.setters.get(setter).unwrap_or_else(|| panic!("{name}: no function {setter}"));
        if body.contains(" cf->handler = ") {
            return "entries".to_owned();
        }
        let types = body.split(" cf->cmd_type = ").skip(1);
        let words: Vec<&str> = types.filter_map(|rest| context(rest.split(';').next()?)).collect();
        assert!(!words.is_empty(), "{name}: {setter} opens no context");
        words.join(" ")
    }

    /// The configure option without which nginx has no such directive.
    fn needs(&self, module: &str, condition: Option<&str>) -> String {
        let has = |option: &str| self.options.contains(&format!("--{option})"));
        let own = format!("with-{module}_module");
        let shorter = format!("with-{}_module", module.trim_end_matches("_filter"));
        let by_condition = match condition {
            Some("NGX_HTTP_SSL") => Some("with-http_ssl_module"),
            Some("NGX_STREAM_SSL") => Some("with-stream_ssl_module"),
            _ => None,
        };
        let language = match module.split('_').next() {
            Some("stream") => "with-stream",
            Some("mail") => "with-mail",
            _ => "-",
        };
        let found = [own, shorter].into_iter().find(|option| has(option));
        found.or(by_condition.map(str::to_owned)).unwrap_or_else(|| language.to_owned())
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

fn context(flag: &str) -> Option<&'static str> {
    Some(match flag {
        "NGX_MAIN_CONF" => "main",
        "NGX_ANY_CONF" => "any",
        "NGX_EVENT_CONF" => "events",
        "NGX_HTTP_MAIN_CONF" => "http",
        "NGX_HTTP_SRV_CONF" => "server",
        "NGX_HTTP_LOC_CONF" => "location",
        "NGX_HTTP_UPS_CONF" => "upstream",
        "NGX_HTTP_SIF_CONF" => "server-if",
        "NGX_HTTP_LIF_CONF" => "location-if",
        "NGX_HTTP_LMT_CONF" => "limit_except",
        "NGX_STREAM_MAIN_CONF" => "stream",
        "NGX_STREAM_SRV_CONF" => "stream-server",
        "NGX_STREAM_UPS_CONF" => "stream-upstream",
        "NGX_MAIL_MAIN_CONF" => "mail",
        "NGX_MAIL_SRV_CONF" => "mail-server",
        _ => return None,
    })
}

fn arity(flag: &str) -> Option<String> {
    let counts = match flag {
        "NGX_CONF_FLAG" => "1",
        "NGX_CONF_NOARGS" => "0",
        "NGX_CONF_ANY" => "0+",
        "NGX_CONF_1MORE" => "1+",
        "NGX_CONF_2MORE" => "2+",
        _ => {
            let digits = flag.strip_prefix("NGX_CONF_TAKE")?;
            return Some(digits.chars().map(String::from).collect::<Vec<_>>().join(","));
        }
    };
    Some(counts.to_owned())
}
