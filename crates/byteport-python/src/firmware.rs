// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Fetching a device's firmware as a Python object. It runs without the interpreter's lock, which is taken to tell the
//! progress.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use byteport_core::Client as Core;
use byteport_core::http::{FirmwareOutcome, FirmwareRequest, MAX_IMAGE, MEDIA_PREFIX};
use byteport_core::manage;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::progress::Progress;
use crate::{args, error, log};

/// What came of it.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct Fetched {
    /// `none`, `up_to_date` or `fetched`.
    state: &'static str,
    /// The newest firmware's id.
    id: Option<i64>,
    /// The newest firmware's version.
    version: Option<String>,
    /// Where its image is.
    path: Option<OsString>,
    /// How many bytes came.
    received: u64,
}

impl Fetched {
    fn new(outcome: FirmwareOutcome) -> Fetched {
        match outcome {
            FirmwareOutcome::UpToDate { firmware, path } => Fetched::of("up_to_date", firmware, path, 0),
            FirmwareOutcome::Fetched { firmware, path, received } => {
                Fetched::of("fetched", firmware, Some(path), received)
            }
            _ => Fetched { state: "none", id: None, version: None, path: None, received: 0 },
        }
    }

    fn of(state: &'static str, firmware: manage::Firmware, path: Option<PathBuf>, received: u64) -> Fetched {
        let path = path.map(PathBuf::into_os_string);
        Fetched { state, id: Some(firmware.id), version: firmware.version, path, received }
    }
}

#[pymethods]
impl Fetched {
    fn __repr__(&self) -> String {
        format!("<Fetched state={} version={:?} path={:?}>", self.state, self.version, self.path)
    }
}

/// A fetch that is ready to be run.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Firmware {
    core: Arc<Core>,
    names: [String; 2],
    folder: PathBuf,
    /// The folder as the program named it.
    named: Py<PyAny>,
    media_prefix: String,
    current_version: Option<String>,
    max_size: u64,
    allow_unchecked: bool,
}

impl Firmware {
    pub(crate) fn new(
        core: Arc<Core>,
        names: [String; 2],
        folder: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Firmware> {
        let mut firmware = Firmware {
            core,
            names,
            folder: args::file("folder", folder)?,
            named: folder.clone().unbind(),
            media_prefix: MEDIA_PREFIX.to_owned(),
            current_version: None,
            max_size: MAX_IMAGE,
            allow_unchecked: false,
        };
        for (name, value) in options.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
            let name = name.cast::<PyString>()?.to_cow()?;
            match &*name {
                "current_version" => firmware.current_version = Some(args::text(&name, &value)?),
                "media_prefix" => firmware.media_prefix = args::text(&name, &value)?,
                "max_size" => firmware.max_size = args::size(&name, &value)?,
                "allow_unchecked" => firmware.allow_unchecked = args::truth(&name, &value)?,
                _ => return Err(args::unknown(&name)),
            }
        }
        Ok(firmware)
    }

    fn request(&self) -> FirmwareRequest<'_> {
        let [namespace, device] = &self.names;
        FirmwareRequest {
            media_prefix: &self.media_prefix,
            current_version: self.current_version.as_deref(),
            max_size: self.max_size,
            allow_unchecked: self.allow_unchecked,
            ..FirmwareRequest::new(namespace, device, &self.folder)
        }
    }
}

#[pymethods]
impl Firmware {
    /// Takes it to its end.
    fn run(&self, py: Python<'_>, progress: &Bound<'_, PyAny>) -> PyResult<Fetched> {
        log::listen(py)?;
        let mut progress = Progress::new(progress);
        let done = py.detach(|| {
            let mut tell = |so_far, total| progress.tell(so_far, total);
            self.core.fetch_firmware(&self.request(), Some(&mut tell))
        });
        let done = error::finished(py, done);
        let done = done.map_err(|failure| error::named(py, failure, self.named.bind(py)));
        progress.finished(done).map(Fetched::new)
    }
}
