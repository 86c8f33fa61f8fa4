//! What contradicts what in the texts that are told to those who wait. Owns where in a text a fault is.

use super::{Path, Search, value_of};
use crate::plan::{
    model::{Texts, WaitMessage},
    problem::did_you_mean,
    template::{FIELDS, Fault, Field, fields},
};

impl Search<'_> {
    pub(super) fn wait_message(&mut self, path: &Path<'_>, message: &WaitMessage) {
        let has_unknown = self.is_written(path, "text_unknown");
        let has_faq = self.is_written(path, "faq");
        for (key, texts) in [("text", &message.text), ("text_unknown", &message.text_unknown)] {
            self.texts(&Path::Key(path, key), texts, key == "text", has_unknown, has_faq);
        }
    }

    fn texts(&mut self, path: &Path<'_>, texts: &Texts, may_wait: bool, has_unknown: bool, has_faq: bool) {
        for (tag, text) in texts {
            let path = &Path::Key(path, tag);
            let (mut wait_told, mut faq_told) = (has_unknown, has_faq);
            for (offset, found) in self.placed(path, text) {
                match found {
                    Err(fault) => self.context.error(offset, path, || wrong_text(fault)),
                    Ok(field @ (Field::Wait | Field::WaitAtMost)) if !may_wait => {
                        self.context.error(offset, path, || {
                            format!("`{{{}}}` is not known then, remove it", field.name())
                        });
                    }
                    // Once a text: one remedy is enough for all of them.
                    Ok(field @ (Field::Wait | Field::WaitAtMost)) if !wait_told => {
                        wait_told = true;
                        self.context.absent(offset, path, || {
                            let name = field.name();
                            format!(
                                "`{{{name}}}` is not always known, say in `text_unknown` what is told then"
                            )
                        });
                    }
                    Ok(Field::Faq) if !faq_told => {
                        faq_told = true;
                        self.context.absent(offset, path, || {
                            "uses `{faq}`, but there is no `faq`: add one".to_owned()
                        });
                    }
                    Ok(_) => {}
                }
            }
        }
    }

    /// The fields and faults of a text with their places in the document; where escapes hide these, that of the text.
    fn placed<'t>(&self, path: &Path<'_>, text: &'t str) -> Vec<(usize, Result<Field, Fault<'t>>)> {
        let mut found = fields(text);
        let span = value_of(self.root, path).map_or(0..0, toml::Spanned::span);
        let written = fields(self.document.get(span.clone()).unwrap_or_default());
        let alike = written.len() == found.len()
            && written.iter().zip(&found).all(|((_, written), (_, found))| written == found);
        for (index, (offset, _)) in found.iter_mut().enumerate() {
            *offset = span.start + if alike { written[index].0 } else { 0 };
        }
        found
    }
}

fn wrong_text(fault: Fault<'_>) -> String {
    match fault {
        Fault::Unknown(name) => {
            let names = || FIELDS.iter().map(|(name, _)| *name);
            let others = || {
                let all: Vec<String> = names().map(|name| format!("`{{{name}}}`")).collect();
                format!(", the fields are {}", all.join(", "))
            };
            let advice = match did_you_mean(name, names(), String::new) {
                near if near.is_empty() => others(),
                near => near.replacen('`', "`{", 1).replacen("`?", "}`?", 1),
            };
            format!("unknown field `{{{name}}}`{advice}")
        }
        Fault::Unbalanced(brace) => {
            format!("has a `{brace}` without its other, write `{brace}{brace}` for the brace itself")
        }
    }
}
