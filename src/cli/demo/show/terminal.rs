//! Redraws lines in place, within the terminal's height and width. What was drawn last stays when the
//! program ends, however it does.

use std::fmt::Write;

use terminal_size::{Height, Width, terminal_size};

use super::board::Board;

const HEIGHT_UNKNOWN: u16 = 24;
const WIDTH_UNKNOWN: u16 = 80;

/// What has been drawn.
#[derive(Debug, Default)]
pub struct Screen {
    lines: usize,
}

impl Screen {
    /// The text that puts a new frame in the place of the last.
    pub fn frame(&mut self, heading: &[String], board: &Board) -> String {
        let (Width(width), Height(height)) =
            terminal_size().unwrap_or((Width(WIDTH_UNKNOWN), Height(HEIGHT_UNKNOWN)));
        let (width, height) = (usize::from(width), usize::from(height));
        let mut lines = heading.to_vec();
        lines.extend(board.table(width));
        self.draw(&lines, width, height)
    }

    fn draw(&mut self, lines: &[String], width: usize, height: usize) -> String {
        let mut out = String::new();
        if self.lines > 0 {
            // Writing to a string can't fail.
            write!(out, "\x1b[{}A\r", self.lines).ok();
        }
        // The cursor's line is kept free: writing there would scroll.
        let shown = lines.len().min(height.saturating_sub(1));
        for line in &lines[..shown] {
            out.push_str(fitting(line, width));
            out.push_str("\x1b[K\n");
        }
        out.push_str("\x1b[J");
        self.lines = shown;
        out
    }
}

/// As much of a line as fits.
fn fitting(line: &str, width: usize) -> &str {
    let mut used = 0;
    for (place, character) in line.char_indices() {
        // Chinese, Japanese and Korean characters are two columns wide.
        used += if character >= '\u{1100}' { 2 } else { 1 };
        if used > width {
            return &line[..place];
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_replace_each_other() {
        let lines = |count: usize| vec!["x".to_owned(); count];
        let mut screen = Screen::default();
        assert_eq!(screen.draw(&lines(2), 80, 24), "x\x1b[K\nx\x1b[K\n\x1b[J");
        assert_eq!(screen.draw(&lines(1), 80, 24), "\x1b[2A\rx\x1b[K\n\x1b[J");
        // Too many lines for the terminal: the rest is left out, or it would scroll.
        assert_eq!(screen.draw(&lines(9), 80, 3), "\x1b[1A\rx\x1b[K\nx\x1b[K\n\x1b[J");
        assert_eq!(screen.lines, 2);
    }

    #[test]
    fn lines_are_cut_at_the_width() {
        for (line, width, fits) in
            [("abc", 3, "abc"), ("abc", 2, "ab"), ("贵宾", 3, "贵"), ("贵宾", 4, "贵宾"), ("", 0, "")]
        {
            assert_eq!(fitting(line, width), fits);
        }
    }
}
