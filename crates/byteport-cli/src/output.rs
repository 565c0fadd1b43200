// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Standard output: results, and nothing else.

use std::io::{self, BufWriter, IsTerminal as _, Write};

/// Where results go. Not the standard library's own standard output, which takes one that is not open for writing for one
/// that is.
#[cfg(unix)]
pub fn open() -> io::Result<BufWriter<std::fs::File>> {
    use std::os::fd::AsFd as _;
    Ok(BufWriter::new(std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?)))
}

/// Where results go.
#[cfg(not(unix))]
pub fn open() -> io::Result<BufWriter<io::StdoutLock<'static>>> {
    Ok(BufWriter::new(io::stdout().lock()))
}

/// Whether somebody looks at it.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Keeps in mind whether the reader of a pipe has gone, where an error says it in words only.
pub struct Pipe<W> {
    inner: W,
    /// The reader has gone.
    pub closed: bool,
}

impl<W> Pipe<W> {
    pub fn new(inner: W) -> Pipe<W> {
        Pipe { inner, closed: false }
    }

    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        self.closed |= done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        done
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.noted(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.noted(done)
    }
}
