// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The functions of a header, as cbindgen declares them: in one block, each a comment and a declaration.

const BEGIN: &str = "extern \"C\" {\n#endif // __cplusplus\n";
const END: &str = "\n#ifdef __cplusplus\n}  // extern";

/// One function.
pub struct Function {
    /// The comment before it.
    pub comment: String,
    /// What it returns, as `const char *`.
    pub result: String,
    /// Its name.
    pub name: String,
    /// Its parameters, each as a type with its stars and a name.
    pub parameters: Vec<(String, String)>,
}

/// A header around its functions.
pub struct Header {
    /// What stands before them.
    pub head: String,
    /// The functions, in their order.
    pub functions: Vec<Function>,
    /// What stands after them.
    pub tail: String,
}

/// Takes what cbindgen wrote apart.
pub fn read(header: &str) -> Header {
    let begin = header.find(BEGIN).unwrap() + BEGIN.len();
    let end = header.rfind(END).unwrap();
    Header {
        head: header[..begin].to_owned(),
        functions: functions(&header[begin..end]),
        tail: header[end..].to_owned(),
    }
}

fn functions(mut block: &str) -> Vec<Function> {
    let mut found = Vec::new();
    while let Some((comment, rest)) = block.split_once("*/\n") {
        let (declaration, rest) = rest.split_once(";\n").unwrap();
        found.push(function(comment, declaration));
        block = rest;
    }
    assert_eq!(block.trim(), "", "a function without a comment");
    found
}

fn function(comment: &str, declaration: &str) -> Function {
    let line = declaration.split_whitespace().collect::<Vec<_>>().join(" ");
    let (head, parameters) = line.strip_suffix(')').unwrap().split_once('(').unwrap();
    let (result, name) = typed(head);
    let parameters = parameters.split(", ").filter(|parameter| *parameter != "void").map(typed).collect();
    Function { comment: format!("{}*/", comment.trim_start()), result, name, parameters }
}

/// A declaration's type, with its stars, and its name.
fn typed(declaration: &str) -> (String, String) {
    let (kind, name) = declaration.split_at(declaration.rfind([' ', '*']).unwrap() + 1);
    (kind.to_owned(), name.to_owned())
}
