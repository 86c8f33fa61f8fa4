//! The stream of what needs a supervisor's eye.

use std::collections::BTreeSet;

use tonic::Request;

use crate::{
    engine::refusal::Refusal,
    proto::{
        journal::PlanKind,
        v1::{self, NoticeKind, watch_notices_response::Update},
    },
    runtime::{Desk, Start},
    streams::{Item, Opening, Topic},
};

use super::{Answer, Api, Check, Streamed, convert, respond};

pub(super) async fn watch_notices(
    api: &Api,
    request: Request<v1::WatchNoticesRequest>,
) -> Answer<Streamed<v1::WatchNoticesResponse>> {
    let tenant = api.admitting_tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.optional_id("queue", &request.queue);
    for (at, kind) in request.kinds.iter().enumerate() {
        if matches!(NoticeKind::try_from(*kind), Err(_) | Ok(NoticeKind::Unspecified)) {
            check.problem(&format!("kinds[{at}]"), "is none of the known values");
        }
    }
    check.done()?;
    let kinds: BTreeSet<i32> = request.kinds.iter().copied().collect();
    let queue = request.queue.clone();
    let watch = tenant.watch(move |desk| start(desk, &request)).await?;
    Ok(respond(watch, move |item| match item {
        Item::Notice(message) if wanted(message, &kinds, &queue) => Some(message.as_ref().clone()),
        _ => None,
    }))
}

/// Whether the watcher asked for it. Notices about agents alone are everybody's.
fn wanted(message: &v1::WatchNoticesResponse, kinds: &BTreeSet<i32>, queue: &str) -> bool {
    let Some(Update::Notice(notice)) = &message.update else {
        return true;
    };
    let of_kind = kinds.is_empty() || kinds.contains(&notice.kind);
    of_kind && (queue.is_empty() || notice.queue.is_empty() || notice.queue == queue)
}

fn start(desk: &Desk<'_>, request: &v1::WatchNoticesRequest) -> Result<Start, Refusal> {
    let (state, now_ms) = (desk.state(), desk.now_ms());
    let queue = &request.queue;
    if !queue.is_empty() && state.names().number(PlanKind::Queue, queue).is_none() {
        return Err(Refusal::not_found("QUEUE_NOT_FOUND", format!("there is no queue {queue}")));
    }
    let time = convert::timestamp(state, now_ms);
    let opened = |after| {
        let update = Some(Update::Opened(v1::StreamResumed { after_sequence: after }));
        Item::Notice(Box::new(v1::WatchNoticesResponse { sequence: after, time, update }))
    };
    let after = request.after_sequence;
    let resumes = after > 0 && after <= state.sequence();
    let opening = Opening {
        snapshot: vec![opened(state.sequence())],
        resume: Some(opened(after)),
        after: resumes.then_some(after),
        ends: false,
    };
    Ok(Start { topic: Topic::Notices, session: 0, opening, lost: None })
}
