// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An outbox whose readings go through a broker.

use std::ffi::c_char;

use crate::broker_options::byteport_broker_options_t;
use crate::error::byteport_error_t;
use crate::outbox::{byteport_outbox_t, call};
use crate::outbox_options::byteport_outbox_options_t;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// Uploads through this broker, by MQTT or STOMP, in lists of packets: what the broker has confirmed is delivered, for the service
/// takes it from there. The broker's settings are copied. The client of byteport_outbox_open() needs no key then; namespace and
/// device are its own where the broker's settings name none. The MQTT client identifier, unless set, is one of this opening
/// alone, so that a device that listens keeps its own. byteport_outbox_open() refuses settings that do not confirm, that listen,
/// and a legacy key beside a broker.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_broker(
    options: *mut byteport_outbox_options_t,
    broker: *const byteport_broker_options_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let broker = handle::borrow(broker, "broker")?.core().clone();
            handle::borrow_mut(options, "options")?.change(|core| core.broker(broker))
        })
    }
}

/// Changes the broker login with which readings are uploaded from now on, where they go through a broker
/// (byteport_outbox_options_set_broker()). An upload that the broker refused goes on at once; what is on its way is sent again.
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED for an empty login; BYTEPORT_ERROR_INVALID_ARGUMENT for a login or password that has
/// control characters or more than 4,096 bytes, and where readings go through no broker.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_set_login(
    outbox: *const byteport_outbox_t,
    login: *const c_char,
    password: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(outbox, error, |outbox| {
            outbox.set_login(handle::text(login, "login")?, handle::text(password, "password")?)
        })
    }
}
