//! Refusals of offers, assignments and sessions.

use super::*;

pub async fn offers(client: &Client, anna: &mut Desk, reached: &mut Reached) {
    client.enqueue("declined", "chat", "care").await;
    let declined = anna.offer_of("declined").await;
    client.decline(&declined).await.expect("declined");
    client.cancel("declined").await;
    client.enqueue("call", "phone", "care").await;
    let offer = anna.offer_of("call").await;
    let answer =
        |agent: &str, offer_id, epoch| v1::AcceptOfferRequest { agent_id: agent.into(), offer_id, epoch };
    let right = answer("anna", offer.offer_id, offer.epoch);
    let rows: Vec<Row> = vec![
        (NotFound, "OFFER_NOT_FOUND", call!(client, agents.accept_offer(answer("anna", 999, 1)))),
        (
            FailedPrecondition,
            "OFFER_ENDED",
            call!(client, agents.accept_offer(answer("anna", declined.offer_id, 1))),
        ),
        (
            FailedPrecondition,
            "OFFER_OF_ANOTHER_AGENT",
            call!(client, agents.accept_offer(answer("chen", offer.offer_id, 1))),
        ),
        (
            FailedPrecondition,
            "OFFER_EPOCH_MISMATCH",
            call!(client, agents.accept_offer(answer("anna", offer.offer_id, 9))),
        ),
        (
            FailedPrecondition,
            "CONTACT_NOT_ANSWERED",
            call!(client, contacts.complete_contact(completed("call"))),
        ),
    ];
    check(reached, rows).await;
    client.accept(&offer).await.expect("accepted");
    client.report("call", &offer, v1::ConnectionResult::Connected).await.expect("connected");
    let decline =
        v1::DeclineOfferRequest { agent_id: right.agent_id, offer_id: right.offer_id, epoch: right.epoch };
    let unreachable = v1::ReportConnectionRequest {
        contact_id: "call".into(),
        offer_id: offer.offer_id,
        epoch: offer.epoch,
        result: v1::ConnectionResult::AgentUnreachable.into(),
    };
    let finish = v1::FinishWrapUpRequest { agent_id: "anna".into(), contact_id: "call".into() };
    let to_herself = transfer("call", Target::AgentId("anna".into()));
    let to_nobody = transfer("call", Target::AgentId("ben".into()));
    let rows: Vec<Row> = vec![
        (FailedPrecondition, "OFFER_ACCEPTED", call!(client, agents.decline_offer(decline))),
        (FailedPrecondition, "ALREADY_CONNECTED", call!(client, contacts.report_connection(unreachable))),
        (FailedPrecondition, "NOT_IN_WRAP_UP", call!(client, agents.finish_wrap_up(finish))),
        (FailedPrecondition, "AGENT_HAS_CONTACT", call!(client, contacts.transfer_contact(to_herself))),
        (FailedPrecondition, "AGENT_NOT_AVAILABLE", call!(client, contacts.transfer_contact(to_nobody))),
        (
            FailedPrecondition,
            "CONTACT_NOT_WAITING",
            call!(client, supervisors.assign_contact(assign("call", "chen"))),
        ),
        (
            FailedPrecondition,
            "ACTIVITY_NOT_TRACKED",
            call!(client, contacts.record_activity(says("call", ActivityKind::CustomerMessage))),
        ),
        (NotFound, "AGENT_NOT_FOUND", call!(client, supervisors.assign_contact(assign("call", "nobody")))),
        (
            NotFound,
            "GROUP_NOT_FOUND",
            call!(
                client,
                supervisors.list_agents(v1::ListAgentsRequest { group: "no".into(), ..Default::default() })
            ),
        ),
        (NotFound, "CONTACT_NOT_FOUND", call!(client, contacts.get_contact(get("nobody")))),
        (InvalidArgument, "INVALID_FIELDS", call!(client, contacts.get_contact(get("")))),
    ];
    check(reached, rows).await;
    client.complete("anna", "call").await;
    client.finish_wrap_up("anna", "call").await;
}

pub async fn sessions(daemon: &Daemon, client: &Client, reached: &mut Reached) {
    let north = daemon.client_of("north").await;
    let sign_out = |agent: &str| v1::SignOutRequest { agent_id: agent.into(), ..Default::default() };
    let rows: Vec<Row> = vec![
        (NotFound, "TENANT_NOT_FOUND", call!(north, contacts.get_contact(get("c")))),
        (FailedPrecondition, "AGENT_HAS_CONTACTS", call!(client, agents.sign_out(sign_out("anna")))),
        (FailedPrecondition, "AGENT_SIGNED_OUT", call!(client, agents.set_availability(ready("ben")))),
        (
            FailedPrecondition,
            "SESSION_REPLACED",
            call!(
                client,
                agents.keep_alive(v1::AgentServiceKeepAliveRequest {
                    agent_id: "anna".into(),
                    session_id: 999
                })
            ),
        ),
    ];
    check(reached, rows).await;
}
