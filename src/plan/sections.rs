//! Reads the sections of a document. Owns what each kind of entry consists of in TOML, which must agree
//! with the serde form in [`super::model`], and what must hold between entries. Must never stop at the
//! first problem.

use toml::de::{DeTable, DeValue};

use super::{
    contradictions,
    entry::EntryKind,
    fields::Fields,
    limits,
    model::{
        Agent, Category, Channel, ChannelKind, DEFAULT_BOOST_PERMILLE, DEFAULT_BOT_LIMIT_MS,
        DEFAULT_CAPACITY, DEFAULT_MAX_WAITING, DEFAULT_PARKED_KEEP_MS, Disposition, Entries, Group, Plan,
        Queue, Settings, Skill,
    },
    parse::is_valid_id,
    problem::{Path, did_you_mean},
    schedule,
    surge::{self, Named},
    values::{Context, Ids},
    words::{
        AFTER_BOT, AGEING, AGENT_CHOICES, ALL_DECLINED, AT_SHIFT_END, CHANNEL_KINDS, CLOSED, CLOSING,
        GROUP_KINDS, PARKED_RETURNS, TRANSFER_AGES, UNSERVABLE,
    },
};

/// The sections of a document: one table of entries for each kind.
pub(super) struct Sections<'a> {
    pub root: &'a DeTable<'a>,
    /// What that was parsed from.
    pub document: &'a str,
}

impl<'a> Sections<'a> {
    /// Reads all of them. The plan counts only if there are no errors.
    pub fn read(&self, context: &mut Context) -> Plan {
        self.unknown_sections(context);
        self.needed_section(EntryKind::Channel, context);
        self.needed_section(EntryKind::Queue, context);
        let settings = self.settings(context);
        let channels = self.entries(EntryKind::Channel, context, channel);
        // A channel with an error counts as one of 0 units, so that no agent is too small for it.
        let units_min = channels.values().map(|channel| channel.units).min().unwrap_or(0);
        let plan = Plan {
            settings,
            channels,
            skills: self.entries(EntryKind::Skill, context, |fields| Skill { name: fields.name() }),
            categories: self.entries(EntryKind::Category, context, |fields| self.category(fields)),
            dispositions: self
                .entries(EntryKind::Disposition, context, |fields| Disposition { name: fields.name() }),
            holidays: self.entries(EntryKind::Holidays, context, |fields| schedule::holidays(fields).into()),
            calendars: self.entries(EntryKind::Calendar, context, |fields| {
                schedule::calendar(fields, self.ids(EntryKind::Holidays)).into()
            }),
            shifts: self.entries(EntryKind::Shift, context, |fields| {
                schedule::shift(fields, self.ids(EntryKind::Channel)).into()
            }),
            rotas: self.entries(EntryKind::Rota, context, |fields| {
                schedule::rota(fields, self.ids(EntryKind::Holidays), self.ids(EntryKind::Shift)).into()
            }),
            surges: self
                .entries(EntryKind::Surge, context, |fields| surge::surge(fields, self.named()).into()),
            queues: self.entries(EntryKind::Queue, context, |fields| self.queue(fields)),
            groups: self.entries(EntryKind::Group, context, |fields| self.group(fields)),
            agents: self.entries(EntryKind::Agent, context, |fields| self.agent(fields, units_min).into()),
        };
        contradictions::find(&plan, self.root, self.document, context);
        plan
    }

    fn unknown_sections(&self, context: &mut Context) {
        let known = || EntryKind::ALL.into_iter().map(EntryKind::section);
        for key in self.root.keys() {
            let name = key.get_ref();
            if !known().any(|section| section == name) {
                context.error(key.span().start, &Path::Key(&Path::Root, name), || {
                    let advice = did_you_mean(name, known(), || {
                        format!(", the sections are `{}`", known().collect::<Vec<_>>().join("`, `"))
                    });
                    format!("unknown section `{name}`{advice}")
                });
            }
        }
    }

