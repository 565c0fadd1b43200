// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Connections: accepting, limiting and ending them.
//!
//! Invariants: at most `CONNECTIONS` are open, or fewer where the process may not open as many
//! files, and each holds at most `HEAD` bytes of a
//! request's head; one on which no whole head arrives within the idle time, or whose client takes nothing of an
//! answer for as long, is closed; told to
//! stop, no new one is taken and calls under way get their bounded time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::journal;
use crate::patience::Patient;

/// Connections that may be open at the same time; more wait in the system's queue.
const CONNECTIONS: usize = 1024;
/// Open files that the process needs beside its connections.
const OTHER_FILES: usize = 64;
/// The fewest connections, however few files the process may open.
const FEWEST: usize = 16;
/// The largest head of a request, in bytes.
const HEAD: usize = 64 * 1024;
/// The most header lines in a request.
const HEADERS: usize = 100;
/// The pause after the system refused to give a connection.
const PAUSE: Duration = Duration::from_millis(100);
/// The least time between two lines in the log about that.
const QUIET: Duration = Duration::from_secs(60);

/// Time limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// For a whole head to arrive, counted from when the connection became idle; and for a client
    /// to take some of an answer.
    pub idle: Duration,
    /// For calls under way, after the server was told to stop.
    pub stop: Duration,
}

/// Serves until `stop` is ready, then finishes what is under way.
pub async fn serve(listener: TcpListener, router: Router, times: Times, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(places(open_files())));
    let mut told = None;
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(times.idle);
    http.max_buf_size(HEAD).max_headers(HEADERS);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places, &mut told) => accepted,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(Patient::new(stream, times.idle)), service));
        tokio::spawn(async move {
            let _place = place;
            if connection.await.is_err() {
                journal::trace(format_args!("a connection ended early"));
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(times.stop, graceful.shutdown()).await.is_err() {
        journal::warn(format_args!("connections that did not end in time are cut off"));
    }
}

/// The next connection, when there is room for one.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    told: &mut Option<Instant>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Small answers go out at once; where that cannot be set, they only go later.
                let _ = stream.set_nodelay(true);
                return (stream, place);
            }
            Err(error) => {
                if told.is_none_or(|time| time.elapsed() >= QUIET) {
                    journal::warn(format_args!("cannot take a connection: {error}"));
                    *told = Some(Instant::now());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// How many connections there is room for, given how many files the process may open.
fn places(files: Option<usize>) -> usize {
    let room = files.map_or(CONNECTIONS, |files| files.saturating_sub(OTHER_FILES));
    room.clamp(FEWEST, CONNECTIONS)
}

/// How many files the process may open, where the system tells it in this file.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_other_files() {
        assert_eq!(places(None), CONNECTIONS);
        assert_eq!(places(Some(1 << 20)), CONNECTIONS);
        assert_eq!(places(Some(1024)), 960);
        assert_eq!(places(Some(10)), FEWEST);
    }
}
