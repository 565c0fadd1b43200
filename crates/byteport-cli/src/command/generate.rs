// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport completions` and `byteport man`: made from the description of the command line, so they are as true as it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use byteport_core::{Error, ErrorCode};
use clap::{Args, ValueEnum};
use clap_complete::aot::{self, Bash, Fish, Zsh};

use crate::exit::Failure;
use crate::{options, output};

pub const EXAMPLES: &str = "\
Examples:
  byteport completions bash >~/.local/share/bash-completion/completions/byteport
  byteport completions zsh >/usr/local/share/zsh/site-functions/_byteport
  byteport completions fish >~/.config/fish/completions/byteport.fish";

/// A shell.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Args)]
pub struct ManArgs {
    /// The folder, which must exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut command = options::command();
    let mut script = Vec::new();
    match args.shell {
        Shell::Bash => aot::generate(Bash, &mut command, "byteport", &mut script),
        Shell::Zsh => aot::generate(Zsh, &mut command, "byteport", &mut script),
        Shell::Fish => aot::generate(Fish, &mut command, "byteport", &mut script),
    }
    let mut out = output::open()?;
    out.write_all(&script)?;
    Ok(out.flush()?)
}

/// One page for the command and one for each of its commands.
pub fn man(args: &ManArgs) -> Result<(), Failure> {
    let mut command = options::command().disable_help_subcommand(true);
    command.build();
    pages(command, &args.folder).map_err(|error| {
        let message = format!("the pages cannot be written into {}: {error}", args.folder.display());
        Error::new(ErrorCode::File, message).into()
    })
}

fn pages(command: clap::Command, folder: &Path) -> io::Result<()> {
    for deeper in command.get_subcommands().filter(|deeper| !deeper.is_hide_set()) {
        pages(deeper.clone(), folder)?;
    }
    let page = clap_mangen::Man::new(command);
    let mut text = Vec::new();
    page.render(&mut text)?;
    fs::write(folder.join(page.get_filename()), as_it_stands(&String::from_utf8_lossy(&text)))
}

/// The page with its last words, which are examples and lists, in the lines that they have.
fn as_it_stands(page: &str) -> String {
    let Some((before, notes)) = page.split_once(".SH EXTRA\n") else { return page.to_owned() };
    let end = notes.find("\n.SH ").map_or(notes.len(), |end| end + 1);
    let (notes, after) = notes.split_at(end);
    format!("{before}.SH NOTES\n.nf\n{notes}.fi\n{after}")
}
