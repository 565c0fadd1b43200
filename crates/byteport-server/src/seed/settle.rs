// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The seed's passwords, which take too long to be checked before the server serves.
//!
//! Whether a password is still the one whose hash is kept costs a whole argon2 run, on purpose.
//! Remembering a cheap digest of it would spare the run and let whoever gets the database guess
//! cheaply; so the runs are made, some at a time, after the start.
//!
//! Invariants: until all are done no password and no session is looked at, as if the server were
//! still starting; storing with a key needs neither and goes on meanwhile. A password that cannot
//! be kept stops the server.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::answer::Failure;
use crate::journal;
use crate::session::{USER, password};
use crate::store::{self, Connection, Store};
use crate::values;

/// The most argon2 runs at the same time; each takes 19 MiB.
const AT_ONCE: usize = 4;

/// How long it waits for a database that cannot be reached.
const PAUSE: Duration = Duration::from_millis(500);

/// A password that the seed asks for.
pub struct Password {
    /// The user's row.
    pub user: i64,
    /// The password itself.
    pub text: String,
    /// The hash that is kept now; empty for a new user.
    pub kept: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    UnderWay,
    Done,
    Failed,
}

/// Tells when the passwords are in place. Cheap to clone.
#[derive(Clone)]
pub struct Settled(watch::Receiver<State>);

impl Settled {
    /// Waits until they are.
    pub async fn wait(&self) -> Result<(), Failure> {
        match self.end().await {
            State::Done => Ok(()),
            _ => Err(Failure::unavailable()),
        }
    }

    /// Returns when they cannot be put in place, and otherwise never.
    pub async fn failed(&self) {
        if self.end().await == State::Done {
            std::future::pending::<()>().await;
        }
    }

    async fn end(&self) -> State {
        let mut state = self.0.clone();
        let end = state.wait_for(|state| *state != State::UnderWay).await;
        end.map_or(State::Failed, |state| *state)
    }
}

/// Begins to put the passwords in place.
#[must_use]
pub fn settle(store: Store, passwords: Vec<Password>) -> Settled {
    let (teller, told) = watch::channel(State::UnderWay);
    tokio::spawn(async move {
        let state = match all(store, passwords).await {
            Ok(()) => State::Done,
            Err(failure) => {
                journal::error(format_args!("the seed's passwords: {}", failure.reason()));
                State::Failed
            }
        };
        // Nobody may wait for it any more.
        let _ = teller.send(state);
    });
    Settled(told)
}

async fn all(store: Store, passwords: Vec<Password>) -> Result<(), Failure> {
    let count = passwords.len();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let turns = Arc::new(Semaphore::new(threads.min(AT_ONCE)));
    let mut tasks = JoinSet::new();
    for password in passwords {
        tasks.spawn(one(store.clone(), Arc::clone(&turns), password));
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(|error| Failure::internal("seed", error))??;
    }
    if count > 0 {
        journal::info(format_args!("the seed's passwords are in place ({count})"));
    }
    Ok(())
}

async fn one(store: Store, turns: Arc<Semaphore>, mut item: Password) -> Result<(), Failure> {
    let _turn = turns.acquire_owned().await.map_err(|error| Failure::internal("seed", error))?;
    loop {
        let user = item.user;
        let task = tokio::task::spawn_blocking(move || {
            let is_kept = password::verify(&item.text, &item.kept);
            let hash = if is_kept { None } else { Some(password::hash(&item.text)?) };
            Ok::<_, Failure>((item, hash))
        });
        let hash;
        (item, hash) = task.await.map_err(|error| Failure::internal("seed", error))??;
        let Some(hash) = hash else { return Ok(()) };
        let kept = item.kept.clone();
        let change = move |connection: &_| replace(connection, user, &kept, &hash);
        match store.write(change).await {
            Ok(None) => return Ok(()),
            // Another server was faster, maybe with the same password.
            Ok(Some(other)) => item.kept = other,
            Err(failure) if failure.status() == StatusCode::SERVICE_UNAVAILABLE => sleep(PAUSE).await,
            Err(failure) => return Err(failure),
        }
    }
}

/// Keeps a user's new hash if the old one is still there; gives what is there in its place.
fn replace(connection: &Connection, user: i64, old: &str, new: &str) -> Result<Option<String>, Failure> {
    connection.lock(USER, &[user])?;
    let sql = r#"SELECT password_hash FROM "user" WHERE id = ?1"#;
    let current: String = connection.query_one(sql, values![user], |row| row.get(0))?;
    if current != old {
        return Ok(Some(current));
    }
    keep(connection, user, new)?;
    Ok(None)
}

/// Keeps a user's new hash, and ends the sessions that the old password began.
pub fn keep(connection: &Connection, user: i64, hash: &str) -> store::Result<()> {
    let sql = r#"UPDATE "user" SET password_hash = ?2 WHERE id = ?1"#;
    connection.execute(sql, values![user, hash])?;
    connection.execute("DELETE FROM session WHERE user_id = ?1", values![user])?;
    Ok(())
}
