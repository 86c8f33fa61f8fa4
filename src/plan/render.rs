//! Writes a plan as TOML in its canonical form: sections in the order of the model, entries by id,
//! durations as text. Values that are in force are written even where they are the defaults; what is
//! empty or absent is left out. Must write nothing that [`super::parse`] reads differently.

use std::fmt::{self, Write};

use super::{
    duration::format_ms,
    entry::EntryKind,
    model::{Entries, Plan, Settings},
    sections::{AGENT_CHOICES, CHANNEL_KINDS, GROUP_KINDS},
};

/// Writes a plan in canonical form. Reading it gives the same plan.
#[must_use]
pub fn render(plan: &Plan) -> String {
    let mut out = Writer(String::new());
    out.settings(&plan.settings);
    out.entries(EntryKind::Channel, &plan.channels, |out, channel| {
        out.name(&channel.name);
        out.text("kind", word(&CHANNEL_KINDS, &channel.kind));
        out.value("units", channel.units);
        out.duration("offer_timeout", channel.offer_timeout_ms);
        out.duration("wrap_up", channel.wrap_up_ms);
        out.value("interruptible", channel.interruptible);
    });
    out.entries(EntryKind::Skill, &plan.skills, |out, skill| out.name(&skill.name));
    out.entries(EntryKind::Category, &plan.categories, |out, category| {
        out.name(&category.name);
        out.text("queue", &category.queue);
        out.numbers("skills", &category.skills);
        out.optional_duration("objective", category.objective_ms);
    });
    out.entries(EntryKind::Disposition, &plan.dispositions, |out, disposition| {
        out.name(&disposition.name);
    });
    out.entries(EntryKind::Queue, &plan.queues, |out, queue| {
        out.name(&queue.name);
        out.list("channels", &queue.channels);
        out.numbers("skills", &queue.skills);
        out.list("groups", &queue.groups);
        out.duration("objective", queue.objective_ms);
        if let Some(band) = queue.band {
            out.value("band", band);
        }
        out.value("boost_permille", queue.boost_permille);
        out.text("agent_choice", word(&AGENT_CHOICES, &queue.agent_choice));
        out.value("max_waiting", queue.max_waiting);
        out.optional_duration("max_wait", queue.max_wait_ms);
    });
    out.entries(EntryKind::Group, &plan.groups, |out, group| {
        out.name(&group.name);
        out.text("kind", word(&GROUP_KINDS, &group.kind));
    });
    out.entries(EntryKind::Agent, &plan.agents, |out, agent| {
        out.name(&agent.name);
        out.list("groups", &agent.groups);
        out.numbers("skills", &agent.skills);
        out.value("capacity", agent.capacity);
        out.numbers("limits", &agent.limits);
    });
    out.0
}

/// The word for a choice; every choice has one.
fn word<T: PartialEq>(choices: &[(&'static str, T)], choice: &T) -> &'static str {
    choices.iter().find(|(_, other)| other == choice).map_or("", |(word, _)| word)
}

/// Writing to a `String` can't fail, so what `write!` returns is dropped throughout.
struct Writer(String);

impl Writer {
    fn settings(&mut self, settings: &Settings) {
        let _ = writeln!(self.0, "[{}]", EntryKind::Settings.section());
        self.value("missed_limit", settings.missed_limit);
        self.duration("exclude_after_decline", settings.exclude_after_decline_ms);
        self.duration("exclude_after_no_answer", settings.exclude_after_no_answer_ms);
        self.duration("agent_grace", settings.agent_grace_ms);
        self.duration("correction_window", settings.correction_window_ms);
        self.duration("closed_contacts_keep", settings.closed_contacts_keep_ms);
        self.value("closed_contacts_max", settings.closed_contacts_max);
    }

    fn entries<T>(&mut self, kind: EntryKind, entries: &Entries<T>, mut write: impl FnMut(&mut Self, &T)) {
        for (id, entry) in entries {
            let _ = write!(self.0, "\n[{}.", kind.section());
            let _ = write_key(&mut self.0, id);
            self.0.push_str("]\n");
            write(self, entry);
        }
    }

    fn value(&mut self, key: &str, value: impl fmt::Display) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn text(&mut self, key: &str, text: &str) {
        let _ = write!(self.0, "{key} = ");
        let _ = write_text(&mut self.0, text);
        self.0.push('\n');
    }

    fn name(&mut self, name: &str) {
        if !name.is_empty() {
            self.text("name", name);
        }
    }

    fn duration(&mut self, key: &str, ms: u64) {
        self.text(key, &format_ms(ms));
    }

    fn optional_duration(&mut self, key: &str, ms: Option<u64>) {
        if let Some(ms) = ms {
            self.duration(key, ms);
        }
    }

    fn list(&mut self, key: &str, ids: &[String]) {
        for (index, id) in ids.iter().enumerate() {
            let _ = if index == 0 { write!(self.0, "{key} = [") } else { write!(self.0, ", ") };
            let _ = write_text(&mut self.0, id);
        }
        if !ids.is_empty() {
            self.0.push_str("]\n");
        }
    }

    fn numbers(&mut self, key: &str, numbers: &Entries<impl fmt::Display>) {
        for (index, (id, number)) in numbers.iter().enumerate() {
            let _ = if index == 0 { write!(self.0, "{key} = {{ ") } else { write!(self.0, ", ") };
            let _ = write_key(&mut self.0, id);
            let _ = write!(self.0, " = {number}");
        }
        if !numbers.is_empty() {
            self.0.push_str(" }\n");
        }
    }
}

/// Writes a key, in quotes only if it needs them.
pub(super) fn write_key(out: &mut impl Write, key: &str) -> fmt::Result {
    let is_bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_bare { out.write_str(key) } else { write_text(out, key) }
}

fn write_text(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            c if c.is_control() => write!(out, "\\u{:04X}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}
