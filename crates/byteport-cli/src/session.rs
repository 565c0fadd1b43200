// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A session for one command: the one that `byteport login` kept, or one that begins and ends with the command.

use byteport_core::{Client, Error, ErrorCode, manage};

use crate::ask;
use crate::exit::Failure;
use crate::kept::Kept;
use crate::screen;
use crate::settings::{Name, Settings};

/// Does some work with a session.
pub fn with<T>(settings: &Settings, work: impl FnOnce(&Client) -> Result<T, Failure>) -> Result<T, Failure> {
    let client = Client::new(settings.connection()?)?;
    match kept(&client, settings)? {
        Some(kept) => resumed(&client, kept, work),
        None => {
            log_in(&client, settings)?;
            let done = work(&client);
            if let Err(error) = client.logout() {
                log::debug!(target: "byteport::session", "the session was not ended: {error}");
            }
            done
        }
    }
}

/// Logs in as the user that is set or asked for; gives the name.
pub fn log_in(client: &Client, settings: &Settings) -> Result<String, Failure> {
    let user = ask::user(settings)?;
    let password = ask::password(settings, &user)?;
    client.login(&user, &password)?;
    Ok(user)
}

/// The session that is kept, unless another user is set than its own.
fn kept(client: &Client, settings: &Settings) -> Result<Option<Kept>, Failure> {
    let kept = Kept::load(client.origin())?;
    Ok(kept.filter(|kept| settings.get(Name::User).is_none_or(|user| user == kept.user)))
}

fn resumed<T>(
    client: &Client,
    kept: Kept,
    work: impl FnOnce(&Client) -> Result<T, Failure>,
) -> Result<T, Failure> {
    client.resume_session(&kept.session)?;
    log::info!(target: "byteport::session", "the session of {} at {} is used", kept.user, client.origin());
    let done = work(client);
    keep_up(client, &kept);
    match done {
        Err(Failure::Call(error)) if error.code() == ErrorCode::Forbidden => Err(forbidden(client, error)),
        done => done,
    }
}

/// The service may give a session new cookies at any time.
fn keep_up(client: &Client, kept: &Kept) {
    let Some(session) = client.save_session().filter(|session| *session != kept.session) else { return };
    if let Err(failure) = Kept::new(client.origin(), &kept.user, session).save() {
        screen::say(&format!("warning: {}", failure.text()));
    }
}

/// The service says the same for what the user may not see and for a session that has ended: what any user may ask for tells
/// which it was.
fn forbidden(client: &Client, error: Error) -> Failure {
    match client.ask_json(manage::namespaces(None)) {
        Err(second) if second.code() == ErrorCode::Forbidden => {
            let message = "the session has ended: log in again with byteport login";
            Error::new(ErrorCode::LoginFailed, message).into()
        }
        _ => error.into(),
    }
}
