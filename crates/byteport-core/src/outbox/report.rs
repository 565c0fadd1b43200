// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting as texts for programs: JSON, and what Prometheus collects.

use std::fmt::Write;

use super::inspect::FileSummary;
use super::stats::{DiskState, Dropped, LinkState, Reason, Stats};

/// One number of the accounting.
struct Figure {
    /// Its key in JSON; the name in Prometheus follows from it.
    key: &'static str,
    kind: Kind,
    value: serde_json::Value,
    help: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Only rises, but for what a damaged file loses.
    Counter,
    Gauge,
    /// A gauge in seconds; no value is none in JSON and zero in Prometheus.
    Seconds,
}

impl Kind {
    fn text(self) -> &'static str {
        if self == Self::Counter { "counter" } else { "gauge" }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Counter => "_total",
            Self::Gauge => "",
            Self::Seconds => "_seconds",
        }
    }
}

/// The numbers that are no more than that, in the order in which they are told.
fn figures(stats: &Stats) -> Vec<Figure> {
    use Kind::{Counter, Gauge, Seconds};
    let figure = |key, kind, value, help| Figure { key, kind, value, help };
    let oldest = stats.oldest_age.map(|age| age.as_secs_f64());
    vec![
        figure("accepted", Counter, stats.accepted.into(), "Readings taken in since the file was made."),
        figure("delivered", Counter, stats.delivered.into(), "Readings that the service took."),
        figure("queued", Gauge, stats.queued.into(), "Readings that wait, in the file or in memory."),
        figure("quarantined", Gauge, stats.quarantined.into(), "Readings in the quarantine table."),
        figure(
            "queued_in_memory",
            Gauge,
            stats.queued_in_memory.into(),
            "Readings that wait in memory only.",
        ),
        figure("memory_bytes", Gauge, stats.memory_bytes.into(), "Bytes of the readings in memory only."),
        figure("disk_bytes", Gauge, stats.disk_bytes.into(), "Bytes that the file uses of its bound."),
        figure("oldest_age", Seconds, oldest.into(), "How long the oldest that waits has been here."),
        figure("accepted_rate", Gauge, stats.accepted_rate.into(), "Readings per second taken in."),
        figure("delivered_rate", Gauge, stats.delivered_rate.into(), "Readings per second delivered."),
        figure("retries", Counter, stats.retries.into(), "Calls made again since the outbox was opened."),
        figure("calls", Counter, stats.calls.into(), "Calls that succeeded since the outbox was opened."),
        figure(
            "committed_sequence",
            Gauge,
            stats.committed_sequence.into(),
            "In the file up to this number.",
        ),
        figure("synced_sequence", Gauge, stats.synced_sequence.into(), "On the disk up to this number."),
        figure("last_sequence", Gauge, stats.last_sequence.into(), "The number of the newest reading."),
        figure(
            "moved_aside",
            Counter,
            stats.moved_aside.into(),
            "Files moved aside since the outbox was opened.",
        ),
    ]
}

impl Stats {
    /// One JSON object with a key for each field; `dropped` is an object by reason, with `total`; ages are in seconds, `null`
    /// where there is none, as is `last_error`; states are words.
    pub fn to_json(&self) -> String {
        let dropped = reasons(&self.dropped);
        let error = Some(self.last_error.as_str()).filter(|error| !error.is_empty());
        let mut pairs: Vec<(&str, serde_json::Value)> =
            figures(self).into_iter().map(|figure| (figure.key, figure.value)).collect();
        pairs.push(("dropped", dropped));
        pairs.push(("link", self.link.text().into()));
        pairs.push(("disk", self.disk.text().into()));
        pairs.push(("last_error", error.into()));
        let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", pairs.join(","))
    }

