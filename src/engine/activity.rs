//! Commands about what is written: activity, and what follows from it or from silence. Reply windows are worked
//! out in `window.rs`.

use crate::{
    engine::{
        catalog::ChannelInfo,
        command::{Activity, Reply},
        contact::contact_closed,
        matching::{
            choice::Chosen,
            eligible::{capacity_beyond, present},
            hindrance::can_take,
            rings::Subject,
        },
        refusal::Refusal,
        state::State,
        step::{Answer, Step},
        window::{self, Denied},
    },
    plan::model::ParkedReturn,
    proto::journal::{
        self as j, ActivityKind, AgentRule, AssignmentEnd, ContactEnd, ContactStage, OfferCause,
        OfferTrigger, ReturnReason, event::Kind,
    },
};

impl Activity {
    fn recorded(self) -> ActivityKind {
        match self {
            Self::CustomerMessage => ActivityKind::CustomerMessage,
            Self::CustomerAction => ActivityKind::CustomerAction,
            Self::AgentMessage => ActivityKind::AgentMessage,
            Self::AutomaticMessage => ActivityKind::AutomaticMessage,
        }
    }
}

impl Step<'_> {
    /// Somebody has written, or is about to: whoever asks before sending may send if this is not refused.
    pub fn record_activity(&mut self, id: &str, activity: Activity, check_only: bool) -> Answer {
        let record = self.contact(id)?;
        let (contact, stage) = (record.contact, record.stage());
        let window = self.window_after(record, activity)?;
        if check_only {
            return Ok(Reply::Contact(contact));
        }
        let kind = activity.recorded().into();
        self.emit(Kind::ActivityRecorded(j::ActivityRecorded { contact, kind, window }));
        match activity {
            Activity::AgentMessage => self.promise_reached(contact),
            Activity::CustomerMessage if stage == ContactStage::Parked => self.come_back(contact),
            _ => {}
        }
        Ok(Reply::Contact(contact))
    }

    /// What may be sent after an activity.
    ///
    /// # Errors
    /// Why it can't be recorded, and the message must not be sent.
    fn window_after(
        &self,
        record: &j::ContactRecord,
        activity: Activity,
    ) -> Result<Option<j::Window>, Refusal> {
        let (id, stage) = (&record.id, record.stage());
        if stage == ContactStage::Closed {
            return Err(contact_closed(id));
        }
        let channel = self.state.catalog.channels.get(&record.channel);
        let Some(channel) = channel.filter(|channel| !channel.realtime() && !record.is_consult()) else {
            return Err(Refusal::precondition(
                "ACTIVITY_NOT_TRACKED",
                format!("contact {id} is a call or a consult, of which no messages are recorded"),
            ));
        };
        if activity == Activity::AgentMessage && stage != ContactStage::Active {
            return Err(Refusal::precondition(
                "CONTACT_NOT_HELD",
                format!("no agent has contact {id}; who would write takes it first"),
            ));
        }
        let Some(rule) = &channel.reply_window else {
            return Ok(None);
        };
        let (window, now_ms) = (record.window(), self.now_ms);
        let spent = match activity {
            Activity::CustomerMessage => return Ok(window::renewed(rule, window, false, now_ms)),
            Activity::CustomerAction => return Ok(window::renewed(rule, window, true, now_ms)),
            Activity::AgentMessage => window.map(|window| window::answered(window, now_ms)),
            Activity::AutomaticMessage => {
                // With a bot it is the bot who answers.
                let kept = if stage == ContactStage::WithBot { 0 } else { rule.keep };
                window.map(|window| window::spent(window, kept, now_ms))
            }
        };
        spent.transpose().map_err(|why| denied(id, why))
    }

    /// The window that a customer opens by coming in; none: the channel has no such rule.
    pub fn first_window(&self, channel: u32, by_action: bool) -> Option<Box<j::Window>> {
        let rule = self.state.catalog.channels.get(&channel)?.reply_window.as_ref()?;
        // An act that opens nothing: nothing can be sent before the customer writes.
        Some(Box::new(window::renewed(rule, None, by_action, self.now_ms).unwrap_or_default()))
    }

    /// The window of a channel by which the customer has not written yet, so that nothing may be sent; none: the
    /// channel has no such rule.
    pub fn unopened_window(&self, channel: u32) -> Option<j::Window> {
        let info = self.state.catalog.channels.get(&channel)?;
        info.reply_window.as_ref().map(|_| j::Window::default())
    }

    /// A contact has been in its stage for as long as that lasts.
    pub fn stage_over(&mut self, contact: u64) {
        match self.state.contact(contact).map(j::ContactRecord::stage) {
            Some(ContactStage::Active) => self.idle_over(contact),
            Some(ContactStage::Parked) => self.close(contact, ContactEnd::Idle, 0, 0),
            Some(ContactStage::WithBot) => self.bot_over(contact),
            _ => {}
        }
    }

    /// Nobody has written for as long as the channel allows.
    fn idle_over(&mut self, contact: u64) {
        let Some(offer) = self.state.contact(contact).map(|record| record.offer) else {
            return;
        };
        self.emit(Kind::ContactParked(j::ContactParked { contact }));
        self.end_assignment(offer, AssignmentEnd::Parked);
    }

    /// The customer of a parked contact has written: back to its agent, or to its queue.
    fn come_back(&mut self, contact: u64) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let Some(channel) = self.state.catalog.channels.get(&record.channel) else {
            return;
        };
        let agent = record.last_agent();
        match channel.parking_in_force().parked_return {
            ParkedReturn::Agent if self.state.could_resume(record, channel) => {
                self.emit(Kind::ContactResumed(j::ContactResumed {
                    contact,
                    offer: self.state.last_offer + 1,
                    epoch: record.epoch + 1,
                    agent,
                    units: channel.units,
                    interruptible: channel.interruptible,
                }));
            }
            ParkedReturn::Offer if self.state.could_take(agent, channel) => {
                self.return_to_queue(contact, ReturnReason::CustomerWrote, None);
                let chosen = Chosen { agent, rule: AgentRule::LastAgent, preferred_matched: 0, rank: 0 };
                self.offer(contact, &chosen, OfferCause::Return, OfferTrigger::ContactWaiting);
            }
            _ => {
                let (known, exclusions) = (record.known_agent, record.exclusions());
                let entry = self.state.entry(Subject::of(record), known, exclusions, self.now_ms);
                self.return_to_queue(contact, ReturnReason::CustomerWrote, Some(entry));
            }
        }
    }

    /// A contact waits again in its queue, at its age.
    pub fn return_to_queue(&mut self, contact: u64, reason: ReturnReason, entry: Option<j::QueueEntry>) {
        let reason = reason.into();
        self.emit(Kind::ContactReturned(j::ContactReturned { contact, reason, entry }));
    }

    /// A reply window takes its next step, or ends, while the customer waits for an answer.
    pub fn window_due(&mut self, contact: u64) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let channel = self.state.catalog.channels.get(&record.channel);
        let rule = channel.and_then(|channel| channel.reply_window.as_ref());
        let (Some(rule), Some(window)) = (rule, record.window()) else {
            return;
        };
        match window::step(rule, window, self.now_ms) {
            Some(window::Step::Rise { steps, raise }) => {
                self.emit(Kind::WindowNeared(j::WindowNeared { contact, steps, raise }));
            }
            Some(window::Step::Over) => self.close(contact, ContactEnd::WindowLapsed, 0, 0),
            None => {}
        }
    }
}

