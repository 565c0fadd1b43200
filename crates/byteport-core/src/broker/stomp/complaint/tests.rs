// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
use super::*;

fn complaint(headers: &[(&str, &str)], body: &[u8]) -> Frame {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Frame { command: "ERROR".to_owned(), headers, body: body.to_vec() }
}

#[test]
fn the_broker_is_quoted_in_one_short_line_without_the_password() {
    let secret = "pa ss ";
    let body = format!("{}\u{2028}\x1b[31m\0 {secret}", "ä".repeat(150)).repeat(50);
    for frame in [complaint(&[("message", "bad\r\n pa ss ")], body.as_bytes()), complaint(&[], &[0xff; 5000])]
    {
        let text = Complaint::new(&frame, secret).farewell().to_string();
        assert!(
            text.chars().count() < 300 && !text.contains(char::is_control) && !text.contains("pa ss"),
            "{text}"
        );
    }
    let text = Complaint::new(&complaint(&[], b" \n"), "").farewell().to_string();
    assert_eq!(text, "the broker ended the connection: no reason given");
    let frame = complaint(&[("message", "not_found")], b"NOT_FOUND - no queue 'a'\n");
    let text = Complaint::new(&frame, "").refusal("publication").to_string();
    assert_eq!(text, "the broker refuses the publication: not_found: NOT_FOUND - no queue 'a'");
}
