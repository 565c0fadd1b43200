// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Looking into the file of an outbox, while a program owns it or nobody does.

use std::path::Path;

use super::clock::{Clock, SystemClock};
use super::file::{File, Looker, NO_BOUND, OpenError, Opened, Stored, Taken, owner};
use super::line::{self, Line};
use super::{Dropped, Stamp};
use crate::error::{Error, ErrorCode, Result};
use crate::http::Form;
use crate::model::Timestamp;

/// Readings in quarantine that are read at once.
const PORTION: u32 = 256;

/// The file of an outbox, open for looking only. What a program that owns it does meanwhile is seen when it is in the file.
#[derive(Debug)]
pub struct OutboxFile(Looker);

/// The accounting as the file holds it: without what the owner has in memory only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSummary {
    /// Readings that the service took.
    pub delivered: u64,
    /// Readings that wait in the file.
    pub queued: u64,
    /// Readings in the quarantine table.
    pub quarantined: u64,
    /// Readings that were given up.
    pub dropped: Dropped,
    /// Bytes on the disk: the database, its write-ahead log and the reserve.
    pub disk_bytes: u64,
    /// When the oldest block that waits was taken in, by the clock of then.
    pub oldest: Option<Timestamp>,
    /// The number of the newest reading.
    pub last_sequence: u64,
    /// The process that has the file open as its outbox.
    pub owner: Option<u32>,
}

impl FileSummary {
    /// Readings taken in since the file was made.
    pub fn accepted(&self) -> u64 {
        self.delivered + self.queued + self.quarantined + self.dropped.total()
    }
}

/// A reading in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReading {
    /// Its number.
    pub sequence: u64,
    /// The device's namespace.
    pub namespace: String,
    /// The device's UID.
    pub device: String,
    /// When it was taken.
    pub stamp: Stamp,
    /// Names and values, as texts.
    pub fields: Vec<(String, String)>,
}

/// A reading that the service refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedReading {
    /// Its number.
    pub sequence: u64,
    /// When it was refused.
    pub at: Timestamp,
    /// The HTTP status; 0 where it could not be sent at all.
    pub status: u16,
    /// The reason, in one line.
    pub why: String,
    /// What was refused.
    pub reading: StoredReading,
}

/// What a look at every reading found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Readings that wait and can be read.
    pub readings: u64,
    /// Readings that cannot be read.
    pub damaged: u64,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damaged == 0 && self.problems.is_empty()
    }
}

impl StoredReading {
    fn of(sequence: u64, line: &Line<'_>) -> StoredReading {
        let (namespace, device) = line.address.split_once('.').unwrap_or((line.address, ""));
        StoredReading {
            sequence,
            namespace: namespace.to_owned(),
            device: device.to_owned(),
            stamp: line.when.into(),
            fields: Form::parse(line.form.as_bytes()),
        }
    }
}

impl OutboxFile {
    /// Opens the file of an outbox for looking.
    ///
    /// # Errors
    /// [`ErrorCode::File`] where it cannot be read; [`ErrorCode::InvalidArgument`] where it is not there or is no outbox.
    pub fn open(path: impl AsRef<Path>) -> Result<OutboxFile> {
        Looker::open(path.as_ref()).map(OutboxFile)
    }

    /// The accounting.
    ///
    /// # Errors
    /// [`ErrorCode::File`] for a damaged file.
    pub fn summary(&self) -> Result<FileSummary> {
        self.0.at_once(|| {
            let totals = self
                .0
                .totals()?
                .ok_or_else(|| damaged(self.0.path(), "its totals are not what was written"))?;
            let oldest = self.0.next(0)?.map(|(block, _)| Timestamp::from_micros(block.taken.wall));
            Ok(FileSummary {
                delivered: totals.delivered,
                queued: totals.queued,
                quarantined: totals.quarantined,
                dropped: totals.dropped,
                disk_bytes: self.0.disk_bytes(),
                oldest,
                last_sequence: totals.next_sequence.saturating_sub(1),
                owner: owner(self.0.path()),
            })
        })
    }

