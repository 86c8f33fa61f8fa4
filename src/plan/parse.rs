//! From a document to a plan or to everything that is wrong with it. Owns the order of the steps and
//! what is told of a document with errors of syntax. Must never tell of what only follows from those.

use std::collections::BTreeSet;

use toml::de::{DeTable, Error as SyntaxError};

use super::{
    limits,
    model::Plan,
    problem::{Path, Problem, Problems},
    sections::Sections,
    values::Context,
    warnings,
};
use crate::schedule::Day;

/// What a check of a document tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The plan, if there are no errors.
    pub plan: Option<Plan>,
    /// All errors, ordered by place.
    pub errors: Vec<Problem>,
    /// What is allowed but probably not meant, ordered by place; only looked for if there are no errors.
    pub warnings: Vec<Problem>,
}

/// Reads a plan document.
///
/// # Errors
/// Every problem that makes it unusable, ordered by place.
pub fn parse(document: &str) -> Result<Plan, Vec<Problem>> {
    read(document).map(|(plan, _)| plan)
}

/// Reads a plan document and looks for what was probably not meant.
#[must_use]
pub fn check(document: &str) -> Report {
    report(document, None)
}

/// The same, and what of it will soon be too old: `today` is the date.
#[must_use]
pub fn check_on(document: &str, today: Day) -> Report {
    report(document, Some(today))
}

fn report(document: &str, today: Option<Day>) -> Report {
    match read(document) {
        Ok((plan, root)) => {
            let warnings = warnings::find(&plan, &root, today).into_list(document);
            Report { plan: Some(plan), errors: Vec::new(), warnings }
        }
        Err(errors) => Report { plan: None, errors, warnings: Vec::new() },
    }
}

fn read(document: &str) -> Result<(Plan, DeTable<'_>), Vec<Problem>> {
    let mut context = Context { errors: Problems::default(), damaged: false };
    if document.len() > limits::DOCUMENT_BYTES_MAX {
        let (bytes, bytes_max) = (document.len(), limits::DOCUMENT_BYTES_MAX);
        context.error(0, &Path::Root, || {
            format!("the document has {bytes} bytes, shorten it to at most {bytes_max}")
        });
        return Err(context.errors.into_list(document));
    }
    let (root, syntax_errors) = DeTable::parse_recoverable(document);
    let root = root.into_inner();
    context.damaged = !syntax_errors.is_empty();
    for error in &syntax_errors {
        let offset = error.span().map_or(0, |span| span.start);
        context.error(offset, &Path::Root, || syntax_message(error));
    }
    let plan = Sections { root: &root, document }.read(&mut context);
    if context.errors.is_empty() {
        return Ok((plan, root));
    }
    let mut errors = context.errors.into_list(document);
    drop_consequences(&mut errors);
    Err(errors)
}

/// What the message of an error of syntax starts with.
const SYNTAX: &str = "syntax: ";

fn syntax_message(error: &SyntaxError) -> String {
    format!("{SYNTAX}{}", error.message())
}

/// Drops what was found wrong in a line that is unreadable anyway.
fn drop_consequences(errors: &mut Vec<Problem>) {
    // The line that says how many more there are has no key either, and its place is a readable one.
    let is_syntax = |error: &&Problem| error.key.is_empty() && error.message.starts_with(SYNTAX);
    let unreadable: BTreeSet<u32> = errors.iter().filter(is_syntax).map(|error| error.line).collect();
    errors.retain(|error| error.key.is_empty() || !unreadable.contains(&error.line));
}

/// Whether a text can be the id of an entry: 1 to 128 visible characters, so neither white space nor
/// control characters.
#[must_use]
pub fn is_valid_id(id: &str) -> bool {
    let visible = |c: char| !c.is_whitespace() && !c.is_control();
    !id.is_empty() && id.chars().all(visible) && id.chars().count() <= limits::ID_CHARS_MAX
}