impl State {
    /// Whether a parked contact can go straight back to the agent who had it: that one is there and has room,
    /// perhaps above its own limit on the channel.
    fn could_resume(&self, record: &j::ContactRecord, channel: &ChannelInfo) -> bool {
        let Some(agent) = self.agent(record.last_agent()).filter(|agent| present(agent).is_ok()) else {
            return false;
        };
        let allowance = channel.parking_in_force().return_allowance;
        let info = agent.info.as_ref();
        info.is_some_and(|info| capacity_beyond(info, &agent.load, channel, allowance).is_ok())
    }

    /// Whether an agent is there and has room for one more of the channel.
    fn could_take(&self, agent: u32, channel: &ChannelInfo) -> bool {
        self.agent(agent).is_some_and(|agent| can_take(agent, &agent.load, channel).is_ok())
    }
}

fn denied(id: &str, why: Denied) -> Refusal {
    let (reason, message) = match why {
        Denied::Over => (
            "REPLY_WINDOW_OVER",
            format!("nothing can be sent to the customer of contact {id} before the customer writes"),
        ),
        Denied::Spent => (
            "REPLY_QUOTA_SPENT",
            format!("all replies to the customer of contact {id} are sent; wait until the customer writes"),
        ),
        Denied::Reserved => (
            "REPLY_QUOTA_RESERVED",
            format!("the replies that are left to the customer of contact {id} are the agent's"),
        ),
    };
    Refusal::precondition(reason, message)
}
