// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Where a field and a value of it are, as Python names them: tuples of names.

use byteport_core::Result;
use byteport_core::manage::ValueRef;
use byteport_core::model::name::{self, NameKind};
use pyo3::prelude::*;

use crate::args::text;
use crate::convert::{name_text, number_text};

/// `(namespace, device UID, field name)`. The names are checked where they are sent.
pub(crate) struct Field(pub(crate) [String; 3]);

impl Field {
    /// Refuses names that may not be sent, where nothing is sent yet.
    pub(crate) fn check(&self) -> Result<()> {
        let kinds = [NameKind::Namespace, NameKind::Device, NameKind::Field];
        kinds.into_iter().zip(&self.0).try_for_each(|(kind, name)| name::check(kind, name))
    }
}

impl<'py> FromPyObject<'_, 'py> for Field {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Field> {
        let (namespace, device, field) = object.extract::<(Bound<'_, _>, Bound<'_, _>, Bound<'_, _>)>()?;
        names(&namespace, &device, &field).map(Field)
    }
}

/// `(namespace, device UID, field name, reference)`: the last one is the `r` of a point.
pub(crate) struct Value {
    field: [String; 3],
    reference: String,
}

impl Value {
    pub(crate) fn borrowed(&self) -> ValueRef<'_> {
        let [namespace, device, field] = &self.field;
        ValueRef { namespace, device, field, reference: &self.reference }
    }
}

impl<'py> FromPyObject<'_, 'py> for Value {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Value> {
        type Four<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);
        let (namespace, device, field, reference): Four<'_> = object.extract()?;
        let field = names(&namespace, &device, &field)?;
        let reference =
            number_text(&reference).unwrap_or_else(|| text("the value's reference", &reference))?;
        Ok(Value { field, reference })
    }
}

fn names(
    namespace: &Bound<'_, PyAny>,
    device: &Bound<'_, PyAny>,
    field: &Bound<'_, PyAny>,
) -> PyResult<[String; 3]> {
    Ok([
        name_text("namespace", namespace)?,
        name_text("device UID", device)?,
        name_text("field name", field)?,
    ])
}
