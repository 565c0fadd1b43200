// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Questions on a terminal for what no setting says. Without a terminal, the error tells what to set.

use std::io::{self, BufRead as _, IsTerminal as _};

use crate::exit::Failure;
use crate::settings::{Name, Settings};
use crate::{hidden, screen};

/// The API key.
pub fn key(settings: &Settings, namespace: &str) -> Result<String, Failure> {
    secret(settings, Name::Key, "API key", &format!("API key of {namespace}: "))
}

/// The user's name.
pub fn user(settings: &Settings) -> Result<String, Failure> {
    name(settings, Name::User, "user name", "User: ")
}

/// The broker's user.
pub fn broker_user(settings: &Settings) -> Result<String, Failure> {
    name(settings, Name::BrokerUser, "broker's user name", "User of the broker: ")
}

/// The broker's password.
pub fn broker_password(settings: &Settings, user: &str) -> Result<String, Failure> {
    let question = format!("Password of {user} at the broker: ");
    secret(settings, Name::BrokerPassword, "broker's password", &question)
}

/// The user's password.
pub fn password(settings: &Settings, user: &str) -> Result<String, Failure> {
    secret(settings, Name::Password, "password", &format!("Password of {user}: "))
}

fn name(settings: &Settings, name: Name, what: &str, question: &str) -> Result<String, Failure> {
    match settings.get(name) {
        Some(user) => Ok(user.to_owned()),
        None if on_terminal() => visible(question).map_err(unanswered),
        None => Err(settings.missing(name, what)),
    }
}

fn secret(settings: &Settings, name: Name, what: &str, question: &str) -> Result<String, Failure> {
    match settings.get(name) {
        Some(secret) => Ok(secret.to_owned()),
        None if on_terminal() => hidden::ask(&screen::printable(question)).map_err(unanswered),
        None => Err(settings.missing(name, what)),
    }
}

fn on_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn visible(question: &str) -> io::Result<String> {
    screen::draw(question);
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

fn unanswered(error: io::Error) -> Failure {
    Failure::missing(format!("the question was not answered: {error}"))
}