    /// The text format 0.0.4 of Prometheus; every sample has the label `outbox`. The names begin with `byteport_outbox_`; a
    /// state is a sample for each, 1 for the one that is.
    pub fn to_prometheus(&self, outbox: &str) -> String {
        let label = format!("outbox=\"{}\"", escape(outbox));
        let mut text = String::with_capacity(4096);
        for figure in figures(self) {
            let name = format!("byteport_outbox_{}{}", figure.key, figure.kind.suffix());
            let value = if figure.value.is_null() { 0.into() } else { figure.value };
            head(&mut text, &name, figure.kind, figure.help);
            sample(&mut text, &name, &label, value);
        }
        let reasons = Reason::ALL.map(|reason| (reason.text(), self.dropped.by(reason)));
        let about = ("dropped_total", Kind::Counter, "Readings that were given up.");
        family(&mut text, &label, about, ("reason", &reasons));
        let states = LinkState::ALL.map(|state| (state.text(), u64::from(state == self.link)));
        family(&mut text, &label, ("link", Kind::Gauge, "The way to the service."), ("state", &states));
        let states = DiskState::ALL.map(|state| (state.text(), u64::from(state == self.disk)));
        family(&mut text, &label, ("disk", Kind::Gauge, "The file."), ("state", &states));
        text
    }
}

impl FileSummary {
    /// One JSON object with a key for each field, as of [`Stats::to_json`]; `oldest` is ISO 8601, `owner` a process number; both
    /// are `null` where there is none.
    pub fn to_json(&self) -> String {
        let oldest = self.oldest.map(|time| time.to_iso8601());
        let pairs: [(&str, serde_json::Value); 9] = [
            ("accepted", self.accepted().into()),
            ("delivered", self.delivered.into()),
            ("queued", self.queued.into()),
            ("quarantined", self.quarantined.into()),
            ("disk_bytes", self.disk_bytes.into()),
            ("last_sequence", self.last_sequence.into()),
            ("oldest", oldest.into()),
            ("owner", self.owner.into()),
            ("dropped", reasons(&self.dropped)),
        ];
        let pairs = pairs.iter().map(|(key, value)| format!("\"{key}\":{value}"));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    }

    /// The text format of [`Stats::to_prometheus`], of what the file knows.
    pub fn to_prometheus(&self, outbox: &str) -> String {
        let label = format!("outbox=\"{}\"", escape(outbox));
        let mut text = String::new();
        let figures = [
            ("accepted_total", Kind::Counter, self.accepted(), "Readings taken in since the file was made."),
            ("delivered_total", Kind::Counter, self.delivered, "Readings that the service took."),
            ("queued", Kind::Gauge, self.queued, "Readings that wait in the file."),
            ("quarantined", Kind::Gauge, self.quarantined, "Readings in the quarantine table."),
            ("disk_bytes", Kind::Gauge, self.disk_bytes, "Bytes that the file uses of its bound."),
            ("last_sequence", Kind::Gauge, self.last_sequence, "The number of the newest reading."),
        ];
        for (key, kind, value, help) in figures {
            let name = format!("byteport_outbox_{key}");
            head(&mut text, &name, kind, help);
            sample(&mut text, &name, &label, value);
        }
        let reasons = Reason::ALL.map(|reason| (reason.text(), self.dropped.by(reason)));
        let about = ("dropped_total", Kind::Counter, "Readings that were given up.");
        family(&mut text, &label, about, ("reason", &reasons));
        text
    }
}

/// An object by reason, with the total.
fn reasons(dropped: &Dropped) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    for reason in Reason::ALL {
        object.insert(reason.text().to_owned(), dropped.by(reason).into());
    }
    object.insert("total".to_owned(), dropped.total().into());
    object.into()
}

/// Samples of one name that a second label tells apart.
fn family(
    text: &mut String,
    outbox: &str,
    (key, kind, help): (&str, Kind, &str),
    (label, values): (&str, &[(&str, u64)]),
) {
    let name = format!("byteport_outbox_{key}");
    head(text, &name, kind, help);
    for (word, value) in values {
        sample(text, &name, &format!("{outbox},{label}=\"{word}\""), value);
    }
}

fn head(text: &mut String, name: &str, kind: Kind, help: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {}\n", kind.text()); // a string takes everything
}

fn sample(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}"); // as above
}

/// A label's value between its quotes.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests;
