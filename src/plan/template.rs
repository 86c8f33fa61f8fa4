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

/// The parts of a text.
///
/// # Errors
/// The first fault of it.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let brace = if rest[at..].starts_with('{') { '{' } else { '}' };
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        if after.starts_with(brace) {
            // Twice: the brace itself.
            pieces.push(Piece::Text(&rest[..=at]));
            rest = &after[1..];
            continue;
        }
        let end = after.find(['{', '}']).filter(|end| brace == '{' && after[*end..].starts_with('}'));
        let end = end.ok_or(Fault::Unbalanced(brace))?;
        let name = &after[..end];
        let field = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Field(field.ok_or(Fault::Unknown(name))?));
        rest = &after[end + 1..];
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    Ok(pieces)
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
    use super::{Fault, Field, Piece, fill, pieces};

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
    fn a_text_is_filled_in() {
        let value = |field| format!("<{field:?}>");
        assert_eq!(fill("{position}/{ahead} {{x}} {faq}", value), "<Position>/<Ahead> {x} <Faq>");
        assert_eq!(fill("{nothing", value), "{nothing");
    }
}
