// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The core's client as a Python class. Its methods convert arguments and make calls; [`Call::run`] sends them.

use std::sync::{Arc, Mutex, PoisonError};

use byteport_core::http::Call as CoreCall;
use byteport_core::{Client as Core, ErrorCode, Method, Options, Proxy};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::args::{self, Pairs, absolute, text};
use crate::ask::Ask;
use crate::call::Call;
use crate::download::Download;
use crate::firmware::Firmware;
use crate::outbox::Outbox;
use crate::pages::{self, Pages};
use crate::place::{Field, Value};
use crate::request::{form, request};
use crate::upload::Upload;
use crate::{convert, error, log};

/// A client of one host; threads may share it.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Client {
    origin: String,
    /// None when it is closed.
    core: Mutex<Option<Arc<Core>>>,
}

impl Client {
    pub(crate) fn core(&self, py: Python<'_>) -> PyResult<Arc<Core>> {
        let core = self.core.lock().unwrap_or_else(PoisonError::into_inner).clone();
        core.ok_or_else(|| {
            error::refused(py, ErrorCode::InvalidArgument, "the client is closed: make another")
        })
    }

    fn call(
        &self,
        py: Python<'_>,
        make: impl FnOnce(&Core) -> byteport_core::Result<CoreCall>,
    ) -> PyResult<Call> {
        let core = self.core(py)?;
        let call = make(&core).map_err(|failure| error::exception(py, &failure))?;
        Ok(Call::new(core, call))
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (host, **options))]
    fn new(py: Python<'_>, host: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Client> {
        error::prepare(py)?;
        let mut core = Options::new().host(&text("the host", host)?);
        for (name, value) in options.into_iter().flatten() {
            let name = name.cast::<PyString>()?.to_cow()?;
            if !value.is_none() || name == "store_path" {
                core = set(core, &name, &value)?;
            }
        }
        log::listen(py)?;
        let core = error::finished(py, Core::new(core))?;
        Ok(Client { origin: core.origin().to_owned(), core: Mutex::new(Some(Arc::new(core))) })
    }

    #[getter]
    fn origin(&self) -> &str {
        &self.origin
    }

    fn store(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        timestamp: &Bound<'_, PyAny>,
    ) -> PyResult<Call> {
        let reading = convert::reading(data, device, timestamp)?;
        self.call(py, |core| core.store_call(&reading))
    }

    fn upload(
        &self,
        py: Python<'_>,
        device: &Bound<'_, PyAny>,
        timestamp: &Bound<'_, PyAny>,
    ) -> PyResult<Upload> {
        let (device, timestamp) = convert::device_and_time(device, timestamp)?;
        let core = self.core(py)?;
        let upload = error::finished(py, core.upload(device.as_deref(), timestamp))?;
        Ok(Upload::new(Some(core), upload))
    }

    /// A queue of readings in a file, which uploads them for this client.
    #[pyo3(signature = (path, **options))]
    fn outbox(&self, path: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Outbox> {
        Outbox::open(self.core(path.py())?, path, options)
    }

    fn packets(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        packets: &Bound<'_, PyAny>,
        legacy_key: &Bound<'_, PyAny>,
    ) -> PyResult<Call> {
        let path = absolute(path)?;
        let (packets, key) = (text("packets", packets)?, text("legacy_key", legacy_key)?);
        self.call(py, |core| core.packets_call_at(&path, &packets, &key))
    }

    fn login(
        &self,
        py: Python<'_>,
        username: &Bound<'_, PyAny>,
        password: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
    ) -> PyResult<Call> {
        let (username, password) = (text("username", username)?, text("password", password)?);
        let path = absolute(path)?;
        self.call(py, |core| Ok(core.login_call(&path, &username, &password)))
    }

    fn logout(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Call> {
        let path = text("the path", path)?;
        self.call(py, |core| core.logout_call(&path))
    }

    fn get(&self, py: Python<'_>, path: &Bound<'_, PyAny>, query: Pairs<'_>) -> PyResult<Call> {
        let (path, query) = (absolute(path)?, args::pairs(query)?);
        self.call(py, |core| Ok(core.get_call(&path, &args::borrowed(&query))))
    }

    fn post(&self, py: Python<'_>, path: &Bound<'_, PyAny>, pairs: Pairs<'_>) -> PyResult<Call> {
        let (path, form) = (absolute(path)?, form(&args::pairs(pairs)?));
        self.call(py, |core| Ok(core.post_call(&path, form)))
    }

    /// Asks one of the core's questions.
    fn ask(&self, py: Python<'_>, ask: &Ask) -> PyResult<Call> {
        self.call(py, |core| Ok(ask.call(core)))
    }

    /// A long range of a field, to be read page by page.
    #[pyo3(signature = (field, **options))]
    fn pages(&self, py: Python<'_>, field: Field, options: Option<&Bound<'_, PyDict>>) -> PyResult<Pages> {
        let query = pages::query(py, options)?;
        let pages = Pages::new(self.core(py)?, &field, query);
        pages.map_err(|failure| error::exception(py, &failure))
    }

    /// A stored object, to be written to a file's path or a file object.
    #[pyo3(signature = (value, to, **options))]
    fn download(
        &self,
        py: Python<'_>,
        value: Value,
        to: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Download> {
        Download::new(self.core(py)?, value, to, options)
    }

    /// A device's newest firmware, to be put into a folder.
    #[pyo3(signature = (namespace, device, folder, **options))]
    fn firmware(
        &self,
        namespace: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        folder: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Firmware> {
        let names = [convert::name_text("namespace", namespace)?, convert::name_text("device UID", device)?];
        Firmware::new(self.core(folder.py())?, names, folder, options)
    }

    /// A call as a program words it: with a query that is encoded already, and pairs to post, or JSON text, or neither.
    #[pyo3(signature = (path, query, pairs, json))]
    fn request(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        query: &Bound<'_, PyAny>,
        pairs: Option<Pairs<'_>>,
        json: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let (path, query) = (absolute(path)?, text("the query", query)?);
        let pairs = pairs.map(args::pairs).transpose()?;
        let json = json.map(|json| text("the body", json)).transpose()?;
        self.call(py, |core| Ok(request(core, &path, query, pairs, json)))
    }

    /// Forgets session and connections; calls under way end as they would.
    fn close(&self, py: Python<'_>) {
        let core = self.core.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(core));
    }

    fn __repr__(&self) -> String {
        format!("<byteport._byteport.Client of {}>", self.origin)
    }
}

/// One setting by its name.
fn set(options: Options, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Options> {
    let py = value.py();
    Ok(match name {
        "https" => options.https(value.extract()?),
        "namespace" => options.namespace(&convert::name_text("namespace", value)?),
        "key" => options.key(&args::key(value)?),
        "store_path" => options.store_path(&text("the store path", value)?),
        "get" if value.is_truthy()? => options.store_method(Method::Get),
        "get" => options,
        "proxy" => {
            let proxy = Proxy::parse(&text("the proxy", value)?);
            options.proxy(proxy.map_err(|failure| error::exception(py, &failure))?)
        }
        "timeout" => options.timeout(args::seconds(name, value)?),
        "connect_timeout" => options.connect_timeout(args::seconds(name, value)?),
        "ca_file" => options.ca_file(args::file(name, value)?),
        "client_cert" => options.client_cert(args::file(name, value)?),
        _ => return Err(args::unknown(name)),
    })
}
