//! How long contacts will wait: from what was measured of their queue's pace and of its customers' patience. Read off the
//! state wherever it is asked, never kept but for what was told at entry. Must not change anything.

mod ahead;
pub mod formula;
mod rate;

pub use rate::{Bucket, Rate, Window};

use crate::{
    engine::{
        limits::ESTIMATE_MAX_MS,
        matching::{class::Class, rings::Subject},
        state::{Flow, InLine, State},
        step::Step,
    },
    proto::journal::{self as j, ContactStage},
};
use formula::Pace;

/// With fewer takes nothing is told, and with fewer abandonments everybody counts as patient.
const BASIS_MIN: u64 = 5;
/// From so many takes on an estimate is good enough for announcements …
const MEDIUM_MIN: u64 = 30;
/// … and from so many there is little that more of them would tell.
const HIGH_MIN: u64 = 200;

/// How far an estimate can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Little was measured, or the contact asks for more than most.
    Low,
    /// Enough for announcements.
    Medium,
    /// Much was measured.
    High,
}

/// Why there is no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Too few were served while others waited.
    NoBasis,
    /// Nobody signed in could serve it.
    NobodyStaffed,
    /// Nobody has been served for long.
    Stalled,
    /// Its queue is closed.
    Closed,
    /// It is a callback, and its gateway is away.
    GatewayAway,
}

/// The mean in milliseconds, at least 1; what four of five waits don't exceed; and how far that can be trusted.
pub type Expected = (u32, u32, Confidence);

/// How long a contact will wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimated {
    /// If it is known.
    pub wait: Result<Expected, Unknown>,
    /// How many come before it, callbacks included.
    pub ahead: u32,
}

impl Flow {
    /// The wait of one behind so many eager ones, while this line stands in an open queue.
    ///
    /// # Errors
    /// Why nothing can be said.
    pub fn expect(&self, ahead: u32, line: InLine, now_ms: u64) -> Result<Expected, Unknown> {
        let takes = self.pace(line, now_ms)?;
        let since_ms = self.since_ms(now_ms);
        // One more than were seen: the mean of exposure ÷ (takes + 1) is the time that one takes.
        let served = (takes.events + 1) as f64 / takes.exposure_ms as f64;
        let pace = Pace { served, lost: self.lost(line, since_ms) };
        let wait = formula::wait(ahead, pace).measured_by(takes.events as f64);
        let confidence = match takes.events {
            HIGH_MIN.. if !takes.fresh => Confidence::High,
            MEDIUM_MIN.. if !takes.fresh || takes.events >= HIGH_MIN => Confidence::Medium,
            _ => Confidence::Low,
        };
        let answer_ms = self.answer_ms() as f64;
        Ok((whole(wait.mean + answer_ms), whole(wait.bound() + 1.5 * answer_ms), confidence))
    }

    /// How often somebody of this line is taken.
    ///
    /// # Errors
    /// Why nothing can be said.
    pub fn pace(&self, line: InLine, now_ms: u64) -> Result<Window, Unknown> {
        let eager_ms = if line.eager > 0 { self.since_ms(now_ms) } else { 0 };
        let takes = self.takes.window_after(eager_ms).ok_or(Unknown::NoBasis)?;
        if takes.stalled {
            return Err(Unknown::Stalled);
        }
        if takes.events < BASIS_MIN { Err(Unknown::NoBasis) } else { Ok(takes) }
    }

    /// How fast one of this line leaves it, per millisecond.
    fn lost(&self, line: InLine, since_ms: u64) -> f64 {
        match self.patience.window_after(since_ms.saturating_mul(line.customers.into())) {
            Some(window) if window.events >= BASIS_MIN && line.all > 0 => {
                let patience = window.events as f64 / window.exposure_ms as f64;
                // Nobody who waits for a callback hangs up.
                patience * f64::from(line.customers) / f64::from(line.all)
            }
            _ => 0.0,
        }
    }

