//! What a supervisor says of an agent's shift or a queue's hours, against the rules and for a limited time.

use crate::{
    engine::{
        command::{QueueOverride, Reply, ShiftOverride, Word},
        limits::{QUEUE_OVERRIDE_MAX_S, SHIFT_OVERRIDE_MAX_S},
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{self as j, PlanKind, event::Kind},
};

impl Step<'_> {
    pub fn override_shift(&mut self, id: &str, state: Option<ShiftOverride>, word: Word) -> Answer {
        let agent = self.agent(id)?;
        let (number, before) = (agent.record.agent, agent.record.override_record.clone());
        if agent.record.removed {
            return Err(Refusal::not_found("AGENT_NOT_FOUND", format!("the plan has no agent {id}")));
        }
        let Some(state) = state else {
            if before.is_some() || self.is_to_be_remembered() {
                self.emit_override(j::ShiftOverridden { agent: number, record: None });
            }
            return Ok(Reply::Agent(number));
        };
        let mut fields = Vec::new();
        let mut channels: Vec<u32> = (0..)
            .zip(&state.channels)
            .map(|(at, channel)| {
                self.named(PlanKind::Channel, &format!("channels[{at}]"), channel, &mut fields)
            })
            .collect();
        channels.sort_unstable();
        channels.dedup();
        let now_s = self.state.wall_s(self.now_ms);
        if state.until_s <= now_s {
            fields.push(("until".to_owned(), "must be in the future".to_owned()));
        } else if state.until_s > now_s + SHIFT_OVERRIDE_MAX_S {
            let days = SHIFT_OVERRIDE_MAX_S / 86_400;
            fields.push(("until".to_owned(), format!("must be within {days} days")));
        }
        if !fields.is_empty() {
            return Err(Refusal::invalid(fields));
        }
        let record = j::ShiftOverrideRecord {
            on: state.on,
            restricted: state.on && !channels.is_empty(),
            channels: if state.on { channels } else { Vec::new() },
            until_s: state.until_s,
            reason: word.reason,
            supervisor: word.supervisor,
        };
        if before.as_ref() != Some(&record) || self.is_to_be_remembered() {
            self.emit_override(j::ShiftOverridden { agent: number, record: Some(record) });
        }
        Ok(Reply::Agent(number))
    }

    pub fn override_queue(&mut self, id: &str, state: Option<QueueOverride>, word: Word) -> Answer {
        let queue = self.state.names.number(PlanKind::Queue, id);
        let Some(queue) = queue.filter(|queue| self.state.catalog.queues.contains_key(queue)) else {
            return Err(Refusal::not_found("QUEUE_NOT_FOUND", format!("the plan has no queue {id}")));
        };
        let before = self.state.queue_hours(queue).and_then(|hours| hours.override_record.clone());
        let now_s = self.state.wall_s(self.now_ms);
        if let Some(until_s) = state.as_ref().map(|state| state.until_s).filter(|until_s| *until_s != 0) {
            if until_s <= now_s {
                return Err(Refusal::field("until", "must be in the future, or absent"));
            }
            if until_s > now_s + QUEUE_OVERRIDE_MAX_S {
                let days = QUEUE_OVERRIDE_MAX_S / 86_400;
                return Err(Refusal::field("until", format!("must be within {days} days, or absent")));
            }
        }
        let record = state.map(|state| j::QueueOverrideRecord {
            open: state.open,
            until_s: state.until_s,
            reason: word.reason,
            supervisor: word.supervisor,
        });
        if before != record || self.is_to_be_remembered() {
            self.emit(Kind::QueueOverridden(j::QueueOverridden { queue, record }));
            // At once, so that who comes next finds it so.
            self.queue_edges();
        }
        Ok(Reply::Queue(queue))
    }

    fn emit_override(&mut self, event: j::ShiftOverridden) {
        self.emit(Kind::ShiftOverridden(event));
        // At once, so that the answer tells it.
        self.agent_edges();
    }
}
