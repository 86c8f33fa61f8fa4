//! Explanations in a sentence or two of plain English. Says what has been found out; must not find out
//! anything.

use crate::{
    engine::{
        callback::NOT_KNOWN_MS,
        catalog::ChannelInfo,
        matching::eligible::Hindrance,
        state::{Agent, Contact, State},
    },
    plan::{model::ParkedReturn, show_ms},
    proto::journal::{
        AgentRule, AssignmentRecord, AssignmentStage, ContactEnd, ContactStage, Dialling, OfferTrigger,
        PromiseRecord, PromiseStage,
    },
};

use super::{AgentExplained, Change, ContactExplained, Counts, Happening};

/// A length of time in whole seconds, rounded up.
fn seconds(ms: u64) -> String {
    show_ms(ms.div_ceil(1_000) * 1_000)
}

/// `1 agent is`, `2 agents are`.
fn be(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn have(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}

impl Happening {
    /// For people; a sentence without its dot.
    #[must_use]
    pub fn text(self, state: &State) -> String {
        let agent = |agent| state.names.id(agent);
        match self {
            Self::RingOpens(ring) => format!("ring {ring} opens"),
            Self::RingRests(ring) => format!("ring {ring} opens: not while the queue is closed"),
            Self::KeepEnds(number) => format!("it is no longer kept for {}", agent(number)),
            Self::ExclusionEnds(number) => format!("it may be offered to {} again", agent(number)),
            Self::WaitEnds => "it ends: it has waited as long as its queue allows".to_owned(),
            Self::OfferLapses(contact, number) => {
                format!("the offer of {} to {} lapses", state.contact_name(contact), agent(number))
            }
            Self::WrapUpEnds(contact, number) => {
                format!("{} has to have wrapped up {}", agent(number), state.contact_name(contact))
            }
            Self::GraceEnds(number) => format!("{} is signed out, unless back by then", agent(number)),
            Self::Parks => "it is parked, unless somebody writes".to_owned(),
            Self::ParkedEnds => "it ends, unless the customer writes".to_owned(),
            Self::LeavesBot => "it comes to its queue, if the bot hasn't returned it".to_owned(),
            Self::WindowRises => "its priority rises: the end of its reply window is near".to_owned(),
            Self::WindowEnds => {
                "its reply window ends, and with it the contact if it is unanswered".to_owned()
            }
            Self::PromiseEscalates => "its promise is escalated".to_owned(),
            Self::ShiftChanges(number) => format!("the schedule of {} changes", agent(number)),
            Self::QueueOpens(queue) => format!("queue {} opens", agent(queue)),
            Self::QueueCloses(queue) => format!("queue {} closes", agent(queue)),
            Self::SurgeWordEnds(queue) => {
                format!("the word about the surge level of queue {} ends", agent(queue))
            }
            Self::SurgeWindowEnds(queue) => {
                format!("the window that keeps up the surge level of queue {} ends", agent(queue))
            }
            Self::DialEnds => "the attempt to reach its customer is over".to_owned(),
            Self::CallbackRests => "it leaves the line: its customer may not be called then".to_owned(),
            Self::CallbackExpires => "it leaves the line: its callback expires".to_owned(),
        }
    }
}

/// Why able agents don't get it, such as `2 have no room, 1 is not ready`.
fn busy(able: &Counts) -> String {
    let sum = |of: fn(&Hindrance) -> bool| -> usize {
        able.hindered.iter().filter(|(why, _)| of(why)).map(|(_, count)| count).sum()
    };
    let lost = sum(|why| matches!(why, Hindrance::Disconnected));
    let not_ready = sum(|why| matches!(why, Hindrance::NotReady));
    let room = sum(|why| why.is_room());
    let on_break = sum(|why| why.is_shift());
    let elsewhere = sum(|why| matches!(why, Hindrance::OtherActivity(..)));
    let lead = sum(|why| matches!(why, Hindrance::ShiftLead(..)));
    let reserved = sum(|why| matches!(why, Hindrance::Reserved(..)));
    let kept = sum(|why| matches!(why, Hindrance::KeptForAnother(..)));
    let excluded = sum(|why| matches!(why, Hindrance::Excluded(_)));
    let parts = [
        (room, format!("{room} {} no room", have(room))),
        (not_ready, format!("{not_ready} {} not ready", be(not_ready))),
        (lost, format!("{lost} {} lost the stream", have(lost))),
        (on_break, format!("{on_break} {} on a break", be(on_break))),
        (elsewhere, format!("{elsewhere} {} doing something else by schedule", be(elsewhere))),
        (lead, format!("{lead} {} a break or the end of the shift before them", have(lead))),
        (reserved, format!("{reserved} {} kept free for other queues", be(reserved))),
        (kept, format!("{kept} {} not the one for whom it is kept", be(kept))),
        (excluded, format!("{excluded} declined or missed it a while ago")),
    ];
    let told: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    told.join(", ")
}

/// That nobody is there, and how many are signed in whose shift it isn't.
fn nobody_there(everybody: &Counts) -> String {
    let mut off = everybody.hindered.iter().filter(|(why, _)| matches!(why, Hindrance::OffShift(_)));
    let off = off.next().map_or_else(String::new, |(_, off)| format!(" ({off} {} off shift)", be(*off)));
    format!("Nobody who is signed in could serve it as it is now{off}.")
}

fn trigger_text(trigger: OfferTrigger) -> &'static str {
    match trigger {
        OfferTrigger::Unspecified => "",
        OfferTrigger::ContactWaiting => ", when the contact came in or came back",
        OfferTrigger::AgentAvailable => ", when the agent became available",
        OfferTrigger::CapacityFreed => ", when the agent's capacity became free",
        OfferTrigger::ExclusionEnded => ", when the time after a decline or missed offer was over",
        OfferTrigger::RingOpened => ", when a ring opened",
        OfferTrigger::KeepEnded => ", when the contact was no longer kept for another agent",
        OfferTrigger::ReserveFreed => ", when the agent's group had more free than it keeps",
        OfferTrigger::RulesChanged => ", when the plan or what the contact asks for was changed",
        OfferTrigger::ByHand => "",
        OfferTrigger::ShiftEdge => ", when the agent came on shift",
        OfferTrigger::QueueOpened => ", when the queue opened",
        OfferTrigger::Surge => ", when the surge level of its queue let more agents serve it",
    }
}