    /// The wait of one who can be offered at once: until it is answered.
    fn at_once(&self) -> Expected {
        let answer_ms = self.answer_ms() as f64;
        let confidence = match self.answers.into() {
            MEDIUM_MIN.. => Confidence::High,
            BASIS_MIN.. => Confidence::Medium,
            0_u64.. => Confidence::Low,
        };
        (whole(answer_ms), whole(2.0 * answer_ms), confidence)
    }
}

/// Milliseconds as they are told: from 1 to a day.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(ms: f64) -> u32 {
    ms.clamp(1.0, ESTIMATE_MAX_MS as f64) as u32
}

/// Not more than little is known of what is asked for by few.
fn capped(wait: Result<Expected, Unknown>, special: bool) -> Result<Expected, Unknown> {
    let confidence = |known: Confidence| if special { Confidence::Low } else { known };
    wait.map(|(expected_ms, bound_ms, known)| (expected_ms, bound_ms, confidence(known)))
}

/// Whether it asks for something by itself.
fn special(subject: Subject<'_>) -> bool {
    subject.wants.is_some() || !subject.groups.is_empty()
}

impl State {
    /// How long one without wishes of its own will wait that comes to a queue now.
    #[must_use]
    pub fn estimate_of_queue(&self, queue: u32, now_ms: u64) -> Estimated {
        let (all, ahead) = self.behind_all(queue);
        // While somebody waits who could be served, nobody who could serve that one is free.
        let somebody = || self.classes_in_line(queue).any(|class| self.counts_as_eager(class));
        let saturated = ahead > 0 && self.settled() && somebody();
        let (staffed, free) = if saturated { (true, false) } else { self.door(queue) };
        let wait = self.told(queue, staffed, |flow, line| {
            if free { Ok(flow.at_once()) } else { flow.expect(ahead, line, now_ms) }
        });
        Estimated { wait, ahead: all }
    }

    /// Whether somebody signed in could serve one without wishes who comes to a queue by any of its channels, and
    /// whether somebody is free to.
    fn door(&self, queue: u32) -> (bool, bool) {
        let channels = self.catalog.queues.get(&queue).map_or(&[][..], |info| &info.channels);
        let mut staffed = false;
        for channel in channels {
            let channel = *channel;
            let subject = Subject { queue, channel, category: 0, wants: None, groups: &[], asking_agent: 0 };
            let Some((_, class)) = self.staffed_class(subject, 0) else { continue };
            if self.is_free(&class) {
                return (true, true);
            }
            staffed = true;
        }
        (staffed, false)
    }

    /// How long a contact that is in line will wait from now on; none: it is not in line, or for one agent alone.
    #[must_use]
    pub fn estimate_of(&self, record: &j::ContactRecord, now_ms: u64) -> Option<Estimated> {
        let stage = record.stage();
        if stage == ContactStage::Offered {
            let wait = self.told(record.queue, true, |flow, _| Ok(flow.at_once()));
            return Some(Estimated { wait, ahead: 0 });
        }
        if stage != ContactStage::Waiting || record.talk().asked_agent != 0 {
            return None;
        }
        Some(self.estimate_behind(record, self.ahead(record, now_ms), now_ms))
    }

    /// The same of several of one queue, for not much more than one of them takes.
    #[must_use]
    pub fn estimates_of(&self, contacts: &[u64], now_ms: u64) -> Vec<Option<Estimated>> {
        let waits = |record: &j::ContactRecord| {
            record.stage() == ContactStage::Waiting && record.talk().asked_agent == 0
        };
        let records: Vec<Option<&j::ContactRecord>> =
            contacts.iter().map(|contact| self.contact(*contact)).collect();
        let waiting: Vec<&j::ContactRecord> =
            records.iter().copied().flatten().filter(|record| waits(record)).collect();
        let mut ahead = self.ahead_of_each(&waiting, now_ms).into_iter();
        let estimate = |record: Option<&j::ContactRecord>| match record {
            Some(record) if waits(record) => {
                Some(self.estimate_behind(record, ahead.next().unwrap_or_default(), now_ms))
            }
            record => self.estimate_of(record?, now_ms),
        };
        records.into_iter().map(estimate).collect()
    }

