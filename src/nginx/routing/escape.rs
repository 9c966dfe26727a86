//! How nginx writes bytes into a URL (`ngx_escape_uri`) and reads some of them out of one (`ngx_unescape_uri`).

/// As nginx writes a path into the request to an upstream (`NGX_ESCAPE_URI`).
pub(super) fn path(bytes: &[u8]) -> Vec<u8> {
    escaped(bytes, is_unsafe)
}

/// As nginx writes a capture into arguments (`NGX_ESCAPE_ARGS`).
pub(super) fn args(bytes: &[u8]) -> Vec<u8> {
    escaped(bytes, |byte| is_unsafe(byte) || matches!(byte, b'&' | b'+' | b';'))
}

/// The table of nginx since 1.21.1.
fn is_unsafe(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | 0x7f.. | b'"' | b'#' | b'%' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{'..=b'}')
}

fn escaped(bytes: &[u8], is_unsafe: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if is_unsafe(byte) {
            out.extend([b'%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]);
        } else {
            out.push(byte);
        }
    }
    out
}

fn hexadecimal(digit: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(digit & 15)]
}

/// What a `rewrite` that redirects makes of the URL it wrote (`NGX_UNESCAPE_REDIRECT`): up to the first `?`, what
/// needs no `%` loses it, and a broken escape is lost.
pub(super) fn redirect(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'?', ..) => {
                out.extend_from_slice(&bytes[at..]);
                break;
            }
            (b'%', Some(high), Some(low)) => {
                let decoded = u8::try_from(high * 16 + low).unwrap_or_default();
                if decoded == b'?' {
                    out.push(decoded);
                    out.extend_from_slice(&bytes[at + 3..]);
                    break;
                }
                match decoded {
                    b'&'..=b'~' => out.push(decoded),
                    _ => out.extend_from_slice(&bytes[at..at + 3]),
                }
                at += 3;
            }
            (b'%', Some(_), None) => at += 3,
            (b'%', None, _) => at += 1,
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_redirect_keeps_what_needs_its_escape() {
        let redirect = |text: &str| String::from_utf8(super::redirect(text.as_bytes())).unwrap();
        assert_eq!(redirect("/%61%20%25%C3"), "/a%20%25%C3");
        assert_eq!(redirect("/%3Fx%61?%61"), "/?x%61?%61");
        assert_eq!(redirect("/a?%61"), "/a?%61");
        assert_eq!(redirect("/%zz%4zb%4"), "/zzb");
    }

    #[test]
    fn arguments_are_escaped_further_than_paths() {
        let bytes = "a b&c+d;\"é{~".as_bytes();
        assert_eq!(String::from_utf8(super::path(bytes)).unwrap(), "a%20b&c+d;%22%C3%A9%7B~");
        assert_eq!(String::from_utf8(super::args(bytes)).unwrap(), "a%20b%26c%2Bd%3B%22%C3%A9%7B~");
    }
}
