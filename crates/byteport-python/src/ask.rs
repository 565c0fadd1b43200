// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The core's questions (`byteport_core::manage`) as a Python object: the one place where Python names their arguments.

use byteport_core::manage::{self, Grouping, Order, Setting, TypicalQuery};
use byteport_core::{Client as Core, Result, http};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::args::{self, Pairs, text};
use crate::convert::name_text;
use crate::error::exception;
use crate::place::{Field, Value};
use crate::span::Span;

/// What is asked, before a client asks it.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Ask {
    call: Box<dyn Fn(&Core) -> http::Call + Send + Sync>,
}

impl Ask {
    fn new<T: 'static>(py: Python<'_>, ask: Result<manage::Ask<T>>) -> PyResult<Ask> {
        let ask = ask.map_err(|failure| exception(py, &failure))?;
        Ok(Ask { call: Box::new(move |core| core.ask_call(&ask)) })
    }

    /// The call by which a client asks it.
    pub(crate) fn call(&self, core: &Core) -> http::Call {
        (self.call)(core)
    }
}

#[pymethods]
impl Ask {
    /// The pairs, given back.
    #[staticmethod]
    fn echo(py: Python<'_>, pairs: Pairs<'_>) -> PyResult<Ask> {
        let pairs = args::pairs(pairs)?;
        Ask::new(py, Ok(manage::echo(&args::borrowed(&pairs))))
    }

    /// Who is logged in.
    #[staticmethod]
    fn session(py: Python<'_>) -> PyResult<Ask> {
        Ask::new(py, Ok(manage::session()))
    }

    /// Who stored something lately.
    #[staticmethod]
    fn activity(namespace: &Bound<'_, PyAny>) -> PyResult<Ask> {
        Ask::new(namespace.py(), manage::activity(&name_text("namespace", namespace)?))
    }

    /// A single value.
    #[staticmethod]
    fn value(py: Python<'_>, value: Value) -> PyResult<Ask> {
        Ask::new(py, manage::value(&value.borrowed()))
    }

    /// What a field holds, by days.
    #[staticmethod]
    fn statistics(py: Python<'_>, field: Field, build_calendar: &Bound<'_, PyAny>) -> PyResult<Ask> {
        let build_calendar = args::truth("build_calendar", build_calendar)?;
        let Field([namespace, device, field]) = &field;
        Ask::new(py, manage::statistics(namespace, device, field, build_calendar))
    }

    /// How far each part of a field's values is from the typical one.
    #[staticmethod]
    #[pyo3(signature = (field, **options))]
    fn distance_to_typical(
        py: Python<'_>,
        field: Field,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Ask> {
        let (mut query, mut span, mut excluded) = (TypicalQuery::default(), Span::default(), Vec::new());
        for (name, value) in options.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
            let name = name.cast::<PyString>()?.to_cow()?;
            if &*name == "exclude_descriptors" {
                excluded = descriptors(&value)?;
            } else if !span.set(&name, &value)? {
                set(&mut query, &name, &value)?;
            }
        }
        query.span = span.finished(py)?;
        let excluded: Vec<&str> = excluded.iter().map(String::as_str).collect();
        query.exclude_descriptors = &excluded;
        let Field([namespace, device, field]) = &field;
        Ask::new(py, manage::distance_to_typical(namespace, device, field, &query))
    }

    /// The messages to a device.
    #[staticmethod]
    fn messages(
        namespace: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        first: &Bound<'_, PyAny>,
        last: &Bound<'_, PyAny>,
    ) -> PyResult<Ask> {
        let (first, last) = (args::index("from_index", first)?, args::index("to_index", last)?);
        let (namespace, uid) = (name_text("namespace", namespace)?, name_text("device UID", device)?);
        Ask::new(device.py(), manage::messages(&namespace, &uid, first, last))
    }

    /// Changes settings of a device.
    #[staticmethod]
    fn configure(
        namespace: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        settings: Pairs<'_>,
    ) -> PyResult<Ask> {
        let py = device.py();
        let (namespace, uid) = (name_text("namespace", namespace)?, name_text("device UID", device)?);
        let settings = args::pairs(settings)?;
        let settings: Result<Vec<Setting>> =
            settings.iter().map(|(name, value)| Setting::parse(name, value)).collect();
        let settings = settings.map_err(|failure| exception(py, &failure))?;
        Ask::new(py, manage::configure(&namespace, &uid, &settings))
    }
}

/// One option of a comparison by its name.
fn set(query: &mut TypicalQuery<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let refused = |failure| exception(value.py(), &failure);
    match name {
        "grouping" => query.grouping = Grouping::parse(&text(name, value)?).map_err(refused)?,
        "order" => query.order = Order::parse(&text(name, value)?).map_err(refused)?,
        "diff_before_analysis" => query.diff_before_analysis = args::truth(name, value)?,
        "include_descriptions" => query.include_descriptions = args::truth(name, value)?,
        _ => return Err(args::unknown(name)),
    }
    Ok(())
}

/// A list of descriptors, or a text with commas between them.
fn descriptors(value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    const WHAT: &str = "exclude_descriptors";
    if value.is_instance_of::<PyString>() {
        return Ok(text(WHAT, value)?.split(',').map(|name| name.trim().to_owned()).collect());
    }
    args::several(WHAT, value)?.iter().map(|name| text(WHAT, name)).collect()
}
