//! What a contact asks for, ring by ring: its class now, the ring and the agent that it enters a queue
//! with, and which rings have nobody. Owns how queue, category, contact and rings add up; must not choose
//! among agents.

use crate::{
    engine::{
        catalog::{ChannelInfo, QueueInfo},
        requirement::{Requirement, Ring, of_wants, rings_of_wants},
        state::{Chore, State},
    },
    proto::journal as j,
};

use super::{
    class::{Class, ClassKey},
    index::{Kind, Known, fits},
    policy::Policy,
};

/// A contact as far as its requirement goes; it need not be in yet.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Queue.
    pub queue: u32,
    /// Channel.
    pub channel: u32,
    /// Category; 0: none.
    pub category: u32,
    /// What it asks for by itself.
    pub wants: Option<&'a j::Wants>,
    /// Groups that its promise's escalation has opened to it, ordered.
    pub groups: &'a [u32],
    /// The agent who asks for it, and so can't serve it; 0: none.
    pub asking_agent: u32,
}

impl<'a> Subject<'a> {
    /// Of a contact that is in.
    #[must_use]
    pub fn of(record: &'a j::ContactRecord) -> Self {
        let wants = record.wants.as_deref();
        let talk = record.talk();
        Self {
            queue: record.queue,
            channel: record.channel,
            category: record.category,
            wants,
            groups: &talk.groups,
            asking_agent: talk.asking_agent,
        }
    }

    /// Whether nothing sets it apart from others of its queue, channel and category.
    fn common(&self) -> bool {
        self.wants.is_none() && self.groups.is_empty()
    }
}

/// A class that is looked at: one of the index, or one made for the purpose.
#[derive(Debug)]
pub enum Looked<'a> {
    /// Of the index.
    Indexed(&'a Class),
    /// Made.
    Made(Box<Class>),
}

impl std::ops::Deref for Looked<'_> {
    type Target = Class;

    fn deref(&self) -> &Class {
        match self {
            Self::Indexed(class) => class,
            Self::Made(class) => class,
        }
    }
}

/// A subject with what the plan says of it.
struct Resolved<'a> {
    queue: &'a QueueInfo,
    channel: &'a ChannelInfo,
    base: Requirement,
    objective_ms: u64,
    own_rings: Vec<Ring>,
}

impl Resolved<'_> {
    fn rings(&self) -> &[Ring] {
        if self.own_rings.is_empty() { &self.queue.rings } else { &self.own_rings }
    }

    fn last_ring(&self) -> u32 {
        u32::try_from(self.rings().len()).unwrap_or(u32::MAX)
    }

    /// The key of the subject's class in a ring; beyond the last: in the last.
    fn key(&self, subject: Subject<'_>, ring: u32, kept_for: u32, held: u32) -> ClassKey {
        let ring = ring.min(self.last_ring());
        let mut requirement = self.base.clone();
        let mut borrowed = subject.groups.to_vec();
        for opened in self.rings().iter().take(ring as usize) {
            requirement.relax(opened);
            borrowed.extend_from_slice(&opened.groups);
        }
        borrowed.sort_unstable();
        borrowed.dedup();
        ClassKey {
            queue: subject.queue,
            channel: subject.channel,
            objective_ms: self.objective_ms,
            kept_for,
            held,
            ring,
            rings: self.own_rings.clone(),
            borrowed,
            requirement,
        }
    }

    fn class(&self, subject: Subject<'_>, ring: u32, policy: &Policy) -> Class {
        Class::of(self.key(subject, ring, 0, 0), self.queue, self.channel, policy)
    }
}

impl State {
    /// The category, while the contact is in the category's own queue: elsewhere (by transfer, or because
    /// the gateway named another queue) its skills and objective need not make sense. 0: none.
    fn category_in_force(&self, subject: Subject<'_>) -> u32 {
        let category = self.catalog.categories.get(&subject.category);
        if category.is_some_and(|category| category.queue == subject.queue) { subject.category } else { 0 }
    }

    fn kind(&self, subject: Subject<'_>) -> Kind {
        (subject.queue, subject.channel, self.category_in_force(subject))
    }

