//! Text in columns, by the width that a terminal gives it: Chinese, Japanese and Korean characters take two cells.

/// Cells that a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

fn cells(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// A text with blanks up to a width.
#[must_use]
pub fn padded(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

/// Rows of equal length in columns two blanks apart; columns that are empty but for their heading are left out.
#[must_use]
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let used = |column: usize| rows.iter().any(|row| !row[column].is_empty());
    let columns: Vec<usize> = (0..heading.len()).filter(|column| used(*column)).collect();
    let widest = |column: usize| {
        let cells = rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
        cells.max(width(heading[column]))
    };
    let widths: Vec<usize> = columns.iter().map(|column| widest(*column)).collect();
    let line = |cells: &dyn Fn(usize) -> String| {
        let cells = columns.iter().zip(&widths).map(|(column, width)| padded(&cells(*column), *width));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut table = line(&|column| heading[column].to_owned());
    for row in rows {
        table.push_str(&line(&|column| row[column].clone()));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows =
            [vec!["李娜".to_owned(), String::new(), "x".to_owned()], vec!["a".into(), "".into(), "".into()]];
        assert_eq!(table(&["N", "NONE", "LAST"], &rows), "N     LAST\n李娜  x\na\n");
    }
}