    /// The readings that wait, oldest first, a block at a time in memory.
    ///
    /// # Errors
    /// [`ErrorCode::File`] for a damaged file, here or from the iterator. Single damaged readings are left out.
    pub fn readings(&self) -> Result<impl Iterator<Item = Result<StoredReading>> + '_> {
        if let Some(why) = self.0.problem() {
            return Err(damaged(self.0.path(), why));
        }
        let mut after = Some(0);
        let blocks = std::iter::from_fn(move || match self.0.next(after?).transpose()? {
            Ok((block, _)) => {
                after = Some(block.id);
                Some(Ok(block))
            }
            Err(error) => {
                after = None;
                Some(Err(error))
            }
        });
        Ok(blocks.flat_map(|block| match block {
            Ok(block) => waiting(&block).into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        }))
    }

    /// The readings in quarantine, oldest first; damaged ones are left out.
    ///
    /// # Errors
    /// [`ErrorCode::File`] for a damaged file.
    pub fn quarantined(&self) -> Result<Vec<QuarantinedReading>> {
        let (mut found, mut after) = (Vec::new(), 0);
        loop {
            let portion = self.0.refused(after, PORTION)?;
            let Some((last, _)) = portion.last() else { return Ok(found) };
            after = *last;
            for refused in portion.into_iter().filter_map(|(_, refused)| refused) {
                let Some(line) = line::read(&refused.line) else { continue };
                found.push(QuarantinedReading {
                    sequence: refused.sequence,
                    at: Timestamp::from_micros(refused.at),
                    status: refused.status,
                    reading: StoredReading::of(refused.sequence, &line),
                    why: refused.why,
                });
            }
        }
    }

    /// Reads everything, and says what is wrong. Nothing is changed.
    ///
    /// # Errors
    /// [`ErrorCode::File`] where the file can no longer be read at all. Damage is in the verdict.
    pub fn verify(&self) -> Result<Verdict> {
        if let Some(why) = self.0.problem() {
            return Ok(Verdict { problems: vec![why.to_owned()], ..Verdict::default() });
        }
        let mut verdict = Verdict::default();
        if let Err(error) = self.0.at_once(|| self.look_at_all(&mut verdict)) {
            verdict.problems.push(error.to_string());
        }
        Ok(verdict)
    }

    fn look_at_all(&self, verdict: &mut Verdict) -> Result<()> {
        verdict.problems = self.0.check()?;
        let mut after = 0;
        while let Some((block, is_sound)) = self.0.next(after)? {
            after = block.id;
            verdict.readings += block.waiting();
            verdict.damaged += u64::from(block.damaged);
            if block.damaged > 0 {
                verdict.problems.push(format!("block {after}: {} readings cannot be read", block.damaged));
            }
            if !is_sound {
                verdict.problems.push(format!("block {after}: its row is not what was written"));
            }
        }
        match self.0.totals()? {
            None => verdict.problems.push("the totals are not what was written".to_owned()),
            Some(totals) if totals.queued != verdict.readings + verdict.damaged => {
                let found = verdict.readings + verdict.damaged;
                verdict
                    .problems
                    .push(format!("{} readings should wait, and {found} are there", totals.queued));
            }
            Some(_) => {}
        }
        let mut row = 0;
        loop {
            let portion = self.0.refused(row, PORTION)?;
            let Some((last, _)) = portion.last() else { return Ok(()) };
            row = *last;
            verdict.damaged += portion.iter().filter(|(_, refused)| refused.is_none()).count() as u64;
        }
    }

    /// Puts readings in quarantine back into the queue, all or those with these numbers. They get new numbers, at the end.
    /// Gives how many.
    ///
    /// # Errors
    /// [`ErrorCode::InUse`] while a program has the file; those of [`Outbox::open`](super::Outbox::open).
    pub fn requeue(path: impl AsRef<Path>, sequences: Option<&[u64]>) -> Result<u64> {
        let clock = SystemClock;
        let uptime = u64::try_from(clock.uptime().as_micros()).unwrap_or(u64::MAX);
        let taken = Taken { wall: clock.wall().as_micros(), boot: clock.boot_id(), uptime };
        release(path.as_ref(), sequences, Some(&taken))
    }

    /// Discards readings in quarantine, all or those with these numbers. They count as dropped. Gives how many.
    ///
    /// # Errors
    /// As [`OutboxFile::requeue`].
    pub fn discard(path: impl AsRef<Path>, sequences: Option<&[u64]>) -> Result<u64> {
        release(path.as_ref(), sequences, None)
    }
}

fn release(path: &Path, sequences: Option<&[u64]>, taken: Option<&Taken>) -> Result<u64> {
    let failed = |why: &str| Error::new(ErrorCode::File, why);
    let opened = File::open(path, NO_BOUND).map_err(|error| match error {
        OpenError::Refused(error) => error,
        OpenError::Unusable(why) => failed(&why),
    })?;
    let Opened { mut file, totals, .. } = opened;
    file.release(totals, sequences, taken).map_err(|trouble| failed(trouble.text()))
}

fn waiting(block: &Stored) -> Vec<StoredReading> {
    let is_done = |slot: usize| block.done.get(slot / 8).is_some_and(|byte| byte >> (slot % 8) & 1 == 1);
    let slots =
        line::spans(&block.body).enumerate().filter(|(slot, span)| !span.is_empty() && !is_done(*slot));
    let read = slots.filter_map(|(slot, span)| Some((slot, line::read(block.body.get(span)?)?)));
    read.map(|(slot, line)| StoredReading::of(block.first + slot as u64, &line)).collect()
}

fn damaged(path: &Path, why: &str) -> Error {
    let message = format!(
        "{} is damaged ({why}): a program that opens it as its outbox saves what can be read",
        path.display()
    );
    Error::new(ErrorCode::File, message)
}