    fn resolve(&self, subject: Subject<'_>) -> Option<Resolved<'_>> {
        let queue = self.catalog.queues.get(&subject.queue)?;
        let channel = self.catalog.channels.get(&subject.channel)?;
        let category = self.catalog.categories.get(&self.category_in_force(subject));
        let mut base = queue.requirement.clone();
        if let Some(category) = category {
            base.add(&category.requirement);
        }
        if let Some(wants) = subject.wants {
            let mut own = of_wants(wants);
            own.keep_known(&self.catalog.skills);
            base.add(&own);
        }
        let objective_ms = category.and_then(|category| category.objective_ms).unwrap_or(queue.objective_ms);
        let own_rings = subject.wants.map(rings_of_wants).unwrap_or_default();
        Some(Resolved { queue, channel, base, objective_ms: objective_ms.max(1), own_rings })
    }

    /// How long such a contact is to wait at most; 0: its queue or channel is out of the plan.
    pub(in crate::engine) fn objective_ms(&self, subject: Subject<'_>) -> u64 {
        self.resolve(subject).map_or(0, |resolved| resolved.objective_ms)
    }

    /// The class of a contact as it is now.
    pub(in crate::engine) fn class_of(&mut self, number: u64) -> Option<u32> {
        let record = self.contact(number)?;
        let (ring, kept_for, held) = (record.ring, record.kept_for(), record.held);
        let subject = Subject::of(record);
        let common = subject.common() && kept_for == 0 && held == 0;
        let kind = self.kind(subject);
        if common && let Some(known) = self.index.known(kind) {
            return known.classes.get(ring as usize).or(known.classes.last()).copied();
        }
        let resolved = self.resolve(subject)?;
        let keys: Vec<ClassKey> = if common {
            (0..=resolved.last_ring()).map(|ring| resolved.key(subject, ring, 0, 0)).collect()
        } else {
            vec![resolved.key(subject, ring, kept_for, held)]
        };
        let servable = common && self.servable(Subject { asking_agent: 0, ..subject });
        let clock = self.clock_of(kind.0);
        let (queue, channel) = (self.catalog.queues.get(&kind.0)?, self.catalog.channels.get(&kind.1)?);
        let policy = self.surges.policies.get(&kind.0).unwrap_or_else(|| Policy::calm());
        let classes = &mut self.index.classes;
        let classes = keys.into_iter().map(|key| classes.number_of(key, (queue, channel), policy, clock));
        let classes: Vec<u32> = classes.collect();
        let class = classes.get(ring as usize).or(classes.last()).copied();
        if common {
            self.index.remember(kind, Known { classes, servable });
        }
        class
    }

    /// Whether somebody in the plan, signed in or not, could serve such a contact, in the last ring at
    /// least.
    pub(in crate::engine) fn servable(&self, subject: Subject<'_>) -> bool {
        let asking = subject.asking_agent;
        if subject.common()
            && let Some(known) = self.index.known(self.kind(subject))
            && (asking == 0 || !known.servable)
        {
            return known.servable;
        }
        let Some(resolved) = self.resolve(subject) else { return false };
        // A refusal must not depend on a level that passes.
        let class = resolved.class(subject, resolved.last_ring(), Policy::calm());
        if asking == 0 { self.able_to_serve(&class) } else { self.able_besides(&class, asking) }
    }

    /// The class of such a contact in a ring, to look at.
    pub(in crate::engine) fn class_in_ring(&self, subject: Subject<'_>, ring: u32) -> Option<Looked<'_>> {
        if subject.common()
            && let Some(known) = self.index.known(self.kind(subject))
        {
            let number = known.classes.get(ring as usize).or(known.classes.last())?;
            return self.index.classes.get(*number).map(Looked::Indexed);
        }
        Some(Looked::Made(Box::new(self.resolve(subject)?.class(subject, ring, self.policy(subject.queue)))))
    }

    /// The number of the last ring of such a contact; 0: it has none but the first.
    pub(in crate::engine) fn last_ring(&self, subject: Subject<'_>) -> u32 {
        let own = subject.wants.map_or(0, |wants| wants.rings.len());
        let of_queue = || self.catalog.queues.get(&subject.queue).map_or(0, |queue| queue.rings.len());
        u32::try_from(if own > 0 { own } else { of_queue() }).unwrap_or(u32::MAX)
    }

    /// The first ring from `from` on in which somebody signed in could serve such a contact.
    pub(in crate::engine) fn staffed_ring(&self, subject: Subject<'_>, from: u32) -> Option<u32> {
        self.staffed_class(subject, from).map(|(ring, _)| ring)
    }

    /// The same with the contact's class there.
    pub(in crate::engine) fn staffed_class(
        &self,
        subject: Subject<'_>,
        from: u32,
    ) -> Option<(u32, Looked<'_>)> {
        let mut rings = from..=self.last_ring(subject);
        rings.find_map(|ring| {
            let class = self.class_in_ring(subject, ring)?;
            self.staffed(&class).then_some((ring, class))
        })
    }

    /// How such a contact enters its queue now. `known`: the agent whom its customer knows; 0: none.
    pub(in crate::engine) fn entry(
        &self,
        subject: Subject<'_>,
        known: u32,
        exclusions: &[j::Exclusion],
        now_ms: u64,
    ) -> j::QueueEntry {
        self.entry_for(subject, (0, 0), known, exclusions, now_ms)
    }

    /// The same for one that is kept for an agent, for so many milliseconds, before anybody else.
    pub(in crate::engine) fn entry_for(
        &self,
        subject: Subject<'_>,
        kept: (u32, u64),
        known: u32,
        exclusions: &[j::Exclusion],
        now_ms: u64,
    ) -> j::QueueEntry {
        let mut entry = j::QueueEntry::default();
        let Some(queue) = self.catalog.queues.get(&subject.queue) else {
            return entry;
        };
        let preferred = subject.wants.map_or(0, |wants| wants.preferred_agent);
        let waits = [kept, (preferred, queue.preferred_agent_wait_ms), (known, queue.last_agent_wait_ms)];
        for (agent, wait_ms) in waits {
            let excluded = exclusions.iter().any(|entry| entry.agent == agent && entry.until_ms > now_ms);
            if agent != 0 && wait_ms > 0 && !excluded && self.could_keep(subject, agent) {
                entry.kept_for = agent;
                entry.kept_until_ms = now_ms + wait_ms;
                return entry;
            }
        }
        // While it is closed no ring opens: nobody need be there.
        if self.last_ring(subject) > 0 && self.queue_open(subject.queue) {
            entry.ring = self.staffed_ring(subject, 0).unwrap_or(0);
        }
        entry
    }

    /// Whether a contact in ring 0 can be kept for an agent: it is signed in and fits.
    fn could_keep(&self, subject: Subject<'_>, agent: u32) -> bool {
        let class = self.class_in_ring(subject, 0);
        class.is_some_and(|class| self.serves(agent, &class))
    }

    /// Notes a class in which somebody has come to wait whom nobody signed in can serve, or not the agent
    /// for whom it is kept.
    pub(in crate::engine) fn check_class(&mut self, number: u32) {
        let Some(class) = self.index.classes.get(number) else { return };
        let Some((_, first)) = class.waiting.first() else { return };
        if class.key.kept_for != 0 {
            if !self.serves(class.key.kept_for, class) {
                self.chores.insert(Chore::Keep(first, number));
            }
            return;
        }
        let rings = match class.key.rings.len() {
            0 => self.catalog.queues.get(&class.key.queue).map_or(0, |queue| queue.rings.len()),
            own => own,
        };
        let may_open = (class.key.ring as usize) < rings && self.queue_open(class.key.queue);
        if may_open && !self.staffed(class) {
            self.index.classes.set_unstaffed(number, true);
            self.chores.insert(Chore::Ring(first, number));
        }
    }

    /// A profile has its first agent signed in, or its last one signed out.
    pub(in crate::engine) fn staffing_changed(&mut self, profile: u32, here: bool) {
        if here {
            for number in self.index.classes.unstaffed().iter().copied().collect::<Vec<_>>() {
                let Some(class) = self.index.classes.get(number) else { continue };
                if self.staffed(class) {
                    self.index.classes.set_unstaffed(number, false);
                } else if let Some((_, first)) = class.waiting.first()
                    && self.queue_open(class.key.queue)
                {
                    // A later ring may have somebody now.
                    self.chores.insert(Chore::Ring(first, number));
                }
            }
            return;
        }
        let Some(profile) = self.index.profiles.get(profile) else { return };
        let fitting = self.index.classes.waiting().filter(|(_, class)| fits(profile, class));
        let concerned: Vec<u32> = fitting.map(|(number, _)| number).collect();
        concerned.into_iter().for_each(|number| self.check_class(number));
    }

    /// Whoever is kept for this agent may have to be kept no longer.
    pub(in crate::engine) fn check_kept(&mut self, agent: u32) {
        let kept: Vec<u32> = self.index.classes.kept_for(agent).collect();
        kept.into_iter().for_each(|number| self.check_class(number));
    }

    /// Has the classes of queues whose surge steps have changed ask for what that makes of them, so many at most. Until
    /// all do nothing is offered. Returns how many there were.
    pub(in crate::engine) fn reask_slice(&mut self, max: usize) -> usize {
        let Some((queue, from)) = self.surges.asking.first_key_value().map(|(queue, from)| (*queue, *from))
        else {
            return 0;
        };
        let numbers: Vec<u32> = self.index.classes.all_of(queue, from).take(max).collect();
        for number in &numbers {
            self.ask_anew(queue, *number);
        }
        match numbers.last() {
            Some(last) if numbers.len() == max => self.surges.asking.insert(queue, last + 1),
            _ => self.surges.asking.remove(&queue),
        };
        numbers.len()
    }

    fn ask_anew(&mut self, queue: u32, number: u32) {
        let policy = self.surges.policies.get(&queue).unwrap_or_else(|| Policy::calm());
        let rings = self.catalog.queues.get(&queue).map_or(&[][..], |info| &info.rings);
        if !self.index.ask_anew(number, policy, rings) {
            return;
        }
        self.index.classes.set_unstaffed(number, false);
        self.check_class(number);
        self.index.classes.touch(number, j::OfferTrigger::Surge);
    }

    /// How many who are there belong to a queue's home groups.
    pub(in crate::engine) fn home_staff(&self, queue: u32) -> u32 {
        let info = self.catalog.queues.get(&queue);
        info.map_or(0, |info| self.index.profiles.signed_in_of(&info.groups, info.every_group))
    }
}
