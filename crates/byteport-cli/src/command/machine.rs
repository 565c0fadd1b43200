// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is measured of this machine, as Linux tells it. What it does not tell is left out.

use std::fs;
use std::path::Path;

use byteport_core::model::name::{self, NameKind};
use rustix::fs::statvfs;

/// Fields and their values.
pub type Measured = Vec<(String, String)>;

/// Everything, below the folder in which `proc` and `sys` are.
pub fn measure(root: &Path) -> Measured {
    let mut all = load(root);
    all.extend(disk(root));
    all.extend(memory(root));
    all.extend(connections(root));
    all.extend(network(root));
    all
}

/// The load averages of the last 1, 5 and 15 minutes.
fn load(root: &Path) -> Measured {
    let text = fs::read_to_string(root.join("proc/loadavg")).unwrap_or_default();
    let numbers = text.split_whitespace().filter(|word| word.parse::<f64>().is_ok());
    ["la1", "la5", "la15"].into_iter().zip(numbers).map(|(name, number)| field(name, number)).collect()
}

/// The kibibytes of the root file system that programs may still use.
fn disk(root: &Path) -> Option<(String, String)> {
    let system = statvfs(root).ok()?;
    let free = u128::from(system.f_bavail) * u128::from(system.f_frsize) / 1024;
    Some(field("rd_free", free))
}

/// The kibibytes of memory that are there for programs.
fn memory(root: &Path) -> Option<(String, String)> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(field("mem_free", kibibytes))
}

/// The TCP connections that stand, of both kinds of addresses.
fn connections(root: &Path) -> Option<(String, String)> {
    let tables = ["proc/net/tcp", "proc/net/tcp6"].map(|table| fs::read_to_string(root.join(table)).ok());
    if tables.iter().all(Option::is_none) {
        return None;
    }
    let is_established = |line: &&str| line.split_whitespace().nth(3) == Some("01");
    let lines = tables.iter().flatten().flat_map(|table| table.lines());
    Some(field("tcp_established", lines.filter(is_established).count()))
}

/// The mebibytes that each Ethernet or wireless interface has received and sent since it is there.
fn network(root: &Path) -> Measured {
    let folder = root.join("sys/class/net");
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let is_ethernet = |name: &String| number(&folder.join(name).join("type")) == Some(1); // ARPHRD_ETHER, wireless too
    names
        .iter()
        .filter(|name| is_ethernet(name))
        .flat_map(|name| counters(&folder.join(name), name))
        .collect()
}

fn counters(interface: &Path, name: &str) -> Measured {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let counted = ["rx", "tx"].into_iter().filter_map(|way| {
        let bytes = number(&interface.join("statistics").join(format!("{way}_bytes")))?;
        Some(field(&format!("{name}_{way}_mb"), bytes / (1024 * 1024)))
    });
    counted.filter(|(name, _)| name::check(NameKind::Field, name).is_ok()).collect()
}

fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

fn field(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn value(measured: &Measured, name: &str) -> Option<String> {
        measured.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn each_thing_is_read() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "proc/loadavg", "0.52 1.00 12.25 2/345 6789\n");
        write(root.path(), "proc/meminfo", "MemTotal: 9 kB\nMemAvailable:   123456 kB\n");
        let head = "  sl  local_address rem_address   st tx_queue\n";
        write(root.path(), "proc/net/tcp", &format!("{head}0: A B 01 x\n1: A B 0A x\n2: A B 01 x\n"));
        write(root.path(), "proc/net/tcp6", &format!("{head}0: A B 01 x\n"));
        for (name, kind) in [("eth0", "1"), ("wlan0.5", "1"), ("lo", "772"), ("_x", "1"), ("bad", "none")] {
            write(root.path(), &format!("sys/class/net/{name}/type"), &format!("{kind}\n"));
            write(root.path(), &format!("sys/class/net/{name}/statistics/rx_bytes"), "5242880\n");
            write(root.path(), &format!("sys/class/net/{name}/statistics/tx_bytes"), "1048575\n");
        }
        let measured = measure(root.path());
        for (name, expected) in [
            ("la1", "0.52"),
            ("la5", "1.00"),
            ("la15", "12.25"),
            ("mem_free", "123456"),
            ("tcp_established", "3"),
            ("eth0_rx_mb", "5"),
            ("eth0_tx_mb", "0"),
            ("wlan0_5_rx_mb", "5"),
        ] {
            assert_eq!(value(&measured, name).as_deref(), Some(expected), "{name}");
        }
        assert!(value(&measured, "rd_free").is_some());
        assert_eq!(measured.len(), 10, "{measured:?}");
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "proc/loadavg", "nonsense");
        write(root.path(), "proc/meminfo", "MemAvailable:\n");
        assert_eq!(measure(root.path()).len(), 1); // the disk is always there
        assert!(measure(Path::new("/no/such")).is_empty());
    }
}
