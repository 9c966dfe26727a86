//! Just enough of HTTP/1.1 for both ends of a proxy, one byte after the other so that nothing is hidden.

use std::io::{self, BufRead, Read};

/// A request's or an answer's first line and headers.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// `GET / HTTP/1.1`, `HTTP/1.1 200 OK`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
}

impl Head {
    /// Reads up to the empty line; none when the other end has closed instead.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Head>> {
        let Some(line) = line(from)? else { return Ok(None) };
        let mut headers = Vec::new();
        while let Some(line) = self::line(from)?.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        Ok(Some(Head { line, headers }))
    }

    /// The value of a header, whatever its case; the first when there are several.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether a header holds this word, alone or among others, whatever its case.
    pub(crate) fn says(&self, name: &str, word: &str) -> bool {
        let value = self.header(name).unwrap_or_default();
        value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word))
    }

    /// The first line and the headers as they came.
    pub(crate) fn text(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        format!("{}\n{}", self.line, headers.collect::<String>())
    }

    /// What the body is to be read with.
    pub(crate) fn body<R: BufRead>(&self, from: R, unbounded: bool) -> Body<R> {
        let length = self.header("Content-Length").and_then(|length| length.parse().ok());
        let framing = match length {
            _ if self.says("Transfer-Encoding", "chunked") => Framing::Chunked { left: 0, first: true },
            Some(left) => Framing::Length(left),
            None if unbounded => Framing::Close,
            None => Framing::Length(0),
        };
        Body { from, framing }
    }
}

/// The bytes of a body without their framing.
#[derive(Debug)]
pub(crate) struct Body<R> {
    from: R,
    framing: Framing,
}

#[derive(Debug)]
enum Framing {
    Length(u64),
    /// How much of the current chunk is to come.
    Chunked {
        left: u64,
        first: bool,
    },
    /// Up to the end of the connection.
    Close,
}

impl<R: BufRead> Read for Body<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = match &mut self.framing {
            Framing::Close => return self.from.read(buffer),
            Framing::Length(left) => left,
            Framing::Chunked { left, first } => {
                if *left == 0 {
                    *left = next_chunk(&mut self.from, std::mem::take(first))?;
                    if *left == 0 {
                        self.framing = Framing::Length(0);
                        return Ok(0);
                    }
                }
                left
            }
        };
        let read = self.from.by_ref().take(*left).read(buffer)?;
        if read == 0 && *left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the body is cut short"));
        }
        *left -= read as u64;
        Ok(read)
    }
}

/// The length of the next chunk, 0 at the end.
fn next_chunk(from: &mut impl BufRead, first: bool) -> io::Result<u64> {
    let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "the body is cut short");
    if !first {
        line(from)?.ok_or_else(cut)?;
    }
    let size = line(from)?.ok_or_else(cut)?;
    let size = u64::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
    if size == 0 {
        line(from)?;
    }
    Ok(size)
}

/// A line without its end; none at the end of all.
fn line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = from.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::Head;

    fn body(message: &str) -> std::io::Result<String> {
        let mut from = message.as_bytes();
        let head = Head::read(&mut from)?.unwrap();
        let mut body = String::new();
        head.body(from, true).read_to_string(&mut body).map(|_| body)
    }

    #[test]
    fn every_framing_is_read() {
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\nrest";
        assert_eq!(body(chunked).unwrap(), "abcd");
        assert_eq!(body("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabrest").unwrap(), "ab");
        assert_eq!(body("HTTP/1.0 200 OK\r\n\r\nall").unwrap(), "all");
    }

    #[test]
    fn a_body_that_is_cut_short_is_an_error() {
        body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").unwrap_err();
        body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").unwrap_err();
    }
}
