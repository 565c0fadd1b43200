// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The client: settings, kept connections, the session's cookies.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use ureq::Agent;
use ureq::http::HeaderValue;

use super::connector::{DialConnector, NoResolver};
use super::options::{Options, ProxyChoice};
use super::session::Session;
use crate::error::{Error, ErrorCode, Result};
use crate::net::{Deadline, Dialer, Proxy, Stream, Target, Tls};

/// The documentation asks for a well-known name in front (HTTP API v1, section 4).
pub(super) const USER_AGENT: &str = concat!("curl/7.51.0 libbyteport/", env!("CARGO_PKG_VERSION"));

/// How long an idle connection is kept. A device that stores once a minute keeps its connection.
const MAX_IDLE: Duration = Duration::from_secs(90);

/// A client of one Byteport host. Shared by reference among threads; each call takes a kept connection or makes one.
pub struct Client {
    options: Options,
    target: Target,
    proxy: Option<Proxy>,
    origin: String,
    referer: HeaderValue,
    pool: ArcSwap<Pool>,
    session: Mutex<Session>,
}

/// Kept connections, and the process that they belong to.
struct Pool {
    process: u32,
    agent: Agent,
    dialer: Arc<Dialer>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.origin)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client with these settings. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] and [`ErrorCode::InvalidName`] for settings that make no sense.
    pub fn new(options: Options) -> Result<Client> {
        let target = options.check()?;
        let origin = origin(&target);
        let referer = HeaderValue::try_from(format!("{origin}/")).map_err(|error| {
            Error::new(ErrorCode::InvalidArgument, "the host is malformed").because(error)
        })?;
        let proxy = match &options.proxy {
            ProxyChoice::Environment => Proxy::from_env(target.tls, &target.host)?,
            ProxyChoice::Direct => None,
            ProxyChoice::Given(proxy) => Some(proxy.clone()),
        };
        let pool = ArcSwap::from_pointee(pool(&options, &target, proxy.as_ref()));
        log::debug!(target: "byteport::http", "client for {origin}");
        Ok(Client { options, target, proxy, origin, referer, pool, session: Mutex::new(Session::default()) })
    }

    /// The settings.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The namespace of the settings, if one is set.
    pub fn namespace(&self) -> Option<&str> {
        self.options.namespace.as_deref()
    }

    /// The device of the settings, if one is set.
    pub fn device(&self) -> Option<&str> {
        self.options.device.as_deref()
    }

    /// The API key of the settings, if one is set.
    pub(crate) fn key(&self) -> Option<&str> {
        self.options.key.as_deref()
    }

    /// The path under which devices store.
    pub fn store_path(&self) -> &str {
        &self.options.store_path
    }

    /// Scheme, host and port, such as `https://api.byteport.se`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The longest time for a whole call.
    pub fn timeout(&self) -> Duration {
        self.options.timeout
    }

    pub(super) fn referer(&self) -> &HeaderValue {
        &self.referer
    }

    pub(super) fn max_answer(&self) -> u64 {
        self.options.max_answer
    }

    /// The connections of this process: after a fork, the child leaves those of its parent alone and makes its own.
    pub(super) fn agent(&self) -> Agent {
        self.of_this_process(|pool| pool.agent.clone())
    }

    /// A new connection, apart from the kept ones.
    pub(super) fn dial(&self) -> Result<Stream> {
        let dialer = self.of_this_process(|pool| Arc::clone(&pool.dialer));
        dialer.dial(&self.target, Deadline::after(self.options.connect_timeout))
    }

    fn of_this_process<T>(&self, part: impl Fn(&Pool) -> T) -> T {
        let pool = self.pool.load();
        if pool.process == std::process::id() {
            return part(&pool);
        }
        self.pool.store(Arc::new(self::pool(&self.options, &self.target, self.proxy.as_ref())));
        part(&self.pool.load())
    }

    /// The end of a call that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.options.timeout)
    }

    /// Whether so little of the total time-out is used that it can be taken for whole.
    pub(super) fn is_whole(&self, left: Duration) -> bool {
        left + Duration::from_millis(5) >= self.options.timeout
    }

    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn origin(target: &Target) -> String {
    let (scheme, default_port) = if target.tls { ("https", 443) } else { ("http", 80) };
    let (open, close) = if target.host.contains(':') { ("[", "]") } else { ("", "") };
    let port = if target.port == default_port { String::new() } else { format!(":{}", target.port) };
    format!("{scheme}://{open}{}{close}{port}", target.host)
}

fn pool(options: &Options, target: &Target, proxy: Option<&Proxy>) -> Pool {
    let tls = Tls::new(options.ca_file.clone(), options.client_cert.clone());
    let dialer = Arc::new(Dialer { proxy: proxy.cloned(), tls });
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(USER_AGENT)
        .timeout_connect(Some(options.connect_timeout))
        .timeout_global(Some(options.timeout))
        .max_idle_age(MAX_IDLE)
        .max_idle_connections(16)
        .max_idle_connections_per_host(16)
        .build();
    let connector = DialConnector { target: target.clone(), dialer: Arc::clone(&dialer) };
    Pool { process: std::process::id(), agent: Agent::with_parts(config, connector, NoResolver), dialer }
}
