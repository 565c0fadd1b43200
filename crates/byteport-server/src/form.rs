// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Pairs in a query or in an `application/x-www-form-urlencoded` body.
//!
//! Invariants: there are at most `MOST_PAIRS` pairs, so that a body cannot take many times its
//! length of memory; pairs keep their order; names and values are valid UTF-8; a malformed
//! percent-escape is an error, never passed on as it stands.

pub mod typed;

/// The most pairs in one form.
const MOST_PAIRS: usize = 65_536;

/// Decoded pairs, in the order in which they were sent.
#[derive(Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
}

/// Why text is not a form. Its text names the pair, never a value.
#[derive(Debug, PartialEq, Eq)]
pub struct FormError(String);

impl std::fmt::Display for FormError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<FormError> for crate::answer::Failure {
    fn from(error: FormError) -> Self {
        Self::bad(error.0)
    }
}

impl Form {
    /// Decodes the text of a query or a body.
    pub fn parse(text: &[u8]) -> Result<Self, FormError> {
        let mut pairs = Vec::new();
        for (index, pair) in text.split(|byte| *byte == b'&').enumerate() {
            if pairs.len() >= MOST_PAIRS {
                return Err(FormError(format!("there are more than {MOST_PAIRS} pairs")));
            }
            if !pair.is_empty() {
                pairs.push(decode_pair(index, pair)?);
            }
        }
        Ok(Self { pairs })
    }

    /// The value of the last pair with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of the only pair with this name; two of them are an error.
    pub fn single(&self, name: &str) -> Result<Option<&str>, FormError> {
        let mut found = self.pairs.iter().filter(|(key, _)| key == name);
        let first = found.next();
        match found.next() {
            Some(_) => Err(FormError(format!("{name} is given more than once"))),
            None => Ok(first.map(|(_, value)| value.as_str())),
        }
    }

    /// All pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Gives the pairs away.
    #[must_use]
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }
}

fn decode_pair(index: usize, pair: &[u8]) -> Result<(String, String), FormError> {
    let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
    let value = pair.get(middle + 1..).unwrap_or_default();
    let name = decode(&pair[..middle])
        .map_err(|reason| FormError(format!("the name of pair {}: {reason}", index + 1)))?;
    let value =
        decode(value).map_err(|reason| FormError(format!("the value of {}: {reason}", shown(&name))))?;
    Ok((name, value))
}

/// Undoes form encoding: `+` is a space, `%XX` a byte; the result must be UTF-8.
fn decode(text: &[u8]) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (byte, tail) = escape(tail).ok_or("malformed percent-escape")?;
                bytes.push(byte);
                rest = tail;
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8")
}

/// Whether a path is UTF-8 once its percent-escapes are undone; what is not an escape stays as it is.
#[must_use]
pub fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, tail) = match first {
            b'%' => escape(tail).unwrap_or((first, tail)),
            _ => (first, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
    std::str::from_utf8(&bytes).is_ok()
}

fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.split_at_checked(2)?;
    let high = char::from(digits[0]).to_digit(16)?;
    let low = char::from(digits[1]).to_digit(16)?;
    u8::try_from(high * 16 + low).ok().map(|byte| (byte, rest))
}

/// A name from outside as it may stand in an error text: escaped, in quotes, not long.
#[must_use]
pub fn shown(name: &str) -> String {
    let short: String = name.chars().take(40).collect();
    let more = if short.len() < name.len() { "..." } else { "" };
    format!("{short:?}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Result<Vec<(String, String)>, FormError> {
        Form::parse(text.as_bytes()).map(Form::into_pairs)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn decodes_pairs_in_order() {
        let expected = vec![pair("a", "1 2"), pair("b", "ö&="), pair("c", ""), pair("a", "3")];
        assert_eq!(pairs("a=1+2&b=%c3%B6%26%3d&&c&a=3"), Ok(expected));
        assert_eq!(pairs(""), Ok(vec![]));
        assert_eq!(pairs("a=b=c"), Ok(vec![pair("a", "b=c")]));
    }

    #[test]
    fn refuses_malformed_escapes_and_bytes() {
        for bad in ["a=%", "a=%4", "a=%zz", "a=%+1", "%=1", "a=%ff", "a=%c3"] {
            assert!(pairs(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_are_text_or_not() {
        for good in ["/", "/a/%C3%B6/", "/%zz/%", "/%4"] {
            assert!(is_text(good), "{good}");
        }
        for bad in ["/%ff/", "/%c3/", "/%zz%80"] {
            assert!(!is_text(bad), "{bad}");
        }
    }

    #[test]
    fn an_error_names_the_field_and_not_the_value() {
        let error = pairs("x=1&temp=secret%zz").map_err(|error| error.to_string());
        assert_eq!(error, Err("the value of \"temp\": malformed percent-escape".into()));
    }

    #[test]
    fn a_flood_of_pairs_is_refused() {
        assert!(Form::parse("a&".repeat(MOST_PAIRS - 1).as_bytes()).is_ok());
        assert!(Form::parse("a&".repeat(MOST_PAIRS + 1).as_bytes()).is_err());
    }

    #[test]
    fn single_refuses_two() {
        let form = Form::parse(b"a=1&b=2&a=3");
        let form = form.expect("a form");
        assert!(form.single("a").is_err());
        assert_eq!(form.single("b"), Ok(Some("2")));
        assert_eq!(form.get("a"), Some("3"));
    }
}
