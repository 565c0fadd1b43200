// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings with which a broker's client is opened.

use std::ffi::c_char;

use byteport_core::broker::{BrokerOptions, Channel, Protocol, Will};
use byteport_core::{Proxy, Result};

use crate::error::byteport_error_t;
use crate::options::{invalid, set_text};
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// How to talk to a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_protocol_t {
    /// MQTT 3.1.1.
    BYTEPORT_PROTOCOL_MQTT = 1,
    /// STOMP 1.2.
    BYTEPORT_PROTOCOL_STOMP = 2,
}

/// From which kind of STOMP destination a device's messages come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_channel_t {
    /// `/topic/device_messages_NAMESPACE.UID`: each listener gets each message that is sent while it listens. What a client
    /// takes unless told otherwise.
    BYTEPORT_CHANNEL_TOPIC = 1,
    /// `/queue/device_messages_NAMESPACE.UID`: messages wait for a listener; of several, one gets each.
    BYTEPORT_CHANNEL_QUEUE = 2,
}

use byteport_channel_t::*;
use byteport_protocol_t::*;

/// The settings of a broker's client. Everything but the login has a default. For one thread at a time. A setter that fails
/// changes nothing; byteport_broker_open() checks what the setters do not.
pub struct byteport_broker_options_t(BrokerOptions);

impl byteport_broker_options_t {
    pub(crate) fn core(&self) -> &BrokerOptions {
        &self.0
    }

    fn change(&mut self, change: impl FnOnce(BrokerOptions) -> BrokerOptions) -> Result<()> {
        self.0 = change(self.0.clone());
        Ok(())
    }
}

fn checked_protocol(number: i32) -> Result<Protocol> {
    match number {
        n if n == BYTEPORT_PROTOCOL_MQTT as i32 => Ok(Protocol::Mqtt),
        n if n == BYTEPORT_PROTOCOL_STOMP as i32 => Ok(Protocol::Stomp),
        _ => Err(invalid("the protocol is not a byteport_protocol_t")),
    }
}

fn checked_channel(number: i32) -> Result<Channel> {
    match number {
        n if n == BYTEPORT_CHANNEL_TOPIC as i32 => Ok(Channel::Topic),
        n if n == BYTEPORT_CHANNEL_QUEUE as i32 => Ok(Channel::Queue),
        _ => Err(invalid("the channel is not a byteport_channel_t")),
    }
}

/// Makes settings.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn make(
    out: *mut *mut byteport_broker_options_t,
    error: *mut *mut byteport_error_t,
    make: impl FnOnce() -> Result<BrokerOptions>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        panic::call(error, || {
            let out = handle::out(out, "out")?;
            out.put(handle::into_raw(byteport_broker_options_t(make()?)));
            Ok(())
        })
    }
}

/// Changes the core's settings.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn set(
    options: *mut byteport_broker_options_t,
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(BrokerOptions) -> BrokerOptions,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || handle::borrow_mut(options, "options")?.change(change)) }
}

/// Changes the core's settings by a text of the caller's.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn set_core_text(
    options: *mut byteport_broker_options_t,
    text: (&str, *const c_char),
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(BrokerOptions, &str) -> BrokerOptions,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { set_text(options, text, error, |options, text| options.change(|core| change(core, text))) }
}

/// New settings for the service's broker that speaks this protocol, a byteport_protocol_t, each at its default. Free them with
/// byteport_broker_options_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_new(
    protocol: i32,
    out: *mut *mut byteport_broker_options_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { make(out, error, || checked_protocol(protocol).map(BrokerOptions::new)) }
}

/// New settings for the broker at an address: `mqtt://HOST`, `mqtts://HOST`, `stomp://HOST` or `stomps://HOST`, with `:PORT` or
/// without. The scheme says which protocol it is, and whether by TLS; login and password are no part of it. Free the settings
/// with byteport_broker_options_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for another scheme, or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_from_url(
    url: *const c_char,
    out: *mut *mut byteport_broker_options_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { make(out, error, || BrokerOptions::from_url(handle::text(url, "url")?)) }
}

/// Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with the protocol's scheme before it (`mqtt://`, `mqtts://`) or not.
/// Default: the service's own. Without a scheme, a loopback host (localhost, 127.0.0.0/8, ::1) is called plainly, every other
/// by TLS. Ports unless given: 1883 and, by TLS, 8883 for MQTT; 61613 and 61614 for STOMP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_host(
    options: *mut byteport_broker_options_t,
    host: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("host", host), error, |core, host| core.host(host)) }
}

/// Connects by TLS, or not, where the host's text names no scheme.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_tls(
    options: *mut byteport_broker_options_t,
    tls: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.tls(tls)) }
}

/// Sets the namespace of the device and of all readings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_namespace(
    options: *mut byteport_broker_options_t,
    name: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("name", name), error, |core, name| core.namespace(name)) }
}

