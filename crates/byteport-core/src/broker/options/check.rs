// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a broker's settings come to, and which make no sense.

use super::*;

/// The longest MQTT keep-alive, in seconds.
const LONGEST_KEEP_ALIVE: u64 = 65_535;

fn invalid<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorCode::InvalidArgument, message))
}

impl BrokerOptions {
    /// Checks everything that can be checked without the network, and says where to connect to.
    pub(crate) fn check(&self) -> Result<Target> {
        if let Some(namespace) = &self.namespace {
            name::check(NameKind::Namespace, namespace)?;
        }
        if let Some(device) = &self.device {
            name::check(NameKind::Device, device)?;
        }
        if self.login.as_ref().is_none_or(String::is_empty) {
            let message = "a broker asks for a login and a password, which are not those of the web pages";
            return Err(Error::new(ErrorCode::NotConfigured, message));
        }
        self.check_texts()?;
        if self.timeout.is_zero() || self.connect_timeout.is_zero() {
            return invalid("a time-out of zero lets no call succeed");
        }
        if self.keep_alive.as_secs() > LONGEST_KEEP_ALIVE {
            return invalid(format!("the keep-alive is longer than {LONGEST_KEEP_ALIVE} s"));
        }
        if !(1..=65_535).contains(&self.max_in_flight) || self.prefetch == 0 || self.max_message == 0 {
            return invalid("max_in_flight is 1 to 65,535; prefetch and max_message are at least 1");
        }
        if self.protocol == Protocol::Stomp && self.will.is_some() {
            return invalid("STOMP has no last will: use MQTT");
        }
        if self.protocol == Protocol::Mqtt && !self.clean_session && self.id().is_empty() {
            return invalid(
                "a persistent MQTT session needs a client identifier: name namespace and device, or give one",
            );
        }
        self.target()
    }

    fn check_texts(&self) -> Result<()> {
        let vhost = self.vhost.as_ref().filter(|vhost| vhost.is_empty());
        let texts = [&self.login, &self.password, &self.vhost, &self.client_id].into_iter().flatten();
        let is_bad = |text: &String| text.contains(char::is_control) || text.len() > 4096;
        if vhost.is_some() || texts.chain(&self.destinations).any(is_bad) {
            return invalid(
                "login, password, virtual host, client identifier and destinations are texts without control characters, \
                 up to 4,096 bytes long, and a virtual host is not empty",
            );
        }
        if self.destinations.iter().any(String::is_empty) {
            return invalid("the destination to listen to is empty");
        }
        Ok(())
    }

    fn target(&self) -> Result<Target> {
        let malformed = || {
            let name = self.protocol.text();
            let message = format!(
                "the broker's host is malformed: write HOST, HOST:PORT or [IPV6]:PORT, with {name}:// or {name}s:// or without"
            );
            Error::new(ErrorCode::InvalidArgument, message)
        };
        let (scheme, address) = match self.host.split_once("://") {
            Some((scheme, address)) => {
                let known = Protocol::of_scheme(scheme).filter(|(protocol, _)| *protocol == self.protocol);
                (Some(known.ok_or_else(malformed)?.1), address)
            }
            None => (None, self.host.as_str()),
        };
        let (host, port) = split_host_port(address.trim_end_matches('/')).ok_or_else(malformed)?;
        let tls = scheme.or(self.tls).unwrap_or(!is_loopback(&host));
        Target::new(host, port.unwrap_or(self.protocol.default_port(tls)), tls)
    }

    /// The MQTT client identifier; empty where there is none.
    pub(crate) fn id(&self) -> String {
        match (&self.client_id, &self.namespace, &self.device) {
            (Some(id), ..) => id.clone(),
            (None, Some(namespace), Some(device)) => format!("{namespace}.{device}"),
            _ => String::new(),
        }
    }

    /// The MQTT user name, `VHOST:LOGIN`.
    pub(crate) fn mqtt_user(&self) -> String {
        let vhost = self.vhost.as_deref().or(self.namespace.as_deref()).unwrap_or("/");
        format!("{vhost}:{}", self.login.as_deref().unwrap_or_default())
    }

    /// The STOMP header `host`: the virtual host.
    pub(crate) fn stomp_host(&self) -> &str {
        self.vhost.as_deref().unwrap_or("/")
    }

