// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Log in and out (HTTP API v1, section 4): two cookies, and a token in every form that is posted.

use std::fmt;

use serde::{Deserialize, Serialize};
use ureq::http::header::SET_COOKIE;

use super::call::Meaning;
use super::options::check_path;
use super::{Answer, Call, Client, Form, Request};
use crate::error::{Error, ErrorCode, Phase, Result};

/// Where one logs in.
pub const LOGIN_PATH: &str = "/api/v1/login/";
const LOGOUT_PATH: &str = "/api/v1/logout/";

const SESSION_COOKIE: &str = "sessionid";
const TOKEN_COOKIE: &str = "csrftoken";
pub(super) const TOKEN_FIELD: &str = "csrfmiddlewaretoken";

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

    /// The call that sends a request with these cookies.
    fn call(&self, request: Request) -> Call {
        Call::meaning(Request { cookies: self.header(), ..request }, Meaning::Session(self.login))
    }
}

/// A session's cookies, to be kept and taken up later: as good as the password while the session lasts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSession {
    csrftoken: String,
    sessionid: String,
}

impl fmt::Debug for SavedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SavedSession")
    }
}

impl Client {
    /// The session, if one is open. Keep it where only the user can read it, and with it [`Client::origin`]: it says nothing of
    /// whose it is.
    pub fn save_session(&self) -> Option<SavedSession> {
        let session = self.session();
        let [csrftoken, sessionid] = [session.token.clone()?, session.id.clone()?];
        Some(SavedSession { csrftoken, sessionid })
    }

    /// Takes a saved session up, in place of any other. The service is not asked whether it still lasts. The next calls bring
    /// its cookies to this client's host: it must be the one that they came from.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] where the cookies are none.
    pub fn resume_session(&self, saved: &SavedSession) -> Result<()> {
        let is_cookie = |text: &str| {
            let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\');
            (1..=MAX_COOKIE).contains(&text.len()) && text.bytes().all(is_plain)
        };
        if !is_cookie(&saved.csrftoken) || !is_cookie(&saved.sessionid) {
            return Err(Error::new(ErrorCode::InvalidArgument, "the saved session is damaged: log in again"));
        }
        let [token, id] = [&saved.csrftoken, &saved.sessionid].map(|text| Some(text.clone()));
        self.begin_session(Session { token, id, login: 0 });
        Ok(())
    }

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
        self.perform(self.login_call(path, username, password)).map(|_| ())
    }

    /// The call that logs in at a path; a session from before is forgotten at once.
    pub fn login_call(&self, path: &str, username: &str, password: &str) -> Call {
        self.begin_session(Session::default());
        let (username, password) = (username.to_owned(), password.to_owned());
        Call::meaning(Request::get(path), Meaning::LoginPage { username, password })
    }

    /// What follows the page that brings the token.
    pub(super) fn login_form(&self, call: &Call, answer: &Answer) -> Result<Call> {
        let mut session = Session::default();
        session.update(answer);
        if !matches!(answer.status, 200..=299) {
            return Err(self.status_error(&call.request, answer));
        }
        let Meaning::LoginPage { username, password } = &call.meaning else {
            return Err(Error::new(ErrorCode::Internal, "a login out of step"));
        };
        let Some(token) = &session.token else {
            return Err(login_failed("the service set no csrftoken cookie: check the host's name"));
        };
        let mut form = Form::new();
        form.add("username", username).add("password", password).add(TOKEN_FIELD, token);
        let request = Request::post(call.request.path.as_str(), form.into_bytes());
        let request = Request { cookies: session.header(), ..request };
        Ok(Call::meaning(request, Meaning::LoginForm(session)))
    }

    /// What comes of the form that was posted.
    pub(super) fn logged_in(&self, mut session: Session, call: &Call, answer: Answer) -> Result<Answer> {
        match answer.status {
            200..=299 | 302 | 303 => session.update(&answer),
            400 | 401 | 403 => {
                return Err(login_failed("user name or password refused").with_status(answer.status));
            }
            _ => return Err(self.status_error(&call.request, &answer)),
        }
        if session.id.is_none() {
            return Err(login_failed("user name or password refused (no session was opened)"));
        }
        self.begin_session(session);
        log::info!(target: "byteport::http", "logged in at {}", self.origin());
        Ok(answer)
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
        let answer = self.perform(self.logout_call(path)?)?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// The call that ends the session at a path; its cookies are forgotten at once.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a path that is none.
    pub fn logout_call(&self, path: &str) -> Result<Call> {
        check_path("the logout path", path)?;
        let call = self.session_call(Request::get(path));
        self.begin_session(Session::default());
        Ok(call)
    }

    /// Another login's cookies, or none: what answers to calls of the one before still bring is not taken.
    fn begin_session(&self, session: Session) {
        let mut current = self.session();
        *current = Session { login: current.login + 1, ..session };
    }

    /// The call that sends a request with the session's cookies, and takes in what the answer changes of them.
    pub fn session_call(&self, request: Request) -> Call {
        self.session().clone().call(request)
    }

    /// Takes in the cookies of an answer, if the session is still the one that asked.
    pub(super) fn renew_session(&self, login: u64, answer: &Answer) {
        let mut current = self.session();
        if current.login == login {
            current.update(answer);
        }
    }

    /// The call that posts a form with the session's cookies and, unless the form has one, its token.
    pub fn post_call(&self, path: &str, mut form: Form) -> Call {
        let session = self.session().clone(); // token and cookies of one login
        if let Some(token) = session.token.as_deref().filter(|_| !form.has(TOKEN_FIELD)) {
            form.add(TOKEN_FIELD, token);
        }
        session.call(Request::post(path, form.into_bytes()))
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
