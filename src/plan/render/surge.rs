//! Writes what a plan says of surges.

use std::fmt::Write;

use super::{Writer, format_ms, write_text};
use crate::plan::{
    entry::EntryKind,
    model::{Plan, Surge, SurgeStep, Texts, Thresholds, WaitMessage},
};

impl Writer {
    pub(super) fn surges(&mut self, plan: &Plan) {
        self.entries(EntryKind::Surge, &plan.surges, |out, surge| out.surge(surge));
    }

    fn surge(&mut self, surge: &Surge) {
        self.name(&surge.name);
        self.duration("hold", surge.hold_ms);
        if !surge.steps.is_empty() {
            self.0.push_str("steps = [\n");
            self.steps(&surge.steps, "    ");
            self.0.push_str("]\n");
        }
        if !surge.windows.is_empty() {
            self.0.push_str("windows = [\n");
            for window in &surge.windows {
                self.0.push_str("    { ");
                for (key, id) in [("calendar", &window.calendar), ("eve_of", &window.eve_of)] {
                    if let Some(id) = id {
                        let _ = write!(self.0, "{key} = ");
                        let _ = write_text(&mut self.0, id);
                        self.0.push_str(", ");
                    }
                }
                if !window.at.is_empty() {
                    self.0.push_str("at = ");
                    self.span_list(&window.at);
                    self.0.push_str(", ");
                }
                let _ = writeln!(self.0, "level = {} }},", window.level);
            }
            self.0.push_str("]\n");
        }
        if surge.levels.is_empty() {
            return;
        }
        self.0.push_str("levels = [\n");
        for level in &surge.levels {
            self.0.push_str("    {");
            let mut parts = 0;
            for (key, thresholds) in [("on", &level.on), ("off", &level.off)] {
                if *thresholds != Thresholds::default() {
                    let _ = write!(self.0, "{} {key} = ", if parts == 0 { "" } else { "," });
                    self.thresholds(thresholds);
                    parts += 1;
                }
            }
            if !level.steps.is_empty() {
                self.0.push_str(if parts == 0 { " steps = [\n" } else { ", steps = [\n" });
                self.steps(&level.steps, "        ");
                self.0.push_str("    ]");
            }
            self.0.push_str(" },\n");
        }
        self.0.push_str("]\n");
    }

    fn thresholds(&mut self, all: &Thresholds) {
        let time = |ms: Option<u64>| ms.map(|ms| format!("\"{}\"", format_ms(ms)));
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let values = [
            ("waiting", number(all.waiting)),
            ("oldest_wait", time(all.oldest_wait_ms)),
            ("expected_wait", time(all.expected_wait_ms)),
            ("abandoned_permille", number(all.abandoned_permille)),
            ("agents_below", number(all.agents_below)),
        ];
        let written = values.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?)));
        let _ = write!(self.0, "{{ {} }}", written.collect::<Vec<_>>().join(", "));
    }

    /// One line a step.
    fn steps(&mut self, steps: &[SurgeStep], indent: &str) {
        for step in steps {
            let _ = write!(self.0, "{indent}{{ do = \"{}\"", step.word());
            match step {
                SurgeStep::OpenRings { rings } => {
                    let _ = write!(self.0, ", rings = {rings}");
                }
                SurgeStep::OpenGroups { groups } => self.item_list("groups", groups),
                SurgeStep::Message(message) => self.wait_message(message, true),
                SurgeStep::OfferCallback(message) => self.wait_message(message, false),
                SurgeStep::Bot { gateway, after_ms, at_most } => {
                    self.item_text("gateway", gateway);
                    let after = format_ms(*after_ms);
                    let _ = write!(self.0, ", after = \"{after}\", at_most = {at_most}");
                }
                SurgeStep::Overflow { queue, after_ms } => {
                    self.item_text("queue", queue);
                    let _ = write!(self.0, ", after = \"{}\"", format_ms(*after_ms));
                }
                SurgeStep::WrapUp { limit_ms } => {
                    let _ = write!(self.0, ", limit = \"{}\"", format_ms(*limit_ms));
                }
                SurgeStep::Cap { waiting, retry_ms } => {
                    let _ = write!(self.0, ", waiting = {waiting}, retry = \"{}\"", format_ms(*retry_ms));
                }
            }
            self.0.push_str(" },\n");
        }
    }

    fn wait_message(&mut self, message: &WaitMessage, repeats: bool) {
        let _ = write!(self.0, ", first = \"{}\"", format_ms(message.first_ms));
        if repeats {
            if let Some(ms) = message.every_ms {
                let _ = write!(self.0, ", every = \"{}\"", format_ms(ms));
            }
            let _ = write!(self.0, ", times = {}", message.times);
        }
        self.item_list("channels", &message.channels);
        if !message.faq.is_empty() {
            self.item_text("faq", &message.faq);
        }
        for (key, texts) in [("text", &message.text), ("text_unknown", &message.text_unknown)] {
            if !texts.is_empty() {
                let _ = write!(self.0, ", {key} = ");
                self.texts_by_language(texts);
            }
        }
    }

    fn texts_by_language(&mut self, texts: &Texts) {
        self.table(texts, |out, text| write_text(out, text));
    }

    fn item_text(&mut self, key: &str, text: &str) {
        let _ = write!(self.0, ", {key} = ");
        let _ = write_text(&mut self.0, text);
    }
}
