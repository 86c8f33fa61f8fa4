//! Who gets what: among waiting contacts that somebody can serve now, the first in order is offered to
//! the agent whom its queue's choice picks; and again, until nothing fits. Eligible before ordered: an
//! agent is compared only with contacts that it can serve. README.md beside this has the rules. Must not
//! offer anything by itself: it names the next pair, and the caller makes the offer.
//!
//! Only what has changed is looked at: classes into which a contact has come, and agents who have got
//! room. What nobody could take before stays as it is.

pub mod bits;
pub mod choice;
pub mod class;
pub mod eligible;
pub mod explain;
pub mod hindrance;
pub mod index;
pub mod order;
pub mod policy;
pub mod profile;
pub mod rings;
mod staff;

use crate::proto::journal::{ContactRecord, OfferTrigger};

use super::state::State;
use choice::Chosen;
use class::Class;
use eligible::not_excluded;
use index::fits;
use order::{Standing, more_urgent, place_among};
use profile::{Profile, Slots};

/// A contact and the agent to offer it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The contact.
    pub contact: u64,
    /// The agent.
    pub chosen: Chosen,
    /// Why now.
    pub trigger: OfferTrigger,
}

/// A contact that somebody can take.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    standing: Standing,
    /// By which it is ordered within its lane.
    key: i64,
    class: u32,
    trigger: OfferTrigger,
    /// Whom it goes to, if that is known yet.
    chosen: Option<Chosen>,
}

/// An agent who looks for a contact.
struct Asking<'a> {
    agent: u32,
    profile: &'a Profile,
    room: Slots,
    now_ms: u64,
}

impl Candidate {
    fn place(&self) -> (i64, u64) {
        (self.key, self.standing.contact)
    }
}

