// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport login` and `byteport logout`.

use byteport_core::{Client, Error, ErrorCode};
use clap::Args;

use crate::exit::Failure;
use crate::kept::Kept;
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{screen, session};

#[derive(Args)]
pub struct LoginArgs {
    #[command(flatten)]
    user: UserArgs,
}

/// Logs in, and keeps the session. What cannot be kept is ended.
pub fn log_in(settings: &Settings) -> Result<(), Failure> {
    let client = Client::new(settings.connection()?)?;
    let user = session::log_in(&client, settings)?;
    let Some(saved) = client.save_session() else {
        let message = "the service opened a session without a csrftoken cookie, which cannot be kept";
        return Err(Error::new(ErrorCode::InvalidAnswer, message).into());
    };
    Kept::new(client.origin(), &user, saved).save().inspect_err(|_| {
        if let Err(error) = client.logout() {
            log::debug!(target: "byteport::session", "the session was not ended: {error}");
        }
    })
}

/// Forgets the session that is kept, and ends it at the service.
pub fn log_out(settings: &Settings) -> Result<(), Failure> {
    let client = Client::new(settings.connection()?)?;
    let kept = Kept::load(client.origin());
    Kept::forget(client.origin())?;
    let Some(kept) = kept? else {
        screen::say(&format!("there was no session at {}", client.origin()));
        return Ok(());
    };
    client.resume_session(&kept.session)?;
    match client.logout() {
        Err(error) if error.code() != ErrorCode::Forbidden => {
            let why = format!(
                "the session is forgotten here, but was not ended at the service: {}",
                Failure::from(error).text()
            );
            Err(Error::new(ErrorCode::Disconnected, why).into())
        }
        _ => Ok(()), // or it had ended already
    }
}
