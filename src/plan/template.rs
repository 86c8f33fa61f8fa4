//! Texts with fields in braces, such as `{ahead} ahead of you`. Owns which fields there are and how a brace is
//! written; what a field says is the business of whoever fills it in.

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Place in line, from 1.
    Position,
    /// How many come before.
    Ahead,
    /// The expected wait.
    Wait,
    /// A wait that is hardly exceeded.
    WaitAtMost,
    /// Name of the queue.
    Queue,
    /// Link to frequent questions.
    Faq,
}

/// The fields by the names that stand in braces.
pub const FIELDS: [(&str, Field); 6] = [
    ("position", Field::Position),
    ("ahead", Field::Ahead),
    ("wait", Field::Wait),
    ("wait_at_most", Field::WaitAtMost),
    ("queue", Field::Queue),
    ("faq", Field::Faq),
];

impl Field {
    /// The name that stands in braces.
    #[must_use]
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// As it is written.
    Text(&'t str),
    /// To be filled in.
    Field(Field),
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault<'t> {
    /// There is no such field.
    Unknown(&'t str),
    /// A brace without its other.
    Unbalanced(char),
}

/// A part of a text or what is wrong in its place.
type Part<'t> = Result<Piece<'t>, Fault<'t>>;

/// The parts of a text.
///
/// # Errors
/// The first fault of it.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault<'_>> {
    let parts = parts(text).into_iter().map(|(_, part)| part);
    parts.filter(|part| *part != Ok(Piece::Text(""))).collect()
}

/// The fields of a text and all its faults, each with the byte at which its brace is.
#[must_use]
pub fn fields(text: &str) -> Vec<(usize, Result<Field, Fault<'_>>)> {
    let named = |(at, part)| match part {
        Ok(Piece::Text(_)) => None,
        Ok(Piece::Field(field)) => Some((at, Ok(field))),
        Err(fault) => Some((at, Err(fault))),
    };
    parts(text).into_iter().filter_map(named).collect()
}

fn parts(text: &str) -> Vec<(usize, Part<'_>)> {
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find(['{', '}']) {
        let at = from + found;
        let brace = if text[at..].starts_with('{') { '{' } else { '}' };
        let after = &text[at + 1..];
        if after.starts_with(brace) {
            // Twice: the brace itself.
            parts.push((from, Ok(Piece::Text(&text[from..=at]))));
            from = at + 2;
            continue;
        }
        parts.push((from, Ok(Piece::Text(&text[from..at]))));
        let end = after.find(['{', '}']).filter(|end| brace == '{' && after[*end..].starts_with('}'));
        let Some(end) = end else {
            parts.push((at, Err(Fault::Unbalanced(brace))));
            from = at + 1;
            continue;
        };
        let name = &after[..end];
        let field = FIELDS.iter().find(|(known, _)| *known == name);
        let field = field.map(|(_, field)| Piece::Field(*field));
        parts.push((at, field.ok_or(Fault::Unknown(name))));
        from = at + end + 2;
    }
    parts.push((from, Ok(Piece::Text(&text[from..]))));
    parts
}

/// A text with its fields filled in. One that has a fault stays as it is.
#[must_use]
pub fn fill(text: &str, value: impl Fn(Field) -> String) -> String {
    let Ok(pieces) = pieces(text) else { return text.to_owned() };
    let part = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Field(field) => value(field),
    };
    pieces.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::{Fault, Field, Piece, fields, fill, pieces};

    #[test]
    fn fields_and_braces_are_told_apart() {
        use Piece::Text;
        for (text, expected) in [
            ("", Ok(vec![])),
            ("客服", Ok(vec![Text("客服")])),
            ("{ahead}", Ok(vec![Piece::Field(Field::Ahead)])),
            (
                "前{ahead}位 {wait_at_most}",
                Ok(vec![
                    Text("前"),
                    Piece::Field(Field::Ahead),
                    Text("位 "),
                    Piece::Field(Field::WaitAtMost),
                ]),
            ),
            ("a{{b}}c", Ok(vec![Text("a{"), Text("b}"), Text("c")])),
            ("{{{queue}", Ok(vec![Text("{"), Piece::Field(Field::Queue)])),
            ("{postion}", Err(Fault::Unknown("postion"))),
            ("{}", Err(Fault::Unknown(""))),
            ("a{b", Err(Fault::Unbalanced('{'))),
            ("a{b{ahead}", Err(Fault::Unbalanced('{'))),
            ("a}b", Err(Fault::Unbalanced('}'))),
            ("{ahead", Err(Fault::Unbalanced('{'))),
        ] {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }

    #[test]
    fn every_fault_is_found_where_it_is() {
        use Fault::{Unbalanced, Unknown};
        for (text, expected) in [
            (
                "客{x}{{y}}{ahead}{z",
                vec![(3, Err(Unknown("x"))), (11, Ok(Field::Ahead)), (18, Err(Unbalanced('{')))],
            ),
            ("a}{b{c}", vec![(1, Err(Unbalanced('}'))), (2, Err(Unbalanced('{'))), (4, Err(Unknown("c")))]),
            ("{faq}{faq}", vec![(0, Ok(Field::Faq)), (5, Ok(Field::Faq))]),
            ("none", vec![]),
        ] {
            assert_eq!(fields(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_is_filled_in() {
        let value = |field| format!("<{field:?}>");
        assert_eq!(fill("{position}/{ahead} {{x}} {faq}", value), "<Position>/<Ahead> {x} <Faq>");
        assert_eq!(fill("{nothing", value), "{nothing");
    }
}
