// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Brokers that all tests of this program share, and clients of them.

use std::io::Read as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use byteport_core::broker::{Broker as Client, BrokerOptions, Delivery, Protocol, Verdict};
use byteport_testing::Broker;
pub use byteport_testing::{MOSQUITTO, RABBITMQ};

/// Longer than anything takes that a test waits for.
pub const LONG: Duration = Duration::from_secs(60);

/// A way to talk to a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Mosquitto,
    RabbitMqtt,
    RabbitStomp,
}

pub const WAYS: [Way; 3] = [Way::Mosquitto, Way::RabbitMqtt, Way::RabbitStomp];

impl Way {
    pub fn broker(self) -> &'static Broker {
        match self {
            Self::Mosquitto => &MOSQUITTO,
            _ => &RABBITMQ,
        }
    }

    pub fn protocol(self) -> Protocol {
        if self == Self::RabbitStomp { Protocol::Stomp } else { Protocol::Mqtt }
    }

    /// Options of a device that no other test has, in the broker's own virtual host.
    pub fn options(self) -> BrokerOptions {
        self.options_at(self.broker())
    }

    /// The same at a broker of the test's own.
    pub fn options_at(self, broker: &Broker) -> BrokerOptions {
        let address = if self == Self::RabbitStomp { broker.stomp() } else { broker.mqtt() };
        let options = BrokerOptions::new(self.protocol()).host(address).vhost(broker.vhost());
        let options = options.namespace("my_garage").device(&unique("cart"));
        options.login(broker.user(), broker.password()).timeout(LONG).connect_timeout(LONG)
    }

    /// A topic or destination that each listener gets all of.
    pub fn topic(self, name: &str) -> String {
        if self == Self::RabbitStomp { format!("/topic/{name}") } else { name.to_owned() }
    }
}

/// A name that no other test has.
pub fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}-{}", std::process::id() % 100_000, COUNT.fetch_add(1, Ordering::Relaxed))
}

pub fn open(options: BrokerOptions) -> Client {
    let client = Client::open(options).unwrap();
    client.wait_open(LONG).unwrap();
    client
}

/// The next delivery.
pub fn next(client: &Client) -> Delivery {
    client.receive(LONG).unwrap().expect("a delivery")
}

/// The next delivery's body as text, taken.
pub fn take(client: &Client) -> String {
    let delivery = next(client);
    client.settle(&delivery, Verdict::Taken).unwrap();
    String::from_utf8(delivery.body().to_vec()).unwrap()
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A way to a broker that can be cut.
pub struct Cable {
    address: String,
    ends: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cable {
    pub fn to(broker: &str) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (broker, ends) = (broker.to_owned(), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&ends);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let far = TcpStream::connect(&broker).unwrap();
                kept.lock().unwrap().extend([near.try_clone().unwrap(), far.try_clone().unwrap()]);
                let pairs = [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)];
                for (mut from, mut to) in pairs {
                    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                }
            }
        });
        Cable { address, ends }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends all connections through it.
    pub fn cut(&self) {
        for end in self.ends.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

/// A broker that does to its first connection what it is told, and then listens no more; the options of a client of it.
pub fn scripted(protocol: Protocol, act: impl FnOnce(TcpStream) + Send + 'static) -> BrokerOptions {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || act(listener.accept().unwrap().0));
    let options = BrokerOptions::new(protocol).host(&address).namespace("my_garage").device("cart-1");
    options.login("joe", "s3cret").reconnect(false).timeout(LONG)
}

/// Takes the greeting in.
pub fn hear(socket: &mut TcpStream) {
    assert!(socket.read(&mut [0; 4096]).unwrap() > 10);
}

pub const CONNACK: &[u8] = &[0x20, 2, 0, 0];

pub const CONNECTED: &[u8] = b"CONNECTED\nversion:1.2\n\n\0";
