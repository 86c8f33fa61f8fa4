//! What supervisors do to contacts, on the record; and what customers thought of them.

use kefud::proto::v1::{
    self, AssignmentPhase, CloseReason, ContactCause, ContactState, InterventionKind, OfferEndReason,
};
use tonic::Code::{AlreadyExists, FailedPrecondition};

use crate::daemon_common::{
    client::{GATEWAY, assert_refused},
    talk::talk,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_supervisor_does_is_on_the_record() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let (mut anna, mut chen) = (client.sign_in("anna").await, client.sign_in("chen").await);
    let entered = client.enqueue("c", "chat", "care").await;
    let first = anna.offer_of("c").await;
    gateway.until(ContactCause::Offered).await;
    let mut supervisors = client.supervisors.clone();

    // Changed while it is offered: the desktop sees it.
    let request = v1::ChangeContactRequest {
        contact_id: "c".into(),
        priority: Some(7),
        category: Some("refund".into()),
        reason: "a regular".into(),
        supervisor_id: "li".into(),
        request_id: "s1".into(),
    };
    for _ in 0..2 {
        let told = supervisors.change_contact(request.clone()).await.expect("changed").into_inner();
        let told = told.contact.expect("a contact");
        assert_eq!((told.priority, told.category.as_str(), told.queue.as_str()), (7, "refund", "care"));
        assert_eq!(told.interventions.len(), 1, "once");
    }
    let (again, told) = loop {
        let (offer, told) = anna.offered().await;
        if told.priority == 7 {
            break (offer, told);
        }
    };
    assert_eq!((again.offer_id, told.interventions.len()), (first.offer_id, 1), "the same offer");

    // Taken from who is offered it, and given to another, who isn't of the queue's group.
    let request = v1::ReassignContactRequest {
        contact_id: "c".into(),
        agent_id: "chen".into(),
        reason: "knows it".into(),
        supervisor_id: "li".into(),
        ..Default::default()
    };
    let refused = supervisors.reassign_contact(request.clone()).await;
    assert_refused(refused, FailedPrecondition, "AGENT_NOT_ELIGIBLE");
    let request = v1::ReassignContactRequest { override_requirements: true, ..request };
    let given = supervisors.reassign_contact(request).await.expect("given").into_inner();
    assert_eq!(given.contact.expect("a contact").offer.expect("an offer").agent_id, "chen");
    assert_eq!(anna.offer_ended().await.reason(), OfferEndReason::ContactMoved);
    client.take(&mut chen, "c").await;

    // Back into a queue from an agent, as if it had just come.
    let request = v1::RequeueContactRequest {
        contact_id: "c".into(),
        queue: "night".into(),
        fresh: true,
        reason: "it can wait".into(),
        supervisor_id: "wang".into(),
        request_id: "s2".into(),
    };
    for _ in 0..2 {
        let told = supervisors.requeue_contact(request.clone()).await.expect("moved").into_inner();
        let told = told.contact.expect("a contact");
        assert_eq!((told.state(), told.queue.as_str()), (ContactState::Waiting, "night"));
        assert_eq!((told.interventions.len(), told.enqueue_time), (3, entered.enqueue_time));
    }
    while chen.change_of("c").await.0.phase() != AssignmentPhase::WrapUp {}

    // And ended there; saying it again adds nothing.
    let request = v1::EndContactRequest {
        contact_id: "c".into(),
        disposition: "resolved".into(),
        reason: "settled elsewhere".into(),
        ..Default::default()
    };
    for _ in 0..2 {
        let told = supervisors.end_contact(request.clone()).await.expect("ended").into_inner();
        let told = told.contact.expect("a contact");
        assert_eq!(
            (told.state(), told.close_reason()),
            (ContactState::Completed, CloseReason::SupervisorEnded)
        );
        let record: Vec<_> = told
            .interventions
            .iter()
            .map(|told| {
                assert!(told.time.is_some());
                (told.kind(), told.supervisor_id.as_str(), told.reason.as_str())
            })
            .collect();
        let expected = [
            (InterventionKind::Changed, "li", "a regular"),
            (InterventionKind::Reassigned, "li", "knows it"),
            (InterventionKind::Requeued, "wang", "it can wait"),
            (InterventionKind::Ended, "", "settled elsewhere"),
        ];
        assert_eq!(record, expected);
    }
    let mut causes = Vec::new();
    while causes.last() != Some(&ContactCause::Closed) {
        causes.push(gateway.change().await.1);
    }
    use ContactCause::{Accepted, Closed, Intervened, Offered, Transferred, Updated};
    let expected =
        [Intervened, Updated, Intervened, Offered, Accepted, Intervened, Transferred, Intervened, Closed];
    assert_eq!(causes, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_comes_once_and_after_the_end() {
    let (_place, _daemon, client) = talk().await;
    let mut gateway = client.watch_gateway(GATEWAY, 0).await;
    gateway.snapshot().await;
    let mut anna = client.sign_in("anna").await;
    client.enqueue("c", "chat", "care").await;
    client.take(&mut anna, "c").await;
    let feedback = |score, resolved| {
        let feedback = v1::Feedback { score, resolved, comment_ref: "survey/1".into(), time: None };
        let request = v1::RecordFeedbackRequest {
            contact_id: "c".into(),
            feedback: Some(feedback),
            request_id: String::new(),
        };
        let mut contacts = client.contacts.clone();
        async move { contacts.record_feedback(request).await.map(|told| told.into_inner().contact) }
    };
    assert_refused(feedback(9, None).await, FailedPrecondition, "CONTACT_NOT_CLOSED");
    client.complete("anna", "c").await;
    gateway.until(ContactCause::Closed).await;
    for _ in 0..2 {
        let told = feedback(9, Some(true)).await.expect("kept").expect("a contact").feedback.expect("told");
        assert_eq!((told.score, told.resolved, told.comment_ref.as_str()), (9, Some(true), "survey/1"));
        assert!(told.time.is_some());
    }
    for (score, resolved) in [(1, Some(true)), (9, Some(false)), (9, None)] {
        assert_refused(feedback(score, resolved).await, AlreadyExists, "FEEDBACK_EXISTS");
    }
    let (told, cause) = gateway.change().await;
    assert_eq!((cause, told.feedback.map(|told| told.score)), (ContactCause::Updated, Some(9)));
    assert_eq!(client.contact("c").await.feedback.expect("kept").score, 9);
}
