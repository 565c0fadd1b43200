// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Settings of a broker's client.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::will::Will;
use crate::error::{Error, ErrorCode, Result};
use crate::model::name::{self, NameKind};
use crate::net::{LONGEST_WAIT, Proxy, Target, is_loopback, split_host_port};

/// How to talk to the broker (HTTP API v1, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Protocol {
    /// MQTT 3.1.1.
    Mqtt = 1,
    /// STOMP 1.2.
    Stomp = 2,
}

impl Protocol {
    /// The protocol's name in one word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Stomp => "stomp",
        }
    }

    /// The host of the service's broker.
    pub fn default_host(self) -> &'static str {
        match self {
            Self::Mqtt => "broker.byteport.se",
            Self::Stomp => "stomp.byteport.se",
        }
    }

    /// Where packets to be stored go.
    pub fn store_destination(self) -> &'static str {
        match self {
            Self::Mqtt => "simple_string_dev_message",
            Self::Stomp => "/queue/simple_string_dev_message",
        }
    }

    fn default_port(self, tls: bool) -> u16 {
        match (self, tls) {
            (Self::Mqtt, false) => 1883,
            (Self::Mqtt, true) => 8883,
            (Self::Stomp, false) => 61613,
            (Self::Stomp, true) => 61614,
        }
    }

    fn of_scheme(scheme: &str) -> Option<(Protocol, bool)> {
        match scheme {
            "mqtt" => Some((Self::Mqtt, false)),
            "mqtts" => Some((Self::Mqtt, true)),
            "stomp" => Some((Self::Stomp, false)),
            "stomps" => Some((Self::Stomp, true)),
            _ => None,
        }
    }
}

/// From which kind of STOMP destination a device's messages come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(i32)]
pub enum Channel {
    /// `/topic/device_messages_NAMESPACE.UID`: each listener gets each message that is sent while it listens.
    #[default]
    Topic = 1,
    /// `/queue/device_messages_NAMESPACE.UID`: messages wait for a listener; of several, one gets each.
    Queue = 2,
}

impl Channel {
    /// The channel's name in one word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Queue => "queue",
        }
    }

    /// The channel of that name.
    pub fn from_text(text: &str) -> Option<Channel> {
        [Self::Topic, Self::Queue].into_iter().find(|channel| channel.text() == text)
    }
}

/// Settings of a [`Broker`](super::Broker). Everything but the login has a default; setters may come in any order.
#[derive(Clone)]
pub struct BrokerOptions {
    pub(crate) protocol: Protocol,
    pub(crate) host: String,
    pub(crate) tls: Option<bool>,
    pub(crate) namespace: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) login: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) vhost: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) clean_session: bool,
    pub(crate) keep_alive: Duration,
    pub(crate) confirm: bool,
    pub(crate) channel: Channel,
    pub(crate) destinations: Vec<String>,
    pub(crate) will: Option<Will>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) client_cert: Option<PathBuf>,
    pub(crate) max_message: usize,
    pub(crate) max_list: usize,
    pub(crate) max_in_flight: usize,
    pub(crate) prefetch: usize,
    pub(crate) max_age: Duration,
    pub(crate) max_ahead: Duration,
    pub(crate) reconnect: bool,
}

impl BrokerOptions {
    /// The defaults: the service's own broker over TLS, a persistent session, confirmed publishing, a sign of life every 60 s,
    /// 10 s to connect, 30 s for a call that waits.
    pub fn new(protocol: Protocol) -> BrokerOptions {
        BrokerOptions {
            protocol,
            host: protocol.default_host().to_owned(),
            tls: None,
            namespace: None,
            device: None,
            login: None,
            password: None,
            vhost: None,
            client_id: None,
            clean_session: false,
            keep_alive: Duration::from_secs(60),
            confirm: true,
            channel: Channel::default(),
            destinations: Vec::new(),
            will: None,
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            ca_file: None,
            client_cert: None,
            max_message: 16 << 20,
            max_list: 128 << 10,
            max_in_flight: 1000,
            prefetch: 100,
            max_age: Duration::MAX,
            max_ahead: Duration::MAX,
            reconnect: true,
        }
    }

    /// The settings of a broker's address, `mqtt://HOST`, `mqtts://HOST:PORT`, `stomp://HOST` or `stomps://HOST:PORT`: the scheme
    /// says how to talk to it, and whether by TLS. User and password are no part of it.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for another scheme, or none.
    pub fn from_url(url: &str) -> Result<BrokerOptions> {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        let (protocol, _) = Protocol::of_scheme(scheme).ok_or_else(|| {
            let message =
                "a broker's address is mqtt://HOST, mqtts://HOST, stomp://HOST or stomps://HOST, with :PORT or without";
            Error::new(ErrorCode::InvalidArgument, message)
        })?;
        Ok(BrokerOptions::new(protocol).host(url))
    }

    /// The host: `HOST`, `HOST:PORT`, `[IPV6]:PORT`, each with the protocol's scheme before it (`mqtt://`, `mqtts://`) or not.
    /// Without one, a loopback host is called plainly, every other by TLS. Ports unless given: 1883 and 8883 for MQTT, 61613 and
    /// 61614 for STOMP.
    pub fn host(mut self, host: &str) -> BrokerOptions {
        self.host = host.to_owned();
        self
    }

    /// Connects by TLS, or not, where the host's text names no scheme.
    pub fn tls(mut self, tls: bool) -> BrokerOptions {
        self.tls = Some(tls);
        self
    }