    fn needed_section(&self, kind: EntryKind, context: &mut Context) {
        let (section, noun) = (kind.section(), kind.noun());
        let value = self.root.get(section);
        let is_empty = value.is_none_or(|value| value.get_ref().as_table().is_some_and(DeTable::is_empty));
        if is_empty {
            let offset = value.map_or(0, |value| value.span().start);
            context.absent(offset, &Path::Key(&Path::Root, section), || {
                format!("there is no {noun}, add at least one as [{section}.some_id]")
            });
        }
    }

    /// The table of a section. `None` if it is absent, or wrong, which has been told then.
    fn section(&self, kind: EntryKind, context: &mut Context) -> Option<(&'a DeTable<'a>, usize)> {
        let (key, value) = self.root.get_key_value(kind.section())?;
        let offset = key.span().start;
        if let DeValue::Table(table) = value.get_ref() {
            return Some((table, offset));
        }
        context.error(offset, &Path::Key(&Path::Root, kind.section()), || {
            let (section, item) = (kind.section(), if kind == EntryKind::Settings { "" } else { ".some_id" });
            format!("is not a table, write [{section}{item}]")
        });
        None
    }

    fn entries<T>(
        &self,
        kind: EntryKind,
        context: &mut Context,
        mut read: impl FnMut(&mut Fields<'_>) -> T,
    ) -> Entries<T> {
        let mut entries = Entries::new();
        let Some((table, offset)) = self.section(kind, context) else {
            return entries;
        };
        let section = Path::Key(&Path::Root, kind.section());
        if table.len() > kind.count_max() {
            context.error(offset, &section, || {
                format!("has {} {}s, keep at most {}", table.len(), kind.noun(), kind.count_max())
            });
        }
        for (key, value) in table.iter().take(kind.count_max()) {
            let (id, offset) = (key.get_ref(), key.span().start);
            let path = Path::Key(&section, id);
            if !is_valid_id(id) {
                context.error(offset, &path, || {
                    let chars_max = limits::ID_CHARS_MAX;
                    format!("is not an id, use 1 to {chars_max} characters without white space")
                });
            }
            let DeValue::Table(entry) = value.get_ref() else {
                context.error(offset, &path, || format!("is not a table, write [{path}]"));
                continue;
            };
            let mut fields = Fields::new(entry, offset, &path, context);
            entries.insert(id.to_string(), read(&mut fields));
            fields.finish();
        }
        entries
    }

    fn ids(&self, kind: EntryKind) -> Ids<'a> {
        let value = self.root.get(kind.section());
        let entries = value.and_then(|value| value.get_ref().as_table());
        Ids { kind, entries, readable: value.is_none() || entries.is_some() }
    }

