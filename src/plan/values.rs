//! Reads single values. Owns their types and ranges and the wording of what is wrong with them. Must not
//! know of any field.

use std::{collections::BTreeMap, fmt::Display, ops::RangeInclusive};

use toml::{
    Spanned,
    de::{DeInteger, DeTable, DeValue},
};

use super::{
    duration,
    entry::EntryKind,
    problem::{Path, Problems, did_you_mean},
};

/// A value with its place.
pub(super) type Value<'d> = Spanned<DeValue<'d>>;

/// What is shared by all tables of a document.
pub(super) struct Context {
    pub errors: Problems,
    /// The document has errors of syntax, so that things may be absent only because their line is
    /// unreadable: what is missing or unknown is not told.
    pub damaged: bool,
}

impl Context {
    pub fn error(&mut self, offset: usize, path: &Path<'_>, message: impl FnOnce() -> String) {
        self.errors.add(offset, path, message);
    }

    /// Something isn't there. Nothing to tell if it may be in an unreadable line.
    pub fn absent(&mut self, offset: usize, path: &Path<'_>, message: impl FnOnce() -> String) {
        if !self.damaged {
            self.error(offset, path, message);
        }
    }
}

/// The ids of one kind that references may name.
#[derive(Clone, Copy)]
pub(super) struct Ids<'a> {
    /// Their kind.
    pub kind: EntryKind,
    /// The section with an entry for each, if there is one.
    pub entries: Option<&'a DeTable<'a>>,
    /// If not, every id may be one.
    pub readable: bool,
}

impl<'a> Ids<'a> {
    /// Tells of an id that isn't one of them.
    pub fn check(&self, id: &str, offset: usize, path: &Path<'_>, context: &mut Context) {
        if !self.readable || self.entries.is_some_and(|entries| entries.contains_key(id)) {
            return;
        }
        context.absent(offset, path, || {
            let noun = self.kind.noun();
            let advice = did_you_mean(id, self.names(), || format!(": add it or name another {noun}"));
            format!("there is no {noun} `{id}`{advice}")
        });
    }

    /// Those that a plan has room for: a document may have millions, and each wrong reference looks at all.
    fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let keys = self.entries.into_iter().flat_map(|entries| entries.keys());
        keys.take(self.kind.count_max()).map(|key| key.get_ref().as_ref())
    }
}

pub(super) const DURATION: &str = "a duration such as \"20s\", \"5m\" or \"1h 30m\"";

pub(super) fn text<'a>(
    value: &'a Value<'_>,
    needed: &str,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<&'a str> {
    match value.get_ref() {
        DeValue::String(text) => Some(text),
        _ => wrong_type(value, needed, path, context),
    }
}

pub(super) fn number<T: TryFrom<u64>>(
    value: &Value<'_>,
    range: &RangeInclusive<u64>,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<T> {
    let DeValue::Integer(written) = value.get_ref() else {
        let needed = format!("a whole number from {} to {}", range.start(), range.end());
        return wrong_type(value, &needed, path, context);
    };
    let number = to_u64(written).filter(|number| range.contains(number));
    if number.is_none() {
        let (start, end) = range.clone().into_inner();
        context.error(value.span().start, path, || out_of_range(written, start, end));
    }
    T::try_from(number?).ok()
}

/// A table of values by ids, `count` of them, each read by `read`.
pub(super) fn by_id<'d, T>(
    value: &Value<'d>,
    needed: &str,
    ids: Ids<'_>,
    count: &RangeInclusive<usize>,
    path: &Path<'_>,
    context: &mut Context,
    mut read: impl FnMut(&Value<'d>, &Path<'_>, &mut Context) -> Option<T>,
) -> Option<BTreeMap<String, T>> {
    let DeValue::Table(table) = value.get_ref() else {
        return wrong_type(value, needed, path, context);
    };
    count_within(table.len(), count, ids.kind.noun(), value.span().start, path, context);
    let mut values = BTreeMap::new();
    for (id, value) in table.iter().take(*count.end()) {
        let (name, offset) = (id.get_ref(), id.span().start);
        let path = Path::Key(path, name);
        ids.check(name, offset, &path, context);
        if let Some(value) = read(value, &path, context) {
            values.insert(name.to_string(), value);
        }
    }
    Some(values)
}

pub(super) fn milliseconds(
    value: &Value<'_>,
    range_ms: &RangeInclusive<u64>,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<u64> {
    let offset = value.span().start;
    match duration::parse_ms(text(value, DURATION, path, context)?) {
        Ok(ms) if range_ms.contains(&ms) => Some(ms),
        Ok(ms) => {
            let (start, end) = (duration::format_ms(*range_ms.start()), duration::format_ms(*range_ms.end()));
            context.error(offset, path, || out_of_range(duration::format_ms(ms), start, end));
            None
        }
        Err(message) => {
            context.error(offset, path, || message);
            None
        }
    }
}

fn to_u64(written: &DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(written.as_str(), written.radix()).ok()
}

pub(super) fn count_within(
    count: usize,
    range: &RangeInclusive<usize>,
    noun: &str,
    offset: usize,
    path: &Path<'_>,
    context: &mut Context,
) {
    if count < *range.start() {
        context.error(offset, path, || format!("is empty, name at least one {noun}"));
    } else if count > *range.end() {
        context.error(offset, path, || format!("has {count} {noun}s, keep at most {}", range.end()));
    }
}

fn out_of_range(given: impl Display, start: impl Display, end: impl Display) -> String {
    format!("{given} is out of range, give {start} to {end}")
}

pub(super) fn wrong_type<T>(
    value: &Value<'_>,
    needed: &str,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<T> {
    let value_type = value.get_ref().type_str();
    context.error(value.span().start, path, || {
        let article = if value_type.starts_with(['a', 'i']) { "an" } else { "a" };
        format!("is {article} {value_type}, give {needed}")
    });
    None
}

pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
