// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/download/value/NS/UID/FIELD/REF/`: the object that a value stands for, as a file.
//!
//! Choices where the API is silent:
//! - `decode` (true unless given) reads the value as base64; without it the file is the stored text.
//!   A value that is no base64 text is 400.
//! - `decompress` (true unless given) undoes zlib, gzip or bzip2 where the decoded bytes begin as
//!   such; without `decode` it means nothing. Data that is damaged is 400, and so is an object that
//!   becomes larger than both [`MOST`] and its own text: it can be had with `decompress=False`.
//!
//! Invariants: a file is whole in memory before its first byte is sent, so an error is never found
//! too late; what files hold beyond their first `FREE` bytes each comes out of one budget, until
//! the client has taken it, and a call beyond it is answered with 503; [`AT_ONCE`] objects are
//! decoded at a time.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use byteport_core::codec::{decode_object, from_base64};
use byteport_core::error::{Error, ErrorCode};
use byteport_core::model::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Names, Target};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::session::call::Call;
use crate::store::Connection;

/// The largest object that compressed data may become, in bytes.
pub const MOST: usize = 256 * 1024 * 1024;
/// Objects that may be decoded at the same time; others wait.
pub const AT_ONCE: usize = 2;
/// The first bytes of each file, which the limit on connections bounds.
const FREE: usize = 64 * 1024;
/// The budget is counted in blocks of this many bytes.
const BLOCK: usize = 4096;
/// The budget in blocks: 1 GiB, more than the largest value.
const BLOCKS: usize = 1024 * 1024 * 1024 / BLOCK;

static BUDGET: Semaphore = Semaphore::const_new(BLOCKS);
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// A share of the budget; it is free again when this is dropped.
type Share = SemaphorePermit<'static>;

/// What becomes of the stored text.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Decoded,
    Decompressed,
}

/// Answers a value as a file.
pub async fn load(State(app): State<Shared>, Path(names): Path<Names>, call: Call) -> Answer {
    call.query.allow_only(&["decode", "decompress"])?;
    let decode = call.query.flag("decode")?.unwrap_or(true);
    let decompress = call.query.flag("decompress")?.unwrap_or(true);
    let form = match (decode, decompress) {
        (false, _) => Form::Text,
        (true, false) => Form::Decoded,
        (true, true) => Form::Decompressed,
    };
    let (target, user) = (Target::checked(names)?, call.user.id);
    let read = move |connection: &_| read(connection, &target, user);
    let (name, text, share) = app.store.read(read).await?;
    let (bytes, share) = match form {
        Form::Text => (text.into_bytes(), share),
        form => decoded(text, share, form).await?,
    };
    Ok(response(&name, Bytes::from_owner(File { bytes, _share: share })))
}

/// The file's name and the stored text, with a share for it.
fn read(connection: &Connection, target: &Target, user: i64) -> Result<(String, String, Share), Failure> {
    // The length is known without reading the value.
    let length: i64 = target.find(connection, user, "octet_length(text)", |row| row.get(1))?;
    let share = share(usize::try_from(length).unwrap_or(usize::MAX))?;
    target.find(connection, user, "text", |row| {
        let time = Timestamp::from_micros(row.get(0)?).to_iso8601();
        let name = format!("{}.{time}.bin", target.address.path());
        Ok((name, row.get(1)?, share))
    })
}

/// The object of a text, and a share for it in place of the text's.
async fn decoded(text: String, share: Share, form: Form) -> Result<(Vec<u8>, Share), Failure> {
    let turn = TURNS.acquire().await.map_err(|error| Failure::internal("downloads", error))?;
    let task = tokio::task::spawn_blocking(move || {
        let most = MOST.max(text.len()) as u64;
        let object = match form {
            Form::Decompressed => decode_object(&text, most),
            _ => from_base64(&text),
        };
        drop((text, share, turn));
        object.map(|mut bytes| {
            bytes.shrink_to_fit();
            bytes
        })
    });
    let object = task.await.map_err(|error| Failure::internal("downloads", error))?;
    let bytes = object.map_err(|error| refused(&error))?;
    let share = self::share(bytes.len())?;
    Ok((bytes, share))
}

/// What to tell of a value that is no such object; not the cause, for it may repeat a part of the value.
fn refused(error: &Error) -> Failure {
    let hint = match error.code() {
        ErrorCode::AnswerTooLarge => "ask with decompress=False",
        _ => {
            "ask with decompress=False for what it is compressed, or with decode=False for the text as it is"
        }
    };
    Failure::bad(format!("the value cannot be decoded: {}; {hint}", error.message()))
}

fn share(length: usize) -> Result<Share, Failure> {
    let blocks = length.saturating_sub(FREE).div_ceil(BLOCK);
    let share = BUDGET.try_acquire_many(u32::try_from(blocks).unwrap_or(u32::MAX));
    share.map_err(|_| Failure::busy("too many large values are on their way; call again later"))
}

/// A file's bytes, and their share as long as somebody has them.
struct File {
    bytes: Vec<u8>,
    _share: Share,
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn response(name: &str, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Made of names and a time, so it is always a header's text.
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename={name}")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_bounded_and_comes_back() {
        let all = share(BLOCKS * BLOCK + FREE).expect("a share");
        assert!(share(FREE + 1).is_err() && share(usize::MAX).is_err());
        assert!(share(FREE).is_ok(), "small files need none of it");
        drop(all);
        assert!(share(FREE + 1).is_ok());
    }
}
