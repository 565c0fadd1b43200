// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An answer that the terminal does not show.
//!
//! Invariant: however the answer ends, Ctrl-C included, the terminal is as it was before.

#[cfg(unix)]
pub use unix::ask;

/// Asks on the console.
#[cfg(not(unix))]
pub fn ask(question: &str) -> std::io::Result<String> {
    rpassword::prompt_password(question)
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Read, Write as _};

    use rustix::io::{read, retry_on_intr};
    use rustix::process::{Signal, kill_process_group};
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios};
    use rustix::termios::{tcgetattr, tcgetpgrp, tcsetattr};

    const CTRL_C: u8 = 3;

    /// Asks on the terminal that is standard input. Ctrl-C interrupts the command as it does at any other time.
    pub fn ask(question: &str) -> io::Result<String> {
        let silence = Silence::begin()?;
        // What is typed is taken apart there; it must not see Ctrl-C, for it would end the process at once.
        let config = rpassword::ConfigBuilder::new().input_reader(Typed).output_writer(io::stderr()).build();
        let answer = rpassword::prompt_password_with_config(question, config);
        writeln!(io::stderr())?;
        drop(silence);
        if answer.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
            // What the terminal would have done.
            kill_process_group(tcgetpgrp(io::stdin())?, Signal::INT)?;
        }
        answer
    }

    /// While it lives, each key comes at once, unseen, and none of them is a signal.
    struct Silence(Termios);

    impl Silence {
        fn begin() -> io::Result<Silence> {
            let before = tcgetattr(io::stdin())?;
            let mut silent = before.clone();
            silent
                .local_modes
                .remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
            silent.special_codes[SpecialCodeIndex::VMIN] = 1;
            silent.special_codes[SpecialCodeIndex::VTIME] = 0;
            tcsetattr(io::stdin(), OptionalActions::Now, &silent)?;
            Ok(Silence(before))
        }
    }

    impl Drop for Silence {
        fn drop(&mut self) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0); // a terminal that is gone needs nothing
        }
    }

    /// The keys, without a buffer of ours; Ctrl-C is an error of kind `Interrupted`, and nothing else is.
    struct Typed;

    impl Read for Typed {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            let got = retry_on_intr(|| read(io::stdin(), &mut *bytes))?;
            if bytes[..got].contains(&CTRL_C) {
                return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
            }
            Ok(got)
        }
    }
}
