// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Names with the wild card `*`, and what a search asks for.
//!
//! Invariants: a name is matched in a time linear in its length, however long the pattern is; only
//! `*` is special, and case counts.

/// A name in which `*` stands for any characters, or none.
#[derive(Clone, Debug)]
pub struct Pattern {
    first: String,
    /// What follows each `*`, where that is anything; the last is the name's end.
    rest: Vec<String>,
    /// The length of the shortest name that matches.
    least: usize,
}

impl Pattern {
    /// Reads a pattern; any text is one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut parts = text.split('*').map(str::to_owned);
        let first = parts.next().unwrap_or_default();
        let mut rest: Vec<_> = parts.collect();
        if let Some(last) = rest.pop() {
            rest.retain(|part| !part.is_empty());
            rest.push(last);
        }
        let least = first.len() + rest.iter().map(String::len).sum::<usize>();
        Self { first, rest, least }
    }

    /// How every name begins that matches.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.first
    }

    /// Whether the pattern stands for the whole of this name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let Some((last, middle)) = self.rest.split_last() else { return self.first == name };
        if name.len() < self.least {
            return false;
        }
        let Some(name) = name.strip_prefix(self.first.as_str()) else { return false };
        let Some(mut name) = name.strip_suffix(last.as_str()) else { return false };
        // The first place for each part leaves the most for the parts after it.
        for part in middle {
            let Some((_, after)) = name.split_once(part.as_str()) else { return false };
            name = after;
        }
        true
    }
}

/// What a search asks for.
#[derive(Clone, Debug)]
pub enum Term {
    /// A part of a GUID.
    Part(String),
    /// A whole GUID, or a whole UID.
    Whole(Pattern),
}

impl Term {
    /// Reads a term: a `.` at its end asks for the whole name, and so does a `*`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        match text.strip_suffix('.') {
            Some(name) => Self::Whole(Pattern::new(name)),
            None if text.contains('*') => Self::Whole(Pattern::new(text)),
            None => Self::Part(text.to_owned()),
        }
    }

    /// Whether it finds this device.
    #[must_use]
    pub fn finds(&self, guid: &str, uid: &str) -> bool {
        match self {
            Self::Part(part) => guid.contains(part.as_str()),
            Self::Whole(pattern) => pattern.matches(guid) || pattern.matches(uid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let good = [
            ("*", ""),
            ("*", "a"),
            ("a", "a"),
            ("a*", "a"),
            ("a*", "ab"),
            ("*b", "ab"),
            ("a*b*c", "axbxbc"),
            ("**", "x"),
            ("a*a", "aa"),
            ("*aa*aa*", "aaaa"),
        ];
        for (pattern, name) in good {
            assert!(Pattern::new(pattern).matches(name), "{pattern} {name}");
        }
        let bad = [
            ("", "a"),
            ("a", "ab"),
            ("a*", "ba"),
            ("a*a", "a"),
            ("a*b*c", "acb"),
            ("%", "a"),
            ("a_c", "abc"),
            ("A*", "ab"),
            ("*aa*aa*", "aaa"),
        ];
        for (pattern, name) in bad {
            assert!(!Pattern::new(pattern).matches(name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_long_pattern_is_no_more_work_than_a_short_one() {
        let many = Pattern::new(&format!("a{}z*", "*".repeat(60_000)));
        assert_eq!((many.rest.len(), many.least), (2, 2));
        assert!(many.matches("a-z-1") && many.matches("az") && !many.matches("a-1"));
        let long = Pattern::new(&"*a".repeat(30_000));
        assert_eq!(long.least, 30_000);
        assert!(!long.matches(&"a".repeat(29_999)) && long.matches(&"a".repeat(30_000)));
    }

    #[test]
    fn terms() {
        let finds = |term: &str| Term::new(term).finds("ns.dev-1", "dev-1");
        for good in ["", "s.d", "dev", "ns.dev-1.", "dev-1.", "dev*", "ns.*", "*1", "*-1."] {
            assert!(finds(good), "{good}");
        }
        for bad in [".", "dev.", "ns.", "ns.dev.", "ev*", "d*v", "DEV", "%", "s_d", "dev-1.."] {
            assert!(!finds(bad), "{bad}");
        }
    }
}
