//! How a callback is asked for: by a customer in line, whose place it keeps, or without a contact. Everything is checked
//! before anything happens.

use crate::{
    engine::{
        callback::{Hands, NOT_KNOWN_MS},
        catalog::ChannelInfo,
        command::{CallbackWindow, NewCallback, Reply},
        contact::contact_closed,
        conversation::ContactKind,
        limits::{ADMISSION_RETRY_MS, CALLBACKS_OPEN_MAX},
        matching::rings::Subject,
        promise::Checked,
        refusal::Refusal,
        state::{Cell, State},
        step::{Answer, Step},
    },
    plan::model::{AfterBot, ChannelKind},
    proto::journal::{
        self as j, CallbackChange, CallbackMode, ContactEnd, ContactStage, PlanKind, PromiseStage,
        event::Kind,
    },
    schedule::zone,
};

/// Fields at fault, with what is wrong.
type Faults = Vec<(String, String)>;

/// What is asked for, by numbers.
struct Wanted {
    /// 0: there is none.
    contact: u64,
    contact_id: String,
    queue: u32,
    channel: u32,
    /// Its id: it may have no number yet.
    gateway: String,
    category: u32,
    language: String,
    priority: i32,
    case_id: String,
    agent: u32,
    /// Its place.
    arrival_ms: u64,
    clock_ms: i64,
}

