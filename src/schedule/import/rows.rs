//! Rows: what one line of a document comes to, whatever it is written in. Owns the rules that hold for every row,
//! and the limits of a document.

use std::{collections::BTreeMap, sync::Arc};

use super::{Context, ENTRIES_MAX, Fault, Problems, Read, RowZone, nearest, when};
use crate::schedule::{DAY_S, DatedKind, KNOWN_UNTIL_S, Zones, local, zone};

/// Breaks and activities of one row.
const PARTS_MAX: usize = 16;
/// The longest entry, in seconds of the local clock: OFF, and all others.
const OFF_MAX_S: i64 = 366 * DAY_S;
/// Characters of a reason.
const REASON_CHARS: usize = 64;
/// So many wrong names are compared with all that there are.
const NEAREST_MAX: usize = 200;

/// By what an entry is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The agent's id.
    pub agent: Arc<str>,
    /// What it says.
    pub kind: DatedKind,
    /// Local seconds.
    pub start_s: i64,
    /// Empty: the tenant's.
    pub zone: Arc<str>,
}

/// A break or an activity, in seconds after the row's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPart {
    /// From.
    pub from_s: u32,
    /// To.
    pub to_s: u32,
    /// A break; otherwise an activity.
    pub is_break: bool,
    /// Of an activity.
    pub channels: Vec<String>,
}

/// An entry for one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where the document says so, from 1; 0: nowhere.
    pub line: u32,
    /// By what it is known.
    pub key: Key,
    /// Local seconds.
    pub end_s: i64,
    /// What start and end come to.
    pub from_s: i64,
    /// See `from_s`.
    pub to_s: i64,
    /// Of a SHIFT.
    pub parts: Arc<[RowPart]>,
    /// Of an EXTRA: the only channels; none: all.
    pub channels: Option<Arc<[String]>>,
    /// Why.
    pub reason: Arc<str>,
}

impl Row {
    /// Whether both say the same, wherever they stand.
    #[must_use]
    pub fn says(&self, other: &Self) -> bool {
        (&self.key, self.end_s, &self.parts, &self.channels, &self.reason)
            == (&other.key, other.end_s, &other.parts, &other.channels, &other.reason)
    }
}

/// What a line says, for all agents that it names.
#[derive(Debug)]
pub(super) struct Draft {
    pub line: u32,
    /// The columns or properties of start and end.
    pub fields: (&'static str, &'static str),
    pub agents: Vec<Arc<str>>,
    pub kind: DatedKind,
    pub start_s: i64,
    pub end_s: i64,
    pub zone: RowZone,
    pub parts: Vec<RowPart>,
    pub channels: Option<Vec<String>>,
    pub reason: String,
}

/// Reads rows.
pub(super) struct Reader<'a> {
    pub context: Context<'a>,
    pub zone: RowZone,
    pub problems: Problems,
    pub warnings: Problems,
    zones: Zones,
    groups: Option<BTreeMap<&'a str, Vec<Arc<str>>>>,
    rows: Vec<Row>,
    horizon_s: i64,
    cut: bool,
    /// Entries that are long over, and where the first is.
    over: (u32, u32),
    full: bool,
    nearest_left: usize,
}

impl<'a> Reader<'a> {
    pub fn new(context: Context<'a>) -> Result<Self, Fault> {
        let mut zones = Zones::default();
        let tenants = &context.plan.settings.zone;
        let name = if context.zone.is_empty() { tenants } else { context.zone };
        let zone = zones.get(name).map_err(|unknown| no_zone(name, unknown.nearest))?;
        let zone = RowZone { name: context.zone.to_owned(), zone };
        let seconds = |ms: u64| i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
        let horizon_s = context.now_s.saturating_add(seconds(context.plan.settings.shift_horizon_ms));
        Ok(Self {
            context,
            zone,
            problems: Problems::default(),
            warnings: Problems::default(),
            zones,
            groups: None,
            rows: Vec::new(),
            horizon_s: horizon_s.min(KNOWN_UNTIL_S - 2 * DAY_S),
            cut: false,
            over: (0, 0),
            full: false,
            nearest_left: NEAREST_MAX,
        })
    }

    /// Recurrences end here, as an instant.
    pub fn horizon_s(&self) -> i64 {
        self.horizon_s
    }

    /// A recurrence goes on beyond the horizon.
    pub fn cut(&mut self) {
        self.cut = true;
    }