/// The more urgent of two.
fn better(a: Option<Candidate>, b: Option<Candidate>, now_ms: u64) -> Option<Candidate> {
    match (a, b) {
        (Some(a), Some(b)) if more_urgent(&b.standing, &a.standing, now_ms).is_lt() => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

impl State {
    /// The next offer to make at `now_ms`, if any. Classes and agents for which there is none are settled
    /// until something about them changes.
    pub(super) fn next_pair(&mut self, now_ms: u64) -> Option<Pair> {
        // Who comes first is known only once everybody is in the index.
        if !self.settled() || !self.surges.asking.is_empty() || !self.index.dirty() {
            return None;
        }
        let fresh = self.index.fresh().to_vec();
        let mut best = None;
        if !self.index.classes.dirty_lanes().is_empty() {
            let lanes: Vec<u32> = self.index.classes.dirty_lanes().iter().copied().collect();
            for lane in lanes {
                best = better(best, self.first_of_lane(lane, now_ms), now_ms);
            }
        }
        for (agent, trigger) in fresh {
            if let Some(profile) = self.agent(agent).map(|agent| agent.profile) {
                self.index.look_at_classes(profile);
            }
            let found = self.first_for_agent(agent, trigger, now_ms);
            if found.is_none() {
                self.index.settle_agent(agent);
            }
            best = better(best, found, now_ms);
        }
        let best = best?;
        let contact = best.standing.contact;
        let chosen = best.chosen.or_else(|| {
            let class = self.index.classes.get(best.class)?;
            self.choose(class, self.contacts.get(contact), now_ms)
        })?;
        Some(Pair { contact, chosen, trigger: best.trigger })
    }

    /// The first contact that somebody can take among a lane's classes that are to be matched.
    fn first_of_lane(&mut self, lane: u32, now_ms: u64) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut settled = Vec::new();
        let dirty = self.index.classes.lane(lane).into_iter().flat_map(|lane| &lane.dirty);
        for (arrival_ms, contact, class) in dirty {
            if best.as_ref().is_some_and(|best| best.place() < (*arrival_ms, *contact)) {
                break;
            }
            match self.first_of_class(*class, now_ms) {
                None => settled.push(*class),
                Some(found) if best.as_ref().is_none_or(|best| found.place() < best.place()) => {
                    best = Some(found);
                }
                Some(_) => {}
            }
        }
        settled.into_iter().for_each(|class| self.index.classes.settle(class));
        best
    }

    /// The first contact of a class that somebody can take, with that agent.
    fn first_of_class(&self, number: u32, now_ms: u64) -> Option<Candidate> {
        let class = self.index.classes.get(number).filter(|class| !self.blocked(class))?;
        // But for exclusions, who asks for a consult, and agents who come first, the answer is the same for every contact.
        let anybody = self.choose(class, None, now_ms)?;
        for (arrival_ms, contact_number) in class.waiting.iter() {
            let contact = self.contacts.get(contact_number)?;
            let own = !contact.record.exclusions().is_empty()
                || contact.record.is_consult()
                || self.has_known(contact)
                || class.key.kept_for != 0;
            let chosen = if own { self.choose(class, Some(contact), now_ms) } else { Some(anybody) };
            if chosen.is_some() {
                let trigger = self.index.classes.trigger(number);
                return Some(Candidate {
                    standing: self.standing(class, arrival_ms, contact_number, now_ms),
                    key: arrival_ms,
                    class: number,
                    trigger,
                    chosen,
                });
            }
        }
        None
    }

    /// The first contact that this agent can take.
    fn first_for_agent(&self, number: u32, trigger: OfferTrigger, now_ms: u64) -> Option<Candidate> {
        let found = self.first_with_room(number, self.agent(number)?.free.room, now_ms)?;
        Some(Candidate { trigger, ..found })
    }

    /// The same if it had room for these channels.
    fn first_with_room(&self, number: u32, room: Slots, now_ms: u64) -> Option<Candidate> {
        let profile = self.index.profiles.get(self.agent(number)?.profile)?;
        let asking = Asking { agent: number, profile, room, now_ms };
        let classes = &self.index.classes;
        let fits = |class: &u32| classes.get(*class).is_some_and(|class| fits(profile, class));
        let unknown = profile.not_looked_at(classes.lasting()).iter().filter(|class| fits(class));
        let now_ms = asking.now_ms;
        let mut best: Option<Candidate> = None;
        for class in profile.common().iter().chain(unknown) {
            best = better(best, self.first_of_class_for(*class, &asking, best.as_ref()), now_ms);
        }
        for lane in classes.lanes().filter(|lane| room >> lane.slot & 1 == 1) {
            let idle_ms = self.idle_of(lane.clock, now_ms);
            for (key, contact, class) in &lane.heads {
                let (band, objective_ms) = (lane.band, lane.objective_ms);
                let arrival_ms = key.saturating_add(idle_ms);
                let head = Standing { band, arrival_ms, objective_ms, contact: *contact };
                if best.as_ref().is_some_and(|best| more_urgent(&best.standing, &head, now_ms).is_lt()) {
                    break;
                }
                if fits(class) {
                    best = better(best, self.first_of_class_for(*class, &asking, best.as_ref()), now_ms);
                }
            }
        }
        for class in classes.kept_for(number).filter(fits) {
            best = better(best, self.first_of_class_for(class, &asking, best.as_ref()), now_ms);
        }
        best
    }

    /// The first contact of a class, whose requirement the agent fits, that the agent can take, unless
    /// `best` is before it.
    fn first_of_class_for(
        &self,
        number: u32,
        asking: &Asking<'_>,
        best: Option<&Candidate>,
    ) -> Option<Candidate> {
        let now_ms = asking.now_ms;
        let class = self.index.classes.get(number)?;
        if asking.room >> class.slot & 1 == 0 || self.blocked(class) {
            return None;
        }
        let (arrival_ms, contact) = class.waiting.first()?;
        let first = self.standing(class, arrival_ms, contact, now_ms);
        let beaten = best.is_some_and(|best| more_urgent(&best.standing, &first, now_ms).is_lt());
        if beaten || self.index.not_reserved(&asking.profile.info.groups, class).is_err() {
            return None;
        }
        let (arrival_ms, contact) = self.first_not_excluding(class, asking.agent, now_ms)?;
        let trigger = OfferTrigger::Unspecified;
        Some(Candidate {
            standing: self.standing(class, arrival_ms, contact, now_ms),
            key: arrival_ms,
            class: number,
            trigger,
            chosen: None,
        })
    }

    fn first_not_excluding(&self, class: &Class, agent: u32, now_ms: u64) -> Option<(i64, u64)> {
        class.waiting.find(|(_, contact)| {
            let contact = self.contacts.get(*contact);
            contact.is_some_and(|contact| not_excluded(&contact.record, agent, now_ms).is_ok())
        })
    }

    /// Whether nobody is offered contacts of the class: its queue is closed and holds them.
    fn blocked(&self, class: &Class) -> bool {
        self.holds(class.key.queue, class.key.held)
    }

    /// The standing at `now_ms` of a contact that waits in a class under a key. The one place where the clock of a
    /// queue and time itself come together.
    pub(in crate::engine) fn standing(&self, class: &Class, key: i64, contact: u64, now_ms: u64) -> Standing {
        let arrival_ms = key.saturating_add(self.idle_of(class.clock, now_ms));
        Standing { band: class.band, arrival_ms, objective_ms: class.key.objective_ms, contact }
    }

    /// How many of those who wait in a class are served before one of this standing.
    pub(in crate::engine) fn before_in(&self, class: &Class, mine: &Standing, now_ms: u64) -> usize {
        let idle_ms = self.idle_of(class.clock, now_ms);
        class.waiting.rank(&place_among(mine, class.band, class.key.objective_ms, idle_ms, now_ms))
    }

    /// How old a contact in line is by its queue's clock.
    #[must_use]
    pub fn age_ms(&self, record: &ContactRecord, now_ms: u64) -> u64 {
        let since_ms = record.clocked_arrival_ms().saturating_add(self.idle_of(record.queue, now_ms));
        now_ms.saturating_sub(u64::try_from(since_ms).unwrap_or(0))
    }

    /// How long a queue's clock has stood still in all; of queue 0 never.
    pub(in crate::engine) fn idle_of(&self, queue: u32, now_ms: u64) -> i64 {
        let idle_ms = if queue == 0 { 0 } else { self.idle_ms(queue, now_ms) };
        i64::try_from(idle_ms).unwrap_or(i64::MAX)
    }

    /// Class and key of a contact that is in the index.
    pub(in crate::engine) fn place_of_contact(&self, contact: u64) -> Option<(u32, i64)> {
        self.contacts.get(contact)?.place.in_index(self.index.epoch)
    }

    /// An agent may be offered the contact again: look at its class.
    pub(super) fn exclusion_over(&mut self, contact: u64) {
        if let Some((class, _)) = self.place_of_contact(contact) {
            self.index.classes.touch(class, OfferTrigger::ExclusionEnded);
        }
    }
}
