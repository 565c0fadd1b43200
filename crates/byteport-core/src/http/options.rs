// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A client's settings, and the checks on them.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::{Method, STORE_PATH};
use crate::error::{Error, ErrorCode, Result};
use crate::model::name::{self, NameKind};
use crate::net::{LONGEST_WAIT, Proxy, Target, is_loopback, split_host_port};

/// The service's own host.
pub const DEFAULT_HOST: &str = "api.byteport.se";

/// Settings of a [`Client`](super::Client). Everything has a default; setters may come in any order.
#[derive(Clone)]
pub struct Options {
    pub(super) host: String,
    pub(super) https: Option<bool>,
    pub(super) namespace: Option<String>,
    pub(super) key: Option<String>,
    pub(super) device: Option<String>,
    pub(super) store_method: Method,
    pub(super) store_path: String,
    pub(super) proxy: ProxyChoice,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) client_cert: Option<PathBuf>,
    pub(super) max_answer: u64,
}

#[derive(Clone, Debug)]
pub(super) enum ProxyChoice {
    Environment,
    Direct,
    Given(Proxy),
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}

impl Options {
    /// The defaults: the service's own host over https, POST, a proxy if the environment names one, 10 s to connect, 30 s
    /// for a whole call.
    pub fn new() -> Options {
        Options {
            host: DEFAULT_HOST.to_owned(),
            https: None,
            namespace: None,
            key: None,
            device: None,
            store_method: Method::Post,
            store_path: STORE_PATH.to_owned(),
            proxy: ProxyChoice::Environment,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            ca_file: None,
            client_cert: None,
            max_answer: 64 << 20,
        }
    }

    /// The host: `HOST`, `HOST:PORT`, `[IPV6]:PORT`, each with `http://` or `https://` before it or not. Without a scheme, a
    /// loopback host (`localhost`, 127.0.0.0/8, `::1`) is called by http, every other by https.
    pub fn host(mut self, host: &str) -> Options {
        self.host = host.to_owned();
        self
    }

    /// Calls by https, or by http, where the host's text names no scheme.
    pub fn https(mut self, https: bool) -> Options {
        self.https = Some(https);
        self
    }