    /// What ended before this instant is left out.
    pub fn keep_from_s(&self) -> i64 {
        let keep_s = i64::try_from(self.context.plan.settings.shifts_keep_ms / 1_000).unwrap_or(i64::MAX);
        self.context.now_s.saturating_sub(keep_s)
    }

    /// Nothing more is taken.
    pub fn full(&self) -> bool {
        self.full
    }

    /// The zone of a name.
    pub fn zone_of(&mut self, name: &str) -> Result<RowZone, Fault> {
        let zone = self.zones.get(name).map_err(|unknown| no_zone(name, unknown.nearest))?;
        Ok(RowZone { name: zone.name().to_owned(), zone })
    }

    /// An agent by its id.
    pub fn agent(&mut self, id: &str) -> Result<Arc<str>, Fault> {
        let agents = &self.context.plan.agents;
        match agents.get_key_value(id) {
            Some((id, _)) => Ok(id.as_str().into()),
            None => Err(self.unknown("agent", id, |plan| Box::new(plan.agents.keys().map(String::as_str)))),
        }
    }

    /// The agents of a group.
    pub fn group(&mut self, id: &str) -> Result<Vec<Arc<str>>, Fault> {
        let plan = self.context.plan;
        if !plan.groups.contains_key(id) {
            return Err(self.unknown("group", id, |plan| Box::new(plan.groups.keys().map(String::as_str))));
        }
        let groups = self.groups.get_or_insert_with(|| {
            let mut groups: BTreeMap<&str, Vec<Arc<str>>> = BTreeMap::new();
            for (id, agent) in &plan.agents {
                let id: Arc<str> = id.as_str().into();
                for group in &agent.groups {
                    groups.entry(group).or_default().push(id.clone());
                }
            }
            groups
        });
        let agents = groups.get(id).cloned();
        agents.ok_or_else(|| Fault::new(format!("the group {id} has no agents")))
    }

