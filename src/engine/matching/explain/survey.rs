//! One look at every agent of the plan for one contact: how many are kept from it by what, and who is
//! nearest to serving it. Owns the order of nearness; what hinders is told by [`State::hindrances_by`].

use std::collections::BTreeMap;

use crate::engine::{
    matching::{
        eligible::{Hindrance, able, present},
        hindrance::opening_of,
        order::{Standing, more_urgent, urgency_permille},
        profile::Slots,
        rings::Looked,
    },
    state::{Agent, Contact, State},
};

use super::{AgentHindered, Counts, Rival};

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
}

/// Agents with what hinders them, by nearness and id.
type Nearest<'a> = BTreeMap<((usize, u8), &'a str), (u32, Vec<Hindrance>)>;

impl Counts {
    /// Counts an agent whom `found`, in order, keeps from the contact.
    fn note(&mut self, agent: &Agent, found: &[Hindrance]) {
        self.agents += 1;
        self.signed_in += usize::from(agent.counted);
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
                | Hindrance::Reserved(..)
                | Hindrance::KeptForAnother(..)
                | Hindrance::Excluded(_)
        )
}

/// How near an agent is to serving a contact: by how much hinders it, then by what is hardest to mend.
fn nearness(found: &[Hindrance]) -> (usize, u8) {
    let hardness = |why: &Hindrance| match why {
        Hindrance::AsksItself => 8,
        why if why.is_room() => 0,
        Hindrance::Reserved(..) | Hindrance::KeptForAnother(..) | Hindrance::Excluded(_) => 1,
        Hindrance::NotReady => 2,
        Hindrance::Disconnected => 3,
        Hindrance::SignedOut => 4,
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
        };
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
            let key = (nearness(&found), self.names.id(number));
            if near.len() < max || near.last_key_value().is_some_and(|(last, _)| key < *last) {
                near.insert(key, (number, found));
                if near.len() > max {
                    near.pop_last();
                }
            }
        }
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
        let mine = self.waiting_class(contact).map(|(_, mine)| mine);
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

    /// The channels for which an agent has room when it holds nothing.
    pub(super) fn room_of_nothing(&self, agent: u32) -> Slots {
        let Some(info) = self.agent(agent).and_then(|agent| agent.info.as_ref()) else { return 0 };
        let channels = self.catalog.channels.values().filter(|channel| able(info, channel).is_ok());
        channels.fold(0, |room, channel| room | 1 << channel.slot)
    }
}
