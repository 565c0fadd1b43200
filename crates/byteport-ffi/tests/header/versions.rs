// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The linker's version script: which function came with which minor version.
//!
//! Invariants: a function stays in the node in which it is; one that is in none goes to the node of the version that is being
//! made; a node is derived from the one before, and the first hides everything that no node names.

use std::collections::BTreeSet;

const HEAD: &str = "\
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Which function of include/byteport.h came with which version; nothing else leaves the library. `make header` adds to this
# file, and docs/abi.md says why it takes nothing away. scripts/link-shared.sh gives it to the linker.
";

/// A version, such as `0.1`, and the functions that came with it.
struct Node {
    version: String,
    functions: BTreeSet<String>,
}

/// The script for the functions of a header in a version; `old` is the script that there was.
pub fn script(old: &str, header: &BTreeSet<String>, version: &str) -> Result<String, String> {
    let mut nodes = read(old);
    let known: BTreeSet<String> = nodes.iter().flat_map(|node| node.functions.clone()).collect();
    let gone: Vec<&String> = known.difference(header).collect();
    if !gone.is_empty() {
        return Err(format!("{gone:?} cannot leave the ABI: docs/abi.md says how a new one begins"));
    }
    let new: BTreeSet<String> = header.difference(&known).cloned().collect();
    match nodes.iter_mut().find(|node| node.version == version) {
        Some(node) => node.functions.extend(new),
        None if new.is_empty() => {}
        None => nodes.push(Node { version: version.to_owned(), functions: new }),
    }
    Ok(write(&nodes))
}

fn read(script: &str) -> Vec<Node> {
    let nodes = script.split("BYTEPORT_").filter_map(|part| part.split_once(" {\n"));
    let node = |(version, body): (&str, &str)| Node {
        version: version.to_owned(),
        functions: body
            .split_whitespace()
            .filter_map(|word| word.strip_suffix(';'))
            .filter_map(name)
            .collect(),
    };
    nodes.map(node).collect()
}

/// The word, if it is a function's name.
fn name(word: &str) -> Option<String> {
    word.starts_with("byteport_").then(|| word.to_owned())
}

fn write(nodes: &[Node]) -> String {
    let mut text = HEAD.to_owned();
    let mut before = None;
    for node in nodes {
        let functions: String = node.functions.iter().map(|name| format!("        {name};\n")).collect();
        let (hidden, parent) = match before {
            None => ("    local:\n        *;\n", String::new()),
            Some(version) => ("", format!(" BYTEPORT_{version}")),
        };
        text += &format!("\nBYTEPORT_{} {{\n    global:\n{functions}{hidden}}}{parent};\n", node.version);
        before = Some(&node.version);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_new_goes_to_the_version_that_is_made() {
        let first = script("", &names(&["byteport_b"]), "0.1").unwrap();
        assert!(
            first.ends_with(
                "\nBYTEPORT_0.1 {\n    global:\n        byteport_b;\n    local:\n        *;\n};\n"
            ),
            "{first}"
        );
        let more = script(&first, &names(&["byteport_a", "byteport_b"]), "0.1").unwrap();
        assert!(more.contains("        byteport_a;\n        byteport_b;\n"), "{more}");
        let next = script(&more, &names(&["byteport_a", "byteport_b", "byteport_c"]), "0.2").unwrap();
        let added = "\nBYTEPORT_0.2 {\n    global:\n        byteport_c;\n} BYTEPORT_0.1;\n";
        assert_eq!(next, more.clone() + added);
        assert_eq!(script(&next, &names(&["byteport_a", "byteport_b", "byteport_c"]), "0.3").unwrap(), next);
    }

    #[test]
    fn nothing_leaves() {
        let first = script("", &names(&["byteport_a", "byteport_b"]), "0.1").unwrap();
        assert!(script(&first, &names(&["byteport_a"]), "0.2").unwrap_err().contains("byteport_b"));
    }
}