    /// How long a waiting contact will wait, so many being ahead of it, and so many of these eager.
    fn estimate_behind(&self, record: &j::ContactRecord, (all, ahead): (u32, u32), now_ms: u64) -> Estimated {
        let (queue, subject) = (record.queue, Subject::of(record));
        let class = self.class_in_ring(subject, record.ring);
        let staffed = class.is_some_and(|class| self.staffed(&class));
        let wait = if self.dialling_rests(record) {
            Err(Unknown::GatewayAway)
        } else {
            self.told(queue, staffed, |flow, line| flow.expect(ahead, line, now_ms))
        };
        Estimated { wait: capped(wait, special(subject) || record.kept_for() != 0), ahead: all }
    }

    /// How long one of this priority will wait that comes to a queue now, as if it had come to it then. That is the
    /// instant by which its age counts, the time for which its clock stood still taken off.
    fn estimate_of_arrival(
        &self,
        subject: Subject<'_>,
        priority: i32,
        arrival_ms: i64,
        now_ms: u64,
    ) -> Estimated {
        let staffed = self.staffed_class(subject, 0).map(|(_, class)| class);
        let somebody = staffed.is_some();
        let Some(class) = staffed.or_else(|| self.class_in_ring(subject, 0)) else {
            return Estimated { wait: Err(Unknown::NoBasis), ahead: 0 };
        };
        let (all, ahead) = self.ahead_of_arrival(&class, priority, arrival_ms, now_ms);
        let free = class.waiting.is_empty() && self.is_free(&class);
        let wait = self.told(subject.queue, somebody, |flow, line| {
            if free { Ok(flow.at_once()) } else { flow.expect(ahead, line, now_ms) }
        });
        Estimated { wait: capped(wait, special(subject)), ahead: all }
    }

    /// What the flow of a queue says, if it is open and somebody is there.
    fn told(
        &self,
        queue: u32,
        staffed: bool,
        say: impl FnOnce(&Flow, InLine) -> Result<Expected, Unknown>,
    ) -> Result<Expected, Unknown> {
        if !self.queue_open(queue) {
            return Err(Unknown::Closed);
        }
        if !staffed {
            return Err(Unknown::NobodyStaffed);
        }
        let nothing = Flow::default();
        say(self.flow(queue).unwrap_or(&nothing), self.in_line(queue))
    }

    /// Whether somebody could be offered a contact of the class right now.
    fn is_free(&self, class: &Class) -> bool {
        self.settled() && self.index.profiles.may_take(class)
    }
}

impl Step<'_> {
    /// What is told of the wait of a contact of this priority and effective arrival that comes to a queue now: the mean, what four of five don't exceed (0:
    /// nothing is known), and how many come before it.
    pub fn predicted(&self, subject: Subject<'_>, priority: i32, arrival_ms: u64) -> (u32, u32, u32) {
        self.predicted_at(subject, priority, i64::try_from(arrival_ms).unwrap_or(i64::MAX))
    }

    fn predicted_at(&self, subject: Subject<'_>, priority: i32, arrival_ms: i64) -> (u32, u32, u32) {
        let estimated = self.state.estimate_of_arrival(subject, priority, arrival_ms, self.now_ms);
        match estimated.wait {
            Ok((expected_ms, bound_ms, _)) => (expected_ms, bound_ms, estimated.ahead),
            Err(_) => (0, 0, 0),
        }
    }

    /// The same of a contact that goes to another queue, put into how it enters that.
    pub fn predict(&self, entry: &mut j::QueueEntry, record: &j::ContactRecord, subject: Subject<'_>) {
        let arrival_ms = match i64::try_from(entry.arrival_ms) {
            Ok(0) | Err(_) => self.state.arrival_elsewhere_ms(record, self.now_ms),
            Ok(arrival_ms) => arrival_ms,
        };
        (entry.expected_ms, entry.bound_ms, entry.ahead) =
            self.predicted_at(subject, record.priority_in_force(), arrival_ms);
    }
}
