//! Conversations by the words of their rules, over the public records: when silence, a bot's time, a reply
//! window or a promise has its end, what may be sent, and how one that was parked comes back.

use std::cmp::Reverse;

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
        if self.now_ms >= window.until_ms.max(window.action_until_ms) {
            let reason = ContactEnd::WindowLapsed.into();
            return Some(Kind::ContactClosed(j::ContactClosed { contact, reason, ..Default::default() }));
        }
        let (steps, raise) = self.risen(rule, window);
        (steps > window.steps).then_some(Kind::WindowNeared(j::WindowNeared { contact, steps, raise }))
    }

    /// Whether something of a promise is due.
    fn promise_due(&self, record: &PromiseRecord) -> bool {
        if record.callback.is_some() {
            return self.callback_due(record);
        }
        let queue = self.plan.queues.get(self.id(record.queue));
        match record.stage() {
            PromiseStage::Pending => record.enter_ms <= self.now_ms,
            PromiseStage::Entered => {
                let step = queue.and_then(|queue| queue.promise_steps.get(record.steps as usize));
                let near = |step: &model::PromiseStep| record.due_ms <= self.now_ms + step.before_ms;
                step.is_some_and(near) || ((!record.broken || record.renewed) && record.due_ms <= self.now_ms)
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
        let mut now = window.unwrap_or_default();
        let kept = match activity {
            Activity::CustomerMessage => {
                (now.until_ms, now.replies_left) =
                    (self.now_ms + rule.message.within_ms, rule.message.replies);
                // Steps that are past by the new end too stay taken.
                let mut steps = rule.clone();
                steps.rise.truncate(now.steps as usize);
                (now.steps, now.raise) = self.risen(&steps, &now);
                return Ok(Some(now));
            }
            Activity::CustomerAction => {
                let Some(action) = rule.action else { return Ok(window) };
                now.action_until_ms = self.now_ms + action.within_ms;
                now.action_replies_left = action.replies;
                return Ok(Some(now));
            }
            Activity::AgentMessage => 0,
            Activity::AutomaticMessage if record.stage() == ContactStage::WithBot => 0,
            Activity::AutomaticMessage => rule.keep,
        };
        if window.is_none() {
            return Ok(None);
        }
        let open = |until_ms: u64| self.now_ms < until_ms;
        let (written, clicked) = (open(now.until_ms), open(now.action_until_ms));
        let left = |open: bool, replies: u32| if open { replies } else { 0 };
        match left(written, now.replies_left).max(left(clicked, now.action_replies_left)) {
            _ if !written && !clicked => return Err("REPLY_WINDOW_OVER"),
            0 => return Err("REPLY_QUOTA_SPENT"),
            left if left <= kept => return Err("REPLY_QUOTA_RESERVED"),
            _ => {}
        }
        if written {
            now.replies_left = now.replies_left.saturating_sub(1);
        }
        if clicked {
            now.action_replies_left = now.action_replies_left.saturating_sub(1);
        }
        if activity == Activity::AgentMessage {
            (now.steps, now.raise) = (0, 0);
        }
        Ok(Some(now))
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

    /// The window with which a contact comes in.
    fn first_window(&self, event: &j::ContactEnqueued) -> Checked {
        let channel = self.plan.channels.get(self.id(event.channel));
        let origin = event.origin.as_deref().copied().unwrap_or_default();
        let rule = channel.and_then(|channel| channel.reply_window.as_ref()).filter(|_| origin.parent == 0);
        let right = rule.map(|rule| {
            if origin.promise != 0 {
                return self.left_for(origin.promise);
            }
            let mut window = j::Window::default();
            if self.told.by_action {
                let action =
                    rule.action.map_or((0, 0), |action| (self.now_ms + action.within_ms, action.replies));
                (window.action_until_ms, window.action_replies_left) = action;
            } else {
                window.until_ms = self.now_ms + rule.message.within_ms;
                window.replies_left = rule.message.replies;
            }
            window
        });
        let told = event.window.as_deref().copied();
        ensure(told == right, || format!("the window is {told:?}, should be {right:?}"))
    }

    /// What is left for who keeps a promise: of each allowance, what was opened last on the contact on which it was
    /// given, if that goes the same way, or on those of its customer that have ended.
    fn left_for(&self, promise: u64) -> j::Window {
        let Some(promise) = self.state.promise(promise) else {
            return j::Window::default();
        };
        let way = |contact: &&ContactRecord| {
            (contact.channel, contact.gateway) == (promise.channel, promise.gateway)
        };
        let its_own = self.state.contact(promise.contact).filter(way).and_then(ContactRecord::window);
        let windows: Vec<&j::Window> = its_own.into_iter().chain(promise.window.as_deref()).collect();
        let latest = |of: fn(&j::Window) -> (u64, u32)| {
            let all = windows.iter().map(|window| of(window));
            all.max_by_key(|(until_ms, replies)| (*until_ms, Reverse(*replies))).unwrap_or_default()
        };
        let (until_ms, replies_left) = latest(|window| (window.until_ms, window.replies_left));
        let (action_until_ms, action_replies_left) =
            latest(|window| (window.action_until_ms, window.action_replies_left));
        j::Window { until_ms, replies_left, action_until_ms, action_replies_left, ..j::Window::default() }
    }

    /// When a waiting contact has waited for as long as it may; none: it may as long as it has to.
    fn wait_over_ms(&self, record: &ContactRecord) -> Option<u64> {
        let max_wait_ms = self.queue(record)?.max_wait_ms.filter(|_| record.talk().promise == 0)?;
        // Time with bots is no waiting.
        // Nor has who took the place of a callback waited as long as that.
        let by_arrival_ms =
            record.effective_arrival_ms + record.talk().bot_aged_ms + record.talk().head_start_ms;
        let came_later_ms = record.enqueued_ms.saturating_sub(by_arrival_ms);
        let not_waited_ms = record.talk().bot_aged_ms + record.talk().head_start_ms + came_later_ms;
        Some(self.clocked_ms(record) + not_waited_ms + max_wait_ms)
    }

    /// When a promise that is due then enters its queue; none: that is gone.
    fn enter_ms(&self, (queue, category): (u32, u32), due_ms: u64) -> Option<u64> {
        let rules = self.plan.queues.get(self.id(queue))?;
        let category = self.plan.categories.get(self.id(category));
        let category = category.filter(|category| category.queue == self.id(queue));
        let objective_ms = category.and_then(|category| category.objective_ms).unwrap_or(rules.objective_ms);
        Some(due_ms.saturating_sub(objective_ms).max(self.now_ms))
    }

    /// What is recorded of a promise is as worked out.
    fn promised(&self, kind: &Kind) -> Checked {
        let known = |promise: u64| self.state.promise(promise).ok_or("the promise is not there");
        let (told, right) = match kind {
            Kind::PromiseMade(event) => {
                let record = event.promise.as_deref().ok_or("nothing is promised")?;
                if record.callback.is_some() {
                    return Ok(());
                }
                (record.enter_ms, self.enter_ms((record.queue, record.category), record.due_ms))
            }
            Kind::PromiseChanged(event) if event.due_ms != 0 => {
                let record = known(event.promise)?;
                let back = record.stage() == PromiseStage::Entered;
                ensure(event.pending == back, || "it goes back to pending, or not".to_owned())?;
                (event.enter_ms, self.enter_ms((record.queue, record.category), event.due_ms))
            }
            Kind::PromiseChanged(event) if event.queue != 0 => {
                let record = known(event.promise)?;
                if record.callback.is_some() {
                    return Ok(());
                }
                let pending = record.stage() == PromiseStage::Pending;
                let enter_ms = self.enter_ms((event.queue, record.category), record.due_ms);
                (event.enter_ms, if pending { enter_ms } else { Some(0) })
            }
            Kind::PromiseEscalated(event) if event.step != 255 => {
                let record = known(event.promise)?;
                ensure(self.promise_due(record), || "no step is due".to_owned())?;
                let queue = self.plan.queues.get(self.id(record.queue)).ok_or("its queue is gone")?;
                let taken = queue.promise_steps.get(..=record.steps as usize).ok_or("there is no step")?;
                let open = |id: &&String| self.plan.groups.get(*id).is_some_and(|group| !group.closed);
                let mut right: Vec<&str> = taken
                    .iter()
                    .rev()
                    .take(1)
                    .flat_map(|step| &step.groups)
                    .filter(open)
                    .map(String::as_str)
                    .collect();
                let mut groups: Vec<&str> = event.groups.iter().map(|group| self.id(*group)).collect();
                right.sort_unstable();
                groups.sort_unstable();
                // What an earlier step gave stays if it is more.
                let raise = taken.iter().map(|step| i32::from(step.priority)).max().unwrap_or(0);
                let same = event.step == record.steps + 1 && event.raise == raise;
                return ensure(same && groups == right, || {
                    format!("the step should give {raise}, {right:?}")
                });
            }
            _ => return Ok(()),
        };
        ensure(right.is_none_or(|right| told == right), || format!("it should enter at {right:?}"))
    }

    /// Nothing of a conversation happens by itself before its time, nor otherwise than it should.
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
            Kind::ContactClosed(event) if event.reason() == ContactEnd::WaitLimit => {
                let record = self.state.contact(event.contact).ok_or("it is not there")?;
                let due_ms = self.wait_over_ms(record);
                ensure(due_ms.is_some_and(|due_ms| due_ms <= self.now_ms), || {
                    format!("it may wait until {due_ms:?}")
                })
            }
            Kind::OfferEnded(event) if event.reason() == j::OfferEnd::NoAnswer => {
                let due_ms = self.state.assignment(event.offer).map(|leg| leg.deadline_ms);
                ensure(due_ms.is_some_and(|due_ms| due_ms <= self.now_ms), || {
                    format!("it rings until {due_ms:?}")
                })
            }
            Kind::ContactEnqueued(event) => self.first_window(event),
            Kind::PromiseMade(_) | Kind::PromiseChanged(_) | Kind::PromiseEscalated(_) => self.promised(kind),
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
    for record in view.waiting().filter(|record| record.talk().asked_agent == 0) {
        let over = view.wait_over_ms(record).is_some_and(|due_ms| due_ms <= now_ms);
        ensure(!over, || format!("{record:?} has waited too long"))?;
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
