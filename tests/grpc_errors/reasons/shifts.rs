//! Refusals about shifts and the hours of queues.

use kefud::proto::v1::{OverrideQueueRequest, OverrideShiftRequest, OverrideState};

use super::*;

fn closing(state: OverrideState) -> OverrideQueueRequest {
    OverrideQueueRequest {
        queue: "night".into(),
        state: state.into(),
        reason: "typhoon".into(),
        ..Default::default()
    }
}

fn off(state: OverrideState) -> OverrideShiftRequest {
    let until = std::time::SystemTime::now() + std::time::Duration::from_secs(3_600);
    OverrideShiftRequest {
        agent_id: "chen".into(),
        state: state.into(),
        until: (state != OverrideState::Clear).then(|| until.into()),
        reason: "ill".into(),
        ..Default::default()
    }
}

fn import(rows: &[String]) -> v1::ImportShiftsRequest {
    let document = format!("agent,start,end,kind\n{}\n", rows.join("\n"));
    v1::ImportShiftsRequest { document, ..Default::default() }
}

/// Chen is signed in.
pub async fn shifts(client: &Client, reached: &mut Reached) {
    client.enqueue("dark", "chat", "night").await;
    let mut supervisors = client.supervisors.clone();
    supervisors.override_queue(closing(OverrideState::Off)).await.expect("closed");
    supervisors.override_shift(off(OverrideState::Off)).await.expect("off shift");
    // More than an agent may have.
    let hours = (0..2_001).map(|hour| {
        let at =
            |hour: i32| format!("2090-{:02}-{:02}T{:02}:00", 1 + hour / 672, 1 + hour / 24 % 28, hour % 24);
        format!("ben,{},{},off", at(hour), at(hour + 1))
    });
    let hours: Vec<String> = hours.collect();
    let pull = v1::PullContactRequest { agent_id: "chen".into(), contact_id: "dark".into() };
    let gone = v1::DeleteShiftRequest { shift_id: "ben/off/2090-01-01T00:00:00[]".into() };
    let rows: Vec<Row> = vec![
        (
            FailedPrecondition,
            "QUEUE_CLOSED",
            call!(client, contacts.enqueue_contact(contact("refused", "phone", "night"))),
        ),
        (FailedPrecondition, "AGENT_OFF_SHIFT", call!(client, agents.pull_contact(pull))),
        (
            InvalidArgument,
            "SHIFTS_INVALID",
            call!(
                client,
                plans.import_shifts(import(&["nobody,2090-10-01T09:00,2090-10-01T10:00,off".into()]))
            ),
        ),
        (ResourceExhausted, "TOO_MANY_SHIFTS", call!(client, plans.import_shifts(import(&hours)))),
        (NotFound, "SHIFT_NOT_FOUND", call!(client, plans.delete_shift(gone))),
    ];
    check(reached, rows).await;
    supervisors.override_queue(closing(OverrideState::Clear)).await.expect("open");
    supervisors.override_shift(off(OverrideState::Clear)).await.expect("as before");
    client.cancel("dark").await;
}