    /// The namespace that is stored to.
    pub fn namespace(mut self, namespace: &str) -> Options {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// The API key: the namespace's write key or the device's access key.
    pub fn key(mut self, key: &str) -> Options {
        self.key = Some(key.to_owned());
        self
    }

    /// The UID of the device that stores where a call names no other.
    pub fn device(mut self, device: &str) -> Options {
        self.device = Some(device.to_owned());
        self
    }

    /// How readings are stored: by POST, or by GET with at most 2,048 bytes of URL.
    pub fn store_method(mut self, method: Method) -> Options {
        self.store_method = method;
        self
    }

    /// The path under which devices store, where it is not [`STORE_PATH`]; it begins and ends with `/`.
    pub fn store_path(mut self, path: &str) -> Options {
        self.store_path = path.to_owned();
        self
    }

    /// Connects through this proxy, whatever the environment says.
    pub fn proxy(mut self, proxy: Proxy) -> Options {
        self.proxy = ProxyChoice::Given(proxy);
        self
    }

    /// Connects directly, whatever the environment says.
    pub fn no_proxy(mut self) -> Options {
        self.proxy = ProxyChoice::Direct;
        self
    }

    /// The longest time for making a connection: resolving, connecting, proxy and TLS together. At most ten years.
    pub fn connect_timeout(mut self, timeout: Duration) -> Options {
        self.connect_timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// The longest time for a whole call, connecting included. At most ten years.
    pub fn timeout(mut self, timeout: Duration) -> Options {
        self.timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// A PEM file with certificate authorities that are trusted besides the system's.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Options {
        self.ca_file = Some(path.into());
        self
    }

    /// A PEM file with the certificate that this client shows, the rest of its chain, and its private key.
    pub fn client_cert(mut self, path: impl Into<PathBuf>) -> Options {
        self.client_cert = Some(path.into());
        self
    }

    /// The largest answer that is taken, in bytes; 64 MiB unless set. What is answered to a store does not count.
    pub fn max_answer(mut self, bytes: u64) -> Options {
        self.max_answer = bytes;
        self
    }

    /// Checks everything that can be checked without the network, and says where to connect to.
    pub(super) fn check(&self) -> Result<Target> {
        let invalid = |message: String| Err(Error::new(ErrorCode::InvalidArgument, message));
        if let Some(namespace) = &self.namespace {
            name::check(NameKind::Namespace, namespace)?;
        }
        if let Some(device) = &self.device {
            name::check(NameKind::Device, device)?;
        }
        if self.key.as_ref().is_some_and(|key| key.is_empty() || key.contains(char::is_control)) {
            return invalid("the API key is empty or holds a control character".into());
        }
        check_path("the store path", &self.store_path)?;
        if self.timeout.is_zero() || self.connect_timeout.is_zero() {
            return invalid("a time-out of zero lets no call succeed".into());
        }
        self.target()
    }

    fn target(&self) -> Result<Target> {
        let (scheme, address) = match self.host.split_once("://") {
            Some((scheme, address)) => (Some(scheme), address),
            None => (None, self.host.as_str()),
        };
        let scheme = match scheme {
            Some("https") => Some(true),
            Some("http") => Some(false),
            Some(_) => None,
            None => self.https.or(Some(true)),
        };
        let (Some(https), Some((host, port))) = (scheme, split_host_port(address.trim_end_matches('/')))
        else {
            let message = "the host is malformed: write HOST, HOST:PORT or [IPV6]:PORT, with http:// or https:// or without";
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        };
        let chosen = self.https.is_some() || self.host.contains("://");
        let tls = if chosen { https } else { !is_loopback(&host) };
        let port = port.unwrap_or(if tls { 443 } else { 80 });
        Target::new(host, port, tls)
    }
}

/// A path on the host, to which names may be appended.
pub(super) fn check_path(what: &str, path: &str) -> Result<()> {
    let legible = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
    if legible && path.starts_with('/') && path.ends_with('/') {
        return Ok(());
    }
    let message = format!("{what} {path:?} must begin and end with /, in ASCII without blanks, ? and #");
    Err(Error::new(ErrorCode::InvalidArgument, message))
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("host", &self.host.rsplit('@').next()) // without what could be a user and password
            .field("namespace", &self.namespace)
            .field("key", &self.key.as_ref().map(|_| "***"))
            .field("device", &self.device)
            .field("proxy", &self.proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("ca_file", &self.ca_file)
            .field("client_cert", &self.client_cert)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_unless_loopback_or_asked() {
        let origin = |options: Options| match options.check() {
            Ok(target) => {
                let scheme = if target.tls { "https" } else { "http" };
                format!("{scheme} {}:{}", target.host, target.port)
            }
            Err(error) => format!("{:?}", error.code()),
        };
        // Without TLS that is refused; nothing goes out in the clear that was not meant to.
        let https = |place: &str| match cfg!(feature = "tls") {
            true => format!("https {place}"),
            false => "NotConfigured".to_owned(),
        };
        let host = |host| Options::new().host(host);
        assert_eq!(origin(Options::new()), https("api.byteport.se:443"));
        assert_eq!(origin(host("b.org:81")), https("b.org:81"));
        assert_eq!(origin(host("http://b.org")), "http b.org:80");
        assert_eq!(origin(host("b.org").https(false)), "http b.org:80");
        assert_eq!(origin(host("127.0.0.1:8000")), "http 127.0.0.1:8000");
        assert_eq!(origin(host("localhost")), "http localhost:80");
        assert_eq!(origin(host("localhost").https(true)), https("localhost:443"));
        assert_eq!(origin(host("https://[::1]:1/")), https("::1:1"));
        assert_eq!(origin(host("http://b.org").https(true)), "http b.org:80");
    }

    #[test]
    fn bad_settings_are_refused_before_anything_is_sent() {
        let bad = [
            Options::new().host("ftp://b.org"),
            Options::new().host("b.org/path"),
            Options::new().host("user:pw@b.org"),
            Options::new().host(""),
            Options::new().key(""),
            Options::new().timeout(Duration::ZERO),
            Options::new().store_path("a/"),
            Options::new().store_path("/a"),
            Options::new().store_path("/a?b/"),
            Options::new().store_path("/a\n/"),
        ];
        for options in bad {
            assert_eq!(options.check().unwrap_err().code(), ErrorCode::InvalidArgument, "{options:?}");
        }
        assert_eq!(Options::new().namespace("a b").check().unwrap_err().code(), ErrorCode::InvalidName);
        assert_eq!(Options::new().device("_x").check().unwrap_err().code(), ErrorCode::InvalidName);
    }

    #[test]
    fn the_longest_time_out_does_not_overflow_a_clock() {
        let options = Options::new().timeout(Duration::MAX).connect_timeout(Duration::MAX);
        let ends = [options.timeout, options.connect_timeout]
            .map(|wait| std::time::Instant::now().checked_add(wait));
        assert!(ends.iter().all(Option::is_some));
    }

    #[test]
    fn debug_hides_the_key() {
        let shown = format!("{:?}", Options::new().key("s3cret").host("https://user:s3cret@b.org"));
        assert!(!shown.contains("s3cret") && shown.contains("b.org"), "{shown}");
    }
}
