// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Topics to publish to, and filters to subscribe to (sections 1.5.3 and 4.7).

use crate::error::{Error, ErrorCode, Result};

/// The longest text or binary field of a packet, in bytes: two bytes tell its length.
pub(super) const LONGEST: usize = 65_535;

fn invalid(message: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}

/// Checks what every text of a packet has to be. `what` names it in the error.
pub(super) fn check_text(what: &str, text: &str) -> Result<()> {
    if text.len() > LONGEST || text.contains('\0') {
        return Err(invalid(&format!(
            "MQTT carries no {what} with a NUL or above {LONGEST} bytes: shorten it"
        )));
    }
    Ok(())
}

/// Checks a topic to publish to.
///
/// # Errors
/// [`ErrorCode::InvalidArgument`] where it is empty, too long, or has a wildcard.
pub(super) fn check_topic(topic: &str) -> Result<()> {
    check_text("topic", topic)?;
    if !is_topic(topic) {
        return Err(invalid("an MQTT topic to publish to is not empty and has no + or #: name one topic"));
    }
    Ok(())
}

/// Whether the text, which [`check_text`] lets pass, is a topic and no filter.
pub(super) fn is_topic(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| matches!(byte, b'+' | b'#'))
}

/// Checks a filter to subscribe to: a topic, with or without wildcards.
///
/// # Errors
/// [`ErrorCode::InvalidArgument`] where it is empty, too long, or has a wildcard where none may be.
pub(super) fn check_filter(filter: &str) -> Result<()> {
    check_text("topic filter", filter)?;
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let is_last = levels.peek().is_none();
        if level.contains(['+', '#']) && level != "+" && !(level == "#" && is_last) {
            return Err(invalid(
                "in an MQTT topic filter, + stands for a whole level, and # for all levels at the end: a/+/b or a/#",
            ));
        }
    }
    if filter.is_empty() {
        return Err(invalid("an MQTT topic filter is not empty: name a topic"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_name_one_topic() {
        let long = "t".repeat(LONGEST);
        for good in ["t", "/", "a/b", "$SYS/x", "ä b", &long] {
            assert!(check_topic(good).is_ok(), "{good:.20}");
        }
        for bad in ["", "#", "a/+", "a+", "a#b", "a\0b", &format!("{long}t")] {
            assert_eq!(check_topic(bad).unwrap_err().code(), ErrorCode::InvalidArgument, "{bad:.20}");
        }
    }

    #[test]
    fn wildcards_stand_for_whole_levels() {
        for good in ["t", "#", "+", "a/#", "+/+/#", "/+", "+/", "a/+/b", "/"] {
            assert!(check_filter(good).is_ok(), "{good}");
        }
        for bad in ["", "a#", "#/a", "a/#/b", "a+", "+a/b", "a/##", "++", "a\0"] {
            assert_eq!(check_filter(bad).unwrap_err().code(), ErrorCode::InvalidArgument, "{bad}");
        }
    }
}
