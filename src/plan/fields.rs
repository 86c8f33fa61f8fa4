//! Reads the fields of one table, adding a problem for each that is wrong and going on with a stand-in,
//! so that one pass finds everything. Owns which fields are asked for, missing and unknown; what fields mean together is
//! the business of [`super::sections`]. Must never stop at the first problem.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    ops::RangeInclusive,
};

use toml::de::{DeTable, DeValue};

use super::{
    limits,
    problem::{Path, did_you_mean},
    values::{
        Context, DURATION, Ids, Value, by_id, count_within, milliseconds, number, quoted, text, wrong_type,
    },
};

/// The fields of one table.
pub(super) struct Fields<'a> {
    table: &'a DeTable<'a>,
    /// Where the table starts, for what is missing.
    offset: usize,
    path: &'a Path<'a>,
    context: &'a mut Context,
    asked: Vec<&'static str>,
    found: usize,
}

impl<'a> Fields<'a> {
    pub fn new(table: &'a DeTable<'a>, offset: usize, path: &'a Path<'a>, context: &'a mut Context) -> Self {
        Self { table, offset, path, context, asked: Vec::with_capacity(12), found: 0 }
    }

    /// Tells of each key that nobody asked for.
    pub fn finish(self) {
        if self.found == self.table.len() {
            return;
        }
        let unknown = self.table.keys().filter(|key| !self.asked.contains(&key.get_ref().as_ref()));
        for key in unknown {
            let name = key.get_ref();
            self.context.error(key.span().start, &Path::Key(self.path, name), || {
                let advice = did_you_mean(name, self.asked.iter().copied(), || {
                    format!(", the keys here are {}", quoted(&self.asked))
                });
                format!("unknown key `{name}`{advice}")
            });
        }
    }

    /// Adds a problem of a field, at its value.
    pub fn error(&mut self, key: &'static str, message: impl FnOnce() -> String) {
        let offset = self.table.get(key).map_or(self.offset, |value| value.span().start);
        self.context.error(offset, &Path::Key(self.path, key), message);
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        self.asked.push(key);
        let value = self.table.get(key);
        self.found += usize::from(value.is_some());
        value
    }

    /// Reads a field with `read`. `default` stands for one that is absent (a problem if there is no
    /// default) or wrong.
    pub fn read<T: Default>(
        &mut self,
        key: &'static str,
        needed: impl Display,
        default: Option<T>,
        read: impl FnOnce(&Value<'a>, &Path<'_>, &mut Context) -> Option<T>,
    ) -> T {
        let path = Path::Key(self.path, key);
        match self.get(key) {
            Some(value) => read(value, &path, self.context),
            None if default.is_some() => None,
            None => {
                self.context.absent(self.offset, &path, || format!("is missing, give {needed}"));
                None
            }
        }
        .or(default)
        .unwrap_or_default()
    }

    /// A name to show, empty if there is none.
    pub fn name(&mut self) -> String {
        self.label("name")
    }

    /// A text to show, empty if there is none.
    pub fn label(&mut self, key: &'static str) -> String {
        self.read(key, "a text", Some(String::new()), label)
    }

    /// A whole number in a range.
    pub fn number<T: TryFrom<u64> + Default>(
        &mut self,
        key: &'static str,
        range: &RangeInclusive<u64>,
        default: Option<T>,
    ) -> T {
        let needed = format_args!("a whole number from {} to {}", range.start(), range.end());
        self.read(key, needed, default, |value, path, context| number(value, range, path, context))
    }

    /// A whole number that may be absent.
    pub fn optional_number<T: TryFrom<u64>>(
        &mut self,
        key: &'static str,
        range: &RangeInclusive<u64>,
    ) -> Option<T> {
        self.read(key, "a whole number", Some(None), |value, path, context| {
            number(value, range, path, context).map(Some)
        })
    }

