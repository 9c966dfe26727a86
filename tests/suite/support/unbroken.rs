//! A socket whose time-outs do not end it early.
//!
//! Where a socket has a time-out, Linux breaks its calls off with `EINTR` when the process was stopped and goes on
//! (signal(7)), as a machine does that is paused: that is no news of the other side.

use std::io::{self, ErrorKind, Read, Write};

/// Goes on reading and writing where it was interrupted.
#[derive(Debug)]
pub(crate) struct Unbroken<S>(pub(crate) S);

fn unbroken<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

impl<S: Read> Read for Unbroken<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        unbroken(|| self.0.read(buffer))
    }
}

impl<S: Write> Write for Unbroken<S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        unbroken(|| self.0.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        unbroken(|| self.0.flush())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind, Read};

    use super::Unbroken;

    struct Broken(usize);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 | 2 => Err(ErrorKind::Interrupted.into()),
                _ => {
                    buffer[0] = b'a';
                    Ok(1)
                }
            }
        }
    }

    #[test]
    fn an_interruption_is_not_told() {
        assert_eq!(Unbroken(Broken(0)).read(&mut [0; 4]).unwrap(), 1);
    }
}