    /// Where the device's own messages arrive; `None` without a namespace and a device.
    pub(crate) fn own_destination(&self) -> Option<String> {
        let (namespace, device) = (self.namespace.as_ref()?, self.device.as_ref()?);
        Some(match self.protocol {
            Protocol::Mqtt => format!("{namespace}.{device}"),
            Protocol::Stomp => {
                format!("/{}/device_messages_{namespace}.{device}", self.channel.text())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(protocol: Protocol) -> BrokerOptions {
        BrokerOptions::new(protocol).namespace("ns1").device("d-1").login("joe", "s3cret")
    }

    #[test]
    fn tls_unless_loopback_or_asked() {
        let place = |options: BrokerOptions| match options.check() {
            Ok(target) => format!("{}{}:{}", if target.tls { "tls " } else { "" }, target.host, target.port),
            Err(error) => format!("{:?}", error.code()),
        };
        // Without TLS that is refused; nothing goes out in the clear that was not meant to.
        let tls = |place: &str| match cfg!(feature = "tls") {
            true => format!("tls {place}"),
            false => "NotConfigured".to_owned(),
        };
        let mqtt = |host| options(Protocol::Mqtt).host(host);
        let stomp = |host| options(Protocol::Stomp).host(host);
        assert_eq!(place(options(Protocol::Mqtt)), tls("broker.byteport.se:8883"));
        assert_eq!(place(options(Protocol::Stomp)), tls("stomp.byteport.se:61614"));
        assert_eq!(place(mqtt("b.org:1")), tls("b.org:1"));
        assert_eq!(place(mqtt("b.org").tls(false)), "b.org:1883");
        assert_eq!(place(mqtt("mqtt://b.org/")), "b.org:1883");
        assert_eq!(place(mqtt("mqtts://localhost")), tls("localhost:8883"));
        assert_eq!(place(stomp("[::1]")), "::1:61613");
        assert_eq!(place(stomp("stomps://[::1]:7")), tls("::1:7"));
        assert_eq!(place(BrokerOptions::from_url("stomp://b.org").unwrap().login("a", "b")), "b.org:61613");
    }

    #[test]
    fn bad_settings_are_refused_before_anything_is_sent() {
        let mqtt = || options(Protocol::Mqtt);
        let bad = [
            mqtt().host("stomp://b.org"),
            mqtt().host("http://b.org"),
            mqtt().host("user:pw@b.org"),
            mqtt().host(""),
            mqtt().timeout(Duration::ZERO),
            mqtt().keep_alive(Duration::from_secs(70_000)),
            mqtt().max_in_flight(0),
            mqtt().max_in_flight(70_000),
            mqtt().vhost(""),
            mqtt().login("a\nb", "c"),
            mqtt().login("a", "b\0c"),
            mqtt().listen_to(""),
            BrokerOptions::new(Protocol::Mqtt).login("a", "b"),
            options(Protocol::Stomp).will(Will::new("gone", "x")),
        ];
        for options in bad {
            assert_eq!(options.check().unwrap_err().code(), ErrorCode::InvalidArgument, "{options:?}");
        }
        assert_eq!(mqtt().namespace("a b").check().unwrap_err().code(), ErrorCode::InvalidName);
        let nobody = BrokerOptions::new(Protocol::Stomp).check().unwrap_err();
        assert_eq!(nobody.code(), ErrorCode::NotConfigured);
        for url in ["broker", "http://b.org", "", "://"] {
            assert_eq!(BrokerOptions::from_url(url).unwrap_err().code(), ErrorCode::InvalidArgument, "{url}");
        }
    }

    #[test]
    fn names_are_those_of_the_protocol() {
        let mqtt = options(Protocol::Mqtt);
        assert_eq!((mqtt.id(), mqtt.mqtt_user()), ("ns1.d-1".into(), "ns1:joe".into()));
        assert_eq!(mqtt.clone().vhost("/").mqtt_user(), "/:joe");
        assert_eq!(mqtt.own_destination().unwrap(), "ns1.d-1");
        let stomp = options(Protocol::Stomp);
        assert_eq!(stomp.stomp_host(), "/");
        assert_eq!(stomp.own_destination().unwrap(), "/topic/device_messages_ns1.d-1");
        let queue = stomp.channel(Channel::Queue);
        assert_eq!(queue.own_destination().unwrap(), "/queue/device_messages_ns1.d-1");
    }

    #[test]
    fn debug_hides_the_password() {
        let shown = format!("{:?}", options(Protocol::Mqtt).host("mqtt://u:s3cret@b.org"));
        assert!(!shown.contains("s3cret") && shown.contains("b.org"), "{shown}");
    }
}