    /// The namespace of the device, and of readings that name none.
    pub fn namespace(mut self, namespace: &str) -> BrokerOptions {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// The device's UID: it is sent messages, and stores where a reading names no other.
    pub fn device(mut self, device: &str) -> BrokerOptions {
        self.device = Some(device.to_owned());
        self
    }

    /// The broker login, which is not a web login, and its password.
    pub fn login(mut self, login: &str, password: &str) -> BrokerOptions {
        self.login = Some(login.to_owned());
        self.password = Some(password.to_owned());
        self
    }

    /// The virtual host. Unless given it is the namespace for MQTT and `/` for STOMP.
    pub fn vhost(mut self, vhost: &str) -> BrokerOptions {
        self.vhost = Some(vhost.to_owned());
        self
    }

    /// The MQTT client identifier, by which the broker knows the session again; `NAMESPACE.UID` unless given. A broker lets one
    /// client have it: a second one with the same takes the first one's place.
    pub fn client_id(mut self, client_id: &str) -> BrokerOptions {
        self.client_id = Some(client_id.to_owned());
        self
    }

    /// Whether the broker forgets the session when the connection ends: what is sent to the device meanwhile is lost then, and no
    /// client identifier is needed. MQTT only; `false` unless told.
    pub fn clean_session(mut self, clean: bool) -> BrokerOptions {
        self.clean_session = clean;
        self
    }

    /// How often a sign of life goes each way at the least; zero: never. At most 65,535 s.
    pub fn keep_alive(mut self, interval: Duration) -> BrokerOptions {
        self.keep_alive = interval;
        self
    }

    /// Whether the broker confirms what is published, by QoS 1 or a receipt. `true` unless told; without it nobody knows whether
    /// anything arrives.
    pub fn confirm(mut self, confirm: bool) -> BrokerOptions {
        self.confirm = confirm;
        self
    }

    /// From which kind of STOMP destination the device's messages come.
    pub fn channel(mut self, channel: Channel) -> BrokerOptions {
        self.channel = channel;
        self
    }

    /// Listens to this topic or destination, too, besides the device's own.
    pub fn listen_to(mut self, destination: &str) -> BrokerOptions {
        self.destinations.push(destination.to_owned());
        self
    }

    /// What the broker publishes when this client is gone without a farewell. MQTT only.
    pub fn will(mut self, will: Will) -> BrokerOptions {
        self.will = Some(will);
        self
    }

    /// Connects through this proxy. The environment's proxies are for HTTP and are not looked at.
    pub fn proxy(mut self, proxy: Proxy) -> BrokerOptions {
        self.proxy = Some(proxy);
        self
    }

    /// The longest time for making a connection: resolving, connecting, proxy, TLS and login together. At most ten years.
    pub fn connect_timeout(mut self, timeout: Duration) -> BrokerOptions {
        self.connect_timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// The longest time for a call that waits: until the broker confirms. At most ten years.
    pub fn timeout(mut self, timeout: Duration) -> BrokerOptions {
        self.timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// A PEM file with certificate authorities that are trusted besides the system's.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> BrokerOptions {
        self.ca_file = Some(path.into());
        self
    }

    /// A PEM file with the certificate that this client shows, the rest of its chain, and its private key.
    pub fn client_cert(mut self, path: impl Into<PathBuf>) -> BrokerOptions {
        self.client_cert = Some(path.into());
        self
    }

    /// The largest message that is taken, in bytes; 16 MiB unless set. A broker that announces a larger one is left.
    pub fn max_message(mut self, bytes: usize) -> BrokerOptions {
        self.max_message = bytes;
        self
    }

    /// The length of a list of packets, in bytes, that is not exceeded where it holds more than one; 128 KiB unless set.
    pub fn max_list(mut self, bytes: usize) -> BrokerOptions {
        self.max_list = bytes;
        self
    }

    /// How many publications may wait for the broker's answer at once, 1 to 65,535; 1,000 unless set.
    pub fn max_in_flight(mut self, count: usize) -> BrokerOptions {
        self.max_in_flight = count;
        self
    }

    /// How many messages the broker delivers before it is told what became of the first; STOMP only, and only RabbitMQ heeds it.
    /// 100 unless set.
    pub fn prefetch(mut self, count: usize) -> BrokerOptions {
        self.prefetch = count;
        self
    }

    /// Messages that are older than this when they arrive are not handed on, only counted; unlimited unless set.
    pub fn max_age(mut self, age: Duration) -> BrokerOptions {
        self.max_age = age;
        self
    }

    /// Messages whose time is further in the future than this are not handed on, only counted; unlimited unless set.
    pub fn max_ahead(mut self, ahead: Duration) -> BrokerOptions {
        self.max_ahead = ahead;
        self
    }

    /// Whether a connection that is lost, or cannot be made, is made again by itself, with pauses of a random part of 0.2 s at
    /// first and of up to 60 s later, and what was not confirmed sent again. `true` unless told. Otherwise it is made when
    /// something is published, fails that with the reason where it cannot be, and ends when nothing was published for a keep-alive.
    pub fn reconnect(mut self, reconnect: bool) -> BrokerOptions {
        self.reconnect = reconnect;
        self
    }
}

/// The password is not shown.
impl fmt::Debug for BrokerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokerOptions")
            .field("protocol", &self.protocol)
            .field("host", &self.host.rsplit('@').next()) // without what could be a user and password
            .field("namespace", &self.namespace)
            .field("device", &self.device)
            .field("login", &self.login)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("vhost", &self.vhost)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

mod check;