/// Why an agent was chosen, and when.
fn reason(leg: &AssignmentRecord) -> String {
    let rule = match leg.rule() {
        AgentRule::Unspecified => "for a reason that is not known",
        AgentRule::LongestIdle => "as idle longest",
        AgentRule::LeastLoaded => "as the least loaded",
        AgentRule::MostSkilled => "as the most skilled in what is asked for",
        AgentRule::LeastSkilled => "as the least skilled who will do",
        AgentRule::RoundRobin => "as the one whose last offer is longest ago",
        AgentRule::PreferredAgent => "as the contact's preferred agent",
        AgentRule::LastAgent => "as the one who had it, or its case, last",
        AgentRule::Named => "by name: a transfer, a supervisor, or the agent's own choice",
    };
    format!("chosen {rule}{}", trigger_text(leg.trigger()))
}

fn end_text(end: ContactEnd) -> &'static str {
    match end {
        ContactEnd::Unspecified => "has ended",
        ContactEnd::AgentCompleted => "was completed by its agent",
        ContactEnd::GatewayCompleted => "was completed by its gateway",
        ContactEnd::CustomerLeft => "has ended: the customer left",
        ContactEnd::GatewayLost => "has ended: its gateway is lost",
        ContactEnd::WaitLimit => "has ended: it waited as long as its queue allows",
        ContactEnd::QueueRemoved => "has ended: its queue was removed from the plan",
        ContactEnd::BotCompleted => "was completed by its bot",
        ContactEnd::Idle => "has ended: it was parked for as long as its channel allows",
        ContactEnd::WindowLapsed => "has ended: the reply window was over before somebody answered",
        ContactEnd::SupervisorEnded => "was ended by a supervisor",
        ContactEnd::ConsultEnded => "has ended: the advice was given, or is not needed any more",
        ContactEnd::ConsultHandedOver => "has ended: the colleague took over what it was about",
        ContactEnd::ConsultUnanswered => "has ended: the colleague didn't accept",
        ContactEnd::ConsultantLost => "has ended: the colleague was lost",
        ContactEnd::ParentEnded => "has ended with the contact that it was about",
        ContactEnd::ParentMoved => "has ended: the contact that it was about went elsewhere",
        ContactEnd::PromiseSettled => "has ended: its promise was moved, kept or cancelled",
        ContactEnd::CallbackRequested => "has left the line: its customer is called back instead",
        ContactEnd::CallbackFailed => "has ended: the attempt to reach its customer came to nothing",
        ContactEnd::CallbackPostponed => "has ended: its callback waits for another time, or has ended",
    }
}

