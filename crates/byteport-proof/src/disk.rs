// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A folder as a power cut leaves it.
//!
//! Invariants: what was forced onto the disk is there. Of what was done to a file since its last sync, any part may be there,
//! sector by sector; of the names since the folder's last sync, too. Nothing else is there.

use std::collections::BTreeMap;
use std::path::Path;

use crate::trace::Operation;

/// What a disk writes in one piece.
const SECTOR: usize = 512;

/// The folder after some operations.
#[derive(Debug, Default)]
pub struct Disk {
    files: Vec<Layers<Vec<u8>, Change>>,
    names: Layers<BTreeMap<String, usize>, Naming>,
}

/// What is on the disk, and what may be, in the order in which it was done.
#[derive(Debug, Default)]
struct Layers<Content, Step> {
    synced: Content,
    pending: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Truncate(usize),
}

#[derive(Debug, Clone, Default)]
struct Naming {
    set: Option<(String, usize)>,
    removed: Option<String>,
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Truncate(length) => content.resize(*length, 0),
            Self::Write { offset, data } => {
                let end = offset + data.len();
                content.resize(content.len().max(end), 0);
                content[*offset..end].copy_from_slice(data);
            }
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        if let Some(name) = &self.removed {
            names.remove(name);
        }
        if let Some((name, file)) = &self.set {
            names.insert(name.clone(), *file);
        }
    }
}

impl Disk {
    /// One more operation.
    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Create { name, file } => {
                assert_eq!(*file, self.files.len());
                self.files.push(Layers { synced: Vec::new(), pending: Vec::new() });
                self.name(Some((name.clone(), *file)), None);
            }
            Operation::Write { file, offset, data } => self.write(*file, *offset as usize, data),
            Operation::Truncate { file, length } => {
                self.files[*file].pending.push(Change::Truncate(*length as usize))
            }
            Operation::Sync { file } => {
                let file = &mut self.files[*file];
                file.pending.drain(..).for_each(|change| change.apply(&mut file.synced));
            }
            Operation::SyncFolder => {
                let names = &mut self.names;
                names.pending.drain(..).for_each(|naming| naming.apply(&mut names.synced));
            }
            Operation::Unlink { name } => self.name(None, Some(name.clone())),
            Operation::Rename { from, to } => {
                let file = self.now()[from];
                self.name(Some((to.clone(), file)), Some(from.clone()));
            }
            Operation::Marker(_) => {}
        }
    }

    fn name(&mut self, set: Option<(String, usize)>, removed: Option<String>) {
        self.names.pending.push(Naming { set, removed });
    }

    fn write(&mut self, file: usize, mut offset: usize, mut data: &[u8]) {
        while !data.is_empty() {
            let (part, rest) = data.split_at(data.len().min(SECTOR - offset % SECTOR));
            self.files[file].pending.push(Change::Write { offset, data: part.to_vec() });
            (offset, data) = (offset + part.len(), rest);
        }
    }

    /// The names as a process sees them now.
    fn now(&self) -> BTreeMap<String, usize> {
        let mut names = self.names.synced.clone();
        self.names.pending.iter().for_each(|naming| naming.apply(&mut names));
        names
    }

    /// Makes the folder of a power cut now; `keeps` says of each thing that was not synced whether it is there.
    pub fn cut(&self, folder: &Path, keeps: &mut dyn FnMut() -> bool) {
        let mut names = self.names.synced.clone();
        self.names.pending.iter().filter(|_| keeps()).for_each(|naming| naming.apply(&mut names));
        for (name, file) in names {
            let file = &self.files[file];
            let mut content = file.synced.clone();
            file.pending.iter().filter(|_| keeps()).for_each(|change| change.apply(&mut content));
            std::fs::write(folder.join(name), content).unwrap();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(disk: &Disk, keeps: bool) -> Vec<(String, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        disk.cut(folder.path(), &mut || keeps);
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> = names
            .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }

    #[test]
    fn what_is_synced_stays_and_the_rest_may_go() {
        let mut disk = Disk::default();
        let write = |offset, data: &[u8]| Operation::Write { file: 0, offset, data: data.to_vec() };
        disk.apply(&Operation::Create { name: "a".into(), file: 0 });
        disk.apply(&write(0, b"one"));
        disk.apply(&Operation::Sync { file: 0 });
        assert_eq!(cut(&disk, false), []);
        disk.apply(&Operation::SyncFolder);
        disk.apply(&write(3, b"two"));
        disk.apply(&Operation::Rename { from: "a".into(), to: "b".into() });
        assert_eq!(cut(&disk, false), [("a".into(), b"one".to_vec())]);
        assert_eq!(cut(&disk, true), [("b".into(), b"onetwo".to_vec())]);
        disk.apply(&write(1000, &[7; 600]));
        let mut turn = false;
        let folder = tempfile::tempdir().unwrap();
        disk.cut(folder.path(), &mut || {
            turn = !turn;
            turn
        });
        let half = std::fs::read(folder.path().join("b")).unwrap();
        assert_eq!(
            half.len(),
            1600,
            "the first and the last sector of three are there, the middle one is not"
        );
        assert_eq!((half[1000], half[1030], half[1599]), (7, 0, 7));
    }
}
