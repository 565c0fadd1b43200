// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What an answer of the service, or of a broker, means for the readings that were sent.

use std::time::Duration;

use crate::error::{Error, ErrorCode, Result};

/// The longest text of a reason, in bytes.
const LONGEST_WHY: usize = 500;

/// What an answer means for the readings that were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The service has them, or the broker.
    Taken,
    /// The same call can succeed later, after what the service asked for.
    Later(Option<Duration>),
    /// The service refuses the key: 401, 403. The broker refuses the login, or lets it publish nothing.
    NotAllowed,
    /// The service refuses these readings; or they can never be sent, and nothing was.
    Refused {
        /// The HTTP status; 0 where nothing was sent.
        status: u16,
        /// One line, without secrets.
        why: String,
    },
    /// The outbox itself has ended the call: for its own end, or for another login.
    GivenUp,
}

/// Says what came of a call.
pub(super) fn judge<T>(result: &Result<T>) -> Answer {
    let Err(error) = result else { return Answer::Taken };
    match (error.code(), error.status()) {
        (ErrorCode::NotConfigured, _) | (ErrorCode::LoginFailed | ErrorCode::Forbidden, None) => {
            Answer::NotAllowed
        }
        (ErrorCode::Closed, _) => Answer::GivenUp,
        (
            ErrorCode::Forbidden | ErrorCode::NotFound | ErrorCode::NotAllowed | ErrorCode::Status,
            Some(status),
        ) => judge_status(status, error),
        (
            ErrorCode::InvalidArgument
            | ErrorCode::InvalidName
            | ErrorCode::InvalidTimestamp
            | ErrorCode::InvalidValue
            | ErrorCode::InvalidPacket
            | ErrorCode::TooLong
            | ErrorCode::Internal,
            _,
        ) => Answer::Refused { status: 0, why: one_line(error) },
        _ => Answer::Later(error.retry_after()),
    }
}

fn judge_status(status: u16, error: &Error) -> Answer {
    match status {
        401 | 403 => Answer::NotAllowed,
        408 | 425 | 429 => Answer::Later(error.retry_after()),
        400..=499 => Answer::Refused { status, why: one_line(error) },
        _ => Answer::Later(error.retry_after()),
    }
}

/// An error in one line of bounded length.
pub(super) fn one_line(error: &Error) -> String {
    let text = error.to_string();
    let mut line = String::with_capacity(text.len().min(LONGEST_WHY));
    for c in text.chars() {
        if line.len() + c.len_utf8() > LONGEST_WHY {
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_status(status: u16) -> Answer {
        let wait = Some(Duration::from_secs(7));
        judge::<()>(&Err(Error::from_status(status, "no").asked_to_wait(wait)))
    }

    #[test]
    fn statuses_mean_what_the_design_says() {
        let later = Answer::Later(Some(Duration::from_secs(7)));
        for status in 400..=499 {
            let expected = match status {
                401 | 403 => Answer::NotAllowed,
                408 | 425 | 429 => later.clone(),
                _ => Answer::Refused { status, why: "no".to_owned() },
            };
            assert_eq!(of_status(status), expected, "{status}");
        }
        for status in [300, 304, 500, 502, 503, 504, 599, 999] {
            assert_eq!(of_status(status), later, "{status}");
        }
        assert_eq!(judge(&Ok(())), Answer::Taken);
    }

    #[test]
    fn a_failure_on_the_way_is_never_the_readings_fault() {
        use ErrorCode::*;
        for code in ErrorCode::ALL {
            let own = matches!(
                code,
                InvalidArgument
                    | InvalidName
                    | InvalidTimestamp
                    | InvalidValue
                    | InvalidPacket
                    | TooLong
                    | Internal
            );
            let expected = match code {
                NotConfigured | LoginFailed | Forbidden => Answer::NotAllowed,
                Closed => Answer::GivenUp,
                _ if own => Answer::Refused { status: 0, why: "why".to_owned() },
                _ => Answer::Later(None),
            };
            assert_eq!(judge::<()>(&Err(Error::new(code, "why"))), expected, "{code:?}");
        }
        // The head had come, and with it a status that says yes.
        let cut = Error::new(Disconnected, "cut").with_status(200);
        assert_eq!(judge::<()>(&Err(cut)), Answer::Later(None));
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        let error = Error::new(ErrorCode::Internal, format!("a\nb\u{7f}{}", "é".repeat(1000)));
        let line = one_line(&error);
        assert!(line.starts_with("a b é") && line.len() <= LONGEST_WHY && line.len() > LONGEST_WHY - 2);
    }
}