impl State {
    pub(super) fn contact_summary(&self, contact: &Contact, found: &ContactExplained, now_ms: u64) -> String {
        let record = &contact.record;
        let leg = self.assignment(record.offer);
        let what = match (record.stage(), leg) {
            (ContactStage::Closed, _) => {
                let ended = record.ended();
                let last = self.names.id(record.last_agent());
                let by = if last.is_empty() { String::new() } else { format!("; {last} had it last") };
                let again = self.comes_again(contact, now_ms);
                let waited = seconds(ended.final_wait_ms);
                format!("It {} after {waited} of waiting{by}.{again}", end_text(ended.end()))
            }
            (ContactStage::Offered, Some(leg)) => {
                let left = seconds(leg.deadline_ms.saturating_sub(now_ms));
                format!("It is offered to {} for {left} more, {}.", self.names.id(leg.agent), reason(leg))
            }
            (ContactStage::Connecting | ContactStage::Active, Some(leg)) => {
                let connecting = leg.stage() == AssignmentStage::Connecting;
                let with = if connecting { "is being connected to" } else { "is with" };
                format!("It {with} {}, {}.", self.names.id(leg.agent), reason(leg))
            }
            (ContactStage::Parked, _) => self.parked_summary(contact, now_ms),
            (ContactStage::WithBot, _) => self.bot_summary(contact, now_ms),
            _ => self.waiting_summary(contact, found, now_ms),
        };
        self.origin(contact) + &what + &self.asked_about(contact)
    }

    /// Who is asked about it, in a sentence; empty while nobody is.
    fn asked_about(&self, contact: &Contact) -> String {
        let Some(consult) = self.contact(contact.record.talk().consult) else {
            return String::new();
        };
        let colleague = self.assignment(consult.offer).filter(|leg| leg.stage() == AssignmentStage::Active);
        let colleague = colleague.map_or("", |leg| self.names.id(leg.agent));
        match (colleague, consult.talk().conference) {
            ("", _) => format!(" A colleague is asked about it by {}.", consult.id),
            (colleague, true) => format!(" {colleague} takes part in it by {}.", consult.id),
            (colleague, false) => format!(" {colleague} is asked about it by {}.", consult.id),
        }
    }

    /// That a callback goes on after one of its contacts, in a sentence; empty for others.
    fn comes_again(&self, contact: &Contact, now_ms: u64) -> String {
        let talk = contact.record.talk();
        let waits = |promise: &&PromiseRecord| {
            promise.stage() == PromiseStage::Pending && (now_ms..NOT_KNOWN_MS).contains(&promise.enter_ms)
        };
        match self.promise(talk.promise).filter(|_| talk.callback).filter(waits) {
            Some(promise) => {
                format!(" The callback is in line again in {}.", seconds(promise.enter_ms - now_ms))
            }
            None => String::new(),
        }
    }

    fn parked_summary(&self, contact: &Contact, now_ms: u64) -> String {
        let record = &contact.record;
        let since = seconds(now_ms.saturating_sub(record.talk().parked_ms));
        let parking = self.catalog.channels.get(&record.channel).map(ChannelInfo::parking_in_force);
        let queue = self.names.id(record.queue);
        let agent = self.names.id(record.last_agent());
        let to_agent = parking.is_some_and(|parking| parking.parked_return != ParkedReturn::Queue);
        let back = if to_agent && !agent.is_empty() {
            format!("to {agent} if there is room, else to queue {queue}")
        } else {
            format!("to queue {queue}")
        };
        format!("It is parked since {since}; the customer's next message brings it back {back}.")
    }

    fn bot_summary(&self, contact: &Contact, now_ms: u64) -> String {
        let record = &contact.record;
        let talk = record.talk();
        let since = seconds(now_ms.saturating_sub(talk.bot_ms));
        let (bot, queue) = (self.gateway_id(talk.bot), self.names.id(record.queue));
        format!("It is with the bot of gateway {bot} since {since}; from there it comes to queue {queue}.")
    }

    /// What a contact is that no customer brought, in a sentence; empty for others.
    fn origin(&self, contact: &Contact) -> String {
        let talk = contact.record.talk();
        if talk.parent != 0 {
            let asking = self.names.id(talk.asking_agent);
            return format!("{asking} asks for advice on {} by it. ", self.contact_name(talk.parent));
        }
        match self.promise(talk.promise) {
            Some(promise) if talk.callback => format!("It is callback {}. ", promise.id),
            Some(promise) => format!("It is the follow-up of promise {}. ", promise.id),
            None => String::new(),
        }
    }

