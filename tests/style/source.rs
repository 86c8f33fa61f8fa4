//! A Rust source as text whose comments and literals are blanked out, then as tokens, paths and functions.
//! `rustfmt` has put every closing brace under the line that opened it, which is how the end of a function is
//! found.

/// The line, name and length in lines of every function with a body, from its `fn` to its closing brace.
pub fn functions(code: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = code.lines().map(str::trim_end).collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        // A signature ends with its `{`, with `;` if it has no body, with `}` if all is on one line.
        let signature = lines[start..].iter().position(|line| line.ends_with(['{', ';', '}']));
        let Some(opening) = signature.map(|offset| start + offset).filter(|&at| lines[at].ends_with('{'))
        else {
            continue;
        };
        let body = lines[opening + 1..].iter();
        let body_lines =
            body.take_while(|end| !end.trim_start().starts_with('}') || indent(end) != indent(line));
        let length = opening - start + 1 + body_lines.count() + 1;
        found.push((start + 1, name, length));
    }
    found
}

/// The name of the function whose item starts on this line. A function pointer has no name.
fn function_name(line: &str) -> Option<String> {
    let tokens = tokens(line);
    let first = tokens.first()?.text.as_str();
    if !["async", "const", "extern", "fn", "pub", "unsafe"].contains(&first) {
        return None;
    }
    let name = tokens.get(tokens.iter().position(|token| token.text == "fn")? + 1)?;
    name.is_name().then(|| name.text.clone())
}

/// Every path in the tokens with the line it starts on; `a::{b, c::d}` is taken as `a::b` and `a::c::d`.
pub fn paths(tokens: &[Token]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut line = 0;
    let mut joined = false;
    for token in tokens {
        let opens_group = token.text == "{" && joined;
        if token.is_name() && joined {
            path.push(token.text.clone());
        } else if token.text != "::" {
            if !path.is_empty() && !opens_group {
                found.push((line, std::mem::take(&mut path)));
            }
            match token.text.as_str() {
                "{" => groups.push(std::mem::take(&mut path)),
                "}" => drop(groups.pop()),
                _ if token.is_name() => {
                    line = token.line;
                    path = groups.last().cloned().unwrap_or_default();
                    path.push(token.text.clone());
                }
                _ => {}
            }
        }
        joined = token.text == "::";
    }
    if !path.is_empty() {
        found.push((line, path));
    }
    found
}

pub struct Token {
    pub line: usize,
    pub text: String,
}

impl Token {
    pub fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Names, `::`, and every other character by itself.
pub fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                _ => word,
            };
            found.push(Token { line: number + 1, text: rest[..length].to_owned() });
            rest = rest[length..].trim_start();
        }
    }
    found
}

/// A source without its comments and the content of its literals, line for line.
pub struct Blanked {
    pub code: String,
    /// Every string literal with the line it starts on.
    pub literals: Vec<(usize, String)>,
}

pub fn blank(source: &str) -> Blanked {
    let mut code = String::with_capacity(source.len());
    let mut literals = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let string = string(rest);
        if let Some((_, content)) = string {
            literals.push((code.matches('\n').count() + 1, content.to_owned()));
        }
        let (length, blanked) =
            match string.map(|(length, _)| length).or_else(|| comment(rest)).or_else(|| character(rest)) {
                Some(length) => (length, true),
                None => (first.len_utf8(), false),
            };
        let (text, after) = rest.split_at(length);
        if blanked {
            // Line breaks stay, so that line numbers stay right.
            code.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            code.push_str(text);
        }
        rest = after;
    }
    Blanked { code, literals }
}

/// The length and the content of the string literal that starts here, raw or not.
fn string(rest: &str) -> Option<(usize, &str)> {
    // The prefixes `b` and `c` are left as code, which harms nothing.
    let hashes = rest.strip_prefix('r').map(|rest| rest.len() - rest.trim_start_matches('#').len());
    if let Some(hashes) = hashes {
        let body = rest[1 + hashes..].strip_prefix('"')?;
        let length = body.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(body.len());
        return Some(((length + 3 + 2 * hashes).min(rest.len()), &body[..length]));
    }
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    let length = body.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    let length = length.unwrap_or(body.len());
    Some(((length + 2).min(rest.len()), &body[..length]))
}

/// The length of the comment that starts here.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let marks = &rest.as_bytes()[at..];
        if marks.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if marks.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    Some(rest.len())
}

/// The length of the character literal that starts here; a lifetime isn't one.
fn character(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    if let Some(escaped) = body.strip_prefix('\\') {
        let first = escaped.chars().next()?.len_utf8();
        return Some(2 + first + escaped[first..].find('\'')? + 1);
    }
    let length = body.chars().next()?.len_utf8();
    body[length..].starts_with('\'').then_some(length + 2)
}
