//! A supervisor's word against schedules.

use tonic::{Request, Response};

use crate::{
    engine::command::{Command, QueueOverride, ShiftOverride, Word},
    proto::v1,
};

use super::{Answer, Api, Check, agents::call_agent, convert, request_key};

/// What is said, as seconds of the wall clock; a part of a second counts as a whole one.
pub(super) fn wall_s(time: &prost_types::Timestamp) -> i64 {
    time.seconds.saturating_add(i64::from(time.nanos > 0))
}

/// On, open: true; off, closed: false; cleared: none.
fn state(check: &mut Check, value: i32) -> Option<bool> {
    match v1::OverrideState::try_from(value) {
        Ok(v1::OverrideState::On) => return Some(true),
        Ok(v1::OverrideState::Off) => return Some(false),
        Ok(v1::OverrideState::Clear) => {}
        Ok(v1::OverrideState::Unspecified) => check.problem("state", "is required"),
        Err(_) => check.problem("state", "is none of the known values"),
    }
    None
}

pub(super) fn word(check: &mut Check, supervisor: &str, reason: &str) -> Word {
    check.optional_id("supervisor_id", supervisor);
    if reason.trim().is_empty() {
        check.problem("reason", "is required");
    }
    check.short_why("reason", reason);
    Word { supervisor: supervisor.to_owned(), reason: reason.to_owned() }
}

pub(super) async fn override_shift(
    api: &Api,
    request: Request<v1::OverrideShiftRequest>,
) -> Answer<v1::OverrideShiftResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("agent_id", &request.agent_id);
    let on = state(&mut check, request.state);
    let word = word(&mut check, &request.supervisor_id, &request.reason);
    if on.is_some() && request.until.is_none() {
        check.problem("until", "is required unless the override is cleared");
    }
    if on != Some(true) && !request.channels.is_empty() {
        check.problem("channels", "go with the state ON only");
    }
    (0..).zip(&request.channels).for_each(|(at, id)| check.id(&format!("channels[{at}]"), id));
    let key = request_key(&mut check, &request.request_id, "OverrideShift", &request);
    check.done()?;
    let until_s = request.until.as_ref().map_or(0, wall_s);
    let state = on.map(|on| ShiftOverride { on, channels: request.channels, until_s });
    let id = request.agent_id;
    let command = Command::OverrideShift { agent: id.clone(), state, word };
    let agent = call_agent(&tenant, key, id, command).await?;
    Ok(Response::new(v1::OverrideShiftResponse { agent }))
}

pub(super) async fn override_queue(
    api: &Api,
    request: Request<v1::OverrideQueueRequest>,
) -> Answer<v1::OverrideQueueResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("queue", &request.queue);
    let open = state(&mut check, request.state);
    let word = word(&mut check, &request.supervisor_id, &request.reason);
    let key = request_key(&mut check, &request.request_id, "OverrideQueue", &request);
    check.done()?;
    let until_s = request.until.as_ref().map_or(0, wall_s);
    let state = open.map(|open| QueueOverride { open, until_s });
    let id = request.queue;
    let command = Command::OverrideQueue { queue: id.clone(), state, word };
    let queue =
        tenant.call(key, command, move |state, _, now_ms| Ok(convert::queue(state, &id, now_ms))).await?;
    Ok(Response::new(v1::OverrideQueueResponse { queue: Some(queue) }))
}
