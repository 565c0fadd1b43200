// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to devices as C sees them, and what the broker is told of them.

use std::ffi::{CString, c_char};
use std::ptr;

use byteport_core::Result;
use byteport_core::broker::{Delivery, Message, Verdict};

use crate::broker::{byteport_broker_t, call};
use crate::error::byteport_error_t;
use crate::options::invalid;
use crate::span::milliseconds;
use crate::status::byteport_status_t;
use crate::timestamp::BYTEPORT_TIME_OPEN;
use crate::{handle, panic};

/// What became of messages, as the broker is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_verdict_t {
    /// They were handled: the broker forgets them.
    BYTEPORT_VERDICT_TAKEN = 1,
    /// They were not handled, and are to be delivered again. STOMP: the broker does so at once, unless it was set up otherwise.
    /// MQTT has no word for it: where the session is persistent, the client makes a new connection after a pause, over which
    /// the broker delivers again what it was not told is taken.
    BYTEPORT_VERDICT_REFUSED = 2,
}

use byteport_verdict_t::*;

/// One message to a device. It belongs to its delivery. It never changes: any number of threads may read it at once.
pub struct byteport_message_t {
    namespace: Option<CString>,
    uid: Option<CString>,
    time: i64,
    age_us: i64,
    /// With a NUL behind it.
    body: Vec<u8>,
}

impl From<&Message> for byteport_message_t {
    fn from(message: &Message) -> byteport_message_t {
        let text = |text: &Option<String>| text.as_deref().map(handle::c_text);
        byteport_message_t {
            namespace: text(&message.namespace),
            uid: text(&message.uid),
            time: message.timestamp.map_or(BYTEPORT_TIME_OPEN, |time| time.as_micros()),
            age_us: message.age.unwrap_or(0),
            body: with_nul(&message.body),
        }
    }
}

/// What came from the broker at once: one message, or a list of them. The broker is told of it as a whole. It never changes: any
/// number of threads may read it at once. What its functions return belongs to it.
pub struct byteport_delivery_t {
    core: Delivery,
    destination: CString,
    headers: Vec<(CString, CString)>,
    messages: Vec<byteport_message_t>,
    /// With a NUL behind it.
    body: Vec<u8>,
}

impl byteport_delivery_t {
    pub(crate) fn new(core: Delivery) -> byteport_delivery_t {
        let header = |(name, value): &(String, String)| (handle::c_text(name), handle::c_text(value));
        byteport_delivery_t {
            destination: handle::c_text(core.destination()),
            headers: core.headers().iter().map(header).collect(),
            messages: core.messages().iter().map(byteport_message_t::from).collect(),
            body: with_nul(core.body()),
            core,
        }
    }

    pub(crate) fn messages(&self) -> &[byteport_message_t] {
        &self.messages
    }
}

fn with_nul(bytes: &[u8]) -> Vec<u8> {
    [bytes, &[0]].concat()
}

fn checked_verdict(number: i32) -> Result<Verdict> {
    match number {
        n if n == BYTEPORT_VERDICT_TAKEN as i32 => Ok(Verdict::Taken),
        n if n == BYTEPORT_VERDICT_REFUSED as i32 => Ok(Verdict::Refused),
        _ => Err(invalid("the verdict is not a byteport_verdict_t")),
    }
}

/// Waits for the next delivery, for at most `timeout_ms` milliseconds; with 0 only looks. `out` becomes NULL where none came.
/// Without a subscription, the device's own messages are subscribed to. The broker waits for byteport_broker_settle(). Free the
/// delivery with byteport_delivery_free().
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without anything to listen to; BYTEPORT_ERROR_FORBIDDEN where the broker refuses a
/// subscription; BYTEPORT_ERROR_CLOSED; at once those that byteport_broker_wait_open() gives at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_receive(
    broker: *const byteport_broker_t,
    timeout_ms: u32,
    out: *mut *mut byteport_delivery_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(broker, error, |broker| {
            let out = handle::out(out, "out")?;
            let delivery = broker.receive(milliseconds(timeout_ms))?.map(byteport_delivery_t::new);
            out.put(delivery.map_or(ptr::null_mut(), handle::into_raw));
            Ok(())
        })
    }
}

/// Tells the broker what became of a delivery that byteport_broker_receive() gave, as a byteport_verdict_t, once. It need not be
/// freed before nor after. One that came over a connection that is gone is delivered again, whatever is said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_settle(
    broker: *const byteport_broker_t,
    delivery: *const byteport_delivery_t,
    verdict: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(broker, error, |broker| {
            let delivery = handle::borrow(delivery, "delivery")?;
            broker.settle(&delivery.core, checked_verdict(verdict)?)
        })
    }
}

/// The MQTT topic or STOMP destination; NULL for NULL. RabbitMQ gives an MQTT topic with `/` for each `.`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_destination(
    delivery: *const byteport_delivery_t,
) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, ptr::null(), |delivery| delivery.destination.as_ptr()) }
}

