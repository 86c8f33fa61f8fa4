//! What a contact's conversation tells, as messages: reply window, turns, legs, bot, consult, feedback,
//! interventions.

use super::{callback, contact_id, duration, promise, timestamp};
use crate::{
    engine::{conversation::ContactKind, state::State},
    proto::{
        journal::{self as j, AssignmentStage, ContactEnd, ContactStage},
        v1,
    },
};

/// Puts it into a contact's message.
pub(super) fn tell(state: &State, record: &j::ContactRecord, now_ms: u64, contact: &mut v1::Contact) {
    let kind = match record.kind() {
        ContactKind::Customer => v1::ContactKind::Customer,
        ContactKind::Consult => v1::ContactKind::Consult,
        ContactKind::FollowUp => v1::ContactKind::FollowUp,
        ContactKind::Callback => v1::ContactKind::Callback,
    };
    contact.kind = kind.into();
    if record.stage() != ContactStage::Closed {
        contact.turn_time = timestamp(state, state.turn_ms(record));
        contact.state_deadline = timestamp(state, state.dues(record.contact).stage_ms);
    }
    contact.reply_window = record.window().map(|window| {
        let left = window.left(now_ms);
        v1::ReplyWindow {
            end_time: timestamp(state, left.until_ms),
            replies_left: left.replies,
            added_priority: window.raise,
            later_replies_left: left.later.map_or(0, |later| later.replies),
            later_end_time: left.later.and_then(|later| timestamp(state, later.until_ms)),
        }
    });
    contact.added_priority = record.added_priority();
    let asked = || state.callback_asked_on(record.contact);
    let gave_up = record.ended().end() == ContactEnd::CallbackRequested;
    let asked = gave_up.then(asked).flatten();
    contact.callback = asked.map(|asked| Box::new(callback::callback(state, asked, now_ms)));
    if record.service.as_ref().is_some_and(|service| service.conversation.is_some()) {
        tell_recorded(state, record.talk(), now_ms, contact);
    }
}

fn tell_recorded(state: &State, talk: &j::Conversation, now_ms: u64, contact: &mut v1::Contact) {
    contact.customer_message_time = timestamp(state, talk.customer_ms);
    contact.agent_message_time = timestamp(state, talk.agent_ms);
    contact.first_response = (talk.agent_ms != 0).then(|| duration(talk.first_response_ms));
    contact.responses = talk.responses;
    contact.response_sum = (talk.responses > 0).then(|| duration(talk.responses_ms));
    let with_bot_ms = if talk.bot == 0 { 0 } else { now_ms.saturating_sub(talk.bot_ms) };
    let bot_ms = talk.bot_total_ms + with_bot_ms;
    state.gateway_id(talk.bot).clone_into(&mut contact.bot_gateway_id);
    contact.bot_time = (bot_ms > 0).then(|| duration(bot_ms));
    contact.legs = talk.legs.iter().map(|leg| self::leg(state, leg)).collect();
    contact.legs_left_out = talk.legs_dropped;
    contact.transfers = talk.transfers;
    contact.parent_contact_id = contact_id(state, talk.parent);
    contact.consult = state.contact(talk.consult).map(|record| consult(state, record));
    let kept = state.promise(talk.promise);
    contact.promise = kept.filter(|_| !talk.callback).map(|record| promise::promise(state, record));
    if let Some(record) = kept.filter(|_| talk.callback) {
        contact.callback = Some(Box::new(callback::callback(state, record, now_ms)));
    }
    contact.feedback = talk.feedback.as_deref().map(|record| feedback(state, record));
    let interventions = talk.interventions.iter().map(|record| v1::Intervention {
        // The API's numbers of kinds are the journal's.
        kind: record.kind,
        supervisor_id: record.supervisor.clone(),
        reason: record.reason.clone(),
        time: timestamp(state, record.at_ms),
    });
    contact.interventions = interventions.collect();
}

fn leg(state: &State, leg: &j::LegRecord) -> v1::Leg {
    let names = state.names();
    v1::Leg {
        queue: names.id(leg.queue).to_owned(),
        channel: names.id(leg.channel).to_owned(),
        agent_id: names.id(leg.agent).to_owned(),
        bot_gateway_id: state.gateway_id(leg.bot).to_owned(),
        wait: Some(duration(leg.wait_ms)),
        handle: Some(duration(leg.handle_ms)),
        end_time: timestamp(state, leg.ended_ms),
        // The API's numbers are the journal's.
        end: leg.end,
    }
}

/// A consult, from its own contact.
fn consult(state: &State, record: &j::ContactRecord) -> v1::Consult {
    let leg = state.assignment(record.offer).filter(|leg| leg.stage() != AssignmentStage::Offered);
    let consultant = leg.map_or("", |leg| state.names().id(leg.agent));
    v1::Consult {
        contact_id: record.id.clone(),
        agent_id: state.names().id(record.talk().asking_agent).to_owned(),
        consultant_id: consultant.to_owned(),
        conference: record.talk().conference,
    }
}

fn feedback(state: &State, record: &j::FeedbackRecord) -> v1::Feedback {
    v1::Feedback {
        score: record.score,
        resolved: (record.resolved != 0).then_some(record.resolved == 1),
        comment_ref: record.comment_ref.clone(),
        time: timestamp(state, record.at_ms),
    }
}