impl Step<'_> {
    /// A customer gives up its place on the line for a callback that keeps it, or asks for one.
    pub fn request_callback(&mut self, asked: &NewCallback) -> Answer {
        if let Some(known) = self.state.promise_by_id(&asked.id) {
            if known.callback.is_some() && known.fingerprint == asked.fingerprint {
                return Ok(Reply::Callback { promise: known.promise, merged: false });
            }
            if known.callback.as_deref().is_some_and(|own| merged(own, asked)) {
                return Ok(Reply::Callback { promise: known.promise, merged: true });
            }
            let message = format!("another callback has the id {}; choose a new one", asked.id);
            return Err(Refusal::exists("CALLBACK_EXISTS", message));
        }
        if let Some(promise) = self.merged_before(asked) {
            return Ok(Reply::Callback { promise, merged: true });
        }
        let mut faults = Faults::new();
        let wanted = self.wanted(asked, &mut faults)?;
        if !faults.is_empty() {
            return Err(Refusal::invalid(faults));
        }
        let known = self.known_callback(wanted.queue, asked).cloned();
        let repeats =
            |known: &&j::PromiseRecord| known.callback.as_deref().is_some_and(|own| merged(own, asked));
        if let Some(known) = known.as_ref().filter(repeats) {
            return Ok(Reply::Callback { promise: known.promise, merged: true });
        }
        if !self.state.callback_open(wanted.queue) {
            return Err(self.not_offered(wanted.queue));
        }
        self.check_way(asked, &wanted, &mut faults);
        let enter_ms = self.enters_within(wanted.queue, &asked.zone, asked.window);
        if let (Err(problem), Some(_)) = (&enter_ms, asked.window) {
            faults.push(("window".to_owned(), problem.clone()));
        }
        if !faults.is_empty() {
            return Err(Refusal::invalid(faults));
        }
        let enter_ms = enter_ms.map_err(|why| Refusal::precondition("CALLBACK_OUT_OF_HOURS", why))?;
        if let Some(known) = known {
            return Ok(self.merge(&known, asked, &wanted, enter_ms));
        }
        let (queue, channel, category) = (wanted.queue, wanted.channel, wanted.category);
        self.check_servable(Subject { queue, channel, category, wants: None, groups: &[], asking_agent: 0 })?;
        self.check_room_for_callback(queue)?;
        self.check_gateways(&[&wanted.gateway])?;
        let (contact, gateway) = (wanted.contact, wanted.gateway.clone());
        let record = Box::new(self.callback_record(asked, wanted, enter_ms));
        // Before its contact ends, which leaves to it what may still be sent to the customer.
        let promise = self.promise(Checked::New { record, gateway })?;
        self.give_up_line(contact);
        self.enter_if_due(promise);
        Ok(Reply::Callback { promise, merged: false })
    }

    /// The callback into which the same request was merged, if this repeats it.
    fn merged_before(&self, asked: &NewCallback) -> Option<u64> {
        let record = self.state.contact_by_id(&asked.contact).filter(|_| !asked.contact.is_empty())?;
        let gave_up = record.ended().end() == ContactEnd::CallbackRequested;
        if !gave_up {
            return None;
        }
        let known = self.known_callback(record.queue, asked).or_else(|| {
            // By another number since.
            let of_queue = self.state.callbacks.open.range((record.queue, 0)..=(record.queue, u64::MAX));
            let mut of_queue = of_queue.filter_map(|(_, promise)| self.state.promise(*promise));
            of_queue.find(|known| known.callback.as_deref().is_some_and(|own| merged(own, asked)))
        });
        known.map(|record| record.promise)
    }

    /// The open callback of the same customer in a queue: by its reference, or by its number if one of the two has no
    /// reference. Several customers may have one number.
    fn known_callback(&self, queue: u32, asked: &NewCallback) -> Option<&j::PromiseRecord> {
        let by_reference = self.state.callback_of_customer(queue, asked.customer.lookup);
        by_reference.or_else(|| {
            let of_number = (asked.number, queue, 0)..=(asked.number, queue, u64::MAX);
            let known = self.state.callbacks.known.range(of_number);
            let mut known = known.filter_map(|(_, _, promise)| self.state.promise(*promise));
            known.find(|record| asked.customer.lookup == 0 || reference(record) == 0)
        })
    }

    fn wanted(&self, asked: &NewCallback, faults: &mut Faults) -> Result<Wanted, Refusal> {
        let agent = match asked.agent.as_str() {
            "" => 0,
            id => self.staff("agent_id", id, faults),
        };
        let channel = self.named(PlanKind::Channel, "channel", &asked.channel, faults);
        if !asked.contact.is_empty() {
            return self.wanted_by(self.contact(&asked.contact)?.contact, asked, agent, channel);
        }
        let category = self.named(PlanKind::Category, "category", &asked.category, faults);
        let mut queue = self.named(PlanKind::Queue, "queue", &asked.queue, faults);
        if asked.queue.is_empty() {
            queue = self.state.catalog.categories.get(&category).map_or(0, |category| category.queue);
        }
        self.check_case(&asked.case_id, faults);
        let required = [("gateway_id", asked.gateway.is_empty()), ("channel", asked.channel.is_empty())];
        for (field, _) in required.into_iter().filter(|(_, missing)| *missing) {
            faults.push((field.to_owned(), "is required without `contact_id`".to_owned()));
        }
        if asked.queue.is_empty() && asked.category.is_empty() {
            faults.push(("queue".to_owned(), "or `category` is required without `contact_id`".to_owned()));
        }
        // One contact of the customer in line there is the one meant; of several nobody knows which.
        let in_line = self.state.contact_in_line(queue, asked.customer.lookup);
        if let Some(contact) = in_line.filter(|_| faults.is_empty()).map(|record| record.contact) {
            return self.wanted_by(contact, asked, agent, channel);
        }
        let (arrival_ms, clock_ms) = (self.now_ms.max(1), self.state.idle_of(queue, self.now_ms));
        Ok(Wanted { agent, channel, category, queue, arrival_ms, clock_ms, ..Wanted::of(asked) })
    }

    /// What is asked for by the customer of a contact in line.
    fn wanted_by(
        &self,
        contact: u64,
        asked: &NewCallback,
        agent: u32,
        channel: u32,
    ) -> Result<Wanted, Refusal> {
        let Some(record) = self.state.contact(contact) else {
            return Err(contact_closed(&asked.contact));
        };
        let id = &record.id;
        match record.stage() {
            ContactStage::Closed => return Err(contact_closed(id)),
            _ if record.kind() != ContactKind::Customer => {
                let message = format!("contact {id} is a consult, a follow-up or a callback itself");
                return Err(Refusal::precondition("CONTACT_NOT_FOR_CALLBACK", message));
            }
            ContactStage::Waiting | ContactStage::Offered | ContactStage::WithBot => {}
            _ => {
                let message = format!("contact {id} is with an agent, who can promise a follow-up");
                return Err(Refusal::precondition("CONTACT_NOT_WAITING", message));
            }
        }
        let (arrival_ms, clock_ms) = self.place_of_customer(record);
        let case_id =
            if record.case_id.is_empty() { State::own_case(record.contact) } else { record.case_id.clone() };
        let gateway = match asked.gateway.as_str() {
            "" => self.state.gateway_id(record.gateway).to_owned(),
            other => other.to_owned(),
        };
        Ok(Wanted {
            contact: record.contact,
            contact_id: record.id.clone(),
            queue: record.queue,
            channel: if channel == 0 { record.channel } else { channel },
            gateway,
            category: record.category,
            language: record.language.clone(),
            priority: record.priority,
            case_id,
            arrival_ms,
            clock_ms,
            agent,
        })
    }

    /// The place of a customer's contact in its queue: of one with a bot, the one that it would have if the bot gave it
    /// back now.
    fn place_of_customer(&self, record: &j::ContactRecord) -> (u64, i64) {
        let after_bot = self.state.catalog.queues.get(&record.queue).map(|queue| queue.after_bot);
        let began_with_bot = record.stage() == ContactStage::WithBot && !record.talk().deflected;
        if began_with_bot && after_bot == Some(AfterBot::Fresh) {
            (self.now_ms.max(1), self.state.idle_of(record.queue, self.now_ms))
        } else {
            (record.effective_arrival_ms.max(1), record.clock_ms)
        }
    }

    /// Whether the customer can be called by this channel, and on this clock.
    fn check_way(&self, asked: &NewCallback, wanted: &Wanted, faults: &mut Faults) {
        self.check_channel(wanted.queue, wanted.channel, "channel", faults);
        let kind = self.state.catalog.channels.get(&wanted.channel).map(|channel| channel.kind);
        if faults.is_empty() && kind == Some(ChannelKind::Deferred) {
            let message = "is deferred: nobody is called by it, give a realtime or messaging channel";
            faults.push(("channel".to_owned(), message.to_owned()));
        }
        if !asked.zone.is_empty() && !zone::is_known(&asked.zone) {
            let meant = zone::nearest(&asked.zone);
            let advice = meant.map(|name| format!(", did you mean {name}?")).unwrap_or_default();
            faults.push(("zone".to_owned(), format!("there is no time zone {}{advice}", asked.zone)));
        }
    }

    fn check_room_for_callback(&self, queue: u32) -> Result<(), Refusal> {
        let full = |message: String| Refusal::exhausted("TOO_MANY_CALLBACKS", message, ADMISSION_RETRY_MS);
        if self.state.open_callbacks() >= CALLBACKS_OPEN_MAX {
            return Err(full(format!("{CALLBACKS_OPEN_MAX} callbacks are open")));
        }
        let max = self.state.callback_rules(queue).max_open;
        let open: u64 = self.state.cells_of(queue).map(Cell::open_callbacks).sum();
        if open >= u64::from(max) {
            let id = self.state.names.id(queue);
            return Err(full(format!("{max} callbacks of queue {id} are open")));
        }
        Ok(())
    }

    fn callback_record(&self, asked: &NewCallback, wanted: Wanted, enter_ms: u64) -> j::PromiseRecord {
        let rules = self.state.callback_rules(wanted.queue);
        let channel = self.state.catalog.channels.get(&wanted.channel);
        let realtime = channel.is_some_and(ChannelInfo::realtime);
        let mode = if rules.customer_first && realtime {
            CallbackMode::CustomerFirst
        } else {
            CallbackMode::AgentFirst
        };
        // For as long as it can't be made, it doesn't grow old.
        let from_ms = if enter_ms == NOT_KNOWN_MS { self.now_ms } else { enter_ms.max(self.now_ms) };
        let expire_ms = asked.window.map_or(from_ms + rules.expire_ms, |window| window.end_ms);
        let mut callback = j::CallbackRecord {
            mode: mode.into(),
            attempts_max: rules.attempts,
            expire_ms,
            zone: asked.zone.clone(),
            number: asked.number,
            ..j::CallbackRecord::default()
        };
        match asked.window {
            // Its place is known once its time begins.
            Some(window) => (callback.start_ms, callback.end_ms) = (window.start_ms, window.end_ms),
            None => (callback.arrival_ms, callback.clock_ms) = (wanted.arrival_ms, wanted.clock_ms),
        }
        j::PromiseRecord {
            promise: self.state.last_promise + 1,
            id: asked.id.clone(),
            stage: PromiseStage::Pending.into(),
            fingerprint: asked.fingerprint,
            agent: wanted.agent,
            queue: wanted.queue,
            channel: wanted.channel,
            gateway: self.state.gateway_by_id(&wanted.gateway).unwrap_or(0),
            category: wanted.category,
            language: wanted.language,
            priority: wanted.priority,
            case_id: wanted.case_id,
            contact: wanted.contact,
            contact_id: wanted.contact_id,
            customer: Some(asked.customer.clone()).filter(|customer| !customer.data.is_empty()),
            made_ms: self.now_ms,
            due_ms: expire_ms,
            enter_ms,
            callback: Some(Box::new(callback)),
            ..j::PromiseRecord::default()
        }
    }

    /// The contact on which a callback was asked for ends: its place goes on.
    fn give_up_line(&mut self, contact: u64) {
        if contact != 0 {
            self.close(contact, ContactEnd::CallbackRequested, 0, 0);
        }
    }

    /// A callback of the same customer is open in the queue: it stays the only one, at the older place of both.
    fn merge(
        &mut self,
        record: &j::PromiseRecord,
        asked: &NewCallback,
        wanted: &Wanted,
        enter_ms: u64,
    ) -> Reply {
        let promise = record.promise;
        let own = record.callback.as_deref().cloned().unwrap_or_default();
        let hands = self.state.callback_hands(record);
        let clocked = |arrival_ms: u64, clock_ms: i64| i128::from(arrival_ms) - i128::from(clock_ms);
        let older = own.arrival_ms == 0
            || clocked(wanted.arrival_ms, wanted.clock_ms) < clocked(own.arrival_ms, own.clock_ms);
        let older = older && asked.window.is_none();
        let window = asked.window.filter(|_| matches!(hands, Hands::Pending | Hands::InLine));
        let out = hands == Hands::InLine && (older || window.is_some());
        if out {
            self.leave_line(record, self.now_ms);
        }
        let mut merged = j::CallbackChanged {
            promise,
            change: CallbackChange::Merged.into(),
            request: asked.fingerprint,
            merged_id: asked.id.clone(),
            ..j::CallbackChanged::default()
        };
        if older {
            (merged.arrival_ms, merged.clock_ms) = (wanted.arrival_ms, wanted.clock_ms);
        }
        if let Some(CallbackWindow { start_ms, end_ms }) = window {
            (merged.start_ms, merged.end_ms, merged.enter_ms) = (start_ms, end_ms, enter_ms);
            merged.expire_ms = end_ms;
        }
        let (known, named) = (reference(record), asked.customer.lookup);
        if (asked.number != own.number && known == named) || (known == 0 && named != 0) {
            // The latest number is the one to be called, and whoever was told by number alone is named now: another
            // customer of the same number is somebody else.
            (merged.number, merged.customer) = (asked.number, Some(asked.customer.clone()));
        }
        self.emit(Kind::CallbackChanged(merged));
        self.give_up_line(wanted.contact);
        self.enter_if_due(promise);
        Reply::Callback { promise, merged: true }
    }
}

/// What the customer of a callback is known by to its system; 0: nothing.
fn reference(record: &j::PromiseRecord) -> u64 {
    record.customer.as_ref().map_or(0, |customer| customer.lookup)
}

/// Whether this request was merged into a callback.
fn merged(own: &j::CallbackRecord, asked: &NewCallback) -> bool {
    own.merged_requests.contains(&asked.fingerprint)
}

impl Wanted {
    /// As it is asked for without a contact, with everything left out that has a number.
    fn of(asked: &NewCallback) -> Self {
        Self {
            contact: 0,
            contact_id: String::new(),
            queue: 0,
            channel: 0,
            gateway: asked.gateway.clone(),
            category: 0,
            language: asked.language.clone(),
            priority: asked.priority,
            case_id: asked.case_id.clone(),
            agent: 0,
            arrival_ms: 0,
            clock_ms: 0,
        }
    }
}
