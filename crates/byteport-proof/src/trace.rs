// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The records of `shim/recorder.c`.

use std::collections::HashMap;

/// One operation on the folder. Files are numbered anew, for a file system gives a number again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the fields' names say what they are
pub enum Operation {
    /// A new file.
    Create { name: String, file: usize },
    /// Bytes at a place.
    Write { file: usize, offset: u64, data: Vec<u8> },
    /// Another length.
    Truncate { file: usize, length: u64 },
    /// Everything of a file is on the disk.
    Sync { file: usize },
    /// Every name is on the disk.
    SyncFolder,
    /// A name goes.
    Unlink { name: String },
    /// A name is another.
    Rename { from: String, to: String },
    /// What the program said then.
    Marker(String),
}

/// Reads a trace.
pub fn read(mut bytes: &[u8]) -> Vec<Operation> {
    let mut files = Files::default();
    let mut operations = Vec::new();
    while !bytes.is_empty() {
        operations.push(files.next(&mut bytes));
    }
    operations
}

/// The number of each file that has this number in the file system now.
#[derive(Default)]
struct Files {
    known: HashMap<u64, usize>,
    count: usize,
}

impl Files {
    fn next(&mut self, bytes: &mut &[u8]) -> Operation {
        let (kind, name_length) = (number::<4>(bytes), number::<4>(bytes));
        let (inode, offset, length) = (number::<8>(bytes), number::<8>(bytes), number::<8>(bytes));
        let name = text(take(bytes, name_length));
        match kind {
            1 => Operation::Create { name, file: self.create(inode) },
            2 => Operation::Write { file: self.known[&inode], offset, data: take(bytes, length).to_vec() },
            3 => Operation::Truncate { file: self.known[&inode], length: offset },
            4 => Operation::Sync { file: self.known[&inode] },
            5 => Operation::SyncFolder,
            6 => Operation::Unlink { name },
            7 => Operation::Rename { from: name, to: text(take(bytes, length)) },
            8 => Operation::Marker(text(take(bytes, length))),
            _ => panic!("the trace has an operation {kind}"),
        }
    }

    fn create(&mut self, inode: u64) -> usize {
        self.known.insert(inode, self.count);
        self.count += 1;
        self.count - 1
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> &'a [u8] {
    let (part, rest) = bytes.split_at(length as usize);
    *bytes = rest;
    part
}

fn number<const SIZE: usize>(bytes: &mut &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[..SIZE].copy_from_slice(take(bytes, SIZE as u64));
    u64::from_le_bytes(whole)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
