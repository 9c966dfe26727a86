//! Where a block of Lua ends: `OpenResty` puts Lua text between braces, which nginx's own rules cannot read.

/// The offset of the `}` that closes a Lua block whose text starts at `at`; `None` when there is none.
///
/// Braces in strings and comments do not count, as in lua-nginx-module's own lexer.
pub(super) fn block_end(text: &str, mut at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'{' => depth += 1,
            b'"' | b'\'' => at = string_end(bytes, at),
            b'[' => at = long_end(bytes, at).unwrap_or(at),
            b'-' if bytes[at..].starts_with(b"--") => at = comment_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The last byte of a quoted string; Lua ends one at its quote, and an unclosed one at the end of its line.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == bytes[start] => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The last byte of `[[…]]`, `[=[…]=]` and so on; `None` when no long bracket opens at `start`.
fn long_end(bytes: &[u8], start: usize) -> Option<usize> {
    let level = bytes[start + 1..].iter().take_while(|&&byte| byte == b'=').count();
    if bytes.get(start + 1 + level) != Some(&b'[') {
        return None;
    }
    let mut at = start + 2 + level;
    while at < bytes.len() {
        if bytes[at] == b']' {
            let equals = bytes[at + 1..].iter().take_while(|&&byte| byte == b'=').count();
            if equals == level && bytes.get(at + 1 + equals) == Some(&b']') {
                return Some(at + 1 + equals);
            }
            at += equals;
        }
        at += 1;
    }
    Some(bytes.len())
}

fn comment_end(bytes: &[u8], start: usize) -> usize {
    let long = bytes.get(start + 2).filter(|&&byte| byte == b'[').and_then(|_| long_end(bytes, start + 2));
    let line =
        || bytes[start..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| start + end);
    long.unwrap_or_else(line)
}

#[cfg(test)]
mod tests {
    use super::block_end;

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        for body in [
            " return { a = {} } ",
            r#" ngx.say("}", '}\'}') "#,
            "\n-- it's }\n local x = [==[ } ]] } ]==] \n",
            " --[[ }\n} ]] ",
            " a[1] = b[[[}]]] ",
        ] {
            let text = format!("{body}}} rest");
            assert_eq!(block_end(&text, 0), Some(body.len()), "{body}");
        }
        assert_eq!(block_end("never { closed", 0), None);
        assert_eq!(block_end("\"[[ --", 0), None);
    }
}
