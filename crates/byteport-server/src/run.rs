// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Starting, serving and stopping.
//!
//! Invariants: the address is taken before anything is changed; the start line is printed when
//! connections are taken, not before; after a clean stop everything that was queued is written
//! and the database is closed. A stop takes a bounded time: what is not written then was not
//! answered with 200 either.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::app::body::Bodies;
use crate::app::{App, router};
use crate::broker::Brokers;
use crate::fatal::Fatal;
use crate::journal;
use crate::media;
use crate::options::Options;
use crate::seed;
use crate::server::{self, Times};
use crate::session::Logins;
use crate::store::{Place, Store, lock};

/// The least time that changes which wait to be written get at the end.
const LEAST_END: Duration = Duration::from_secs(1);

/// Runs the server until it is told to stop.
pub fn run(options: &Options) -> Result<(), Fatal> {
    journal::set_level(options.log_level);
    let place = Place::parse(&options.data)?;
    let _lock = place.folder().map(|folder| lock::take(folder)).transpose()?;
    let runtime = Runtime::new().map_err(Fatal::new)?;
    let listener = runtime.block_on(listen(options.listen))?;
    let brokers = Brokers::open(&options.broker)?;
    let connection = place.open()?;
    let beside = || place.folder().map(|folder| folder.join(media::FOLDER));
    let media = options.media.clone().or_else(beside);
    let passwords = match &options.seed {
        Some(path) => seed::load(&connection, path, media.as_deref())?,
        None => Vec::new(),
    };
    let (store, writer) = Store::start(connection, &place)?;
    let threads = brokers.start(&store, runtime.handle())?;
    let outcome = runtime.block_on(serve(options, store, listener, (media, passwords), brokers));
    threads.end(Duration::from_secs(options.stop_timeout), LEAST_END);
    // Drops what still runs, and with it the last ways into the writer's queue.
    runtime.shutdown_timeout(Duration::from_secs(5));
    if !writer.join(Duration::from_secs(options.stop_timeout).max(LEAST_END))? {
        journal::warn(format_args!("changes that nobody was told of are given up"));
    }
    journal::info(format_args!("stopped"));
    outcome
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Fatal> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| Fatal::new(format_args!("cannot listen on {address}: {error}")))
}

async fn serve(
    options: &Options,
    store: Store,
    listener: TcpListener,
    (media, passwords): (Option<PathBuf>, Vec<seed::Password>),
    brokers: Brokers,
) -> Result<(), Fatal> {
    let stop = stop_signal().map_err(Fatal::new)?;
    announce(listener.local_addr().map_err(Fatal::new)?)?;
    let settled = seed::settle(store.clone(), passwords);
    let logins = Logins::after(settled.clone());
    let bodies = Bodies::new(options.max_body);
    let origins = options.allow_origin.clone();
    let app =
        Arc::new(App { store: store.clone(), brokers: brokers.clone(), media, bodies, logins, origins });
    let times = Times {
        idle: Duration::from_secs(options.idle_timeout),
        stop: Duration::from_secs(options.stop_timeout),
    };
    let mut lost = None;
    let stop = async {
        tokio::select! {
            () = stop => journal::info(format_args!("told to stop")),
            () = store.writer_gone() => lost = Some("the writer thread failed"),
            () = settled.failed() => lost = Some("the seed's passwords cannot be kept"),
        }
        brokers.stop();
    };
    server::serve(listener, router::router(app), times, stop).await;
    lost.map_or(Ok(()), |reason| Err(Fatal::new(reason)))
}

/// Prints the one line on standard output that tells the port.
fn announce(address: SocketAddr) -> Result<(), Fatal> {
    journal::info(format_args!("listening on http://{address}"));
    let mut out = std::io::stdout().lock();
    let printed = writeln!(out, "byteport-server listening on http://{address}").and_then(|()| out.flush());
    printed.map_err(|error| Fatal::new(format_args!("cannot print the start line: {error}")))
}

/// Ready when the process is told to stop; signals count from when this was called.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ready when the process is told to stop.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
