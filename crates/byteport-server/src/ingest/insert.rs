// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How readings get into the tables, any number of them at once.
//!
//! Invariants: a value with the field and microsecond of an older one takes its place, and of several
//! such readings the last counts; a device's last contact never moves back; `field.texts` stays the
//! number of the field's values that are no numbers, also where several servers write the field:
//! whoever replaces a value has its field's row locked before looking at what was there. Rows are
//! written in the order of their keys.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::Admitted;
use crate::series::number;
use crate::store::{Bind as _, Connection, Error, Result, Row};

/// Field and microsecond, and the text that is to be there.
type Values<'a> = BTreeMap<(i64, i64), &'a str>;

/// Rows by a name and the row that the name belongs to, in order.
struct Ids<'a>(Vec<((i64, &'a str), Option<i64>)>);

impl<'a> Ids<'a> {
    fn of(keys: impl Iterator<Item = (i64, &'a str)>) -> Self {
        Self(keys.map(|key| (key, None)).collect())
    }

    /// Takes an id from a row of the two parts of a key and the id.
    fn take(&mut self, row: &Row<'_>) -> Result<()> {
        let (owner, name) = (row.get(0)?, row.text(1)?);
        if let Ok(index) = self.0.binary_search_by(|(key, _)| key.cmp(&(owner, &name))) {
            self.0[index].1 = Some(row.get(2)?);
        }
        Ok(())
    }

    fn get(&self, key: (i64, &str)) -> Result<i64> {
        let index = self.0.binary_search_by(|(known, _)| known.cmp(&key)).ok();
        index.and_then(|index| self.0[index].1).ok_or(Error::Wrong("a row that was written is missing"))
    }

    fn missing(&self) -> Vec<(i64, &'a str)> {
        self.0.iter().filter(|(_, id)| id.is_none()).map(|(key, _)| *key).collect()
    }
}

/// Stores readings that were admitted.
pub fn all(connection: &Connection, readings: &[Admitted]) -> Result<()> {
    if readings.is_empty() {
        return Ok(());
    }
    let devices = devices(connection, readings)?;
    let mut series: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for Admitted { namespace, reading } in readings {
        let device = devices.get((*namespace, &reading.uid))?;
        for (name, text) in &reading.fields {
            series
                .entry((device, name.as_str()))
                .or_default()
                .push((reading.time.as_micros(), text.as_str()));
        }
    }
    let fields = fields(connection, series.keys().copied())?;
    let mut values = Values::new();
    for (key, points) in series {
        let field = fields.get(key)?;
        values.extend(points.into_iter().map(|(micros, text)| ((field, micros), text)));
    }
    put(connection, &values)
}

/// Makes the devices that are not there, and notes when they were heard of.
fn devices<'a>(connection: &Connection, readings: &'a [Admitted]) -> Result<Ids<'a>> {
    let mut contacts = BTreeMap::new();
    for Admitted { namespace, reading } in readings {
        let contact = contacts.entry((*namespace, reading.uid.as_str())).or_insert(i64::MIN);
        *contact = reading.received.as_micros().max(*contact);
    }
    let mut ids = Ids::of(contacts.keys().copied());
    let rows: Vec<_> = contacts
        .iter()
        .map(|((namespace, uid), contact)| [namespace.value(), uid.value(), contact.value()])
        .collect();
    let sql = "INSERT INTO device (namespace_id, uid, last_contact) VALUES (?1, ?2, ?3)
               ON CONFLICT (namespace_id, uid) DO UPDATE SET last_contact =
                   CASE WHEN device.last_contact > excluded.last_contact THEN device.last_contact
                        ELSE excluded.last_contact END
               RETURNING namespace_id, uid, id";
    connection.query_many(sql, &rows, |row| ids.take(row))?;
    Ok(ids)
}

