//! Conversations by the words of their rules, over the public records: when silence, a bot's time, a reply
//! window or a promise has its end, what may be sent, and how one that was parked comes back.

use kefud::{
    engine::{command::Activity, state::State},
    plan::model::{self, ChannelKind, ParkedReturn},
    proto::journal::{
        self as j, ActivityKind, ContactEnd, ContactRecord, ContactStage, LeftBot, PromiseRecord,
        PromiseStage, ReturnReason, event::Kind,
    },
};

use crate::naive::View;

type Checked = Result<(), String>;

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

/// The way back from being parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Straight to this agent.
    Resumed(u32),
    /// Offered to this agent.
    Offered(u32),
    /// To its queue.
    Queue,
}

impl Way {
    /// By which way the contact has gone; none: this event is no way back.
    pub fn gone(kind: &Kind) -> Option<(u64, Self)> {
        match kind {
            Kind::ContactResumed(event) => Some((event.contact, Self::Resumed(event.agent))),
            Kind::ContactReturned(event) if event.reason() == ReturnReason::CustomerWrote => {
                Some((event.contact, Self::Queue))
            }
            _ => None,
        }
    }
}

/// When the customer began to wait for an answer; 0: it doesn't wait.
fn turn_ms(view: &View<'_>, record: &ContactRecord) -> u64 {
    let kind = view.channel(record).map(|channel| channel.kind);
    let service = record.service.as_ref();
    match service.and_then(|service| service.conversation.as_ref()) {
        Some(talk) => talk.turn_ms,
        None if matches!(kind, Some(ChannelKind::Messaging | ChannelKind::Deferred)) => record.enqueued_ms,
        None => 0,
    }
}