    /// A duration in a range, in milliseconds.
    pub fn duration(
        &mut self,
        key: &'static str,
        range_ms: &RangeInclusive<u64>,
        default_ms: Option<u64>,
    ) -> u64 {
        self.read(key, DURATION, default_ms, |value, path, context| {
            milliseconds(value, range_ms, path, context)
        })
    }

    /// A duration that may be absent.
    pub fn optional_duration(&mut self, key: &'static str, range_ms: &RangeInclusive<u64>) -> Option<u64> {
        self.read(key, DURATION, Some(None), |value, path, context| {
            milliseconds(value, range_ms, path, context).map(Some)
        })
    }

    /// `true` or `false`; `false` if absent.
    pub fn flag(&mut self, key: &'static str) -> bool {
        self.read(key, "true or false", Some(false), |value, path, context| match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => wrong_type(value, "true or false", path, context),
        })
    }

    /// One of several words, told what each stands for. `None`: absent without default, or wrong.
    pub fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        default: Option<T>,
    ) -> Option<T> {
        self.chosen(key, choices, default.map(Some))
    }

    /// One of several words, or none. `None`: absent, or wrong.
    pub fn optional_choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        self.chosen(key, choices, Some(None))
    }

    fn chosen<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        default: Option<Option<T>>,
    ) -> Option<T> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let needed = format!("one of {}", quoted(&words));
        self.read(key, &needed, default, |value, path, context| {
            let given = text(value, &needed, path, context)?;
            let choice = choices.iter().find(|(word, _)| *word == given).map(|(_, choice)| *choice);
            if choice.is_none() {
                context.error(value.span().start, path, || {
                    let advice = did_you_mean(given, words.iter().copied(), || format!(", give {needed}"));
                    format!("there is no such choice as `{given}`{advice}")
                });
            }
            choice.map(Some)
        })
    }

    /// One of several words; the default stands for one that is absent or wrong.
    pub fn choice_or_default<T: Copy + Default>(&mut self, key: &'static str, choices: &[(&str, T)]) -> T {
        self.choice(key, choices, Some(T::default())).unwrap_or_default()
    }

    /// The id of an entry of another kind.
    pub fn reference(&mut self, key: &'static str, ids: Ids<'_>) -> String {
        let needed = format!("the id of a {}", ids.kind.noun());
        self.read(key, &needed, None, |value, path, context| {
            let id = text(value, &needed, path, context)?;
            ids.check(id, value.span().start, path, context);
            Some(id.to_owned())
        })
    }

    /// The id of an entry of another kind, which may be absent.
    pub fn optional_reference(&mut self, key: &'static str, ids: Ids<'_>) -> Option<String> {
        let needed = format!("the id of a {}", ids.kind.noun());
        self.read(key, &needed, Some(None), |value, path, context| {
            let id = text(value, &needed, path, context)?;
            ids.check(id, value.span().start, path, context);
            Some(Some(id.to_owned()))
        })
    }

    /// A list of different ids of another kind, `count` of them; it may be absent if it may be empty.
    pub fn references(
        &mut self,
        key: &'static str,
        ids: Ids<'_>,
        count: RangeInclusive<usize>,
    ) -> Vec<String> {
        let needed = format!("a list of ids of {}s such as [\"one\", \"two\"]", ids.kind.noun());
        let default = (*count.start() == 0).then(Vec::new);
        self.read(key, &needed, default, |value, path, context| {
            id_list(value, &needed, ids, &count, path, context)
        })
    }

    /// A table of numbers in a range by ids of another kind, `count_max` of them; empty if absent.
    pub fn numbers_by_id<T: TryFrom<u64>>(
        &mut self,
        key: &'static str,
        ids: Ids<'_>,
        range: &RangeInclusive<u64>,
        count_max: usize,
    ) -> BTreeMap<String, T> {
        let needed = "a table of numbers such as { some_id = 3 }";
        self.values_by_id(key, needed, ids, count_max, |value, path, context| {
            number(value, range, path, context)
        })
    }

    /// A table of values by ids of another kind, `count_max` of them, each read by `read`; empty if absent.
    pub fn values_by_id<T>(
        &mut self,
        key: &'static str,
        needed: &str,
        ids: Ids<'_>,
        count_max: usize,
        read: impl FnMut(&Value<'a>, &Path<'_>, &mut Context) -> Option<T>,
    ) -> BTreeMap<String, T> {
        self.read(key, needed, Some(BTreeMap::new()), |value, path, context| {
            by_id(value, needed, ids, &(0..=count_max), path, context, read)
        })
    }

    /// A table whose fields are read by `read`. `None`: absent (a problem if it is `needed`) or wrong.
    pub fn table<T>(
        &mut self,
        key: &'static str,
        example: &str,
        needed: bool,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        self.read(key, example, (!needed).then_some(None), |value, path, context| {
            table(value, example, path, context, read).map(Some)
        })
    }

    /// A list of `count_max` things called `noun`, each read by `read`; empty if absent.
    pub fn items<T>(
        &mut self,
        key: &'static str,
        needed: &str,
        noun: &str,
        count_max: usize,
        mut read: impl FnMut(&Value<'a>, &Path<'_>, &mut Context) -> Option<T>,
    ) -> Vec<T> {
        self.read(key, needed, Some(Vec::new()), |value, path, context| {
            let DeValue::Array(items) = value.get_ref() else {
                return wrong_type(value, needed, path, context);
            };
            count_within(items.len(), &(0..=count_max), noun, value.span().start, path, context);
            let items = items.iter().enumerate().take(count_max);
            Some(items.filter_map(|(index, item)| read(item, &Path::Item(path, index), context)).collect())
        })
    }
}

