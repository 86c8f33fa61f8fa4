//! Writes a plan as TOML in its canonical form: sections in the order of the model, entries by id,
//! durations as text. Values that are in force are written even where they are the defaults; what is
//! empty or absent is left out. Must write nothing that [`super::parse`] reads differently.

mod callback;
mod schedule;
mod surge;

use std::fmt::{self, Write};

use super::{
    duration::format_ms,
    entry::EntryKind,
    model::{
        Channel, ChannelKind, Entries, LEVEL_MAX, LevelRange, ParkedReturn, Plan, PromiseStep, Queue,
        ReplyAllowance, ReplyWindow, Requirement, Ring, Settings, SkillRanges,
    },
    words::{
        AFTER_BOT, AGENT_CHOICES, ALL_DECLINED, CHANNEL_KINDS, GROUP_KINDS, PARKED_RETURNS, TRANSFER_AGES,
        UNSERVABLE, word,
    },
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
        out.conversations(channel);
        out.channel_hours(channel);
    });
    out.entries(EntryKind::Skill, &plan.skills, |out, skill| out.name(&skill.name));
    out.entries(EntryKind::Category, &plan.categories, |out, category| {
        out.name(&category.name);
        out.text("queue", &category.queue);
        out.requirement(&category.requirement);
        out.optional_duration("objective", category.objective_ms);
    });
    out.entries(EntryKind::Disposition, &plan.dispositions, |out, disposition| {
        out.name(&disposition.name);
    });
    out.schedules(plan);
    out.surges(plan);
    out.entries(EntryKind::Queue, &plan.queues, Writer::queue);
    out.entries(EntryKind::Group, &plan.groups, |out, group| {
        out.name(&group.name);
        out.text("kind", word(&GROUP_KINDS, &group.kind));
        out.value("closed", group.closed);
        out.value("keep_free", group.keep_free);
        out.follows(&group.follows);
    });
    out.entries(EntryKind::Agent, &plan.agents, |out, agent| {
        out.name(&agent.name);
        out.list("groups", &agent.groups);
        out.numbers("skills", &agent.skills);
        out.value("capacity", agent.capacity);
        out.numbers("limits", &agent.limits);
        out.follows(&agent.follows);
    });
    out.0
}

/// Writing to a `String` can't fail, so what `write!` returns is dropped throughout.
struct Writer(String);

impl Writer {
    fn settings(&mut self, settings: &Settings) {
        let _ = writeln!(self.0, "[{}]", EntryKind::Settings.section());
        self.text("zone", &settings.zone);
        self.value("missed_limit", settings.missed_limit);
        self.duration("exclude_after_decline", settings.exclude_after_decline_ms);
        self.duration("exclude_after_no_answer", settings.exclude_after_no_answer_ms);
        self.duration("agent_grace", settings.agent_grace_ms);
        self.duration("correction_window", settings.correction_window_ms);
        self.duration("closed_contacts_keep", settings.closed_contacts_keep_ms);
        self.value("closed_contacts_max", settings.closed_contacts_max);
        self.value("transfers_max", settings.transfers_max);
        self.duration("promise_horizon", settings.promise_horizon_ms);
        self.duration("first_contact_window", settings.first_contact_window_ms);
        self.duration("cases_keep", settings.cases_keep_ms);
        self.value("cases_max", settings.cases_max);
        self.duration("adherence_tolerance", settings.adherence_tolerance_ms);
        self.duration("shift_horizon", settings.shift_horizon_ms);
        self.duration("shifts_keep", settings.shifts_keep_ms);
    }

    fn queue(&mut self, queue: &Queue) {
        self.name(&queue.name);
        self.list("channels", &queue.channels);
        self.requirement(&queue.requirement);
        self.list("groups", &queue.groups);
        self.rings(&queue.rings);
        self.duration("preferred_agent_wait", queue.preferred_agent_wait_ms);
        self.duration("last_agent_wait", queue.last_agent_wait_ms);
        self.duration("objective", queue.objective_ms);
        if let Some(band) = queue.band {
            self.value("band", band);
        }
        self.value("boost_permille", queue.boost_permille);
        self.text("agent_choice", word(&AGENT_CHOICES, &queue.agent_choice));
        self.text("all_declined", word(&ALL_DECLINED, &queue.all_declined));
        self.text("unservable", word(&UNSERVABLE, &queue.unservable));
        self.value("max_waiting", queue.max_waiting);
        self.optional_duration("max_wait", queue.max_wait_ms);
        self.text("transfer_age", word(&TRANSFER_AGES, &queue.transfer_age));
        self.text("after_bot", word(&AFTER_BOT, &queue.after_bot));
        self.optional_duration("promise_agent_wait", queue.promise_agent_wait_ms);
        self.promise_steps(&queue.promise_steps);
        self.queue_hours(queue);
        if let Some(id) = &queue.surge {
            self.text("surge", id);
        }
        self.callback(queue.callback.as_ref());
    }