/// Whether the broker says that it delivered this before; false for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_is_redelivered(delivery: *const byteport_delivery_t) -> bool {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, false, |delivery| delivery.core.redelivered()) }
}

/// The whole body as it came, `length` bytes and a NUL that is not counted; NULL for NULL. `length` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_body(
    delivery: *const byteport_delivery_t,
    length: *mut usize,
) -> *const u8 {
    // SAFETY: the caller's pointers are NULL, or a living handle and a place for a length.
    unsafe { bytes(handle::get(delivery).map(|delivery| &delivery.body), length) }
}

/// Gives bytes and their length to C.
///
/// # Safety
/// NULL, or a place that is this call's alone.
unsafe fn bytes(body: Option<&Vec<u8>>, length: *mut usize) -> *const u8 {
    // SAFETY: the caller vouches for the place.
    unsafe { handle::put(length, body.map_or(0, |body| body.len() - 1)) };
    body.map_or(ptr::null(), |body| body.as_ptr())
}

/// How many headers the STOMP frame has; 0 for MQTT, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_header_count(delivery: *const byteport_delivery_t) -> usize {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, 0, |delivery| delivery.headers.len()) }
}

/// The name of one header of the STOMP frame, in the order in which they came; NULL past the last, and for NULL. Of two with one
/// name, the first counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_header_name(
    delivery: *const byteport_delivery_t,
    index: usize,
) -> *const c_char {
    let name = |delivery: &byteport_delivery_t| delivery.headers.get(index).map(|(name, _)| name.as_ptr());
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, None, name) }.unwrap_or(ptr::null())
}

/// The value of one header of the STOMP frame; NULL past the last, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_header_value(
    delivery: *const byteport_delivery_t,
    index: usize,
) -> *const c_char {
    let value = |delivery: &byteport_delivery_t| delivery.headers.get(index).map(|(_, value)| value.as_ptr());
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, None, value) }.unwrap_or(ptr::null())
}

/// How many messages were delivered, at least one; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_message_count(delivery: *const byteport_delivery_t) -> usize {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, 0, |delivery| delivery.messages.len()) }
}

/// One message, in the order of the list; NULL past the last, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_message(
    delivery: *const byteport_delivery_t,
    index: usize,
) -> *const byteport_message_t {
    let message = |delivery: &byteport_delivery_t| delivery.messages.get(index).map(ptr::from_ref);
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(delivery, None, message) }.unwrap_or(ptr::null())
}

/// Frees a delivery; NULL is fine. The broker is told nothing: it waits for a verdict until the connection ends, and delivers
/// again then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_delivery_free(delivery: *mut byteport_delivery_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(delivery) });
}

/// The namespace that the message's packet names; NULL where it names none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_message_namespace(message: *const byteport_message_t) -> *const c_char {
    let namespace = |message: &byteport_message_t| message.namespace.as_ref().map(|text| text.as_ptr());
    // SAFETY: the caller's pointer is NULL or a living message.
    unsafe { handle::read(message, None, namespace) }.unwrap_or(ptr::null())
}

/// The device that the message's packet names: the listening one, or a child device behind it. NULL for a message that is no
/// packet, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_message_uid(message: *const byteport_message_t) -> *const c_char {
    let uid = |message: &byteport_message_t| message.uid.as_ref().map(|text| text.as_ptr());
    // SAFETY: the caller's pointer is NULL or a living message.
    unsafe { handle::read(message, None, uid) }.unwrap_or(ptr::null())
}

/// The message itself, the `data` of its packet or the whole body: `length` bytes, and a NUL that is not counted, so that text can
/// be used as such. NULL for NULL. `length` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_message_body(
    message: *const byteport_message_t,
    length: *mut usize,
) -> *const u8 {
    // SAFETY: the caller's pointers are NULL, or a living message and a place for a length.
    unsafe { bytes(handle::get(message).map(|message| &message.body), length) }
}

/// When it was sent, by its packet, in microseconds since 1970-01-01 UTC; BYTEPORT_TIME_OPEN where it does not say, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_message_time(message: *const byteport_message_t) -> i64 {
    // SAFETY: the caller's pointer is NULL or a living message.
    unsafe { handle::read(message, BYTEPORT_TIME_OPEN, |message| message.time) }
}

/// How old it was when it arrived, by this machine's clock, in microseconds; negative for a time in the future. 0 where it does not
/// say when it was sent, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_message_age_us(message: *const byteport_message_t) -> i64 {
    // SAFETY: the caller's pointer is NULL or a living message.
    unsafe { handle::read(message, 0, |message| message.age_us) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_the_cores() {
        for number in -1..5 {
            let core = [Verdict::Taken, Verdict::Refused].into_iter().find(|one| *one as i32 == number);
            assert_eq!(checked_verdict(number).ok(), core);
        }
    }
}