    fn waiting_summary(&self, contact: &Contact, found: &ContactExplained, now_ms: u64) -> String {
        let record = &contact.record;
        let queue = self.names.id(record.queue);
        let Some(place) = found.place else {
            if self.dialling_rests(record) {
                return format!(
                    "It has its place in queue {queue}, but its gateway {} is away: nobody could dial its customer, \
                     and it is offered to nobody until that gateway watches again.",
                    self.gateway_id(record.gateway)
                );
            }
            let gateway = self.gateways.get(&record.gateway).filter(|gateway| gateway.lost);
            if let Some(gateway) = gateway.filter(|_| record.keeps_promise()) {
                return format!(
                    "Its gateway {} is not there: it is offered to nobody, and waits until that is back.",
                    gateway.id
                );
            }
            if record.awaits_dialling() {
                let when = match record.talk().dialling() {
                    Dialling::Dialled => "is being dialled",
                    _ => "is dialled when that comes near",
                };
                return format!("It has its place in queue {queue}; its customer {when}.");
            }
            return format!(
                "It is about to leave queue {queue}: the queue is no longer in the plan, or its gateway is lost."
            );
        };
        let eligible = found.agents.iter().find(|entry| entry.hindrances.is_empty());
        let why = if let Some(entry) = eligible {
            format!("{} can take it: it is about to be offered.", self.names.id(entry.agent))
        } else if found.nobody_in_plan {
            let besides = if record.is_consult() { " but who asks" } else { "" };
            format!("Nobody in the plan{besides}, signed in or not, could ever serve it.")
        } else if self.is_held(record) {
            let hours = self.hours_until(record.queue, now_ms);
            let held = self.held_in(record.queue);
            format!("Queue {queue} is {hours}, and holds {held} till then, this one too.")
        } else if record.kept_for() != 0 {
            let left = seconds(record.kept_until_ms().saturating_sub(now_ms));
            let agent = self.names.id(record.kept_for());
            let entry = found.agents.iter().find(|entry| entry.agent == record.kept_for());
            let busy = entry.and_then(|entry| entry.hindrances.first()).zip(self.agent(record.kept_for()));
            let busy = busy.map(|(why, agent)| format!(", who {}", self.hindrance_text(*why, agent, now_ms)));
            format!("It is kept for {agent} for {left} more{}.", busy.unwrap_or_default())
        } else if found.nobody_signed_in || found.able.agents == 0 {
            nobody_there(&found.everybody)
        } else if found.able.agents == 1 {
            format!("The only agent signed in who could serve it isn't free: {}.", busy(&found.able))
        } else {
            let count = found.able.agents;
            format!("None of the {count} agents signed in who could serve it is free: {}.", busy(&found.able))
        };
        let next = found.changes.first().map(|change| format!("; {}", self.coming(change, now_ms)));
        let next = next.unwrap_or_default();
        let hours = self.serving_closed(contact, now_ms);
        let surge = self.surge_text(record.queue, now_ms);
        let surge = if surge.is_empty() { surge } else { format!(" {surge}.") };
        format!(
            "{why}{hours}{surge} It is number {} of {} waiting in {queue}{next}.",
            place.position, place.waiting
        )
    }

    /// That the queue of a contact is closed, unless the contact is held, in a sentence; empty while it is open.
    fn serving_closed(&self, contact: &Contact, now_ms: u64) -> String {
        let record = &contact.record;
        if self.queue_open(record.queue) || self.is_held(record) {
            return String::new();
        }
        let (queue, hours) = (self.names.id(record.queue), self.hours_until(record.queue, now_ms));
        format!(" Queue {queue} is {hours}, and serves who is not held.")
    }

    fn coming(&self, change: &Change, now_ms: u64) -> String {
        format!("in {} {}", seconds(change.at_ms.saturating_sub(now_ms)), change.what.text(self))
    }

    pub(super) fn agent_summary(&self, agent: &Agent, found: &AgentExplained, now_ms: u64) -> String {
        let presence = match found.absent {
            Some(why) => format!("The agent {}", self.hindrance_text(why, agent, now_ms)),
            None => "The agent is ready".to_owned(),
        };
        let room = found.channels.iter().filter(|(_, why)| why.is_none());
        let room: Vec<&str> = room.map(|(channel, _)| self.names.id(*channel)).collect();
        let room = match (found.channels.is_empty(), room.is_empty()) {
            (true, _) => "is no longer in the plan".to_owned(),
            (_, true) => "has no room for anything more".to_owned(),
            _ => format!("has room for {}", room.join(", ")),
        };
        let next = if let Some(soon) = found.soon {
            format!("It is about to be offered {}", self.contact_name(soon))
        } else if let Some(next) = found.next {
            let ready = if found.absent.is_some_and(Hindrance::is_shift) { "on shift" } else { "ready" };
            let condition = match (found.absent.is_some(), room.starts_with("has no room")) {
                (true, true) => format!("if it were {ready} and held nothing"),
                (true, false) => format!("if it were {ready}"),
                _ => "if it had room".to_owned(),
            };
            format!("It would get {} next {condition}", self.contact_name(next))
        } else if found.contacts.is_empty() {
            "Nobody waits".to_owned()
        } else {
            "Nothing that waits is for it".to_owned()
        };
        format!("{presence} and {room}. {next}.")
    }
}
