// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The parts that a board leaves out, as the header shows them: their functions stand between `#if` and `#endif`, by what
//! `src/lib.rs` says of the file that they are in. So a program that says what its library lacks fails where it is compiled.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The features that a line of `src/lib.rs` such as `#[cfg(feature = "outbox")]` asks for, as a condition for C.
fn condition(attribute: &str) -> Option<String> {
    let asked = attribute.strip_prefix("#[cfg(")?;
    let features = asked.split('"').skip(1).step_by(2);
    let defined = features.map(|name| format!("!defined(BYTEPORT_WITHOUT_{})", name.to_uppercase()));
    Some(defined.collect::<Vec<_>>().join(" && "))
}

/// The condition of each function that is not in every library.
fn conditions(sources: &Path) -> BTreeMap<String, String> {
    let lib = fs::read_to_string(sources.join("lib.rs")).unwrap();
    let lines: Vec<&str> = lib.lines().collect();
    let mut found = BTreeMap::new();
    for pair in lines.windows(2) {
        let module = pair[1].strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
        let (Some(condition), Some(module)) = (condition(pair[0]), module) else { continue };
        let source = fs::read_to_string(sources.join(format!("{module}.rs"))).unwrap();
        let names = source.lines().filter_map(|line| line.split_once("extern \"C\" fn ")?.1.split_once('('));
        found.extend(names.map(|(name, _)| (name.to_owned(), condition.clone())));
    }
    found
}

/// The name of the function that a paragraph of the header declares, after its comment and among what else a declaration has.
fn declared(paragraph: &str) -> Option<&str> {
    let declaration = paragraph.rsplit("*/").next()?;
    let mut words = declaration.split('(').filter_map(|part| part.rsplit([' ', '*', '\n']).next());
    words.find(|word| word.starts_with("byteport_"))
}

/// The header with what `src/lib.rs` says of its functions.
pub fn between_guards(header: &str, sources: &Path) -> String {
    let conditions = conditions(sources);
    assert!(!conditions.is_empty(), "src/lib.rs leaves nothing out");
    let mut guarded = Vec::new();
    let mut open: Option<&String> = None;
    for paragraph in header.split("\n\n") {
        let wanted = declared(paragraph).and_then(|name| conditions.get(name));
        if wanted != open {
            guarded.extend(open.map(|condition| format!("#endif /* {condition} */")));
            guarded.extend(wanted.map(|condition| format!("#if {condition}")));
            open = wanted;
        }
        guarded.push(paragraph.to_owned());
    }
    assert!(open.is_none(), "the header ends within a part");
    guarded.join("\n\n")
}