    /// Channels, written `phone|wechat`.
    pub fn channels(&mut self, text: &str) -> Result<Vec<String>, Fault> {
        let mut channels = Vec::new();
        for id in text.split(['|', ',']).map(str::trim).filter(|id| !id.is_empty()) {
            if !self.context.plan.channels.contains_key(id) {
                let channels = |plan: &'a crate::plan::Plan| -> Box<dyn Iterator<Item = &'a str> + 'a> {
                    Box::new(plan.channels.keys().map(String::as_str))
                };
                return Err(self.unknown("channel", id, channels));
            }
            channels.push(id.to_owned());
        }
        channels.sort_unstable();
        channels.dedup();
        Ok(channels)
    }

    fn unknown(
        &mut self,
        what: &str,
        id: &str,
        candidates: impl FnOnce(&'a crate::plan::Plan) -> Box<dyn Iterator<Item = &'a str> + 'a>,
    ) -> Fault {
        let problem = format!("the plan has no {what} `{}`", id.chars().take(64).collect::<String>());
        if self.nearest_left == 0 {
            return Fault::new(problem);
        }
        self.nearest_left -= 1;
        let found = nearest(id, candidates(self.context.plan));
        Fault { problem, suggestion: found.unwrap_or_default().to_owned() }
    }

    /// Takes what a line says.
    pub fn put(&mut self, draft: Draft) {
        if self.full {
            return;
        }
        let Draft { line, fields, zone, .. } = &draft;
        let (from_s, to_s) = (zone.zone.utc_s(draft.start_s), zone.zone.utc_s(draft.end_s));
        if let Err((field, fault)) = check(&draft) {
            self.problems.fault(*line, field, fault);
            return;
        }
        if to_s < self.keep_from_s() {
            self.over = (self.over.0 + 1, if self.over.0 == 0 { *line } else { self.over.1 });
            return;
        }
        for (field, local_s) in [(fields.0, draft.start_s), (fields.1, draft.end_s)] {
            if zone.zone.in_gap(local_s) {
                let shown = local::show(zone.zone.local_s(zone.zone.utc_s(local_s)));
                let problem = format!(
                    "{} does not exist in {}: clocks go forward; it counts as {shown}",
                    local::show(local_s),
                    zone.zone.name()
                );
                self.warnings.fault(*line, field, Fault::nearest(problem, shown));
            }
        }
        let zone: Arc<str> = zone.name.as_str().into();
        let parts: Arc<[RowPart]> = draft.parts.into();
        let channels: Option<Arc<[String]>> = draft.channels.map(Arc::from);
        let reason: String =
            draft.reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_CHARS).collect();
        let reason: Arc<str> = reason.trim().into();
        for agent in draft.agents {
            if self.rows.len() == ENTRIES_MAX {
                let problem = format!("the document gives more than {ENTRIES_MAX} entries");
                self.problems.fault(draft.line, "", Fault::nearest(problem, "split it by time or team"));
                self.full = true;
                return;
            }
            self.rows.push(Row {
                line: draft.line,
                key: Key { agent, kind: draft.kind, start_s: draft.start_s, zone: zone.clone() },
                end_s: draft.end_s,
                from_s,
                to_s,
                parts: parts.clone(),
                channels: channels.clone(),
                reason: reason.clone(),
            });
        }
    }

    /// All that was read.
    pub fn done(mut self) -> Read {
        self.twice();
        if self.over.0 > 0 {
            let days = self.context.plan.settings.shifts_keep_ms / 86_400_000;
            let entries = if self.over.0 == 1 { "entry" } else { "entries" };
            let problem = format!("left out {} {entries} that ended more than {days} days ago", self.over.0);
            self.warnings.fault(self.over.1, "", Fault::new(problem));
        }
        self.problems.list.sort();
        self.warnings.list.sort();
        Read {
            rows: self.rows,
            problems: self.problems,
            warnings: self.warnings,
            horizon_s: self.cut.then_some(self.horizon_s),
        }
    }

    /// Entries of one key: a document says each once.
    fn twice(&mut self) {
        self.rows.sort_by(|a, b| {
            let order = |row: &Row| (row.from_s, row.line);
            a.key.agent.cmp(&b.key.agent).then_with(|| order(a).cmp(&order(b)))
        });
        let mut first: BTreeMap<Key, usize> = BTreeMap::new();
        let mut gone = vec![false; self.rows.len()];
        for (at, row) in self.rows.iter().enumerate() {
            let before = *first.entry(row.key.clone()).or_insert(at);
            if before == at {
                continue;
            }
            gone[at] = true;
            let other = &self.rows[before];
            if row.says(other) {
                let problem = format!("says the same as line {}", other.line);
                self.warnings.fault(row.line, "", Fault::new(problem));
            } else {
                let problem = format!(
                    "agent {}, kind and start are those of line {}, which says something else",
                    row.key.agent, other.line
                );
                self.problems.fault(row.line, "", Fault::nearest(problem, "take one of the two out"));
            }
        }
        let mut gone = gone.into_iter();
        self.rows.retain(|_| !gone.next().unwrap_or_default());
    }
}

fn no_zone(name: &str, near: Option<&'static str>) -> Fault {
    let name: String = name.chars().take(64).collect();
    let near = near.or_else(|| zone::nearest(&name));
    Fault {
        problem: format!("there is no time zone `{name}`"),
        suggestion: near.unwrap_or_default().to_owned(),
    }
}

/// Whether a line may be an entry.
fn check(draft: &Draft) -> Result<(), (&'static str, Fault)> {
    let (start, end) = draft.fields;
    let length_s = draft.end_s - draft.start_s;
    let most_s = if draft.kind == DatedKind::Off { OFF_MAX_S } else { DAY_S };
    for (field, local_s) in [(start, draft.start_s), (end, draft.end_s)] {
        when::known(local_s).map_err(|fault| (field, fault))?;
    }
    if length_s <= 0 {
        let problem = format!("is not after the start, {}", local::show(draft.start_s));
        let swapped = 0 < -length_s && -length_s <= DAY_S;
        let suggestion = if swapped {
            format!("{start} {}, {end} {}", local::show(draft.end_s), local::show(draft.start_s))
        } else {
            String::new()
        };
        let problem = if swapped { format!("reversed: {problem}") } else { problem };
        return Err((end, Fault { problem, suggestion }));
    }
    if length_s > most_s {
        let problem =
            format!("is {} after the start, at most {}", when::length(length_s), when::length(most_s));
        return Err((end, Fault::nearest(problem, local::show(draft.start_s + most_s))));
    }
    if draft.parts.len() > PARTS_MAX {
        let problem = format!("more than {PARTS_MAX} breaks and activities");
        return Err(("breaks", Fault::new(problem)));
    }
    Ok(())
}
