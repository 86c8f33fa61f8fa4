//! What is wrong with a document, and where. Owns the place (line, column, dotted key) of a problem and
//! the wording of the nearest known name. Must never fail itself, and must stay linear in the document.

use std::fmt;

use super::{
    limits::{ID_CHARS_MAX, PROBLEMS_MAX},
    render::write_key,
};

/// Something wrong with a plan document: an error, or a warning about something that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the document, counted from 1.
    pub line: u32,
    /// Character of the line, counted from 1.
    pub column: u32,
    /// Dotted path of what is meant, such as `queues.refund.objective`; empty for the document itself.
    pub key: String,
    /// What is wrong and what to do, starting in lower case.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// A dotted path that costs nothing until it is written: a link to the step before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
    /// The document.
    Root,
    /// A key of a table.
    Key(&'a Path<'a>, &'a str),
    /// An item of an array, counted from 0.
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Path::Root => Ok(()),
            Path::Key(parent, key) => {
                if !matches!(parent, Path::Root) {
                    write!(f, "{parent}.")?;
                }
                // An id may be as long as the document by mistake.
                match key.char_indices().nth(ID_CHARS_MAX) {
                    None => write_key(f, key),
                    Some((end, _)) => write_key(f, &key[..end]).and_then(|()| f.write_str("…")),
                }
            }
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

struct Found {
    /// Byte of the document.
    offset: usize,
    key: String,
    message: String,
}

/// Problems as they are found, in any order.
#[derive(Default)]
pub(super) struct Problems {
    found: Vec<Found>,
    /// Those beyond the limit, which are only counted.
    unlisted: usize,
}

impl Problems {
    /// Adds a problem. `message` runs only if the problem will be listed, as finding the nearest name
    /// takes time.
    pub fn add(&mut self, offset: usize, path: &Path<'_>, message: impl FnOnce() -> String) {
        if self.found.len() < PROBLEMS_MAX {
            self.found.push(Found { offset, key: path.to_string(), message: message() });
        } else {
            self.unlisted += 1;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Orders them by place. One pass over the document finds all lines and columns.
    pub fn into_list(mut self, document: &str) -> Vec<Problem> {
        self.found.sort_by(|a, b| (a.offset, &a.key, &a.message).cmp(&(b.offset, &b.key, &b.message)));
        let mut place = Place { line: 1, column: 1 };
        let mut chars = document.char_indices().peekable();
        let mut list = Vec::with_capacity(self.found.len() + 1);
        for Found { offset, key, message } in self.found {
            while let Some((_, c)) = chars.next_if(|(at, _)| *at < offset) {
                place.pass(c);
            }
            list.push(Problem { line: place.line, column: place.column, key, message });
        }
        if self.unlisted > 0 {
            let message = format!("{} more like these are not listed, mend these first", self.unlisted);
            list.push(Problem { line: place.line, column: place.column, key: String::new(), message });
        }
        list
    }
}

struct Place {
    line: u32,
    column: u32,
}

impl Place {
    fn pass(&mut self, c: char) {
        match c {
            '\n' => {
                self.line += 1;
                self.column = 1;
            }
            // A byte order mark is not seen.
            '\u{feff}' => {}
            _ => self.column += 1,
        }
    }
}

/// The name in `known` that `name` was probably meant to be.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Longer names are left alone: comparing takes the product of the lengths.
    const CHARS_MAX: usize = 64;
    let chars = name.chars().count();
    if chars > CHARS_MAX {
        return None;
    }
    let tolerance = (chars / 3).clamp(1, 4);
    known
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(chars) <= tolerance)
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `, did you mean …?`, or what else to do.
pub(super) fn did_you_mean<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    match nearest(name, known) {
        Some(candidate) => format!(", did you mean `{candidate}`?"),
        None => otherwise(),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_known_name() {
        let known = ["objective", "max_wait", "max_waiting", "band", "客服"];
        let longest = "objective".repeat(8);
        for (name, expected) in [
            ("objetive", Some("objective")),
            ("ojbective", Some("objective")),
            ("max_wat", Some("max_wait")),
            ("max_waitin", Some("max_waiting")),
            ("bond", Some("band")),
            ("客户", Some("客服")),
            ("bunt", None),
            ("x", None),
            ("", None),
            (longest.as_str(), None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
        assert_eq!(nearest(&longest, [longest.as_str()]), None, "too long to compare");
    }
}