impl<'a> View<'a> {
    pub fn channel(&self, record: &ContactRecord) -> Option<&'a model::Channel> {
        self.plan.channels.get(self.id(record.channel))
    }

    /// When the contact's stage ends by itself.
    fn stage_due_ms(&self, record: &ContactRecord) -> Option<u64> {
        let (channel, talk) = (self.channel(record)?, record.talk());
        match record.stage() {
            ContactStage::Active => {
                let leg = self.state.assignment(record.offer)?;
                let park_after_ms =
                    channel.park_after_ms.filter(|_| channel.kind == ChannelKind::Messaging)?;
                let quiet = [talk.customer_ms, talk.agent_ms, leg.connected_ms, talk.consult_ended_ms];
                let since_ms = quiet.into_iter().max().unwrap_or(0);
                (talk.consult == 0 && talk.parent == 0).then_some(since_ms + park_after_ms)
            }
            ContactStage::Parked => {
                let keep_ms = channel.park_after_ms.map(|_| channel.parked_keep_ms);
                Some(talk.parked_ms + keep_ms.unwrap_or(model::DEFAULT_PARKED_KEEP_MS))
            }
            ContactStage::WithBot => Some(talk.bot_ms + channel.bot_limit_ms),
            _ => None,
        }
    }

    /// How many steps of a window are taken by now, and the points that the last one gives.
    fn risen(&self, rule: &model::ReplyWindow, window: &j::Window) -> (u32, i32) {
        let near = |step: &&model::WindowRise| window.until_ms <= self.now_ms + step.before_ms;
        let taken: Vec<&model::WindowRise> = rule.rise.iter().take_while(near).collect();
        let points = taken.last().map_or(0, |step| i32::from(step.priority));
        (u32::try_from(taken.len()).unwrap_or(u32::MAX), points)
    }

    /// What is due of a reply window: its end, or that it has risen so far.
    fn window_due(&self, record: &ContactRecord) -> Option<Kind> {
        let rule = self.channel(record)?.reply_window.as_ref()?;
        let window = record.window().filter(|window| window.until_ms != 0)?;
        if turn_ms(self, record) == 0 || record.stage() == ContactStage::Closed {
            return None;
        }
        let contact = record.contact;
        if self.now_ms >= window.until_ms {
            let reason = ContactEnd::WindowLapsed.into();
            return Some(Kind::ContactClosed(j::ContactClosed { contact, reason, ..Default::default() }));
        }
        let (steps, raise) = self.risen(rule, window);
        (steps > window.steps).then_some(Kind::WindowNeared(j::WindowNeared { contact, steps, raise }))
    }

    /// Whether something of a promise is due.
    fn promise_due(&self, record: &PromiseRecord) -> bool {
        let queue = self.plan.queues.get(self.id(record.queue));
        match record.stage() {
            PromiseStage::Pending => record.enter_ms <= self.now_ms,
            PromiseStage::Entered => {
                let step = queue.and_then(|queue| queue.promise_steps.get(record.steps as usize));
                let near = |step: &model::PromiseStep| record.due_ms <= self.now_ms + step.before_ms;
                step.is_some_and(near) || (!record.broken && record.due_ms <= self.now_ms)
            }
            _ => false,
        }
    }

    /// What must be recorded of a message, or why it must not be sent.
    pub fn said(&self, id: &str, activity: Activity) -> Result<Option<j::Window>, &'static str> {
        let record = self.state.contact_by_id(id).ok_or("CONTACT_NOT_FOUND")?;
        if record.stage() == ContactStage::Closed {
            return Err("CONTACT_CLOSED");
        }
        let written = self.channel(record).filter(|channel| channel.kind != ChannelKind::Realtime);
        let Some(channel) = written.filter(|_| record.talk().parent == 0) else {
            return Err("ACTIVITY_NOT_TRACKED");
        };
        if activity == Activity::AgentMessage && record.stage() != ContactStage::Active {
            return Err("CONTACT_NOT_HELD");
        }
        let Some(rule) = &channel.reply_window else {
            return Ok(None);
        };
        let window = record.window().copied();
        let (opens, spends) = match activity {
            Activity::CustomerMessage => (Some(rule.message), None),
            Activity::CustomerAction => (rule.action, None),
            Activity::AgentMessage => (None, Some(0)),
            Activity::AutomaticMessage => {
                (None, Some(if record.stage() == ContactStage::WithBot { 0 } else { rule.keep }))
            }
        };
        if let Some(allowance) = opens {
            let open = window.filter(|window| self.now_ms < window.until_ms).unwrap_or_default();
            let mut now = j::Window {
                until_ms: open.until_ms.max(self.now_ms + allowance.within_ms),
                replies_left: open.replies_left.max(allowance.replies),
                ..j::Window::default()
            };
            // Steps that are past by the new end too stay taken.
            let mut steps = rule.clone();
            steps.rise.truncate(window.map_or(0, |window| window.steps) as usize);
            (now.steps, now.raise) = self.risen(&steps, &now);
            return Ok(Some(now));
        }
        let (Some(kept), Some(window)) = (spends, window) else {
            return Ok(window);
        };
        match window.replies_left {
            _ if self.now_ms >= window.until_ms => Err("REPLY_WINDOW_OVER"),
            0 => Err("REPLY_QUOTA_SPENT"),
            left if left <= kept => Err("REPLY_QUOTA_RESERVED"),
            left if activity == Activity::AgentMessage => {
                Ok(Some(j::Window { replies_left: left - 1, steps: 0, raise: 0, ..window }))
            }
            left => Ok(Some(j::Window { replies_left: left - 1, ..window })),
        }
    }

    /// How a contact comes back from being parked.
    pub fn way_back(&self, record: &ContactRecord) -> Way {
        let last = record.last_agent();
        let person = self.people.iter().find(|person| person.number == last && person.ready());
        let (Some(person), Some(channel)) = (person, self.channel(record)) else {
            return Way::Queue;
        };
        let parks = channel.park_after_ms.is_some();
        let (way, above) =
            if parks { (channel.parked_return, channel.return_allowance) } else { (ParkedReturn::Agent, 0) };
        let id = self.id(record.channel);
        match way {
            ParkedReturn::Agent if self.room(person, id, channel, above) => Way::Resumed(last),
            ParkedReturn::Offer if self.room(person, id, channel, 0) => Way::Offered(last),
            _ => Way::Queue,
        }
    }

    /// Nothing of a conversation happens by itself before its time.
    pub fn in_time(&self, kind: &Kind) -> Checked {
        let over = |contact: u64| {
            let record = self.state.contact(contact).ok_or("it is not there")?;
            let due_ms = self.stage_due_ms(record);
            ensure(due_ms.is_some_and(|due_ms| due_ms <= self.now_ms), || format!("it is due {due_ms:?}"))
        };
        let window = |contact: u64| self.state.contact(contact).and_then(|record| self.window_due(record));
        match kind {
            Kind::ContactParked(event) => over(event.contact),
            Kind::ContactClosed(event) if event.reason() == ContactEnd::Idle => over(event.contact),
            Kind::ContactLeftBot(event) if event.reason() == LeftBot::Time => over(event.contact),
            Kind::ContactClosed(event) if event.reason() == ContactEnd::WindowLapsed => {
                let due = window(event.contact);
                ensure(matches!(due, Some(Kind::ContactClosed(_))), || format!("due is {due:?}"))
            }
            Kind::WindowNeared(event) => {
                let due = window(event.contact);
                ensure(due.as_ref() == Some(kind), || format!("due is {due:?}"))
            }
            Kind::PromiseEscalated(event) if event.step != 255 => {
                let due = self.state.promise(event.promise).is_some_and(|record| self.promise_due(record));
                ensure(due, || "no step is due".to_owned())
            }
            Kind::ActivityRecorded(event) => {
                let id = self.state.contact(event.contact).map_or("", |record| record.id.as_str());
                let activity = match event.kind() {
                    ActivityKind::CustomerMessage => Activity::CustomerMessage,
                    ActivityKind::CustomerAction => Activity::CustomerAction,
                    ActivityKind::AgentMessage => Activity::AgentMessage,
                    _ => Activity::AutomaticMessage,
                };
                let said = self.said(id, activity);
                ensure(said == Ok(event.window), || format!("it should be {said:?}"))
            }
            Kind::FirstContactJudged(event) if event.resolved => {
                let case = self.state.cases().find(|case| case.case == event.case);
                let due_ms = case.and_then(|case| case.judgement.as_ref()).map(|open| open.due_ms);
                ensure(due_ms.is_some_and(|due_ms| due_ms <= self.now_ms), || format!("it is due {due_ms:?}"))
            }
            _ => Ok(()),
        }
    }
}

/// What of conversations must not be so when nothing more is due.
pub fn unsettled(state: &State, now_ms: u64) -> Checked {
    let view = View::new(state, now_ms);
    for record in state.live_contacts_after(0) {
        let over = view.stage_due_ms(record).is_some_and(|due_ms| due_ms <= now_ms);
        ensure(!over, || format!("the stage of {record:?} is over"))?;
        let due = view.window_due(record);
        ensure(due.is_none(), || format!("{due:?} is due of {record:?}"))?;
    }
    for promise in state.promises() {
        ensure(!view.promise_due(promise), || format!("something is due of {promise:?}"))?;
    }
    for case in state.cases() {
        let overdue = case.judgement.as_ref().is_some_and(|open| open.due_ms <= now_ms);
        ensure(!overdue, || format!("{case:?} is to be judged"))?;
    }
    Ok(())
}