    /// What a channel says of its conversations; nothing that its kind or another value leaves without effect.
    fn conversations(&mut self, channel: &Channel) {
        if let Some(ms) = channel.park_after_ms {
            self.duration("park_after", ms);
            self.duration("parked_keep", channel.parked_keep_ms);
            self.text("parked_return", word(&PARKED_RETURNS, &channel.parked_return));
            if channel.parked_return == ParkedReturn::Agent {
                self.value("return_allowance", channel.return_allowance);
            }
        }
        if channel.kind != ChannelKind::Realtime {
            self.duration("reopen_within", channel.reopen_within_ms);
        }
        self.duration("bot_limit", channel.bot_limit_ms);
        if let Some(window) = &channel.reply_window {
            self.reply_window(window);
        }
    }

    /// One line a key, each with the name of the table.
    fn reply_window(&mut self, window: &ReplyWindow) {
        self.allowance("reply_window.message", window.message);
        if let Some(action) = window.action {
            self.allowance("reply_window.action", action);
        }
        self.value("reply_window.keep", window.keep);
        for (index, step) in window.rise.iter().enumerate() {
            self.0.push_str(if index == 0 { "reply_window.rise = [" } else { ", " });
            let (before, priority) = (format_ms(step.before_ms), step.priority);
            let _ = write!(self.0, "{{ before = \"{before}\", priority = {priority} }}");
        }
        if !window.rise.is_empty() {
            self.0.push_str("]\n");
        }
    }

    fn allowance(&mut self, key: &str, allowance: ReplyAllowance) {
        let (replies, within) = (allowance.replies, format_ms(allowance.within_ms));
        let _ = writeln!(self.0, "{key} = {{ replies = {replies}, within = \"{within}\" }}");
    }

    /// One line a step.
    fn promise_steps(&mut self, steps: &[PromiseStep]) {
        for (index, step) in steps.iter().enumerate() {
            self.0.push_str(if index == 0 { "promise_steps = [\n" } else { "" });
            let (before, priority) = (format_ms(step.before_ms), step.priority);
            let _ = write!(self.0, "    {{ before = \"{before}\", priority = {priority}");
            self.item_list("groups", &step.groups);
            self.0.push_str(" },\n");
        }
        if !steps.is_empty() {
            self.0.push_str("]\n");
        }
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
        if !ids.is_empty() {
            let _ = write!(self.0, "{key} = ");
            self.array(ids);
            self.0.push('\n');
        }
    }

    fn numbers(&mut self, key: &str, numbers: &Entries<impl fmt::Display>) {
        if !numbers.is_empty() {
            let _ = write!(self.0, "{key} = ");
            self.table(numbers, |out, number| write!(out, "{number}"));
            self.0.push('\n');
        }
    }

    fn requirement(&mut self, requirement: &Requirement) {
        self.ranges("skills", &requirement.skills);
        for (index, set) in requirement.any_of.iter().enumerate() {
            self.0.push_str(if index == 0 { "any_of = [" } else { ", " });
            self.table(set, write_range);
        }
        if !requirement.any_of.is_empty() {
            self.0.push_str("]\n");
        }
        self.ranges("none_of", &requirement.none_of);
        self.ranges("preferred_skills", &requirement.preferred_skills);
    }

    fn ranges(&mut self, key: &str, ranges: &SkillRanges) {
        if !ranges.is_empty() {
            let _ = write!(self.0, "{key} = ");
            self.table(ranges, write_range);
            self.0.push('\n');
        }
    }

    /// One line a ring.
    fn rings(&mut self, rings: &[Ring]) {
        for (index, ring) in rings.iter().enumerate() {
            self.0.push_str(if index == 0 { "rings = [\n" } else { "" });
            let _ = write!(self.0, "    {{ after = \"{}\"", format_ms(ring.after_ms));
            self.item_list("drop", &ring.drop);
            if !ring.lower.is_empty() {
                self.0.push_str(", lower = ");
                self.table(&ring.lower, |out, level| write!(out, "{level}"));
            }
            self.item_list("groups", &ring.groups);
            self.0.push_str(" },\n");
        }
        if !rings.is_empty() {
            self.0.push_str("]\n");
        }
    }

    fn item_list(&mut self, key: &str, ids: &[String]) {
        if !ids.is_empty() {
            let _ = write!(self.0, ", {key} = ");
            self.array(ids);
        }
    }

    fn array(&mut self, ids: &[String]) {
        for (index, id) in ids.iter().enumerate() {
            self.0.push_str(if index == 0 { "[" } else { ", " });
            let _ = write_text(&mut self.0, id);
        }
        self.0.push(']');
    }

    fn table<T>(&mut self, values: &Entries<T>, write: impl Fn(&mut String, &T) -> fmt::Result) {
        for (index, (id, value)) in values.iter().enumerate() {
            self.0.push_str(if index == 0 { "{ " } else { ", " });
            let _ = write_key(&mut self.0, id);
            self.0.push_str(" = ");
            let _ = write(&mut self.0, value);
        }
        self.0.push_str(" }");
    }
}

/// Writes a range as short as it can be.
fn write_range(out: &mut String, range: &LevelRange) -> fmt::Result {
    match *range {
        LevelRange { min, max: LEVEL_MAX } => write!(out, "{min}"),
        LevelRange { min, max } => write!(out, "{{ min = {min}, max = {max} }}"),
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
