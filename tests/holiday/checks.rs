//! What must hold at every event, worked out from the events and the records alone: who is first, who is let in, and what
//! a surge does step by step. Keeps a second state, which is always as it was just before the event that is looked at.

use std::collections::BTreeMap;

use kefud::{
    engine::{conversation::ContactKind, state::State},
    proto::journal::{self as j, CallbackChange, ContactStage, SurgeStepKind, event::Kind},
};

/// A change of a queue's level, and the steps that were taken and undone with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at_ms: u64,
    pub from: u32,
    pub to: u32,
    pub cause: j::SurgeCause,
    /// `+` taken, `-` undone.
    pub steps: Vec<String>,
}

/// What there was to look at.
#[derive(Debug, Default)]
pub struct Seen {
    pub offers: u64,
    /// Of these, so many while others of the class waited behind, and while callbacks did.
    pub chosen: u64,
    pub beside_callbacks: u64,
    /// Let in, and let in as the last there was room for.
    pub admitted: u64,
    pub filled: u64,
    pub refused: u64,
    /// In line beyond what may be let in.
    pub beyond: u64,
}

/// What is kept of a customer.
pub fn sealed(lookup: u64) -> j::Sealed {
    j::Sealed { lookup, data: lookup.to_le_bytes().to_vec(), ..j::Sealed::default() }
}

#[derive(Default)]
pub struct Checks {
    state: State,
    /// Since when each counts as waiting: contacts, and callbacks by their promises.
    places: BTreeMap<u64, u64>,
    callbacks: BTreeMap<u64, u64>,
    pub changes: Vec<Change>,
    pub seen: Seen,
}

fn in_line(record: &j::ContactRecord) -> bool {
    matches!(record.stage(), ContactStage::Waiting | ContactStage::Offered)
}

fn word(step: &j::SurgeStep) -> String {
    step.kind().as_str_name().trim_start_matches("SURGE_STEP_KIND_").to_lowercase()
}

impl Checks {
    /// As it was just before the next event.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Looks at the next event.
    pub fn see(&mut self, event: &j::Event) {
        let kind = event.kind.as_ref().expect("an event of some kind");
        if let Kind::ContactOffered(offer) = kind {
            self.in_turn(offer, event.at_ms);
        }
        if let Kind::SurgeStepChanged(change) = kind {
            self.step_changed(change);
        }
        let level = |state: &State, queue| state.surge(queue).map_or(0, |record| record.level);
        if let Kind::SurgeLevelChanged(change) = kind {
            let from = level(&self.state, change.queue);
            let (at_ms, to, cause) = (event.at_ms, change.level, change.cause());
            self.changes.push(Change { at_ms, from, to, cause, steps: Vec::new() });
        }
        self.state.evolve(event);
        match kind {
            Kind::ContactEnqueued(came) => self.came(came, event.at_ms),
            Kind::PromiseMade(made) => {
                let promise = made.promise.as_ref().expect("its record");
                let place = self.places.get(&promise.contact).copied().unwrap_or(event.at_ms);
                self.callbacks.insert(promise.promise, place);
            }
            Kind::CallbackChanged(change) if change.change() == CallbackChange::Suspended => {
                let older = self.callbacks[&change.promise];
                let place = self.places.get_mut(&change.live_contact).expect("it has come");
                *place = older.min(*place);
            }
            _ => {}
        }
    }

    fn came(&mut self, came: &j::ContactEnqueued, at_ms: u64) {
        let promise = came.origin.as_ref().map_or(0, |origin| origin.promise);
        self.places.insert(came.contact, self.callbacks.get(&promise).copied().unwrap_or(at_ms));
        let (in_line, most) = (self.in_line(came.queue), self.most(came.queue));
        // Who takes a place in line needs no other, and callbacks come in their time.
        let has_place = promise != 0 || self.place_in_line(came.queue, came.customer.as_ref());
        if has_place {
            self.seen.beyond += u64::from(in_line > most);
            return;
        }
        assert!(in_line <= most, "{} is let in as number {in_line} of {most}", came.id);
        self.seen.admitted += 1;
        self.seen.filled += u64::from(in_line == most);
    }

    /// How many stand in a queue's line, callbacks included.
    fn in_line(&self, queue: u32) -> usize {
        self.state.live_contacts_after(0).filter(|it| it.queue == queue && in_line(it)).count()
    }

    fn rules(&self, queue: u32) -> &kefud::plan::model::Queue {
        &self.state.plan().queues[self.state.names().id(queue)]
    }

    fn steps(&self, queue: u32) -> impl Iterator<Item = &j::SurgeStep> {
        let steps = self.state.surge(queue).map_or(&[][..], |record| &record.steps);
        steps.iter().filter_map(|applied| applied.step.as_ref())
    }

