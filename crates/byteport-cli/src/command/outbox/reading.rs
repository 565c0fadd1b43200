// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A reading that an outbox keeps, in each format.

use byteport_core::model::packet;
use byteport_core::outbox::{Stamp, StoredReading};

use crate::{format, json};

/// When it was measured; nothing where the clock was not set then.
pub fn time(reading: &StoredReading) -> Option<String> {
    match &reading.stamp {
        Stamp::Wall(time) => Some(format::time(time.as_micros())),
        Stamp::Boot { .. } => None,
    }
}

/// The start of the system and the seconds since then, of a reading without a time of day.
pub fn boot(reading: &StoredReading) -> Option<(&str, String)> {
    match &reading.stamp {
        Stamp::Wall(_) => None,
        Stamp::Boot { boot_id, uptime } => {
            Some((boot_id.as_str(), format!("{}.{:06}", uptime.as_secs(), uptime.subsec_micros())))
        }
    }
}

/// The fields as one text.
pub fn data(reading: &StoredReading) -> String {
    packet::format_data(reading.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The time as a table shows it: without a time of day, the seconds since the system started.
pub fn shown_time(reading: &StoredReading) -> String {
    match (time(reading), boot(reading)) {
        (None, Some((_, seconds))) => format!("+{seconds}"),
        (time, _) => time.unwrap_or_default(),
    }
}

/// One JSON object, which `store --lines` takes.
pub fn object(reading: &StoredReading) -> String {
    let when = match (time(reading), boot(reading)) {
        (None, Some((boot, seconds))) => format!("\"boot\":{},\"uptime\":{seconds}", json::quoted(boot)),
        (time, _) => format!("\"time\":{}", json::quoted(&time.unwrap_or_default())),
    };
    let pair = |(name, value): &(String, String)| format!("{}:{}", json::quoted(name), json::quoted(value));
    let fields: Vec<String> = reading.fields.iter().map(pair).collect();
    format!(
        "{{\"sequence\":{},{when},\"namespace\":{},\"device\":{},\"fields\":{{{}}}}}",
        reading.sequence,
        json::quoted(&reading.namespace),
        json::quoted(&reading.device),
        fields.join(",")
    )
}

/// A packet of HTTP API v1, section 3; nothing without a time of day, which a packet cannot do without.
pub fn packet(reading: &StoredReading) -> Option<String> {
    let Stamp::Wall(time) = &reading.stamp else { return None };
    Some(format!(
        "{{\"uid\":{},\"namespace\":{},\"timestamp\":\"{time}\",\"data\":{}}}",
        json::quoted(&reading.device),
        json::quoted(&reading.namespace),
        json::quoted(&data(reading))
    ))
}

/// The header of [`rows`].
pub const COLUMNS: &str = "sequence,time,namespace,device,field,value,boot,uptime\r\n";

/// A CSV row for each field; one with no field for a sign of life.
pub fn rows(reading: &StoredReading, cell: fn(&str) -> String) -> String {
    let (boot, uptime) = boot(reading).unwrap_or_default();
    let head = format!(
        "{},{},{},{}",
        reading.sequence,
        time(reading).unwrap_or_default(),
        reading.namespace,
        reading.device
    );
    let row = |(name, value): &(String, String)| format!("{head},{name},{},{boot},{uptime}\r\n", cell(value));
    match reading.fields.as_slice() {
        [] => format!("{head},,,{boot},{uptime}\r\n"),
        fields => fields.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use byteport_core::model::Timestamp;

    use super::*;

    fn reading(stamp: Stamp, fields: &[(&str, &str)]) -> StoredReading {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        StoredReading { sequence: 7, namespace: "ns".into(), device: "d-1".into(), stamp, fields }
    }

    fn wall() -> Stamp {
        Stamp::Wall(Timestamp::from_micros(1_430_438_400_500_000))
    }

    #[test]
    fn each_format_has_it_all() {
        let stored = reading(wall(), &[("a", "1"), ("b", "say \"hi\"\u{1b}, you")]);
        assert_eq!(
            object(&stored),
            r#"{"sequence":7,"time":"2015-05-01T00:00:00.500000Z","namespace":"ns","device":"d-1","fields":{"a":"1","b":"say \"hi\"\u001b, you"}}"#
        );
        assert_eq!(
            packet(&stored).unwrap(),
            r#"{"uid":"d-1","namespace":"ns","timestamp":"1430438400.5","data":"a=1;b=\"say \\\"hi\\\"\u001b, you\";"}"#
        );
        assert_eq!(
            rows(&stored, format::quoted),
            concat!(
                "7,2015-05-01T00:00:00.500000Z,ns,d-1,a,1,,\r\n",
                "7,2015-05-01T00:00:00.500000Z,ns,d-1,b,\"say \"\"hi\"\"\u{1b}, you\",,\r\n"
            )
        );
    }

    #[test]
    fn without_a_clock_there_is_the_time_since_the_start() {
        let stamp = Stamp::Boot { boot_id: "b-1".into(), uptime: Duration::from_micros(12_000_345) };
        let stored = reading(stamp, &[]);
        assert_eq!(shown_time(&stored), "+12.000345");
        assert_eq!(
            object(&stored),
            r#"{"sequence":7,"boot":"b-1","uptime":12.000345,"namespace":"ns","device":"d-1","fields":{}}"#
        );
        assert_eq!(packet(&stored), None);
        assert_eq!(rows(&stored, format::quoted), "7,,ns,d-1,,,b-1,12.000345\r\n");
    }
}
