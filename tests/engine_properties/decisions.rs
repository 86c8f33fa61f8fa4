//! Decisions beside offers, worked out again: how contacts enter queues, rings, keeping, exclusions, what is
//! done by hand, and what must not be so when nothing more is due.

use kefud::{
    engine::{
        command::{Command, Target},
        state::State,
    },
    plan::model::{AfterBot, AllDeclined, TransferAge, Unservable},
    proto::journal::{
        self as j, AssignmentStage, ContactRecord, ContactStage, KeepEndReason, OfferEnd, RingCause,
        TransferReason, event::Kind,
    },
};

use crate::{
    asked::Subject,
    naive::{Pick, View},
};

type Checked = Result<(), String>;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, told: &T, right: &T) -> Checked {
    if told == right { Ok(()) } else { Err(format!("{what} is {told:?}, should be {right:?}")) }
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

fn in_line(contact: &ContactRecord) -> bool {
    matches!(contact.stage(), ContactStage::Waiting | ContactStage::Offered)
}

impl<'a> View<'a> {
    /// Whether an agent is signed in and fits such a contact in a ring.
    fn serves(&self, subject: &Subject<'a>, ring: u32, agent: u32) -> bool {
        let person = self.people.iter().find(|person| person.number == agent);
        let asked = subject.asked(self.plan, ring);
        person.zip(asked).is_some_and(|(person, asked)| asked.fits(self.plan, person.info))
    }

    /// How such a contact enters its queue. `known`: the agent who had it last.
    fn entry(&self, subject: &Subject<'a>, known: u32, exclusions: &[j::Exclusion]) -> j::QueueEntry {
        self.entry_for(subject, (0, 0), known, exclusions)
    }

    /// The same for one that is kept for an agent, for so long, before all others.
    pub fn entry_for(
        &self,
        subject: &Subject<'a>,
        first: (u32, u64),
        known: u32,
        exclusions: &[j::Exclusion],
    ) -> j::QueueEntry {
        let Some(queue) = self.plan.queues.get(subject.queue) else {
            return j::QueueEntry::default();
        };
        let preferred = (subject.preferred_agent, queue.preferred_agent_wait_ms);
        let waits = [first, preferred, (known, queue.last_agent_wait_ms)];
        for (agent, wait_ms) in waits {
            let excluded =
                exclusions.iter().any(|entry| entry.agent == agent && entry.until_ms > self.now_ms);
            if agent != 0 && wait_ms > 0 && !excluded && self.serves(subject, 0, agent) {
                return j::QueueEntry {
                    kept_for: agent,
                    kept_until_ms: self.now_ms + wait_ms,
                    ..j::QueueEntry::default()
                };
            }
        }
        let open = self.is_open(subject.queue);
        let ring = self.staffed_from(subject, 0).filter(|_| open).unwrap_or(0);
        j::QueueEntry { ring, ..j::QueueEntry::default() }
    }

    /// Whether nobody in the plan, signed in or not, could serve such a contact in any ring.
    fn unservable(&self, subject: &Subject<'a>) -> bool {
        // Not even for a level that passes.
        let subject = subject.clone().calm();
        let others = |id: &str| subject.asking_agent == 0 || self.id(subject.asking_agent) != id;
        (0..=subject.last_ring(self.plan)).all(|ring| {
            let asked = subject.asked(self.plan, ring);
            let mut agents = self.plan.agents.iter().filter(|(id, _)| others(id));
            asked.is_none_or(|asked| !agents.any(|(_, info)| asked.fits(self.plan, info)))
        })
    }

    fn refuses_unservable(&self, subject: &Subject<'a>) -> bool {
        let queue = self.plan.queues.get(subject.queue);
        queue.is_some_and(|queue| queue.unservable == Unservable::Refuse) && self.unservable(subject)
    }

    /// Whom the customer knows by the latest contact of a case that is still kept and has such an agent, or else
    /// by what the case remembers of earlier ones.
    fn known_of_case(&self, case_id: &str, before: u64) -> u32 {
        let earlier = (1..before).rev().filter_map(|contact| self.state.contact(contact));
        let mut of_case = earlier.filter(|record| !case_id.is_empty() && record.case_id == case_id);
        let kept = of_case.find_map(|record| Some(record.known_agent).filter(|agent| *agent != 0));
        kept.or_else(|| self.state.case_by_id(case_id).map(|case| case.agent)).unwrap_or(0)
    }

    /// How a promise enters its queue as a contact.
    fn follow_up(&self, event: &'a j::ContactEnqueued, promise: u64, subject: &Subject<'a>) -> Checked {
        let promise = self.state.promise(promise).ok_or("the promise is not there")?;
        ensure(promise.enter_ms <= self.now_ms, || format!("it enters before {}", promise.enter_ms))?;
        same("the agent known", &event.known_agent, &promise.agent)?;
        let Some(queue) = self.plan.queues.get(subject.queue) else {
            return Err("its queue is gone".to_owned());
        };
        let category = subject.category_in_force(self.plan);
        let objective_ms = category.and_then(|it| it.objective_ms).unwrap_or(queue.objective_ms);
        let longest_ms = queue.rings.first().map_or(3_600_000, |ring| ring.after_ms.min(3_600_000));
        let kept_ms = queue.promise_agent_wait_ms.unwrap_or((objective_ms / 2).min(longest_ms));
        let entry = self.entry_for(subject, (promise.agent, kept_ms), promise.agent, &[]);
        let arrival_ms = promise.due_ms.saturating_sub(objective_ms).min(self.now_ms).max(1);
        same("the entry", &event.entry.unwrap_or_default(), &j::QueueEntry { arrival_ms, ..entry })
    }

    /// The entry to a queue is as worked out, and the contact's age begins anew or not. `comes`: from elsewhere, perhaps in
    /// place of a callback.
    fn same_entry(
        &self,
        told: Option<&j::QueueEntry>,
        right: j::QueueEntry,
        fresh: bool,
        comes: Option<(&ContactRecord, u32)>,
    ) -> Checked {
        let told = told.copied().unwrap_or_default();
        let own = j::QueueEntry { arrival_ms: if fresh { self.now_ms } else { 0 }, ..right };
        let older = comes.map(|(record, queue)| self.older_place(record, queue, &own));
        let arrival_ms = older.unwrap_or(own.arrival_ms);
        let j::QueueEntry { expected_ms, bound_ms, ahead, .. } = told;
        ensure((expected_ms == 0) == (bound_ms == 0), || format!("half is told of the wait in {told:?}"))?;
        same("the entry", &told, &j::QueueEntry { arrival_ms, expected_ms, bound_ms, ahead, ..right })
    }

    fn left_bot(&self, event: &'a j::ContactLeftBot, record: &'a ContactRecord) -> Checked {
        ensure(record.stage() == ContactStage::WithBot, || "it is with no bot".to_owned())?;
        let wants = event.wants.as_deref().or(record.wants.as_deref());
        let category = event.category.unwrap_or(record.category);
        let subject = Subject::journaled(self.state, (event.queue, record.channel, category), wants);
        let after_bot = self.plan.queues.get(subject.queue).map(|queue| queue.after_bot);
        let fresh = !record.talk().deflected && after_bot.unwrap_or_default() == AfterBot::Fresh;
        let entry = self.entry(&subject, record.known_agent, record.exclusions());
        let (held, overflowed_from) = match event.reason() {
            j::LeftBot::Returned => self.lets_in(event.queue, record.channel, event.entry.as_ref())?,
            _ => (self.held_by_itself(event.queue), 0),
        };
        let entry = j::QueueEntry { held, overflowed_from, ..entry };
        let comes = Some((record, event.queue));
        self.same_entry(event.entry.as_ref(), entry, fresh || self.told.fresh, comes)
    }

    fn enqueued(&self, event: &'a j::ContactEnqueued) -> Checked {
        let numbers = (event.queue, event.channel, event.category);
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        let mut subject = Subject::journaled(self.state, numbers, event.wants.as_deref());
        subject.asking_agent = origin.asking_agent;
        if origin.asked_agent != 0 {
            return same("the entry", &event.entry.unwrap_or_default(), &j::QueueEntry::default());
        }
        let unservable = self.unservable(&subject);
        same("unservable", &event.unservable, &unservable)?;
        if origin.callback {
            return self.calls_back(event, &subject);
        }
        if origin.promise != 0 {
            return self.follow_up(event, origin.promise, &subject);
        }
        ensure(!self.refuses_unservable(&subject), || "it should have been refused".to_owned())?;
        let known = self.known_of_case(&event.case_id, event.contact);
        same("the agent known of the case", &event.known_agent, &known)?;
        let mut entry = j::QueueEntry::default();
        if origin.bot == 0 {
            entry = self.entry(&subject, known, &[]);
            if origin.parent != 0 {
                self.let_in(subject.queue, false)?;
            } else {
                let asked = if event.overflowed_from == 0 { event.queue } else { event.overflowed_from };
                let into = self.admits(asked, event.channel);
                same("the queue by its hours", &Some(event.queue), &into.map(|(queue, _)| queue))?;
                entry.held = into.map_or(0, |(_, held)| held);
                let customer = event.customer.as_ref().map_or(0, |customer| customer.lookup);
                let absorbed = self.absorbs(event.queue, customer);
                entry.arrival_ms = absorbed.map_or(0, |record| self.place_for(record));
                self.let_in(subject.queue, absorbed.is_some_and(|record| self.holds_place(record)))?;
            }
        }
        same("the entry", &event.entry.unwrap_or_default(), &entry)
    }

    fn updated(&self, event: &'a j::ContactUpdated, record: &'a ContactRecord) -> Checked {
        let category = event.category.unwrap_or(record.category);
        let wants = event.wants.as_deref().or(record.wants.as_deref());
        let numbers = (record.queue, record.channel, category);
        let subject = Subject::journaled(self.state, numbers, wants).lent_as(self.state, record);
        if event.wants.is_none() && event.category.is_none() {
            return same("unservable", &event.unservable, &record.unservable);
        }
        ensure(!self.refuses_unservable(&subject), || "it should have been refused".to_owned())?;
        same("unservable", &event.unservable, &self.unservable(&subject))
    }

    fn transferred(&self, event: &j::ContactTransferred, record: &'a ContactRecord) -> Checked {
        let channel = if event.channel == 0 { record.channel } else { event.channel };
        let numbers = (event.queue, channel, record.category);
        let subject = Subject::journaled(self.state, numbers, record.wants.as_deref());
        let subject = subject.lent_as(self.state, record);
        let rule = |channel: u32| self.plan.channels.get(self.id(channel))?.reply_window.as_ref();
        let window = match event.channel {
            0 => None,
            channel if channel == record.channel => record.window().copied(),
            // Nobody has written there.
            channel => rule(channel).map(|_| j::Window::default()),
        };
        same("the window", &event.window, &window)?;
        let requested = event.reason() == TransferReason::Requested;
        ensure(!(requested && self.refuses_unservable(&subject)), || "it should have been refused".into())?;
        let by_itself = matches!(
            event.reason(),
            TransferReason::QueueRemoved | TransferReason::QueueClosed | TransferReason::Overflowed
        );
        let known = if by_itself { record.known_agent } else { 0 };
        let anew = self.plan.queues.get(subject.queue).map(|queue| queue.transfer_age);
        let anew = anew == Some(TransferAge::Fresh);
        let fresh = match event.reason() {
            TransferReason::Requested => anew,
            TransferReason::Requeued => anew || self.told.fresh,
            _ => false,
        };
        let (held, overflowed_from) = match (event.reason(), self.told.to_agent) {
            (TransferReason::Requested, true) => (self.held_by_itself(event.queue), 0),
            (TransferReason::Requested, false) => self.lets_in(event.queue, channel, event.entry.as_ref())?,
            (TransferReason::QueueClosed, _) => {
                let closes = self.closes_for(record);
                ensure(closes == Some(event.queue), || format!("it should go to {closes:?}"))?;
                (0, 0)
            }
            _ => (0, 0),
        };
        let entry =
            j::QueueEntry { held, overflowed_from, ..self.entry(&subject, known, record.exclusions()) };
        let comes = (event.queue != record.queue).then_some((record, event.queue));
        self.same_entry(event.entry.as_ref(), entry, fresh, comes)
    }

    fn returned(&self, event: &j::ContactReturned, record: &'a ContactRecord) -> Checked {
        let entry = match event.reason() {
            j::ReturnReason::ShiftOver => {
                let leg = self.state.assignment(record.offer).ok_or("nobody has it")?;
                ensure(self.goes_home_without(leg), || "its agent is to finish it".to_owned())?;
                Some(self.entry(&self.subject(record), record.known_agent, record.exclusions()))
            }
            j::ReturnReason::AgentLost | j::ReturnReason::CustomerWrote if event.entry.is_some() => {
                Some(self.entry(&self.subject(record), record.known_agent, record.exclusions()))
            }
            j::ReturnReason::AgentLost => Some(j::QueueEntry::default()),
            // In the ring in which the agent was found fit.
            j::ReturnReason::Pulled if record.ring != 0 => {
                Some(j::QueueEntry { ring: record.ring, ..j::QueueEntry::default() })
            }
            _ => None,
        };
        same("the entry", &event.entry, &entry)
    }

    /// When the contact's next ring opens by itself; none: it has none.
    fn ring_due_ms(&self, record: &'a ContactRecord) -> Option<u64> {
        let rings = self.subject(record).rings(self.plan);
        let after_ms = rings.get(record.ring as usize)?.after_ms;
        let due_ms = record.ring_opened_ms + after_ms;
        // What fell due in a closed queue counts from its opening.
        Some(self.opened_since(record.queue, due_ms).map_or(due_ms, |opened_ms| opened_ms + after_ms))
    }

    fn ring_opened(&self, event: &j::RingOpened, record: &'a ContactRecord) -> Checked {
        let subject = self.subject(record);
        let next = record.ring + 1;
        let staffed = self.staffed_from(&subject, next);
        ensure(in_line(record) && next <= subject.last_ring(self.plan), || "no ring can open".to_owned())?;
        ensure(self.is_open(subject.queue), || "a ring opens while the queue is closed".to_owned())?;
        match event.cause() {
            RingCause::Time => {
                let due = self.ring_due_ms(record).is_some_and(|due_ms| due_ms <= self.now_ms);
                ensure(due, || format!("the ring opens before {:?}", self.ring_due_ms(record)))?;
            }
            RingCause::Unstaffed => {
                let skips = record.stage() == ContactStage::Waiting && staffed.is_some();
                let empty = !self.staffed(&subject, record.ring);
                ensure(skips && empty, || "a ring is skipped that has somebody".to_owned())?;
            }
            // When it does is looked at with the end of the offer.
            RingCause::AllDeclined => {}
            RingCause::Unspecified => return Err("a ring opens without a cause".to_owned()),
        }
        same("the ring", &event.ring, &staffed.unwrap_or(next))
    }

    fn keep_ended(&self, event: &j::KeepEnded, record: &'a ContactRecord) -> Checked {
        let serves = self.serves(&self.subject(record), record.ring, record.kept_for());
        let right = match event.reason() {
            KeepEndReason::Time => record.kept_until_ms() <= self.now_ms,
            KeepEndReason::AgentGone => !serves,
            KeepEndReason::Unspecified => false,
        };
        ensure(right && record.kept_for() != 0 && in_line(record), || {
            "keeping ends without reason".to_owned()
        })
    }

    /// What must come right after the end of an offer; the state is the one after it.
    pub fn after_offer(&self, record: &'a ContactRecord, reason: OfferEnd) -> Option<Kind> {
        if !matches!(reason, OfferEnd::Declined | OfferEnd::NoAnswer) {
            return None;
        }
        // A consult of one agent is nobody else's.
        if record.talk().asked_agent != 0 {
            return None;
        }
        let subject = self.subject(record);
        let asked = subject.asked(self.plan, record.ring)?;
        let staff: Vec<u32> = self
            .people
            .iter()
            .filter(|person| asked.fits(self.plan, person.info))
            .map(|person| person.number)
            .collect();
        if staff.is_empty() || staff.iter().any(|agent| !self.excluded(record, *agent)) {
            return None;
        }
        let (contact, next) = (record.contact, record.ring + 1);
        match self.queue(record)?.all_declined {
            AllDeclined::OfferAgain if record.exclusions().len() > 1 => {
                Some(Kind::ExclusionsCleared(j::ExclusionsCleared { contact }))
            }
            AllDeclined::NextRing if next <= subject.last_ring(self.plan) && self.is_open(subject.queue) => {
                let ring = self.staffed_from(&subject, next).unwrap_or(next);
                let cause = RingCause::AllDeclined.into();
                Some(Kind::RingOpened(j::RingOpened { contact, ring, cause }))
            }
            _ => None,
        }
    }

    /// An offer made by somebody's word reaches only who may have it.
    fn by_hand(&self, offer: &j::ContactOffered, record: &'a ContactRecord) -> Checked {
        let person = self.people.iter().find(|person| person.number == offer.agent);
        let (Some(person), Some(channel)) = (person, self.channel(record)) else {
            return Err("offered to somebody who is not there, or from nowhere".to_owned());
        };
        let room = self.room(person, self.id(record.channel), channel, 0);
        let asked = self.asked(record);
        let right = match offer.cause() {
            j::OfferCause::Pulled => asked.is_some_and(|asked| {
                // Who is parked is in nobody's line.
                let parked = self.told.pulled == Some(record.contact);
                person.record.connected
                    && person.works()
                    && asked.fits(self.plan, person.info)
                    && (parked || !(self.reserved(person, &asked) || Self::kept_from(record, offer.agent)))
            }),
            // These are for one agent, though the queue be gone.
            j::OfferCause::Return | j::OfferCause::Consult => person.ready(),
            _ => person.ready() && asked.is_some(),
        };
        let right = right && !Self::asks(record, offer.agent);
        ensure(room && right, || "an offer by hand breaks the rules".to_owned())?;
        let rule = match offer.cause() {
            j::OfferCause::Return => j::AgentRule::LastAgent,
            _ => j::AgentRule::Named,
        };
        same("the rule", &(offer.rule(), offer.rank), &(rule, 0))?;
        same("idle", &offer.idle_ms, &(self.now_ms - person.record.idle_since_ms))
    }

    /// An event is right in the state before it. `timely`: no deadline is overdue.
    pub fn check(&self, kind: &'a Kind, timely: bool) -> Checked {
        let record = |contact: u64| {
            self.state.contact(contact).ok_or_else(|| format!("contact {contact} is not there"))
        };
        self.in_time(kind)?;
        self.called(kind, timely)?;
        match kind {
            Kind::ContactLeftBot(event) => self.left_bot(event, record(event.contact)?),
            Kind::ContactEnqueued(event) => self.enqueued(event),
            Kind::ContactUpdated(event) => self.updated(event, record(event.contact)?),
            Kind::ContactTransferred(event) => self.transferred(event, record(event.contact)?),
            Kind::ContactReturned(event) => self.returned(event, record(event.contact)?),
            Kind::RingOpened(event) => self.ring_opened(event, record(event.contact)?),
            Kind::KeepEnded(event) => self.keep_ended(event, record(event.contact)?),
            Kind::ContactOffered(event) if event.cause() != j::OfferCause::Matched => {
                self.by_hand(event, record(event.contact)?)
            }
            Kind::ContactOffered(event) if self.held(record(event.contact)?) => {
                Err(format!("{} is offered while it is held", event.contact))
            }
            Kind::ContactOffered(event) if !self.works_for(event) => {
                Err(format!("offered to agent {}, who does something else", self.id(event.agent)))
            }
            Kind::ContactOffered(event) if timely => {
                same("the offer", &Some(Pick::made(event)), &self.best())?;
                match self.passed_over(record(event.contact)?, event.agent) {
                    Some(other) => Err(format!("{} is offered, {} passed over", event.contact, other.id)),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether a contact that comes in or is moved should be refused because nobody could serve it.
    pub fn nobody_can_serve(&self, command: &'a Command) -> bool {
        let subject = match command {
            Command::Enqueue(enqueue) => {
                let category = self.plan.categories.get(&enqueue.category);
                let queue = match (enqueue.queue.as_str(), category) {
                    ("", Some(category)) => &category.queue,
                    (queue, _) => queue,
                };
                let queue =
                    if enqueue.bot.is_empty() { self.overflows(queue, &enqueue.channel) } else { queue };
                let names = (queue, enqueue.channel.as_str(), enqueue.category.as_str());
                Subject::named(names, &enqueue.wants.requirement, &enqueue.wants.rings)
            }
            Command::Transfer { contact, target, other_channel, .. } => {
                let Some(record) = self.state.contact_by_id(contact) else {
                    return false;
                };
                let channel = other_channel.as_ref().map_or(self.id(record.channel), |other| &other.channel);
                let queue = match target {
                    Target::Queue(queue) => self.overflows(queue, channel),
                    Target::Agent { fallback, .. } if fallback.is_empty() => self.id(record.queue),
                    Target::Agent { fallback, .. } => fallback,
                };
                let subject = self.subject(record).in_queue(queue);
                match other_channel {
                    Some(other) => subject.by_channel(&other.channel),
                    None => subject,
                }
            }
            // An update is put together from what the contact wanted before.
            _ => return true,
        };
        self.refuses_unservable(&subject)
    }
}

/// What must not be so when nothing more is due.
pub fn unsettled(state: &State, now_ms: u64) -> Checked {
    crate::talk::unsettled(state, now_ms)?;
    let view = View::new(state, now_ms);
    crate::hours::unsettled(&view)?;
    for contact in view.waiting() {
        let Some(asked) = view.asked(contact) else {
            return Err(format!("contact {} waits in a queue that is gone", contact.id));
        };
        let idle = view.people.iter().find(|person| view.can_take(contact, &asked, person));
        if let Some(person) = idle.filter(|_| !view.held(contact)) {
            return Err(format!("contact {} waits and agent {} is idle", contact.id, view.id(person.number)));
        }
        let subject = view.subject(contact);
        if contact.kept_for() != 0 && !view.serves(&subject, contact.ring, contact.kept_for()) {
            return Err(format!("contact {} is kept for somebody who can't serve it", contact.id));
        }
        let later = view.staffed_from(&subject, contact.ring + 1).filter(|_| view.is_open(subject.queue));
        if later.is_some() && !view.staffed(&subject, contact.ring) {
            return Err(format!("contact {} waits, and only ring {later:?} has somebody", contact.id));
        }
    }
    for contact in state.live_contacts_after(0).filter(|contact| in_line(contact)) {
        let keep_over = contact.kept_for() != 0 && contact.kept_until_ms() <= now_ms;
        let open = view.is_open(view.id(contact.queue));
        if keep_over || view.ring_due_ms(contact).is_some_and(|due_ms| open && due_ms <= now_ms) {
            return Err(format!("contact {} is overdue for its next ring or kept too long", contact.id));
        }
    }
    for leg in state.assignments().filter(|leg| leg.stage() == AssignmentStage::Offered) {
        if leg.deadline_ms <= now_ms {
            return Err(format!("offer {} is overdue", leg.offer));
        }
        if !view.people.iter().any(|person| person.number == leg.agent && person.ready()) {
            return Err(format!("offer {} rings where nobody is", leg.offer));
        }
    }
    Ok(())
}
