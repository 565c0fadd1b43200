// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signs of life.

use super::*;
use crate::error::ErrorCode;

fn open(keep_alive: u64, header: &str) -> Bench {
    let mut bench = Bench::new(&options().keep_alive(Duration::from_millis(keep_alive)));
    assert_eq!(bench.session.due(), None);
    bench.tell("CONNECTED", &[("version", "1.2"), ("heart-beat", header)], "").unwrap();
    bench.session.output().clear();
    bench
}

impl Bench {
    fn after(&mut self, millis: u64) -> Result<usize> {
        self.now += Duration::from_millis(millis);
        self.session.tick(self.now)?;
        let output = std::mem::take(self.session.output());
        assert!(output.iter().all(|byte| *byte == b'\n'));
        Ok(output.len())
    }

    fn due_in(&self) -> Option<u64> {
        self.session.due().map(|due| (due - self.now).as_millis() as u64)
    }
}

#[test]
fn the_longer_wish_counts_and_no_wish_is_none() {
    assert_eq!(open(1000, "0,4000").due_in(), Some(2000));
    assert_eq!(open(1000, "0,400").due_in(), Some(500));
    assert_eq!(open(1000, "3000,0").due_in(), Some(6000));
    assert_eq!(open(1000, "300,0").due_in(), Some(2000));
    assert_eq!(open(1000, "0,0").due_in(), None);
    assert_eq!(open(0, "1000,1000").due_in(), None);
    let most = format!("{0},{0}", u64::MAX);
    assert!(open(1000, &most).due_in().is_some());
}

#[test]
fn an_end_of_line_goes_in_time() {
    let mut bench = open(1000, "0,1000");
    assert_eq!(bench.after(499).unwrap(), 0);
    assert_eq!(bench.after(1).unwrap(), 1);
    assert_eq!(bench.after(0).unwrap(), 0);
    assert_eq!(bench.after(5000).unwrap(), 1, "one is enough");
    assert_eq!(bench.due_in(), Some(500));
}

#[test]
fn a_silent_broker_is_missed_after_twice_the_time() {
    let mut bench = open(1000, "1000,0");
    bench.after(1999).unwrap();
    bench.session.receive(b"\n", bench.now).unwrap();
    bench.after(1999).unwrap();
    bench.session.receive(b"MESS", bench.now).unwrap();
    bench.after(1999).unwrap();
    let error = bench.after(1).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Timeout, true));
    assert_eq!(bench.session.due(), None);
    assert!(bench.session.receive(b"\n", bench.now).is_err());
    bench.start();
    assert_eq!(bench.session.due(), None);
}
