// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings of a broker's client from Python's keyword arguments.

use byteport_core::ErrorCode::InvalidArgument;
use byteport_core::Proxy;
use byteport_core::broker::{BrokerOptions, Channel, Protocol, Will as CoreWill};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::{args, convert, error};

/// What the broker publishes when the client is gone without a farewell.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Will {
    core: CoreWill,
}

#[pymethods]
impl Will {
    #[new]
    #[pyo3(signature = (topic, body, *, confirm = true, retain = false))]
    fn new(topic: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, confirm: bool, retain: bool) -> PyResult<Will> {
        error::prepare(topic.py())?;
        let will = CoreWill::new(&args::text("the will's topic", topic)?, args::bytes("the will", body)?);
        Ok(Will { core: will.confirm(confirm).retain(retain) })
    }
}

/// The core's settings; what is None is left as the core has it.
pub(crate) fn options(protocol: &str, given: Option<&Bound<'_, PyDict>>) -> PyResult<BrokerOptions> {
    let protocol = if protocol == Protocol::Stomp.text() { Protocol::Stomp } else { Protocol::Mqtt };
    let mut options = BrokerOptions::new(protocol);
    for (name, value) in given.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
        let name = name.cast::<PyString>()?.to_cow()?;
        options = set(options, &name, &value)?;
    }
    Ok(options)
}

/// The settings of a dict with the broker's address under `url`.
pub(crate) fn of_mapping(given: &Bound<'_, PyAny>) -> PyResult<BrokerOptions> {
    let py = given.py();
    let refused = || {
        let message = "broker must be a dict of settings, with the broker's address as its 'url'";
        error::refused(py, InvalidArgument, message)
    };
    let given = given.cast::<PyDict>().map_err(|_| refused())?;
    let url = args::text("the broker's url", &given.get_item("url")?.ok_or_else(refused)?)?;
    let mut options = BrokerOptions::from_url(&url).map_err(|failure| error::exception(py, &failure))?;
    for (name, value) in given.iter().filter(|(_, value)| !value.is_none()) {
        let name = args::text("the setting's name", &name)?;
        if name != "url" {
            options = set(options, &name, &value)?;
        }
    }
    Ok(options)
}

/// One setting by its name.
fn set(options: BrokerOptions, name: &str, value: &Bound<'_, PyAny>) -> PyResult<BrokerOptions> {
    Ok(match name {
        "host" => options.host(&args::text("the host", value)?),
        "tls" => options.tls(args::truth(name, value)?),
        "namespace" => options.namespace(&convert::name_text("namespace", value)?),
        "device" => options.device(&convert::name_text("device UID", value)?),
        "login" => login(options, value)?,
        "vhost" => options.vhost(&args::text("the virtual host", value)?),
        "client_id" => options.client_id(&args::text(name, value)?),
        "clean_session" => options.clean_session(args::truth(name, value)?),
        "keep_alive" => options.keep_alive(args::span(name, value)?),
        "confirm" => options.confirm(args::truth(name, value)?),
        "channel_type" => options.channel(args::choice(name, value, Channel::from_text)?),
        "will" => options.will(will(value)?),
        "proxy" => {
            let proxy = Proxy::parse(&args::text("the proxy", value)?);
            options.proxy(proxy.map_err(|failure| error::exception(value.py(), &failure))?)
        }
        "connect_timeout" => options.connect_timeout(args::span(name, value)?),
        "timeout" => options.timeout(args::span(name, value)?),
        "ca_file" => options.ca_file(args::file(name, value)?),
        "client_cert" => options.client_cert(args::file(name, value)?),
        "max_age" => options.max_age(args::span(name, value)?),
        "max_ahead" => options.max_ahead(args::span(name, value)?),
        "max_message" => options.max_message(usize::try_from(args::size(name, value)?)?),
        "max_list" => options.max_list(usize::try_from(args::size(name, value)?)?),
        "max_in_flight" => options.max_in_flight(usize::try_from(args::count(name, value)?)?),
        "prefetch" => options.prefetch(usize::try_from(args::count(name, value)?)?),
        _ => return Err(args::unknown(name)),
    })
}

/// A login and its password.
fn login(options: BrokerOptions, pair: &Bound<'_, PyAny>) -> PyResult<BrokerOptions> {
    let (login, password): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.cast::<PyTuple>()?.extract()?;
    Ok(options.login(&args::text("the login", &login)?, &args::text("the password", &password)?))
}

fn will(value: &Bound<'_, PyAny>) -> PyResult<CoreWill> {
    let will = value.cast::<Will>().map_err(|_| {
        let message = format!("will must be a Will, not {}", convert::kind(value));
        error::refused(value.py(), InvalidArgument, message)
    })?;
    Ok(will.get().core.clone())
}
