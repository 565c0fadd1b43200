// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Log in and out (HTTP API v1, section 4): two cookies, and a token in every form that is posted.

use ureq::http::header::SET_COOKIE;

use super::options::check_path;
use super::{Answer, Client, Form, Request};
use crate::error::{Error, ErrorCode, Phase, Result};

/// Where one logs in.
pub const LOGIN_PATH: &str = "/api/v1/login/";
const LOGOUT_PATH: &str = "/api/v1/logout/";

const SESSION_COOKIE: &str = "sessionid";
const TOKEN_COOKIE: &str = "csrftoken";
const TOKEN_FIELD: &str = "csrfmiddlewaretoken";

/// The longest cookie that is taken, in bytes; the service's have 32.
const MAX_COOKIE: usize = 4096;

/// The two cookies that the service knows, and the number of the login that they belong to.
#[derive(Default, Clone)]
pub(super) struct Session {
    token: Option<String>,
    id: Option<String>,
    login: u64,
}

impl Session {
    /// Takes in what the answer sets; an empty value or a `Max-Age` that has passed takes a cookie away.
    fn update(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let cookie = match name.trim() {
                TOKEN_COOKIE => &mut self.token,
                SESSION_COOKIE => &mut self.id,
                _ => continue,
            };
            let value = value.trim().trim_matches('"');
            let ends = parts.any(|part| {
                let age = part.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("max-age"));
                age.is_some_and(|(_, seconds)| seconds.parse::<i64>().is_ok_and(|seconds| seconds <= 0))
            });
            let kept = !ends && !value.is_empty() && value.len() <= MAX_COOKIE;
            *cookie = kept.then(|| value.to_owned());
        }
    }

    /// The `Cookie` header.
    fn header(&self) -> String {
        let pairs = [(TOKEN_COOKIE, &self.token), (SESSION_COOKIE, &self.id)];
        let set = pairs.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        set.collect::<Vec<_>>().join("; ")
    }
}

impl Client {
    /// Logs in; later session calls carry the cookies. A session from before is forgotten.
    ///
    /// # Errors
    /// [`ErrorCode::LoginFailed`] where user or password is refused, and every code of the connection.
    pub fn login(&self, username: &str, password: &str) -> Result<()> {
        self.login_at(LOGIN_PATH, username, password)
    }

    /// [`Client::login`] at a path of the caller's.
    ///
    /// # Errors
    /// As [`Client::login`].
    pub fn login_at(&self, path: &str, username: &str, password: &str) -> Result<()> {
        let deadline = self.deadline();
        self.begin_session(Session::default());
        let mut session = Session::default();
        let request = Request::get(path);
        let answer = self.exchange_by(&request, deadline)?;
        session.update(&answer);
        if !matches!(answer.status, 200..=299) {
            return Err(self.status_error(&request, &answer));
        }
        let Some(token) = &session.token else {
            return Err(login_failed("the service set no csrftoken cookie: check the host's name"));
        };
        let mut form = Form::new();
        form.add("username", username).add("password", password).add(TOKEN_FIELD, token);
        let cookies = session.header();
        let request = Request { cookies: &cookies, ..Request::post(path, form.as_str().as_bytes()) };
        // A redirect to a page for people, which is how web frameworks answer a login, is as good as a 200.
        let answer = self.exchange_once(&request, deadline)?;
        match answer.status {
            200..=299 | 302 | 303 => session.update(&answer),
            400 | 401 | 403 => {
                return Err(login_failed("user name or password refused").with_status(answer.status));
            }
            _ => return Err(self.status_error(&request, &answer)),
        }
        if session.id.is_none() {
            return Err(login_failed("user name or password refused (no session was opened)"));
        }
        self.begin_session(session);
        log::info!(target: "byteport::http", "logged in at {}", self.origin());
        Ok(())
    }

    /// Ends the session on the server and forgets its cookies, whatever the server says. Gives the answer's text.
    ///
    /// # Errors
    /// Every code of the connection and of the status.
    pub fn logout(&self) -> Result<String> {
        self.logout_at(LOGOUT_PATH)
    }

    /// [`Client::logout`] at a path of the caller's, which begins and ends with `/`.
    ///
    /// # Errors
    /// As [`Client::logout`]; [`ErrorCode::InvalidArgument`] for a path that is none.
    pub fn logout_at(&self, path: &str) -> Result<String> {
        check_path("the logout path", path)?;
        let answer = self.session_call(Request::get(path));
        self.begin_session(Session::default());
        Ok(String::from_utf8_lossy(&answer?.body).into_owned())
    }

    /// Another login's cookies, or none: what answers to calls of the one before still bring is not taken.
    fn begin_session(&self, session: Session) {
        let mut current = self.session();
        *current = Session { login: current.login + 1, ..session };
    }

    /// Sends a request with the session's cookies and takes in what the answer changes.
    pub(super) fn session_call(&self, request: Request<'_>) -> Result<Answer> {
        let session = self.session().clone();
        self.call_in(&session, request)
    }

    fn call_in(&self, session: &Session, request: Request<'_>) -> Result<Answer> {
        let cookies = session.header();
        let answer = self.call(&Request { cookies: &cookies, ..request })?;
        let mut current = self.session();
        if current.login == session.login {
            current.update(&answer);
        }
        Ok(answer)
    }

    /// Posts a form with the session's cookies and token.
    ///
    /// # Errors
    /// Every code of the connection and of the status.
    pub fn session_post(&self, path: &str, form: &Form) -> Result<Answer> {
        let session = self.session().clone();
        let mut form = form.clone();
        if let Some(token) = &session.token {
            form.add(TOKEN_FIELD, token);
        }
        self.call_in(&session, Request::post(path, form.as_str().as_bytes()))
    }
}

fn login_failed(message: &str) -> Error {
    Error::new(ErrorCode::LoginFailed, format!("login failed: {message}")).in_phase(Phase::Status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(lines: &[&str]) -> Answer {
        let headers = lines.iter().map(|line| (SET_COOKIE, line.parse().unwrap())).collect();
        Answer { status: 200, headers, body: Vec::new() }
    }

    #[test]
    fn cookies_are_set_renewed_and_taken_away() {
        let mut session = Session::default();
        session.update(&answer(&[
            "csrftoken=A; Path=/; HttpOnly",
            "sessionid=\"B\"",
            "bad",
            "=x; Max-Age=0",
        ]));
        assert_eq!(session.header(), "csrftoken=A; sessionid=B");
        session.update(&answer(&["csrftoken=C", "sessionid=B; Max-Age=0"]));
        assert_eq!(session.header(), "csrftoken=C");
    }
}
