// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Proxies: by option or by the usual environment variables.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;

use crate::error::{Error, ErrorCode, Result};

/// The language that a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// SOCKS4: the host is resolved here, to an IPv4 address.
    Socks4,
    /// SOCKS4a: the proxy resolves the host.
    Socks4a,
    /// SOCKS5: the proxy resolves the host.
    Socks5,
    /// HTTP CONNECT: the proxy resolves the host.
    Http,
}

/// A proxy that every connection goes through.
///
/// ```
/// use byteport_core::Proxy;
/// let proxy = Proxy::parse("socks5://user:secret@127.0.0.1:1080")?;
/// assert_eq!(format!("{proxy:?}"), "Proxy(socks5://***@127.0.0.1:1080)");
/// # Ok::<(), byteport_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) protocol: Protocol,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
}

impl Proxy {
    /// Reads `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]`, user and password percent-encoded where need be. Schemes: `http`
    /// (CONNECT, port 8080 unless given), `socks4`, `socks4a`, `socks5`, `socks5h` (port 1080). `socks5` and `socks5h` are
    /// the same: the proxy resolves names. No scheme means `http`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`]; the text, which may hold a password, is not repeated in it.
    pub fn parse(url: &str) -> Result<Proxy> {
        let bad = |why: &str| {
            let form = "write SCHEME://[USER:PASSWORD@]HOST[:PORT] with http, socks4, socks4a or socks5";
            Error::new(ErrorCode::InvalidArgument, format!("proxy: {why}; {form}"))
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (protocol, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Protocol::Http, 8080),
            "socks4" => (Protocol::Socks4, 1080),
            "socks4a" => (Protocol::Socks4a, 1080),
            "socks5" | "socks5h" => (Protocol::Socks5, 1080),
            _ => return Err(bad("this kind of proxy is not supported")),
        };
        let rest = rest.trim_end_matches('/');
        let (login, address) =
            rest.rsplit_once('@').map_or((None, rest), |(login, address)| (Some(login), address));
        let (host, port) = split_host_port(address).ok_or_else(|| bad("the address is malformed"))?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
        let decode = |text: &str| decode(text).map_err(|_| bad("user or password is not UTF-8"));
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, password)) => (Some(decode(user)?), Some(decode(password)?)),
            None => (None, None),
        };
        let proxy = Proxy { protocol, host, port: port.unwrap_or(default_port), user, password };
        proxy.check().map_err(bad)?;
        Ok(proxy)
    }

    /// What the handshakes cannot carry is refused before anything is sent.
    fn check(&self) -> std::result::Result<(), &'static str> {
        let texts = [self.user.as_deref(), self.password.as_deref()];
        let texts = || texts.iter().flatten();
        match self.protocol {
            Protocol::Socks5 if texts().any(|text| text.len() > 255) => {
                Err("user or password is over 255 bytes")
            }
            Protocol::Http if self.user.as_deref().is_some_and(|user| user.contains(':')) => {
                Err("the user holds a colon")
            }
            _ if texts().any(|text| text.contains('\0')) => Err("user or password holds NUL"),
            _ => Ok(()),
        }
    }

    /// The proxy that the environment names for a host: `https_proxy` or `http_proxy` by scheme, then `all_proxy`, in small
    /// or capital letters (`HTTP_PROXY` in capitals is ignored: a web server can set it from a request's header). Hosts in
    /// `no_proxy` and loopback hosts are reached directly.
    pub(crate) fn from_env(tls: bool, host: &str) -> Result<Option<Proxy>> {
        Proxy::from_vars(tls, host, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from_vars(tls: bool, host: &str, var: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>> {
        let no_proxy = var("no_proxy").or_else(|| var("NO_PROXY")).unwrap_or_default();
        if is_loopback(host) || no_proxy.split([',', ' ']).any(|pattern| covers(pattern.trim(), host)) {
            return Ok(None);
        }
        let own: &[&str] = if tls { &["https_proxy", "HTTPS_PROXY"] } else { &["http_proxy"] };
        let found = own.iter().chain(&["all_proxy", "ALL_PROXY"]).find_map(|name| Some((*name, var(name)?)));
        let Some((name, url)) = found else { return Ok(None) };
        Proxy::parse(&url).map(Some).map_err(|error| {
            Error::new(
                ErrorCode::InvalidArgument,
                format!("environment variable {name}: {}", error.message()),
            )
        })
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// The address with `***` in place of user and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Socks4 => "socks4",
            Protocol::Socks4a => "socks4a",
            Protocol::Socks5 => "socks5",
            Protocol::Http => "http",
        };
        let login = if self.user.is_some() { "***@" } else { "" };
        let bracket = self.host.contains(':');
        let (open, close) = if bracket { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{login}{open}{}{close}:{}", self.host, self.port)
    }
}

/// Splits `host`, `host:port`, `[v6]` or `[v6]:port`. The host comes without brackets.
pub(crate) fn split_host_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let in_brackets = text.starts_with('[');
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    if host.is_empty() || !(in_brackets || host.bytes().all(plain)) || host.len() > 253 {
        return None;
    }
    let port = match port {
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => {
            Some(port.parse().ok().filter(|port| *port != 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    Some((host.to_ascii_lowercase(), port))
}

/// Whether a host is this machine by its name or address: `localhost`, 127.0.0.0/8 or `::1`.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Whether an entry of `no_proxy` covers a host: `*`, the host itself or a domain that it is in (`b.org`, `.b.org`,
/// `*.b.org`), an address, or a block of addresses (`10.0.0.0/8`). A port in the entry does not count.
fn covers(pattern: &str, host: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return covers_address(pattern, address);
    }
    let domain = split_host_port(pattern.trim_start_matches("*.").trim_start_matches('.'));
    let inside = |rest: &str| rest.is_empty() || rest.ends_with('.');
    domain.is_some_and(|(domain, _)| host.to_ascii_lowercase().strip_suffix(&domain).is_some_and(inside))
}

fn covers_address(pattern: &str, address: IpAddr) -> bool {
    let (base, bits) = pattern.split_once('/').map_or((pattern, None), |(base, bits)| (base, Some(bits)));
    let base = base.parse().ok().or_else(|| split_host_port(base).and_then(|(base, _)| base.parse().ok()));
    let Some(base) = base else { return false };
    let (width, difference) = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => (32, u128::from(base.to_bits() ^ address.to_bits())),
        (IpAddr::V6(base), IpAddr::V6(address)) => (128, base.to_bits() ^ address.to_bits()),
        _ => return false,
    };
    let bits: u32 = bits.map_or(Ok(width), str::parse).unwrap_or(width + 1);
    bits <= width && difference.checked_shr(width - bits).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn environment_by_scheme_then_all() {
        let env = || {
            vars(&[
                ("HTTPS_PROXY", "http://h:1"),
                ("all_proxy", "socks5://s"),
                ("no_proxy", "b.org .c.net,d.net"),
            ])
        };
        let get = |tls, host| Proxy::from_vars(tls, host, env()).unwrap().map(|proxy| proxy.to_string());
        assert_eq!(get(true, "a.org").as_deref(), Some("http://h:1"));
        assert_eq!(get(false, "a.org").as_deref(), Some("socks5://s:1080"));
        for host in ["b.org", "x.B.org", "y.c.net", "localhost", "127.3.2.1", "::1"] {
            assert_eq!(get(true, host), None, "{host}");
        }
        assert!(get(true, "ab.org").is_some());
        let capital = Proxy::from_vars(false, "a.org", vars(&[("HTTP_PROXY", "http://evil")]));
        assert_eq!(capital.unwrap(), None);
    }

    #[test]
    fn entries_of_no_proxy() {
        let yes = [
            ("*", "a.org"),
            ("b.org", "b.org"),
            ("b.org:8080", "x.b.org"),
            ("*.b.org", "x.b.org"),
            ("10.0.0.0/8", "10.255.0.1"),
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3:80", "10.1.2.3"),
            ("[fd00::1]", "fd00::1"),
            ("fd00::/8", "fd12::5"),
            ("0.0.0.0/0", "1.2.3.4"),
            ("::/0", "fd00::1"),
        ];
        let no = [
            ("", "a.org"),
            ("b.org", "ab.org"),
            ("0.1", "192.0.0.1"),
            ("10.0.0.0/8", "11.0.0.1"),
            ("10.0.0.0/33", "10.0.0.0"),
            ("10.0.0.0/x", "10.0.0.0"),
            ("fd00::/8", "10.0.0.1"),
            ("org/8", "b.org"),
            ("10.1.2.30", "10.1.2.3"),
        ];
        for (pattern, host) in yes {
            assert!(covers(pattern, host), "{pattern} {host}");
        }
        for (pattern, host) in no {
            assert!(!covers(pattern, host), "{pattern} {host}");
        }
    }

    #[test]
    fn a_bad_variable_is_named_and_its_text_is_not() {
        let error =
            Proxy::from_vars(true, "a.org", vars(&[("https_proxy", "ftp://u:hunter2@h")])).unwrap_err();
        assert!(
            error.to_string().contains("https_proxy") && !error.to_string().contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn addresses() {
        let split = |text| split_host_port(text);
        assert_eq!(split("Example.org:80"), Some(("example.org".into(), Some(80))));
        assert_eq!(split("[::1]:8000"), Some(("::1".into(), Some(8000))));
        assert_eq!(split("[::1]"), Some(("::1".into(), None)));
        for bad in [
            "", ":80", "a:b", "a:0", "a:99999", "a b", "a/b", "a@b", "[::1", "[x]:1", "::1", "a:+1", "a\n",
            "ä",
        ] {
            assert_eq!(split(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_the_handshake_cannot_carry_is_refused() {
        for url in ["http://a%3Ab:c@h", "socks4://a%00b@h", "https://h", "socks5://u:p@", "http://h:1/path"] {
            assert_eq!(Proxy::parse(url).unwrap_err().code(), ErrorCode::InvalidArgument, "{url}");
        }
        assert!(Proxy::parse(&format!("socks5://{}@h", "u".repeat(256))).is_err());
    }
}