/// Sets the device's UID: the device is sent messages, and stores readings that name no other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_device(
    options: *mut byteport_broker_options_t,
    uid: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("uid", uid), error, |core, uid| core.device(uid)) }
}

/// Sets the broker login, which is not the one of the web pages, and its password. The password appears in no log message and no
/// error text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_login(
    options: *mut byteport_broker_options_t,
    login: *const c_char,
    password: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("login", login), error, |options, login| {
            let password = handle::text(password, "password")?;
            options.change(|core| core.login(login, password))
        })
    }
}

/// Sets the virtual host. Default: the namespace for MQTT, `/` for STOMP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_vhost(
    options: *mut byteport_broker_options_t,
    vhost: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("vhost", vhost), error, |core, vhost| core.vhost(vhost)) }
}

/// Sets the MQTT client identifier, by which the broker knows the session again. Default: `NAMESPACE.UID`. A broker lets one
/// client have it: a second one with the same takes the first one's place.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_client_id(
    options: *mut byteport_broker_options_t,
    client_id: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("client_id", client_id), error, |core, id| core.client_id(id)) }
}

/// Sets whether the broker forgets the session when the connection ends: what is sent to the device meanwhile is lost then, and
/// no client identifier is needed. MQTT only. Default: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_clean_session(
    options: *mut byteport_broker_options_t,
    clean: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.clean_session(clean)) }
}

/// Sets whether the broker confirms what is published (MQTT: QoS 1; STOMP: a receipt). Without it nobody knows whether anything
/// arrives. Default: yes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_confirm(
    options: *mut byteport_broker_options_t,
    confirm: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.confirm(confirm)) }
}

/// Sets from which kind of STOMP destination the device's messages come, as a byteport_channel_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_channel(
    options: *mut byteport_broker_options_t,
    channel: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, channel) = (handle::borrow_mut(options, "options")?, checked_channel(channel)?);
            options.change(|core| core.channel(channel))
        })
    }
}

/// Adds an MQTT topic filter or STOMP destination to those that are listened to from the start. With at least one, the device's own
/// messages are listened to only where byteport_broker_subscribe() says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_add_destination(
    options: *mut byteport_broker_options_t,
    destination: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("destination", destination), error, |core, to| core.listen_to(to)) }
}

/// Sets the last will: what the broker publishes, confirmed, when this client is gone without a farewell because its connection
/// broke or it was silent for one and a half keep-alives. `length` bytes of `data` go to the topic; NULL is fine where that is 0.
/// `retain` has the broker keep it for those who subscribe later. MQTT only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_will(
    options: *mut byteport_broker_options_t,
    topic: *const c_char,
    data: *const u8,
    length: usize,
    retain: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("topic", topic), error, |options, topic| {
            let will = Will::new(topic, handle::items(data, length, "data")?).retain(retain);
            options.change(|core| core.will(will))
        })
    }
}

/// Connects through a proxy, written as for byteport_options_set_proxy(). Default: directly; the environment's proxies are for
/// HTTP, and are not looked at.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_proxy(
    options: *mut byteport_broker_options_t,
    url: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("url", url), error, |options, url| {
            let proxy = Proxy::parse(url)?;
            options.change(|core| core.proxy(proxy))
        })
    }
}

/// Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS connection
/// is made; then an unreadable one is BYTEPORT_ERROR_TLS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_ca_file(
    options: *mut byteport_broker_options_t,
    path: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("path", path), error, |core, path| core.ca_file(path)) }
}

/// Names a PEM file with the certificate that this client shows to the broker, the rest of its chain, and its private key. It is
/// read as byteport_broker_options_set_ca_file() says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_client_cert(
    options: *mut byteport_broker_options_t,
    path: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set_core_text(options, ("path", path), error, |core, path| core.client_cert(path)) }
}

/// Sets whether a connection that is lost, or cannot be made, is made again by itself, with pauses of a random part of 0.2 s at first
/// and of up to 60 s later, and what was not confirmed sent again. Otherwise it is made when something is published, fails
/// that where it cannot be made, and ends when nothing was published for a keep-alive. Default: yes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_reconnect(
    options: *mut byteport_broker_options_t,
    reconnect: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.reconnect(reconnect)) }
}

/// Frees the settings; NULL is fine. Clients opened with them keep a copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_free(options: *mut byteport_broker_options_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(options) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_the_cores() {
        for number in -1..5 {
            let core = [Protocol::Mqtt, Protocol::Stomp].into_iter().find(|one| *one as i32 == number);
            assert_eq!(checked_protocol(number).ok(), core);
            let core = [Channel::Topic, Channel::Queue].into_iter().find(|one| *one as i32 == number);
            assert_eq!(checked_channel(number).ok(), core);
        }
    }
}