/// A text to show.
pub(super) fn label(value: &Value<'_>, path: &Path<'_>, context: &mut Context) -> Option<String> {
    let label = text(value, "a text", path, context)?;
    let bytes_max = limits::NAME_BYTES_MAX;
    if label.len() > bytes_max {
        context.error(value.span().start, path, || {
            format!("has {} bytes, shorten it to at most {bytes_max}", label.len())
        });
    } else if label.chars().any(char::is_control) {
        context.error(value.span().start, path, || {
            "has a control character such as a line break, remove it".to_owned()
        });
    }
    Some(label.to_owned())
}

/// A list of different ids, `count` of them.
pub(super) fn id_list(
    value: &Value<'_>,
    needed: &str,
    ids: Ids<'_>,
    count: &RangeInclusive<usize>,
    path: &Path<'_>,
    context: &mut Context,
) -> Option<Vec<String>> {
    let DeValue::Array(items) = value.get_ref() else {
        return wrong_type(value, needed, path, context);
    };
    count_within(items.len(), count, ids.kind.noun(), value.span().start, path, context);
    let mut seen = BTreeSet::new();
    let mut list: Vec<String> = Vec::with_capacity(items.len().min(*count.end()));
    for (index, item) in items.iter().enumerate().take(*count.end()) {
        let (path, offset) = (&Path::Item(path, index), item.span().start);
        let Some(id) = text(item, "an id in quotes", path, context) else {
            // So that those after it keep their places.
            list.push(String::new());
            continue;
        };
        ids.check(id, offset, path, context);
        if !seen.insert(id) {
            context.error(offset, path, || format!("`{id}` is listed twice, keep one of them"));
        }
        list.push(id.to_owned());
    }
    Some(list)
}

/// Reads a value that must be a table, its fields by `read`.
pub(super) fn table<T>(
    value: &Value<'_>,
    example: &str,
    path: &Path<'_>,
    context: &mut Context,
    read: impl FnOnce(&mut Fields<'_>) -> T,
) -> Option<T> {
    let DeValue::Table(table) = value.get_ref() else {
        return wrong_type(value, example, path, context);
    };
    let mut fields = Fields::new(table, value.span().start, path, context);
    let read = read(&mut fields);
    fields.finish();
    Some(read)
}
