//! One look at every agent of the plan for one contact: how many are kept from it by what, and who is
//! nearest to serving it. Owns the order of nearness; what hinders is told by [`State::hindrances_by`].

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{
    catalog::ChannelInfo,
    matching::{
        eligible::{Hindrance, able, present},
        hindrance::opening_of,
        order::{Standing, more_urgent, urgency_permille},
        profile::Slots,
        rings::Looked,
    },
    state::{Agent, Contact, State},
};

use super::{AgentHindered, Change, Counts, Happening, Rival};

/// The changes of so many agents' schedules are told at most.
const SHIFTS_MAX: usize = 20;

/// What a look at every agent has shown.
#[derive(Debug)]
pub(super) struct Survey {
    /// All agents of the plan.
    pub everybody: Counts,
    /// Those who are signed in and whom nothing hinders that lasts.
    pub able: Counts,
    /// By group, of those that are looked for.
    pub groups: BTreeMap<u32, Counts>,
    /// The nearest, and how many others there are.
    pub near: Vec<AgentHindered>,
    pub left_out: usize,
    /// When the schedules change next of those who could serve it, some time, and are kept from it by them: the
    /// earliest.
    pub shifts: Vec<Change>,
}

/// Agents with what hinders them, by nearness and id.
type Nearest<'a> = BTreeMap<((usize, u8), &'a str), (u32, Vec<Hindrance>)>;

impl Counts {
    /// Counts an agent whom `found`, in order, keeps from the contact.
    fn note(&mut self, agent: &Agent, found: &[Hindrance]) {
        self.agents += 1;
        self.signed_in += usize::from(agent.signed_in());
        self.on_shift += usize::from(agent.on_staff());
        self.ready += usize::from(present(agent).is_ok());
        let Some(first) = found.first() else {
            self.eligible += 1;
            return;
        };
        self.but_for_room += usize::from(found.iter().all(|why| why.is_room()));
        match self.hindered.iter_mut().find(|(why, _)| why.code() == first.code()) {
            Some((_, count)) => *count += 1,
            None => {
                let at = self.hindered.partition_point(|(why, _)| why < first);
                self.hindered.insert(at, (*first, 1));
            }
        }
    }
}

/// Whether it goes away by what happens on any day; the others need another plan, ring or sign-in.
pub(super) fn passes(why: Hindrance) -> bool {
    why.is_room()
        || matches!(
            why,
            Hindrance::Disconnected
                | Hindrance::NotReady
                | Hindrance::OffShift(_)
                | Hindrance::OnBreak(_)
                | Hindrance::OtherActivity(..)
                | Hindrance::ShiftLead(..)
                | Hindrance::QueueClosed(..)
                | Hindrance::NotDialled
                | Hindrance::GatewayAway
                | Hindrance::Reserved(..)
                | Hindrance::KeptForAnother(..)
                | Hindrance::Excluded(_)
        )
}

/// When the schedule of an agent changes that it is kept from a contact by; none: nothing of it does, or something
/// does that a schedule's change won't mend.
fn shift_change_s(found: &[Hindrance]) -> Option<i64> {
    let mut change_s = None;
    for why in found {
        match why {
            Hindrance::OffShift(until_s)
            | Hindrance::OnBreak(until_s)
            | Hindrance::OtherActivity(_, until_s)
            | Hindrance::ShiftLead(_, until_s) => change_s = Some(*until_s),
            Hindrance::SignedOut => {}
            why if passes(*why) => {}
            _ => return None,
        }
    }
    change_s.filter(|change_s| *change_s != 0)
}

/// How near an agent is to serving a contact: by how much hinders it, then by what is hardest to mend.
fn nearness(found: &[Hindrance]) -> (usize, u8) {
    let hardness = |why: &Hindrance| match why {
        Hindrance::AsksItself => 8,
        why if why.is_room() => 0,
        Hindrance::QueueClosed(..) | Hindrance::NotDialled | Hindrance::GatewayAway => 0,
        Hindrance::Reserved(..) | Hindrance::KeptForAnother(..) | Hindrance::Excluded(_) => 1,
        Hindrance::NotReady | Hindrance::OtherActivity(..) | Hindrance::ShiftLead(..) => 2,
        Hindrance::Disconnected | Hindrance::OnBreak(_) => 3,
        Hindrance::SignedOut | Hindrance::OffShift(_) => 4,
        Hindrance::RingNotOpen(_) => 5,
        Hindrance::NotInGroup => 6,
        Hindrance::ChannelNever => 8,
        _ => 7,
    };
    (found.len(), found.iter().map(hardness).max().unwrap_or(0))
}

