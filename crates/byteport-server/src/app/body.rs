// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading request bodies.
//!
//! Invariants: one body is at most `--max-body` bytes; what bodies hold beyond their first `FREE`
//! bytes each comes out of one budget that all share, and a call beyond it is answered with 503, so
//! that large bodies never keep small calls out; a body that comes
//! too slowly is given up ([`pace`](super::pace)). A client whose body is
//! refused can read the answer: what it still sends is read and thrown away for `DRAIN`, so that
//! the connection is not reset under it. Decoded and on its way into the database, a body takes
//! about three times its length of memory for a while, and some hundred bytes more for each part:
//! a form and a list of packets have 65,536 parts at most. Large ones are decoded off the async threads.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::pace::Pace;
use crate::answer::Failure;
use crate::form::Form;

/// How long the rest of a refused body is read and thrown away.
const DRAIN: Duration = Duration::from_secs(30);
/// The first bytes of each body, which the limit on connections bounds; also what is decoded on
/// the spot.
const FREE: usize = 64 * 1024;
/// The budget is counted in blocks of this many bytes.
const BLOCK: usize = 4096;
/// The part of the budget that is there whatever `--max-body` is.
const SPARE: usize = 64 * 1024 * 1024;

/// A share of the memory budget; it is free again when this is dropped.
pub type Share = OwnedSemaphorePermit;

/// A form that came as a body, and its share of the budget.
pub struct Posted {
    /// The decoded pairs.
    pub form: Form,
    /// To be kept as long as the pairs are.
    pub share: Share,
}

/// Reads request bodies, within limits.
pub struct Bodies {
    largest: usize,
    budget: Arc<Semaphore>,
}

impl Bodies {
    /// Bodies of at most this many bytes each.
    #[must_use]
    pub fn new(largest: u64) -> Self {
        let largest = usize::try_from(largest).unwrap_or(usize::MAX / 4);
        let blocks = (2 * largest + SPARE) / BLOCK;
        Self { largest, budget: Arc::new(Semaphore::new(blocks.min(Semaphore::MAX_PERMITS))) }
    }

    /// Reads a form body of any allowed size.
    pub async fn form(&self, headers: &HeaderMap, body: Body) -> Result<Posted, Failure> {
        self.form_up_to(self.largest, headers, body).await
    }

    /// Reads a form body of at most this size.
    pub async fn form_up_to(
        &self,
        largest: usize,
        headers: &HeaderMap,
        mut body: Body,
    ) -> Result<Posted, Failure> {
        let read = self.read(largest.min(self.largest), headers, &mut body).await;
        match read {
            Ok((bytes, share)) => {
                let length = bytes.len();
                parsed(length, move || Ok(Posted { form: Form::parse(&bytes)?, share })).await?
            }
            Err(failure) => {
                drain(headers, body);
                Err(failure)
            }
        }
    }

    async fn read(
        &self,
        largest: usize,
        headers: &HeaderMap,
        body: &mut Body,
    ) -> Result<(Vec<u8>, Share), Failure> {
        let announced = announced_length(headers);
        if announced.is_some_and(|length| length > largest as u64) {
            return Err(too_large(largest));
        }
        check_kind(headers)?;
        let mut pace = Pace::new(Instant::now());
        let mut bytes = Vec::new();
        let mut share = self.grow(0, 0)?;
        while let Some(data) = next_data(body, pace.end(Instant::now())).await? {
            if bytes.len() + data.len() > largest {
                return Err(too_large(largest));
            }
            share.merge(self.grow(bytes.len(), bytes.len() + data.len())?);
            bytes.extend_from_slice(&data);
            pace.came(data.len(), Instant::now());
        }
        Ok((bytes, share))
    }

    /// The share that a body needs more when it grows from one length to another.
    fn grow(&self, from: usize, to: usize) -> Result<Share, Failure> {
        let paid = |length: usize| length.saturating_sub(FREE).div_ceil(BLOCK);
        let blocks = paid(to) - paid(from);
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        let share = Arc::clone(&self.budget).try_acquire_many_owned(blocks);
        share.map_err(|_| Failure::busy("too many large requests at once"))
    }
}

/// Runs a parser, that of a long text off the async threads.
pub async fn parsed<T: Send + 'static>(
    length: usize,
    parse: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    if length <= FREE {
        return Ok(parse());
    }
    let done = tokio::task::spawn_blocking(parse).await;
    done.map_err(|error| Failure::internal("parser", error))
}

/// The next bytes of a body; `None` at its end.
async fn next_data(body: &mut Body, end: Instant) -> Result<Option<axum::body::Bytes>, Failure> {
    loop {
        let late = |_| Failure::new(StatusCode::REQUEST_TIMEOUT, "the body took too long");
        match timeout_at(end, body.frame()).await.map_err(late)? {
            None => return Ok(None),
            Some(Err(_)) => return Err(Failure::bad("the body is not complete")),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn too_large(largest: usize) -> Failure {
    let reason = format!("the body is larger than {largest} bytes");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, reason)
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Only form bodies are read; a body without a type is taken as one.
fn check_kind(headers: &HeaderMap) -> Result<(), Failure> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    let reason = "the body must be application/x-www-form-urlencoded";
    Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason))
}

/// Reads and throws away what a client still sends, so that it can read its answer.
pub fn drain(headers: &HeaderMap, mut body: Body) {
    if headers.contains_key(header::EXPECT) {
        return; // The client waits for a word before it sends, and the answer is that word.
    }
    tokio::spawn(timeout(DRAIN, async move { while let Some(Ok(_)) = body.frame().await {} }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_bounded_and_comes_back() {
        let bodies = Bodies::new(1);
        let all = bodies.grow(0, FREE + SPARE).expect("a share");
        let refused = bodies.grow(FREE, FREE + 1).map(|_| ()).map_err(|failure| failure.status());
        assert_eq!(refused, Err(StatusCode::SERVICE_UNAVAILABLE));
        assert!(bodies.grow(0, FREE).is_ok(), "small bodies need none of it");
        drop(all);
        assert!(bodies.grow(FREE, FREE + 1).is_ok());
    }

    #[test]
    fn a_body_pays_for_each_block_once() {
        let bodies = Bodies::new(1);
        let mut share = bodies.grow(0, FREE + 1).expect("a share");
        share.merge(bodies.grow(FREE + 1, FREE + BLOCK).expect("a share"));
        share.merge(bodies.grow(FREE + BLOCK, FREE + BLOCK + 1).expect("a share"));
        assert_eq!(share.num_permits(), 2);
    }
}