    fn named(&self) -> Named<'a> {
        Named {
            channels: self.ids(EntryKind::Channel),
            calendars: self.ids(EntryKind::Calendar),
            holidays: self.ids(EntryKind::Holidays),
            queues: self.ids(EntryKind::Queue),
            groups: self.ids(EntryKind::Group),
        }
    }

    fn settings(&self, context: &mut Context) -> Settings {
        let Some((table, offset)) = self.section(EntryKind::Settings, context) else {
            return Settings::default();
        };
        let path = Path::Key(&Path::Root, EntryKind::Settings.section());
        let mut fields = Fields::new(table, offset, &path, context);
        let settings = settings(&mut fields);
        fields.finish();
        settings
    }

    fn category(&self, fields: &mut Fields<'_>) -> Category {
        Category {
            name: fields.name(),
            queue: fields.reference("queue", self.ids(EntryKind::Queue)),
            requirement: fields.requirement(self.ids(EntryKind::Skill)),
            objective_ms: fields.optional_duration("objective", &limits::OBJECTIVE_MS),
        }
    }

    fn queue(&self, fields: &mut Fields<'_>) -> Queue {
        let (skills, groups) = (self.ids(EntryKind::Skill), self.ids(EntryKind::Group));
        Queue {
            name: fields.name(),
            channels: fields.references("channels", self.ids(EntryKind::Channel), 1..=limits::CHANNELS_MAX),
            requirement: fields.requirement(skills),
            groups: fields.references("groups", groups, 0..=limits::GROUPS_MAX),
            rings: fields.rings(skills, groups),
            preferred_agent_wait_ms: fields.duration("preferred_agent_wait", &limits::AGENT_WAIT_MS, Some(0)),
            last_agent_wait_ms: fields.duration("last_agent_wait", &limits::AGENT_WAIT_MS, Some(0)),
            objective_ms: fields.duration("objective", &limits::OBJECTIVE_MS, None),
            band: fields.optional_number("band", &limits::BAND),
            boost_permille: fields.number(
                "boost_permille",
                &limits::BOOST_PERMILLE,
                Some(DEFAULT_BOOST_PERMILLE),
            ),
            agent_choice: fields.choice_or_default("agent_choice", &AGENT_CHOICES),
            all_declined: fields.choice_or_default("all_declined", &ALL_DECLINED),
            unservable: fields.choice_or_default("unservable", &UNSERVABLE),
            max_waiting: fields.number("max_waiting", &limits::MAX_WAITING, Some(DEFAULT_MAX_WAITING)),
            max_wait_ms: fields.optional_duration("max_wait", &limits::MAX_WAIT_MS),
            transfer_age: fields.choice_or_default("transfer_age", &TRANSFER_AGES),
            after_bot: fields.choice_or_default("after_bot", &AFTER_BOT),
            promise_agent_wait_ms: fields.optional_duration("promise_agent_wait", &limits::AGENT_WAIT_MS),
            promise_steps: fields.promise_steps(groups),
            calendar: fields.optional_reference("calendar", self.ids(EntryKind::Calendar)),
            closed: fields.optional_choice("closed", &CLOSED),
            closed_queue: fields.optional_reference("closed_queue", self.ids(EntryKind::Queue)),
            closing: fields.choice_or_default("closing", &CLOSING),
            closing_queue: fields.optional_reference("closing_queue", self.ids(EntryKind::Queue)),
            ageing: fields.optional_choice("ageing", &AGEING),
            surge: fields.optional_reference("surge", self.ids(EntryKind::Surge)),
            callback: fields.callback(self.ids(EntryKind::Calendar)),
        }
    }

    fn group(&self, fields: &mut Fields<'_>) -> Group {
        let none = "names no rota, remove this: without one the availability of its agents alone decides";
        Group {
            name: fields.name(),
            kind: fields.choice_or_default("kind", &GROUP_KINDS),
            closed: fields.flag("closed"),
            keep_free: fields.number("keep_free", &limits::KEEP_FREE, Some(0)),
            follows: fields.follows(self.ids(EntryKind::Rota), Some(none)),
        }
    }

    fn agent(&self, fields: &mut Fields<'_>, units_min: u32) -> Agent {
        let channels = self.ids(EntryKind::Channel);
        let agent = Agent {
            name: fields.name(),
            groups: fields.references("groups", self.ids(EntryKind::Group), 1..=limits::AGENT_GROUPS_MAX),
            skills: fields.numbers_by_id(
                "skills",
                self.ids(EntryKind::Skill),
                &limits::LEVEL,
                limits::AGENT_SKILLS_MAX,
            ),
            capacity: fields.number("capacity", &limits::CAPACITY, Some(DEFAULT_CAPACITY)),
            limits: fields.numbers_by_id("limits", channels, &limits::CHANNEL_LIMIT, limits::CHANNELS_MAX),
            follows: fields.follows(self.ids(EntryKind::Rota), None),
        };
        // 0 is the stand-in for a capacity that is wrong.
        if (1..units_min).contains(&agent.capacity) {
            fields.error("capacity", || {
                let capacity = agent.capacity;
                format!("{capacity} is too little for any channel, give at least {units_min}")
            });
        }
        agent
    }
}

