// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Starting, serving and stopping.
//!
//! Invariants: the start line is printed when connections are taken, not before; after a clean
//! stop everything that was queued is written and the database is closed.

use std::fmt;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::app::body::Bodies;
use crate::app::{App, router};
use crate::journal;
use crate::options::Options;
use crate::seed;
use crate::server::{self, Times};
use crate::session::Logins;
use crate::store::{Store, lock, schema};

/// Why the server could not start or go on, as one sentence.
#[derive(Debug)]
pub struct RunError(String);

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RunError {}

fn failed(error: impl fmt::Display) -> RunError {
    RunError(error.to_string())
}

/// Runs the server until it is told to stop.
pub fn run(options: &Options) -> Result<(), RunError> {
    journal::set_level(options.log_level);
    let _lock = lock::take(&options.data).map_err(failed)?;
    let mut connection = schema::open(&options.data).map_err(failed)?;
    if let Some(path) = &options.seed {
        seed::load(&mut connection, path).map_err(failed)?;
        journal::info(format_args!("the seed is applied"));
    }
    let runtime = Runtime::new().map_err(failed)?;
    let (store, writer) = Store::start(connection, &options.data).map_err(failed)?;
    let outcome = runtime.block_on(serve(options, store));
    // Drops what still runs, and with it the last ways into the writer's queue.
    runtime.shutdown_timeout(Duration::from_secs(5));
    writer.join().map_err(failed)?;
    journal::info(format_args!("stopped"));
    outcome
}

async fn serve(options: &Options, store: Store) -> Result<(), RunError> {
    let listen = options.listen;
    let stop = stop_signal().map_err(failed)?;
    let listener = TcpListener::bind(listen).await;
    let listener = listener.map_err(|error| RunError(format!("cannot listen on {listen}: {error}")))?;
    announce(listener.local_addr().map_err(failed)?)?;
    let logins = Logins::default();
    let bodies = Bodies::new(options.max_body);
    let app = Arc::new(App { store: store.clone(), bodies, logins });
    let times = Times {
        idle: Duration::from_secs(options.idle_timeout),
        stop: Duration::from_secs(options.stop_timeout),
    };
    let mut lost = false;
    let stop = async {
        tokio::select! {
            () = stop => journal::info(format_args!("told to stop")),
            () = store.writer_gone() => lost = true,
        }
    };
    server::serve(listener, router::router(app), times, stop).await;
    if lost { Err(RunError("the writer thread failed".into())) } else { Ok(()) }
}

/// Prints the one line on standard output that tells the port.
fn announce(address: SocketAddr) -> Result<(), RunError> {
    journal::info(format_args!("listening on http://{address}"));
    let mut out = std::io::stdout().lock();
    let printed = writeln!(out, "byteport-server listening on http://{address}").and_then(|()| out.flush());
    printed.map_err(|error| RunError(format!("cannot print the start line: {error}")))
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