/// Finds fields, and makes those that are not there.
fn fields<'a>(connection: &Connection, keys: impl Iterator<Item = (i64, &'a str)>) -> Result<Ids<'a>> {
    let mut ids = Ids::of(keys);
    find_fields(connection, &mut ids)?;
    let missing = ids.missing();
    if missing.is_empty() {
        return Ok(ids);
    }
    let rows: Vec<_> = missing.iter().map(|(device, name)| [device.value(), name.value()]).collect();
    let sql = "INSERT INTO field (device_id, name) VALUES (?1, ?2) ON CONFLICT (device_id, name) DO NOTHING";
    connection.execute_many(sql, &rows)?;
    find_fields(connection, &mut ids)?;
    Ok(ids)
}

fn find_fields(connection: &Connection, ids: &mut Ids<'_>) -> Result<()> {
    let missing = ids.missing();
    let rows: Vec<_> = missing.iter().map(|(device, name)| [device.value(), name.value()]).collect();
    let sql = "WITH wanted (device_id, name) AS (VALUES (?1, ?2))
               SELECT field.device_id, field.name, field.id
               FROM wanted JOIN field ON field.device_id = wanted.device_id AND field.name = wanted.name";
    connection.query_many(sql, &rows, |row| ids.take(row))
}

/// Stores values in their places.
fn put(connection: &Connection, values: &Values<'_>) -> Result<()> {
    let mut texts: BTreeMap<i64, i64> = BTreeMap::new();
    for ((field, _), text) in values {
        *texts.entry(*field).or_default() += i64::from(!number::is_number(text));
    }
    let rows: Vec<_> =
        values.iter().map(|((field, micros), text)| [field.value(), micros.value(), text.value()]).collect();
    let mut replaced: BTreeSet<_> = values.keys().copied().collect();
    let sql = "INSERT INTO value (field_id, micros, text) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING
               RETURNING field_id, micros";
    connection.query_many(sql, &rows, |row| {
        replaced.remove(&(row.get(0)?, row.get(1)?));
        Ok(())
    })?;
    if !replaced.is_empty() {
        replace(connection, &replaced, values, &mut texts)?;
    }
    count_texts(connection, &texts)
}

/// Puts values in the place of others, and takes the texts among these off the count.
fn replace(
    connection: &Connection,
    replaced: &BTreeSet<(i64, i64)>,
    values: &Values<'_>,
    texts: &mut BTreeMap<i64, i64>,
) -> Result<()> {
    connection.lock("field", &texts.keys().copied().collect::<Vec<_>>())?;
    let places: Vec<_> = replaced.iter().map(|(field, micros)| [field.value(), micros.value()]).collect();
    let sql = "WITH wanted (field_id, micros) AS (VALUES (?1, ?2)) SELECT value.field_id, value.text
               FROM wanted JOIN value ON value.field_id = wanted.field_id AND value.micros = wanted.micros";
    connection.query_many(sql, &places, |row| {
        let was_text = !number::is_number(&row.text(1)?);
        *texts.entry(row.get(0)?).or_default() -= i64::from(was_text);
        Ok(())
    })?;
    let rows: Vec<_> = values
        .iter()
        .filter(|(place, _)| replaced.contains(place))
        .map(|((field, micros), text)| [field.value(), micros.value(), text.value()])
        .collect();
    let sql = "WITH change (field_id, micros, text) AS (VALUES (?1, ?2, ?3))
               UPDATE value SET text = change.text FROM change
               WHERE value.field_id = change.field_id AND value.micros = change.micros";
    connection.execute_many(sql, &rows).map(|_| ())
}

/// Adds to the counts of texts.
fn count_texts(connection: &Connection, texts: &BTreeMap<i64, i64>) -> Result<()> {
    let changed: Vec<_> = texts.iter().filter(|(_, count)| **count != 0).collect();
    if changed.is_empty() {
        return Ok(());
    }
    connection.lock("field", &changed.iter().map(|(field, _)| **field).collect::<Vec<_>>())?;
    let rows: Vec<_> = changed.iter().map(|(field, count)| [field.value(), count.value()]).collect();
    let sql = "WITH change (id, texts) AS (VALUES (?1, ?2))
               UPDATE field SET texts = field.texts + change.texts FROM change WHERE field.id = change.id";
    connection.execute_many(sql, &rows).map(|_| ())
}
