//! A supervisor's word about surge levels.

use tonic::{Request, Response};

use crate::{
    engine::command::{Command, SurgeLevel},
    proto::v1,
};

use super::{
    Answer, Api, Check, convert, request_key,
    schedule::{wall_s, word},
};

pub(super) async fn set_surge_level(
    api: &Api,
    request: Request<v1::SetSurgeLevelRequest>,
) -> Answer<v1::SetSurgeLevelResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("queue", &request.queue);
    let word = word(&mut check, &request.supervisor_id, &request.reason);
    match (request.level, &request.until) {
        (Some(_), None) => check.problem("until", "is required with `level`"),
        (None, Some(_)) => check.problem("until", "goes with `level` only"),
        _ => {}
    }
    let key = request_key(&mut check, &request.request_id, "SetSurgeLevel", &request);
    check.done()?;
    let until_s = request.until.as_ref().map_or(0, wall_s);
    let state = request.level.map(|level| SurgeLevel { level, until_s });
    let id = request.queue;
    let command = Command::SetSurgeLevel { queue: id.clone(), state, word };
    let queue =
        tenant.call(key, command, move |state, _, now_ms| Ok(convert::queue(state, &id, now_ms))).await?;
    Ok(Response::new(v1::SetSurgeLevelResponse { queue: Some(queue) }))
}