fn settings(fields: &mut Fields<'_>) -> Settings {
    let default = Settings::default();
    let zone = fields.zone("zone").unwrap_or(default.zone);
    let mut duration = |key, range_ms, default_ms| fields.duration(key, range_ms, Some(default_ms));
    Settings {
        zone,
        exclude_after_decline_ms: duration(
            "exclude_after_decline",
            &limits::EXCLUDE_MS,
            default.exclude_after_decline_ms,
        ),
        exclude_after_no_answer_ms: duration(
            "exclude_after_no_answer",
            &limits::EXCLUDE_MS,
            default.exclude_after_no_answer_ms,
        ),
        agent_grace_ms: duration("agent_grace", &limits::AGENT_GRACE_MS, default.agent_grace_ms),
        correction_window_ms: duration(
            "correction_window",
            &limits::CORRECTION_WINDOW_MS,
            default.correction_window_ms,
        ),
        closed_contacts_keep_ms: duration(
            "closed_contacts_keep",
            &limits::CLOSED_CONTACTS_KEEP_MS,
            default.closed_contacts_keep_ms,
        ),
        promise_horizon_ms: duration(
            "promise_horizon",
            &limits::PROMISE_HORIZON_MS,
            default.promise_horizon_ms,
        ),
        first_contact_window_ms: duration(
            "first_contact_window",
            &limits::FIRST_CONTACT_WINDOW_MS,
            default.first_contact_window_ms,
        ),
        cases_keep_ms: duration("cases_keep", &limits::CASES_KEEP_MS, default.cases_keep_ms),
        adherence_tolerance_ms: duration(
            "adherence_tolerance",
            &limits::ADHERENCE_TOLERANCE_MS,
            default.adherence_tolerance_ms,
        ),
        shift_horizon_ms: duration("shift_horizon", &limits::SHIFT_HORIZON_MS, default.shift_horizon_ms),
        shifts_keep_ms: duration("shifts_keep", &limits::SHIFTS_KEEP_MS, default.shifts_keep_ms),
        transfers_max: fields.number("transfers_max", &limits::TRANSFERS_MAX, Some(default.transfers_max)),
        cases_max: fields.number("cases_max", &limits::CASES_MAX, Some(default.cases_max)),
        missed_limit: fields.number("missed_limit", &limits::MISSED_LIMIT, Some(default.missed_limit)),
        closed_contacts_max: fields.number(
            "closed_contacts_max",
            &limits::CLOSED_CONTACTS_MAX,
            Some(default.closed_contacts_max),
        ),
    }
}

fn channel(fields: &mut Fields<'_>) -> Channel {
    let kind = fields.choice("kind", &CHANNEL_KINDS, None);
    let channel = Channel {
        name: fields.name(),
        // The one that stands in forbids nothing.
        kind: kind.unwrap_or(ChannelKind::Messaging),
        units: fields.number("units", &limits::UNITS, None),
        offer_timeout_ms: fields.duration("offer_timeout", &limits::OFFER_TIMEOUT_MS, None),
        wrap_up_ms: fields.duration("wrap_up", &limits::WRAP_UP_MS, Some(0)),
        interruptible: fields.flag("interruptible"),
        park_after_ms: fields.optional_duration("park_after", &limits::PARK_AFTER_MS),
        parked_keep_ms: fields.duration("parked_keep", &limits::PARKED_KEEP_MS, Some(DEFAULT_PARKED_KEEP_MS)),
        parked_return: fields.choice_or_default("parked_return", &PARKED_RETURNS),
        return_allowance: fields.number("return_allowance", &limits::RETURN_ALLOWANCE, Some(0)),
        reopen_within_ms: fields.duration("reopen_within", &limits::REOPEN_WITHIN_MS, Some(0)),
        bot_limit_ms: fields.duration("bot_limit", &limits::BOT_LIMIT_MS, Some(DEFAULT_BOT_LIMIT_MS)),
        reply_window: fields.reply_window(),
        break_lead_ms: fields.duration("break_lead", &limits::LEAD_MS, Some(0)),
        end_lead_ms: fields.duration("end_lead", &limits::LEAD_MS, Some(0)),
        at_shift_end: fields.choice_or_default("at_shift_end", &AT_SHIFT_END),
    };
    if channel.interruptible && channel.kind == ChannelKind::Realtime {
        fields.error("interruptible", || {
            "a realtime contact can't be set aside, remove this or change the kind".to_owned()
        });
    }
    channel
}
