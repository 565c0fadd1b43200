// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker's client as a Python object: stores in bulk and hears messages to devices, over a connection that a thread of the
//! core keeps.
//!
//! Invariants: the core is called without the interpreter's lock. The first verdict on a delivery counts. A program's function is
//! called only while the interpreter lives; where it is going down, a delivery is not taken, and comes again.

use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use byteport_core::broker::{self, Verdict};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::broker_message::Delivery;
use crate::broker_options::options;
use crate::broker_packet::{packet, reading};
use crate::broker_stats::BrokerStats;
use crate::{args, convert, ending, error, log};

/// Where the core's and the programs' messages about brokers go.
const LOGGER: &str = "byteport.broker";

/// An open client; threads may share it. It ends when it is closed, when nobody has it any more,
/// and with the interpreter.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Broker {
    core: Arc<broker::Broker>,
}

impl Broker {
    /// Calls the core without the interpreter's lock.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&broker::Broker) -> byteport_core::Result<T> + Send,
    ) -> PyResult<T> {
        log::listen(py)?;
        let done = py.detach(|| work(&self.core));
        error::finished(py, done)
    }
}

impl Drop for Broker {
    /// What was handed in without waiting for the answer still goes out.
    fn drop(&mut self) {
        // Where the interpreter is going down it is closed already.
        let _ = Python::try_attach(|py| ending::leave(py, &self.core));
    }
}

#[pymethods]
impl Broker {
    #[new]
    #[pyo3(signature = (protocol, **given))]
    fn new(py: Python<'_>, protocol: &str, given: Option<&Bound<'_, PyDict>>) -> PyResult<Broker> {
        error::prepare(py)?;
        let options = options(protocol, given)?;
        log::listen(py)?;
        ending::check(py, "broker's client")?;
        let opened = py.detach(|| broker::Broker::open(options));
        let core = Arc::new(error::finished(py, opened)?);
        ending::watch(py, &core)?;
        Ok(Broker { core })
    }

    /// Waits for the first try to connect.
    fn first_try(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, broker::Broker::first_try)
    }

    fn publish(&self, destination: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, wait: bool) -> PyResult<()> {
        let (to, body) = (args::text("the destination", destination)?, args::bytes("the message", body)?);
        self.with(
            destination.py(),
            |core| if wait { core.publish(&to, &body) } else { core.post(&to, &body) },
        )
    }

    fn store(
        &self,
        data: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        timestamp: &Bound<'_, PyAny>,
        wait: bool,
    ) -> PyResult<()> {
        let reading = reading(data, device, timestamp)?;
        self.with(data.py(), |core| if wait { core.store(&reading) } else { core.post_reading(&reading) })
    }

    /// Stores a list of packets: for each the exception that says why it was not stored, or None.
    fn store_packets<'py>(
        &self,
        packets: &Bound<'py, PyAny>,
        namespace: &Bound<'py, PyAny>,
        device: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = packets.py();
        let (mut good, mut answers) = (Vec::new(), Vec::new());
        for given in args::several("packets", packets)? {
            answers.push(match packet(&given, namespace, device) {
                Ok(packet) => {
                    good.push(packet);
                    None
                }
                Err(failure) => Some(convert::only_exceptions(py, failure)?),
            });
        }
        let mut stored = self.with(py, |core| core.store_all(&good))?.into_iter();
        for answer in answers.iter_mut().filter(|answer| answer.is_none()) {
            *answer = stored.next().and_then(Result::err).map(|failure| error::exception(py, &failure));
        }
        PyList::new(py, answers.into_iter().map(|answer| answer.map(|failure| failure.into_value(py))))
    }

    /// How many answers of the broker are missing when everything is answered or the time is over.
    fn flush(&self, timeout: &Bound<'_, PyAny>) -> PyResult<usize> {
        let limit = args::span("timeout", timeout)?;
        self.with(timeout.py(), |core| core.flush(limit))
    }

    fn subscribe(&self, destination: &Bound<'_, PyAny>) -> PyResult<()> {
        let to = args::text("the destination", destination)?;
        self.with(destination.py(), |core| core.subscribe(&to))
    }

    fn subscribe_own(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, broker::Broker::subscribe_own)
    }

    /// The next delivery; None where none comes in time.
    fn receive(&self, timeout: &Bound<'_, PyAny>) -> PyResult<Option<Delivery>> {
        let limit = args::patience("timeout", timeout)?;
        Ok(self.with(timeout.py(), |core| core.receive(limit))?.map(Delivery::new))
    }

    fn settle(&self, py: Python<'_>, delivery: &Delivery, taken: bool) -> PyResult<()> {
        let verdict = if taken { Verdict::Taken } else { Verdict::Refused };
        self.with(py, |core| match delivery.to_be_settled() {
            Some(delivery) => core.settle(delivery, verdict),
            None => core.options().map(|_| ()),
        })
    }

    /// Hands deliveries to a function, on a thread of the core's, and tells another of each connection.
    fn listen(&self, py: Python<'_>, opened: Option<Py<PyAny>>, handler: Py<PyAny>) -> PyResult<()> {
        let opened = move || {
            ending::attach(|py| {
                if let Some(Err(raised)) = opened.as_ref().map(|function| function.call0(py)) {
                    log::raised(py, raised, LOGGER, "what is told of a connection raised");
                }
            });
        };
        let handler = move |delivery: &broker::Delivery| {
            let verdict = ending::attach(|py| handle(py, &handler, delivery));
            verdict.unwrap_or(Verdict::Refused)
        };
        self.with(py, |core| core.listen_whole(opened, handler))
    }

    /// Waits until the client is closed.
    fn wait_closed(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |core| core.wait_closed(Duration::MAX)).map(|_| ())
    }

    fn stats(&self, py: Python<'_>) -> PyResult<BrokerStats> {
        self.with(py, broker::Broker::stats).map(BrokerStats::from)
    }

    /// How many answers of the broker are missing.
    fn close(&self, timeout: &Bound<'_, PyAny>) -> PyResult<usize> {
        let limit = args::span("timeout", timeout)?;
        self.with(timeout.py(), |core| core.close(limit))
    }

    /// A descriptor that is readable while there are deliveries.
    fn fileno(&self, py: Python<'_>) -> PyResult<i32> {
        self.with(py, |core| core.ready().map(|descriptor| descriptor.as_raw_fd()))
    }
}

/// Has a program's function handle a delivery.
fn handle(py: Python<'_>, handler: &Py<PyAny>, delivery: &broker::Delivery) -> Verdict {
    match handler.call1(py, (Delivery::new(delivery.clone()),)) {
        Ok(_) => Verdict::Taken,
        Err(raised) => {
            log::raised(py, raised, LOGGER, "the handler of a message raised, and it comes again");
            Verdict::Refused
        }
    }
}