impl State {
    /// Everything that keeps an agent from a contact in `ring` of its `rings`, in the order of
    /// [`Hindrance`].
    pub(super) fn all_hindrances(
        &self,
        contact: &Contact,
        rings: &[Looked<'_>],
        ring: usize,
        agent: &Agent,
        now_ms: u64,
    ) -> Vec<Hindrance> {
        let Some(class) = rings.get(ring) else { return Vec::new() };
        let later = || rings.iter().skip(ring + 1).map(|class| (class.key.ring, &**class));
        let mut found = self.hindrances_by(contact, class, agent, now_ms, || opening_of(later(), agent));
        found.sort_unstable();
        found
    }

    /// Looks at every agent of the plan. `groups`: those to count, `max`: so many of the nearest.
    pub(super) fn survey(
        &self,
        contact: &Contact,
        rings: &[Looked<'_>],
        ring: usize,
        groups: impl IntoIterator<Item = u32>,
        now_ms: u64,
        max: usize,
    ) -> Survey {
        let mut survey = Survey {
            everybody: Counts::default(),
            able: Counts::default(),
            groups: groups.into_iter().map(|group| (group, Counts::default())).collect(),
            near: Vec::new(),
            left_out: 0,
            shifts: Vec::new(),
        };
        let mut shifts = BTreeSet::new();
        let mut near = Nearest::new();
        for agent in self.agents() {
            let Some(info) = agent.info.as_ref() else { continue };
            let found = self.all_hindrances(contact, rings, ring, agent, now_ms);
            survey.everybody.note(agent, &found);
            if agent.counted && found.iter().all(|why| passes(*why)) {
                survey.able.note(agent, &found);
            }
            for group in &info.groups {
                if let Some(counts) = survey.groups.get_mut(group) {
                    counts.note(agent, &found);
                }
            }
            let number = agent.record.agent;
            if let Some(change_s) = shift_change_s(&found) {
                shifts.insert((change_s, number));
                if shifts.len() > SHIFTS_MAX {
                    shifts.pop_last();
                }
            }
            let key = (nearness(&found), self.names.id(number));
            if near.len() < max || near.last_key_value().is_some_and(|(last, _)| key < *last) {
                near.insert(key, (number, found));
                if near.len() > max {
                    near.pop_last();
                }
            }
        }
        let changes = shifts.into_iter();
        survey.shifts = changes
            .map(|(at_s, agent)| Change { at_ms: self.engine_ms(at_s), what: Happening::ShiftChanges(agent) })
            .collect();
        survey.left_out = survey.everybody.agents - near.len();
        let told = near.into_values();
        survey.near = told.map(|(agent, found)| self.hindered_agent(contact, agent, found, now_ms)).collect();
        survey
    }

    /// An agent whom `hindrances` keep from the contact.
    pub(super) fn hindered_agent(
        &self,
        contact: &Contact,
        agent: u32,
        hindrances: Vec<Hindrance>,
        now_ms: u64,
    ) -> AgentHindered {
        let mine = self.waiting_class(contact, now_ms).map(|(_, mine)| mine);
        let rival = mine.and_then(|mine| self.rival(agent, &hindrances, &mine, now_ms));
        AgentHindered { agent, hindrances, rival }
    }

    /// What an agent who lacks only room or readiness would get before the contact of this standing, if it
    /// held nothing and were ready.
    fn rival(&self, agent: u32, found: &[Hindrance], mine: &Standing, now_ms: u64) -> Option<Rival> {
        let soon = |why: &Hindrance| why.is_room() || *why == Hindrance::NotReady;
        if found.is_empty() || !found.iter().all(soon) {
            return None;
        }
        let first = self.first_with_room(agent, self.room_of_nothing(agent), now_ms)?.standing;
        if first.contact == mine.contact || !more_urgent(&first, mine, now_ms).is_lt() {
            return None;
        }
        let margin_permille = urgency_permille(&first, now_ms) - urgency_permille(mine, now_ms);
        Some(Rival { contact: first.contact, band: first.band, margin_permille })
    }

    /// The channels for which an agent has room when it holds nothing; who is not on shift, when it is.
    pub(super) fn room_of_nothing(&self, agent: u32) -> Slots {
        let Some(agent) = self.agent(agent) else { return 0 };
        let Some(info) = agent.info.as_ref() else { return 0 };
        // What a shift does not serve now, it would not serve with room either.
        let open = |channel: &ChannelInfo| !agent.on_shift() || agent.open_to(channel.slot);
        let channels = self.catalog.channels.values();
        let channels = channels.filter(|channel| able(info, channel).is_ok() && open(channel));
        channels.fold(0, |room, channel| room | 1 << channel.slot)
    }
}
