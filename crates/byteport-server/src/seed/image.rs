// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How the files of a seed's firmwares get into the folder `media`.
//!
//! Invariants: a file is kept as `firmware/NAMESPACE/MD5/NAME`, so that one which has changed goes
//! to a new place and what is served under a path stays what it was; it is there only when it is
//! whole and on disk, and only its owner may read it there; what is there already is not written
//! again, and what nothing names any more stays until somebody removes it.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::Path;

use md5::{Digest as _, Md5};

use super::Fault;
use super::file::Seed;
use super::item::Firmware;
use crate::media::file_name;

/// A file that is being written.
const PARTIAL: &str = ".partial";

/// What a file's content is known by.
#[derive(PartialEq, Eq)]
struct Content {
    length: u64,
    digest: String,
}

/// Keeps every file that the seed names and writes into the seed what is known of it then.
pub fn keep_all(seed: &mut Seed, folder: &Path, media: Option<&Path>) -> Result<(), Fault> {
    for (space, namespace) in seed.namespaces.iter_mut().enumerate() {
        for (kind, device_type) in namespace.device_types.iter_mut().enumerate() {
            for (index, firmware) in device_type.firmware.iter_mut().enumerate() {
                let kept = keep(firmware, &namespace.name, folder, media);
                let place = || format!("namespaces[{space}].device_types[{kind}].firmware[{index}]");
                kept.map_err(|reason| Fault::new(place(), reason))?;
            }
        }
    }
    Ok(())
}

fn keep(firmware: &mut Firmware, namespace: &str, folder: &Path, media: Option<&Path>) -> Result<(), String> {
    let Some(file) = &firmware.file else { return Ok(()) };
    let media = media.ok_or("there is no folder for files: give --media DIR")?;
    let source = folder.join(file);
    let unreadable = |error| format!("file {}: {error}", source.display());
    let content = look(&source).map_err(unreadable)?;
    let is_length = firmware.filesize.is_none_or(|length| length == content.length);
    let is_digest =
        firmware.md5_digest.as_ref().is_none_or(|text| text.eq_ignore_ascii_case(&content.digest));
    if !is_length || !is_digest {
        return Err(format!("file {} has another filesize or md5_digest", source.display()));
    }
    let name = file_name(&file.to_string_lossy());
    let image = format!("firmware/{namespace}/{}/{name}", content.digest);
    put(&source, &content, &media.join(&image)).map_err(unreadable)?;
    firmware.image = Some(image);
    firmware.filesize = Some(content.length);
    firmware.md5_digest = Some(content.digest);
    Ok(())
}

/// Reads a file once, to know it.
fn look(source: &Path) -> io::Result<Content> {
    if !source.metadata()?.is_file() {
        return Err(io::Error::other("it is not a plain file"));
    }
    copy(&mut File::open(source)?, &mut io::sink())
}

fn copy(from: &mut File, to: &mut impl Write) -> io::Result<Content> {
    let (mut hash, mut length, mut block) = (Md5::new(), 0, vec![0; 256 * 1024]);
    loop {
        let count = from.read(&mut block)?;
        let bytes = block.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(Content { length, digest });
        }
        hash.update(bytes);
        to.write_all(bytes)?;
        length += count as u64;
    }
}

/// Makes a file for its owner only; one that was left there goes.
fn private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Puts a file into its place, unless it is there.
fn put(source: &Path, content: &Content, target: &Path) -> io::Result<()> {
    if target.metadata().is_ok_and(|data| data.is_file() && data.len() == content.length) {
        return Ok(());
    }
    let folder = target.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let partial = folder.join(PARTIAL);
    let mut file = private(&partial)?;
    if copy(&mut File::open(source)?, &mut file)? != *content {
        return Err(io::Error::other("it changes while it is read"));
    }
    file.sync_all()?;
    fs::rename(&partial, target)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
