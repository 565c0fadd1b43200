// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /media/PATH`: the files of firmwares, kept in the folder of `--media`, or under
//! `DATA/media/`.
//!
//! Choices where the API is silent: `PATH` is the `image` of a firmware, and whoever is logged in and
//! may see its namespace may read it; anything else is 404. A range is answered with 206, so that a
//! download that was broken off goes on; several ranges at once are answered with the whole file. The
//! `ETag` changes with the file, and `If-Range` with another one asks for the whole file.
//!
//! Invariants: only a path that a firmware names is looked for, and only a plain file that lies within
//! the folder is sent, whatever links there are; a file is read in blocks, each when the client
//! has taken the one before the last.

pub mod slice;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path};
use std::time::UNIX_EPOCH;

use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::parts::{self, Ended, Sender};
use crate::session;
use crate::store::Connection;
use crate::values;
use slice::Slice;

/// The folder's name in the data folder.
pub const FOLDER: &str = "media";
/// Bytes that are read in one go.
const BLOCK: u64 = 256 * 1024;

/// A file that is to be sent.
struct Found {
    file: File,
    length: u64,
    /// Names this content of the file.
    tag: String,
}

/// Sends the file of a firmware.
pub async fn send(State(app): State<Shared>, UrlPath(path): UrlPath<String>, headers: HeaderMap) -> Answer {
    let user = session::require(&app, &headers).await?.id;
    let (wanted, folder) = (path.clone(), app.media.clone());
    let open = move |connection: &_| {
        let is_known = is_image(connection, user, &wanted)?;
        let folder = folder.filter(|_| is_known);
        folder.and_then(|folder| open(&folder, &wanted)).ok_or_else(missing)
    };
    let found = app.store.read(open).await?;
    let range = headers.get(header::RANGE).filter(|_| is_same(&headers, &found.tag));
    let slice =
        range.map_or(Slice::Whole, |range| Slice::parse(range.to_str().unwrap_or_default(), found.length));
    respond(found, &slice, &path)
}

fn missing() -> Failure {
    Failure::missing("no such image")
}

/// Whether a firmware that the user may see names this path.
fn is_image(connection: &Connection, user: i64, path: &str) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM firmware JOIN device_type ON device_type.id = firmware.device_type_id
               JOIN user_namespace ON user_namespace.namespace_id = device_type.namespace_id
               WHERE user_namespace.user_id = ?1 AND firmware.image = ?2";
    Ok(connection.exists(sql, values![user, path])?)
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::internal("media", error))
}

/// Opens a plain file within the folder.
fn open(folder: &Path, path: &str) -> Option<Found> {
    let path = Path::new(path);
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let folder = folder.canonicalize().ok()?;
    let path = folder.join(path).canonicalize().ok()?;
    // Looked at before it is opened, for opening a pipe would wait.
    if !path.starts_with(&folder) || !path.metadata().ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let data = file.metadata().ok()?;
    let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let tag = format!("\"{:x}-{:x}\"", data.len(), changed.as_nanos());
    Some(Found { file, length: data.len(), tag })
}

/// Whether a range is still one of the file that the client has a part of.
fn is_same(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|given| given.as_bytes() == tag.as_bytes())
}

fn respond(found: Found, slice: &Slice, path: &str) -> Answer {
    let length = found.length;
    let (status, from, count) = match *slice {
        Slice::Whole => (StatusCode::OK, 0, length),
        Slice::Part(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Slice::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    let mut headers = vec![
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, count.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(path))),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, found.tag.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    match *slice {
        Slice::Whole => {}
        Slice::Part(first, last) => {
            headers.push((header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}")));
        }
        Slice::Beyond => headers.push((header::CONTENT_RANGE, format!("bytes */{length}"))),
    }
    let body = if count == 0 { Body::empty() } else { blocks(found.file, from, count) };
    with_headers(status, headers, body)
}

fn with_headers(status: StatusCode, headers: Vec<(HeaderName, String)>, body: Body) -> Answer {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).map_err(|error| Failure::internal("media", error))?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// The name under which a browser keeps a file; what could mean something there becomes `_`.
pub fn file_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    let plain = |character: char| match character {
        '.' | '-' | '_' | '+' => character,
        _ if character.is_ascii_alphanumeric() => character,
        _ => '_',
    };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "image".to_owned() } else { name.to_owned() }
}

/// A body of these bytes of a file.
fn blocks(file: File, from: u64, count: u64) -> Body {
    parts::body(move |sender| send_blocks(file, from, count, sender))
}

async fn send_blocks(mut file: File, from: u64, mut count: u64, sender: Sender) -> Result<(), Ended> {
    file.seek(SeekFrom::Start(from)).map_err(|error| Failure::internal("media", error))?;
    while count > 0 {
        let (rest, block) = off_thread(move || read(file, count.min(BLOCK))).await??;
        (file, count) = (rest, count - block.len() as u64);
        sender.send(block).await?;
    }
    Ok(())
}

fn read(mut file: File, count: u64) -> Result<(File, Bytes), Failure> {
    let mut block = Vec::new();
    let read = file.by_ref().take(count).read_to_end(&mut block);
    match read.map_err(|error| Failure::internal("media", error))? {
        0 => Err(Failure::internal("media", "a file became shorter while it was sent")),
        _ => Ok((file, block.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert_eq!(file_name("a/b/fw-1.0.bin"), "fw-1.0.bin");
        assert_eq!(file_name("a\"\r\n;å.bin"), "a_____.bin");
        assert_eq!((file_name("a/.."), file_name("")), ("image".into(), "image".into()));
    }
}