    fn most(&self, queue: u32) -> usize {
        let caps =
            self.steps(queue).filter(|step| step.kind() == SurgeStepKind::Cap).map(|step| step.waiting);
        caps.chain([self.rules(queue).max_waiting]).min().expect("one at least") as usize
    }

    fn open_callback(&self, queue: u32, customer: Option<&j::Sealed>) -> Option<u64> {
        let lookup = customer.map_or(0, |customer| customer.lookup);
        let of = |record: &&j::PromiseRecord| {
            record.queue == queue
                && record.stage() != j::PromiseStage::Ended
                && record.customer.as_ref().is_some_and(|it| it.lookup == lookup && lookup != 0)
        };
        self.state.promises().find(of).map(|record| record.promise)
    }

    /// Whether a customer's callback stands in line.
    fn place_in_line(&self, queue: u32, customer: Option<&j::Sealed>) -> bool {
        let callback = self.open_callback(queue, customer).and_then(|promise| self.state.promise(promise));
        callback.and_then(|callback| self.state.contact(callback.follow_up)).is_some_and(in_line)
    }

    /// Whether a customer is going to be called.
    pub fn has_callback(&self, lookup: u64) -> bool {
        let customer = sealed(lookup);
        let mut queues = self.state.catalog().queues.keys();
        queues.any(|queue| self.open_callback(*queue, Some(&customer)).is_some())
    }

    /// A customer is about to come: whether the queue has room for it.
    pub fn has_room(&self, queue: &str, lookup: u64) -> bool {
        let queue = self.state.names().number(j::PlanKind::Queue, queue).expect("a queue");
        let customer = sealed(lookup);
        self.place_in_line(queue, Some(&customer)) || self.in_line(queue) < self.most(queue)
    }

    /// Which groups serve a contact.
    fn groups(&self, record: &j::ContactRecord) -> Vec<&str> {
        let rules = self.rules(record.queue);
        let opened = |step: &j::SurgeStep| match step.kind() {
            SurgeStepKind::OpenRings => step.rings,
            _ => 0,
        };
        let lingering = self.state.surge(record.queue).map_or(0, |surge| surge.linger_rings);
        let rings = self.steps(record.queue).map(opened).chain([record.ring, lingering]).max();
        let of_rings =
            rules.rings.iter().take(rings.expect("its own") as usize).flat_map(|ring| &ring.groups);
        let opened = self.steps(record.queue).filter(|step| step.kind() == SurgeStepKind::OpenGroups);
        let by_surge = opened.flat_map(|step| &step.groups).map(|group| self.state.names().id(*group));
        rules.groups.iter().chain(of_rings).map(String::as_str).chain(by_surge).collect()
    }

    fn may_serve(&self, agent: u32, record: &j::ContactRecord, now_ms: u64) -> bool {
        let own = &self.state.plan().agents[self.state.names().id(agent)].groups;
        let excluded = record.exclusions().iter().any(|it| it.agent == agent && it.until_ms > now_ms);
        let kept = record.service.as_ref().map_or(0, |service| service.kept_for);
        !excluded
            && (kept == 0 || kept == agent)
            && self.groups(record).iter().any(|group| own.iter().any(|of| of == group))
    }

    /// No contact of the same class that this agent may serve has waited longer.
    fn in_turn(&mut self, offer: &j::ContactOffered, now_ms: u64) {
        let record = self.state.contact(offer.contact).expect("a contact");
        let agent = self.state.names().id(offer.agent);
        assert!(self.may_serve(offer.agent, record, now_ms), "{} is not for {agent}", record.id);
        let place = |record: &j::ContactRecord| (self.places[&record.contact], record.contact);
        let (mut behind, mut callbacks) = (false, false);
        for other in self.state.live_contacts_after(0) {
            let alike = (other.queue, other.channel) == (record.queue, record.channel)
                && other.stage() == ContactStage::Waiting
                && other.contact != record.contact
                && !other.awaits_dialling();
            if !alike || !self.may_serve(offer.agent, other, now_ms) {
                continue;
            }
            assert!(
                place(record) < place(other),
                "{agent} is offered {} of {}, while {} has waited since {}",
                record.id,
                place(record).0,
                other.id,
                place(other).0
            );
            behind = true;
            callbacks |= other.kind() == ContactKind::Callback;
        }
        self.seen.offers += 1;
        self.seen.chosen += u64::from(behind);
        self.seen.beside_callbacks += u64::from(callbacks);
    }

    /// Steps are undone from the last.
    fn step_changed(&mut self, change: &j::SurgeStepChanged) {
        let step = change.step.as_ref().expect("a step");
        if change.undone {
            assert_eq!(self.steps(change.queue).last(), Some(step), "it is not the last");
        }
        let sign = if change.undone { '-' } else { '+' };
        let steps = &mut self.changes.last_mut().expect("a level before it").steps;
        steps.push(format!("{sign}{}", word(step)));
    }
}
