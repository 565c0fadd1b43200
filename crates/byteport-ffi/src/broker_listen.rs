// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages handed to a callback: on a thread of the library's, or on the caller's own, which a descriptor tells when.

use std::ffi::{c_int, c_void};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

use byteport_core::Result;
use byteport_core::broker::{Broker, Delivery, Verdict};

use crate::broker::{byteport_broker_t, call};
use crate::broker_message::byteport_verdict_t::BYTEPORT_VERDICT_TAKEN;
use crate::broker_message::{byteport_delivery_t, byteport_message_t};
use crate::error::byteport_error_t;
use crate::options::invalid;
use crate::status::byteport_status_t;
use crate::userdata::{Userdata, byteport_free_callback_t};
use crate::{handle, panic};

/// As many deliveries as one call hands on, so that it ends even where they come faster than they are handled.
const MOST_AT_ONCE: usize = 100;

/// Takes one message, the delivery that it belongs to, and the userdata; both are gone when it returns. It returns what became of
/// the message, as a byteport_verdict_t; any other number is BYTEPORT_VERDICT_REFUSED. The broker is told that a delivery is taken
/// when each of its messages was; after one that was refused the rest is not handed on, and all of it comes again.
///
/// It may publish, store and ask for statistics, but not end the client nor free it. It must neither throw nor jump out.
pub type byteport_message_callback_t = Option<
    unsafe extern "C" fn(
        message: *const byteport_message_t,
        delivery: *const byteport_delivery_t,
        userdata: *mut c_void,
    ) -> i32,
>;

type Function =
    unsafe extern "C" fn(*const byteport_message_t, *const byteport_delivery_t, *mut c_void) -> i32;

fn given(callback: byteport_message_callback_t) -> Result<Function> {
    callback.ok_or_else(|| invalid("callback is NULL"))
}

/// Hands on one message after the other, up to the first that is not taken.
///
/// # Safety
/// Function and userdata were given together, and the userdata lives.
unsafe fn judge(function: Function, userdata: *mut c_void, delivery: &Delivery) -> Verdict {
    panic::or(Verdict::Refused, || {
        let delivery = byteport_delivery_t::new(delivery.clone());
        // SAFETY: the caller vouches for both; message and delivery live as long as the call.
        let verdict = |message| unsafe { function(message, &delivery, userdata) };
        let are_taken = delivery.messages().iter().all(|one| verdict(one) == BYTEPORT_VERDICT_TAKEN as i32);
        if are_taken { Verdict::Taken } else { Verdict::Refused }
    })
}

/// A callback that the library keeps. Whoever drops it frees the userdata.
struct Callback {
    function: Function,
    userdata: Userdata,
}

// SAFETY: the header says that callback and free function are called on the library's thread.
unsafe impl Send for Callback {}
// SAFETY: as above; one thread calls it.
unsafe impl Sync for Callback {}

/// Hands each message to the callback, on one thread of the library's, in the order in which they come. After one that was
/// refused, the next delivery is handed on after a pause. Without a subscription, the device's own messages are subscribed to.
///
/// `free_userdata`, which may be NULL, is called with the userdata exactly once: when the client was closed or freed and the last
/// call has returned, on the library's thread. byteport_broker_close() waits for that, but for two seconds only. Where this call
/// fails, the userdata stays the caller's.
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without anything to listen to; BYTEPORT_ERROR_INVALID_ARGUMENT where there is a callback
/// already; BYTEPORT_ERROR_FILE where no thread can be started; BYTEPORT_ERROR_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_listen(
    broker: *const byteport_broker_t,
    callback: byteport_message_callback_t,
    userdata: *mut c_void,
    free_userdata: byteport_free_callback_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(broker, error, |broker| {
            let function = given(callback)?;
            let userdata = Userdata::new(userdata, free_userdata);
            listen(broker, Callback { function, userdata })
        })
    }
}

fn listen(broker: &Broker, callback: Callback) -> Result<()> {
    let callback = Arc::new(callback);
    let kept = Arc::clone(&callback);
    // SAFETY: given together, and kept as long as the closure.
    let handler =
        move |delivery: &Delivery| unsafe { judge(kept.function, kept.userdata.pointer(), delivery) };
    broker.listen_whole(|| {}, handler).inspect_err(|_| {
        if let Some(callback) = Arc::into_inner(callback) {
            callback.userdata.give_back();
        }
    })
}

/// The descriptor that is readable while deliveries wait for byteport_broker_service() or byteport_broker_receive(), and once the
/// client was closed: for poll(), select() and their like. Do not read from it nor close it; it belongs to the client, and is
/// always the same. -1 in a forked child, and for NULL. Nothing comes before there is a subscription.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_fd(broker: *const byteport_broker_t) -> c_int {
    let descriptor = |broker: &byteport_broker_t| broker.core().ready().map_or(-1, |fd| fd.as_raw_fd());
    // SAFETY: the caller's pointer is NULL or a living handle.
    panic::or(-1, || unsafe { handle::read::<_, RawFd>(broker, -1, descriptor) })
}

/// Hands each message that waits to the callback, on the thread of this call, and returns without waiting for more, or when
/// 100 deliveries were handed on. `handled`, which may be NULL, gets how many deliveries that were. Where another thread is at it,
/// or the callback itself calls this, nothing is done. Without a subscription, the device's own messages are subscribed to.
///
/// A delivery that was refused comes again, with STOMP as soon as the broker can: a callback that can take nothing for a while
/// lets its caller stop calling this.
///
/// Errors: as byteport_broker_receive().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_service(
    broker: *const byteport_broker_t,
    callback: byteport_message_callback_t,
    userdata: *mut c_void,
    handled: *mut usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (broker, function) = (handle::borrow(broker, "broker")?, given(callback)?);
            let judge = |delivery: &Delivery| judge(function, userdata, delivery);
            let count = broker.turn().take(|| serve(broker.core(), judge)).unwrap_or(Ok(0))?;
            handle::put(handled, count);
            Ok(())
        })
    }
}

fn serve(broker: &Broker, judge: impl Fn(&Delivery) -> Verdict) -> Result<usize> {
    for count in 0..MOST_AT_ONCE {
        let Some(delivery) = broker.try_receive()? else { return Ok(count) };
        broker.settle(&delivery, judge(&delivery))?;
    }
    Ok(MOST_AT_ONCE)
}
