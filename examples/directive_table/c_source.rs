//! Just enough of C to read nginx: its source keeps one strict style, so that arrays and functions can be
//! found by how they begin and end.

/// One C file without its comments.
pub(crate) struct CSource {
    text: String,
}

/// One `{ … }` of an array of structures.
pub(crate) struct Entry {
    /// Its fields, in order, trimmed.
    pub(crate) fields: Vec<String>,
    /// The `#if` it stands under, such as `NGX_HTTP_SSL`; the innermost one.
    pub(crate) condition: Option<String>,
}

impl Entry {
    /// The text of a leading `ngx_string("…")`; nothing for `ngx_null_string`.
    pub(crate) fn string(&self) -> Option<&str> {
        self.fields.first()?.strip_prefix("ngx_string(\"")?.strip_suffix("\")")
    }

    fn parse(inner: &str, condition: Option<String>) -> Entry {
        let mut fields = vec![String::new()];
        let mut depth = 0_usize;
        for character in inner.chars() {
            match character {
                ',' if depth == 0 => fields.push(String::new()),
                _ => {
                    match character {
                        '(' | '{' => depth += 1,
                        ')' | '}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    fields.last_mut().expect("there is a first field").push(character);
                }
            }
        }
        let fields = fields.iter().map(|field| field.split_whitespace().collect::<Vec<_>>().join(" "));
        Entry { fields: fields.collect(), condition }
    }
}

impl CSource {
    /// Takes the text of a file and drops its comments.
    pub(crate) fn new(text: &str) -> CSource {
        let mut kept = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("/*") {
            kept.push_str(&rest[..start]);
            rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
        }
        kept.push_str(rest);
        CSource { text: kept }
    }

    /// Every array of this element type, by name.
    pub(crate) fn arrays(&self, element: &str) -> Vec<(&str, Vec<Entry>)> {
        let mut found = Vec::new();
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(element) {
            rest = &rest[at + element.len()..];
            let Some((name, body)) = rest.split_once("[] = {") else { break };
            let name = name.trim();
            if name.chars().all(is_word) {
                let end = body.find("\n};").unwrap_or(body.len());
                found.push((name, entries(&body[..end])));
            }
        }
        found
    }

    /// The body of every function that sets a directive, by the function's name.
    pub(crate) fn setters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.match_indices("(ngx_conf_t *cf, ngx_command_t *").filter_map(|(at, _)| {
            let name = last_word(&self.text[..at]);
            let (head, rest) = self.text[at..].split_once("\n{")?;
            // A prototype ends in `;` and would borrow the next function's body.
            (!head.contains(';')).then(|| (name, &rest[..rest.find("\n}").unwrap_or(rest.len())]))
        })
    }

    /// The module whose list of directives is the array of this name: `http_proxy` for
    /// `ngx_module_t  ngx_http_proxy_module = { …, ngx_http_proxy_commands, … }`.
    pub(crate) fn module_of(&self, commands: &str) -> Option<&str> {
        self.text.match_indices("ngx_module_t").find_map(|(at, module_type)| {
            let (name, body) = self.text[at + module_type.len()..].split_once('=')?;
            let body = &body[..body.find("};").unwrap_or(body.len())];
            let mut words = body.split(|character| !is_word(character));
            (name.trim().chars().all(is_word) && words.any(|word| word == commands)).then(|| name.trim())
        })
    }

    /// Calls of a function whose second argument is the address of a named `ngx_string`: those strings.
    pub(crate) fn strings_passed_to<'a>(&'a self, function: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let call = format!("{function}(cf, &");
        let mut names = Vec::new();
        for (at, _) in self.text.match_indices(&call) {
            let rest = &self.text[at + call.len()..];
            names.push(&rest[..rest.find(|character| !is_word(character)).unwrap_or(rest.len())]);
        }
        names.into_iter().filter_map(|name| {
            let (_, value) = self.text.split_once(&format!(" {name} ="))?;
            value.trim_start().strip_prefix("ngx_string(\"")?.split('"').next()
        })
    }
}

fn entries(body: &str) -> Vec<Entry> {
    let mut conditions: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut open = String::new();
    for line in body.lines() {
        if let Some(directive) = line.strip_prefix('#') {
            match directive.split_whitespace().next() {
                Some("if" | "ifdef") => conditions.push(condition(directive)),
                Some("endif") => drop(conditions.pop()),
                _ => {}
            }
            continue;
        }
        open.push_str(line);
        open.push('\n');
        while let Some((inner, rest)) = first_braces(&open) {
            found.push(Entry::parse(inner, conditions.last().cloned()));
            open = rest.to_owned();
        }
    }
    found
}

/// The word in `if (NGX_HTTP_SSL)`, or nothing when the condition says more than one word.
fn condition(directive: &str) -> String {
    let text = directive.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    text.trim().trim_matches(['(', ')']).to_owned()
}

/// The inside of the first balanced `{ … }`, and what follows it.
fn first_braces(text: &str) -> Option<(&str, &str)> {
    let start = text.find('{')?;
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((&text[start + 1..at], &text[at + 1..])),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn last_word(text: &str) -> &str {
    text.rfind(|character| !is_word(character)).map_or(text, |at| &text[at + 1..])
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
