// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An image from the server to its part, by as many requests as it takes.
//!
//! Invariants: every request after the first brought something, or begins anew once; a range is asked for only of an image
//! whose digest will show whether the parts belong together; nothing gets the image's name before size and digest are right.

use std::ops::ControlFlow;

use ureq::http::header::{CONTENT_RANGE, ETAG, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE};

use super::image::Image;
use super::part::{Mark, Part};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::http::transfer::{Outgoing, Progress, Transfer, copy};
use crate::http::{Client, Request};
use crate::net::is_given_up;

/// How many requests a call makes for one image.
const MOST_REQUESTS: u32 = 8;

/// An image on its way.
pub(super) struct Fetch<'a> {
    client: &'a Client,
    image: &'a Image,
    part: Part<'a>,
    /// What is written beside the part; `None` where the image cannot be gone on with.
    mark: Option<Mark>,
    /// How many bytes there will be, once that is known.
    size: Option<u64>,
    received: u64,
    /// Whether bytes of an earlier call are in the part.
    inherited: bool,
}

impl<'a> Fetch<'a> {
    /// Goes on with what is in the part, where that is of the same image.
    pub(super) fn new(client: &'a Client, image: &'a Image, mut part: Part<'a>) -> Result<Fetch<'a>> {
        let fresh = Mark::of(image);
        let left = fresh.as_ref().and_then(|mark| part.mark(mark)).filter(|_| part.len() <= image.most);
        if left.is_none() || image.size.is_some_and(|size| part.len() > size) {
            part.restart()?;
        }
        let inherited = part.len() > 0;
        Ok(Fetch { client, image, part, mark: left.or(fresh), size: image.size, received: 0, inherited })
    }

    /// Fetches what is missing, and gives the image its name; says how many bytes came.
    pub(super) fn run(mut self, progress: Option<&mut Progress<'_>>) -> Result<u64> {
        let mut nothing = |_, _| ControlFlow::Continue(());
        let done = self.complete(progress.unwrap_or(&mut nothing)).and_then(|()| self.check());
        match done {
            Ok(()) => {
                self.part.finish()?;
                Ok(self.received)
            }
            Err(error) => {
                // Why it failed says more than that what is left cannot be removed.
                let is_of_none = matches!(error.code(), ErrorCode::Integrity | ErrorCode::AnswerTooLarge);
                if is_of_none || self.part.len() == 0 {
                    let _ = self.part.remove();
                }
                Err(error)
            }
        }
    }

    fn complete(&mut self, progress: &mut Progress<'_>) -> Result<()> {
        for _ in 0..MOST_REQUESTS {
            if self.size == Some(self.part.len()) {
                return Ok(());
            }
            let before = self.received;
            match self.request(progress) {
                Ok(()) => {}
                Err(error) if self.received > before && goes_on(&error) => {
                    let name = &self.image.name;
                    log::info!(target: "byteport::http", "firmware {name:?}: goes on after: {error}");
                }
                Err(error) => return Err(error),
            }
        }
        if self.size == Some(self.part.len()) {
            return Ok(());
        }
        Err(broken_off("the image broke off time and again: try again, which goes on from here"))
    }

    /// One request: for all of the image, or for what is missing of it.
    fn request(&mut self, progress: &mut Progress<'_>) -> Result<()> {
        if self.mark.is_none() {
            self.part.restart()?;
        }
        let have = self.part.len();
        let answer = match self.client.transfer(self.client.file_call(self.question(have))) {
            Err(error) if error.status() == Some(416) && have > 0 => return self.restart(),
            answer => answer?,
        };
        match answer.status {
            206 if have > 0 => match content_range(&answer) {
                Some((start, total)) if start == have => self.expect(total)?,
                _ => return self.restart(),
            },
            200 => self.begin(&answer)?,
            _ => {
                return Err(
                    answer.unexpected("the server sends neither the image nor the part that was asked for")
                );
            }
        }
        self.receive(answer, progress)
    }

    fn question(&self, have: u64) -> Request {
        let mut request = Request::get(self.image.address.as_str());
        let validator = self.mark.as_ref().and_then(|mark| mark.validator.clone());
        let headers = [(RANGE, Some(format!("bytes={have}-"))), (IF_RANGE, validator)];
        for (name, text) in headers.into_iter().filter(|_| have > 0) {
            // What comes back without a range is the whole image, and is taken for that.
            if let Some(Ok(value)) = text.map(HeaderValue::try_from) {
                request.headers.insert(name, value);
            }
        }
        request
    }

    /// What is there is not a part of what the server has.
    fn restart(&mut self) -> Result<()> {
        (self.inherited, self.size) = (false, self.image.size);
        self.part.restart()
    }

    /// The image comes from its beginning.
    fn begin(&mut self, answer: &Transfer) -> Result<()> {
        self.restart()?;
        self.expect(answer.length())?;
        if let Some(mark) = &mut self.mark {
            // A weak tag names things that are much the same, which is not enough to put parts together (RFC 9110, 13.1.5).
            let tag = answer.header(ETAG).filter(|tag| !tag.starts_with("W/"));
            mark.validator = tag.or_else(|| answer.header(LAST_MODIFIED)).map(str::to_owned);
            self.part.set_mark(mark)?;
        }
        Ok(())
    }

    /// The server says how many bytes the whole image has.
    fn expect(&mut self, total: Option<u64>) -> Result<()> {
        match (self.size, total) {
            (Some(size), Some(total)) if size != total => {
                Err(self.wrong(&format!("the server has {total} bytes of it, and {size} are announced")))
            }
            (size, total) => {
                self.size = size.or(total);
                Ok(())
            }
        }
    }

    fn receive(&mut self, answer: Transfer, progress: &mut Progress<'_>) -> Result<()> {
        let (have, limit) = (self.part.len(), self.image.most);
        let most = self.size.map_or(limit, |size| size.min(limit));
        let mut incoming = answer.incoming(have, Some(progress));
        incoming.total = incoming.total.or(self.size);
        let incoming = incoming.up_to(most, most);
        let done =
            incoming.and_then(|mut bytes| copy(&mut bytes, &mut Outgoing::new(&mut self.part, u64::MAX)));
        self.received += self.part.len() - have;
        match done {
            Err(error) if error.code() == ErrorCode::AnswerTooLarge && self.size == Some(most) => {
                Err(self.wrong("the server sends more than is announced"))
            }
            Ok(()) => {
                // Where nobody said how long it is, it is what came.
                self.size = self.size.or(Some(self.part.len()));
                if self.part.len() > have {
                    Ok(())
                } else {
                    Err(broken_off("the server sends nothing of the image"))
                }
            }
            failed => failed,
        }
    }

    /// Whether what has come is the image.
    fn check(&self) -> Result<()> {
        if self.image.digest.is_none() || self.image.is(self.part.len(), self.part.digest()?) {
            return Ok(());
        }
        Err(self.wrong("its MD5 digest is another one than is announced"))
    }

    fn wrong(&self, what: &str) -> Error {
        let message = format!(
            "the image {:?} is not what it should be: {what}; nothing of it is kept",
            self.image.name
        );
        // What an earlier call left may be what is wrong: the next one begins anew.
        Error::new(ErrorCode::Integrity, message).in_phase(Phase::Receive).retryable(self.inherited)
    }
}

fn broken_off(message: &str) -> Error {
    Error::new(ErrorCode::Disconnected, message).in_phase(Phase::Receive)
}

/// Whether a connection that broke may be followed by another one.
fn goes_on(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::Disconnected | ErrorCode::Timeout) && !is_given_up(error)
}

/// The first byte of a part, and how many the whole has: `bytes 5-9/10`.
fn content_range(answer: &Transfer) -> Option<(u64, Option<u64>)> {
    let (range, total) = answer.header(CONTENT_RANGE)?.trim().strip_prefix("bytes ")?.split_once('/')?;
    let start = range.split_once('-')?.0.trim().parse().ok()?;
    Some((start, total.trim().parse().ok()))
}
