//! Reads the settings file. Knows TOML and the file's shape; what a value means is the table's.

use std::{ops::Range, path::PathBuf};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    Draft, PlanSource, TENANT_BYTES_MAX,
    keys::{KEYS, suggest},
};

const TENANTS: &str = "tenants";

/// Reads the text of the file `name` into the draft.
pub fn read(text: &str, name: &str, draft: &mut Draft) {
    let (document, mut errors) = DeTable::parse_recoverable(text);
    let reader = Reader { text, name };
    if errors.is_empty() {
        reader.table(document.get_ref(), "", draft);
    }
    errors.sort_by_key(|error| error.span().unwrap_or_default().start);
    for error in errors {
        let place = reader.place(error.span().unwrap_or_default());
        draft.problem(format!("{place} {}", error.message().replace('\n', ", ")));
    }
}

struct Reader<'a> {
    text: &'a str,
    name: &'a str,
}

impl Reader<'_> {
    /// `FILE:line:col`, counted from 1.
    fn place(&self, span: Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        format!("{}:{line}:{column}", self.name)
    }

    fn table(&self, table: &DeTable<'_>, prefix: &str, draft: &mut Draft) {
        for (key, value) in in_order(table) {
            let path = format!("{prefix}{}", key.get_ref());
            let place = format!("{} {path}", self.place(key.span()));
            if path == TENANTS {
                self.tenants(value, &place, draft);
            } else if let Some(known) = KEYS.iter().find(|known| known.name == path) {
                match scalar(value) {
                    Some(text) => draft.set(known, &text, &place),
                    None => draft.problem(format!("{place}: give a text or a number")),
                }
            } else if KEYS.iter().any(|known| known.name.starts_with(&format!("{path}."))) {
                match value.get_ref().as_table() {
                    Some(inner) => self.table(inner, &format!("{path}."), draft),
                    None => draft.problem(format!("{place}: give a table")),
                }
            } else {
                let known: Vec<&str> = KEYS.iter().map(|known| known.name).chain([TENANTS]).collect();
                draft.problem(format!("{place}: unknown key{}", suggest(&path, &known)));
            }
        }
    }

    fn tenants(&self, tenants: &Spanned<DeValue<'_>>, place: &str, draft: &mut Draft) {
        let Some(tenants) = tenants.get_ref().as_table() else {
            draft.problem(format!("{place}: give a table for each tenant, such as [tenants.east]"));
            return;
        };
        for (name, entry) in in_order(tenants) {
            let place = format!("{} {TENANTS}.{}", self.place(name.span()), name.get_ref());
            if !is_tenant_name(name.get_ref()) {
                draft.problem(format!(
                    "{place}: a tenant's name is 1 to {TENANT_BYTES_MAX} of a-z, 0-9, `-` and `_`"
                ));
            }
            match entry.get_ref().as_table() {
                Some(entry) => self.tenant(name.get_ref(), entry, &place, draft),
                None => draft.problem(format!("{place}: give a table, such as {{ plan = \"FILE\" }}")),
            }
        }
    }

    fn tenant(&self, name: &str, entry: &DeTable<'_>, place: &str, draft: &mut Draft) {
        let mut plan = PlanSource::Sample;
        for (key, value) in in_order(entry) {
            let text = scalar(value).filter(|text| !text.is_empty());
            match (key.get_ref().as_ref(), text) {
                ("plan", Some(text)) => plan = PlanSource::File(PathBuf::from(text)),
                ("plan", None) => draft.problem(format!("{place}.plan: give a path")),
                (other, _) => {
                    let place = self.place(key.span());
                    let hint = suggest(other, &["plan"]);
                    draft.problem(format!("{place} {TENANTS}.{name}.{other}: unknown key{hint}"));
                }
            }
        }
        draft.tenants.insert(name.to_owned(), plan);
    }
}

type Entry<'a> = (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>);

/// Entries as they stand in the file, so that problems come in that order.
fn in_order<'a>(table: &'a DeTable<'_>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// Names become directories, so they are kept plain.
fn is_tenant_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    (1..=TENANT_BYTES_MAX).contains(&name.len()) && name.chars().all(plain)
}

fn scalar(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}
