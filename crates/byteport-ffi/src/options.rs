// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings from which a client is made.

use std::ffi::c_char;
use std::mem::take;
use std::time::Duration;

use byteport_core::model::name::{self, NameKind};
use byteport_core::{Error, ErrorCode, Method, Options, Proxy, Result};

use crate::error::byteport_error_t;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// How readings are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_method_t {
    /// By POST, of any size. What a client does unless told otherwise.
    BYTEPORT_METHOD_POST = 0,
    /// By GET, in a URL of at most 2,048 bytes.
    BYTEPORT_METHOD_GET = 1,
}

/// The settings of a client, with a default for each. For one thread at a time. A setter that fails changes nothing.
pub struct byteport_options_t(Options);

impl byteport_options_t {
    pub(crate) fn core(&self) -> &Options {
        &self.0
    }

    fn change(&mut self, change: impl FnOnce(Options) -> Options) -> Result<()> {
        self.0 = change(take(&mut self.0));
        Ok(())
    }
}

/// The error of an argument that makes no sense.
pub(crate) fn invalid(message: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}

/// Changes settings by a text of the caller's.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn set_text<H>(
    options: *mut H,
    (name, text): (&str, *const c_char),
    error: *mut *mut byteport_error_t,
    set: impl FnOnce(&mut H, &str) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || set(handle::borrow_mut(options, "options")?, handle::text(text, name)?)) }
}

fn milliseconds(milliseconds: u32) -> Result<Duration> {
    match milliseconds {
        0 => Err(invalid("a time-out of zero lets no call succeed")),
        _ => Ok(Duration::from_millis(milliseconds.into())),
    }
}

/// New settings, each at its default. Free them with byteport_options_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_options_new() -> *mut byteport_options_t {
    panic::made(|| byteport_options_t(Options::new()))
}

/// Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with `http://` or `https://` before it or not. Default:
/// `api.byteport.se`. Without a scheme, a loopback host (localhost, 127.0.0.0/8, ::1) is called by http, every other by
/// https. byteport_client_new() checks the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_host(
    options: *mut byteport_options_t,
    host: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("host", host), error, |options, host| options.change(|core| core.host(host)))
    }
}

/// Calls by https, or by http, where the host's text names no scheme.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_https(
    options: *mut byteport_options_t,
    https: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { panic::call(error, || handle::borrow_mut(options, "options")?.change(|core| core.https(https))) }
}

/// Sets the namespace that is stored to. Errors: BYTEPORT_ERROR_INVALID_NAME.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_namespace(
    options: *mut byteport_options_t,
    name: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("name", name), error, |options, name| {
            name::check(NameKind::Namespace, name)?;
            options.change(|core| core.namespace(name))
        })
    }
}

/// Sets the API key: the namespace's write key or the device's access key. It must not be empty. It appears in no log
/// message and no error text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_key(
    options: *mut byteport_options_t,
    key: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("key", key), error, |options, key| {
            if key.is_empty() {
                return Err(invalid("the API key is empty"));
            }
            options.change(|core| core.key(key))
        })
    }
}

/// Sets the UID of the device that stores where a call names no other. Errors: BYTEPORT_ERROR_INVALID_NAME.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_device(
    options: *mut byteport_options_t,
    uid: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("uid", uid), error, |options, uid| {
            name::check(NameKind::Device, uid)?;
            options.change(|core| core.device(uid))
        })
    }
}

/// Connects through a proxy, whatever the environment says: `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]` with the scheme
/// `http`, `socks4`, `socks4a` or `socks5`, user and password percent-encoded where need be. Default: the environment
/// variables https_proxy, http_proxy, all_proxy and no_proxy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_proxy(
    options: *mut byteport_options_t,
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

/// Connects directly, whatever the environment says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_no_proxy(
    options: *mut byteport_options_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { panic::call(error, || handle::borrow_mut(options, "options")?.change(Options::no_proxy)) }
}

/// Sets the longest time for making a connection (resolving, connecting, proxy and TLS together), in milliseconds; not
/// 0. Default: 10,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_connect_timeout_ms(
    options: *mut byteport_options_t,
    timeout_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, timeout) = (handle::borrow_mut(options, "options")?, milliseconds(timeout_ms)?);
            options.change(|core| core.connect_timeout(timeout))
        })
    }
}

/// Sets the longest time for a whole call, connecting included, in milliseconds; not 0. Default: 30,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_timeout_ms(
    options: *mut byteport_options_t,
    timeout_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, timeout) = (handle::borrow_mut(options, "options")?, milliseconds(timeout_ms)?);
            options.change(|core| core.timeout(timeout))
        })
    }
}

/// Sets the largest answer that is taken, in bytes; not 0. A larger one is BYTEPORT_ERROR_ANSWER_TOO_LARGE: ask for less.
/// Stores ignore what the answer says. Default: 67,108,864 (64 MiB unless set).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_max_answer(
    options: *mut byteport_options_t,
    bytes: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let options = handle::borrow_mut(options, "options")?;
            if bytes == 0 {
                return Err(invalid("a limit of zero lets no answer in"));
            }
            options.change(|core| core.max_answer(bytes))
        })
    }
}

/// Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS
/// connection is made; then an unreadable one is BYTEPORT_ERROR_TLS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_ca_file(
    options: *mut byteport_options_t,
    path: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("path", path), error, |options, path| {
            if path.is_empty() {
                return Err(invalid("the CA file's path is empty"));
            }
            options.change(|core| core.ca_file(path))
        })
    }
}

/// Names a PEM file with the certificate that this client shows to the service, the rest of its chain, and its private key.
/// It is read as byteport_options_set_ca_file() says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_client_cert(
    options: *mut byteport_options_t,
    path: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        set_text(options, ("path", path), error, |options, path| {
            if path.is_empty() {
                return Err(invalid("the client certificate's path is empty"));
            }
            options.change(|core| core.client_cert(path))
        })
    }
}

/// Sets how readings are stored, as a byteport_method_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_set_store_method(
    options: *mut byteport_options_t,
    method: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let options = handle::borrow_mut(options, "options")?;
            let method = match method {
                n if n == byteport_method_t::BYTEPORT_METHOD_POST as i32 => Method::Post,
                n if n == byteport_method_t::BYTEPORT_METHOD_GET as i32 => Method::Get,
                _ => return Err(invalid("method is not a byteport_method_t")),
            };
            options.change(|core| core.store_method(method))
        })
    }
}

/// Frees the settings; NULL is fine. Clients made from them keep a copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_options_free(options: *mut byteport_options_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(options) });
}
