//! Every reason that the API's description lists is reached over gRPC, with its code and what goes along.

pub mod callbacks;
mod calls;
mod conversations;
mod limits;
mod people;
mod promised;
mod shifts;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
};

use futures_util::future::try_join_all;
use kefud::proto::v1::{
    self, ActivityKind, ConsultAction, start_consult_request::Target as Asked, transfer_target::Target,
    update_promise_request::Change,
};
use tonic::{
    Code::{self, Aborted, AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, ResourceExhausted},
    Status,
};
use tonic_types::StatusExt;

use crate::daemon_common::{
    Daemon,
    client::{Client, contact, fields},
    plans,
    streams::Desk,
    talk::{after, closed_by_bot, consult, from_bot, promise, talk, to_queue, with_bot},
};
use calls::*;

const README: &str = include_str!("../../proto/README.md");

/// Reasons that take a whole test to be reached, and where that is.
const ELSEWHERE: &[(&str, &str)] = &[
    ("NOT_DURABLE", include_str!("../durability_life.rs")),
    ("STOPPING", include_str!("../durability_life.rs")),
    ("OVERLOADED", include_str!("../grpc_plans.rs")),
    ("CONSUMER_TOO_SLOW", include_str!("../grpc_streams.rs")),
    ("STREAM_REPLACED", include_str!("../grpc_streams.rs")),
    // An import between another's reading and its writing.
    ("SHIFTS_CHANGED", include_str!("../engine_schedules/dated.rs")),
    // After a lease of real time; here the clock is the test's.
    ("GATEWAY_LOST", include_str!("../engine_conversations/transfers.rs")),
];
/// Takes two million contacts.
const OUT_OF_REACH: &str = "TENANT_FULL";

/// A call that is to be refused.
type Call = Pin<Box<dyn Future<Output = Result<(), Status>>>>;
/// Code and reason, and the call that is to get them.
type Row = (Code, &'static str, Call);
/// Codes and reasons that have been reached.
type Reached = BTreeSet<(String, String)>;

/// The call of a method, which nobody has made yet.
macro_rules! call {
    ($client:expr, $service:ident.$method:ident($request:expr)) => {{
        let (mut service, request) = ($client.$service.clone(), $request);
        Box::pin(async move { service.$method(request).await.map(drop) }) as Call
    }};
}
use call;

/// Makes the calls of a table, and checks what each is refused with.
async fn check(reached: &mut Reached, rows: Vec<Row>) {
    for (code, reason, call) in rows {
        let status = call.await.expect_err(reason);
        let info = status.get_details_error_info().expect(reason);
        let told = (status.code(), info.reason.as_str(), info.domain.as_str());
        assert_eq!(told, (code, reason, "kefud"), "{status:?}");
        assert!(!status.message().is_empty(), "{status:?}");
        let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
        assert_eq!(retry.is_some_and(|delay| !delay.is_zero()), code == ResourceExhausted, "{status:?}");
        assert_eq!(!fields(&status).is_empty(), code == InvalidArgument, "{status:?}");
        reached.insert((format!("{code:?}"), reason.to_owned()));
    }
}

/// What the API's description lists: each reason with its code.
fn documented() -> Reached {
    let (_, refusals) = README.split_once("\n## Refusals\n").expect("a chapter of refusals");
    let (refusals, _) = refusals.split_once("\n## ").expect("another one after it");
    let codes = [
        InvalidArgument,
        NotFound,
        AlreadyExists,
        FailedPrecondition,
        Aborted,
        ResourceExhausted,
        Code::Unavailable,
        Code::DeadlineExceeded,
    ];
    // `FailedPrecondition` is FAILED_PRECONDITION there.
    let codes: BTreeMap<String, String> = codes
        .map(|code| format!("{code:?}"))
        .into_iter()
        .map(|code| {
            let upper =
                |c: char| if c.is_uppercase() { format!("_{c}") } else { c.to_uppercase().to_string() };
            (code.chars().map(upper).collect::<String>().trim_start_matches('_').to_owned(), code)
        })
        .collect();
    let mut documented = Reached::new();
    for row in refusals.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let code = codes.get(cells[1]).unwrap_or_else(|| panic!("{row}"));
        let reasons = cells[2].split(", ").filter(|reason| *reason != "–");
        documented.extend(reasons.map(|reason| (code.clone(), reason.to_owned())));
    }
    documented
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_is_reached() {
    let (_place, daemon, client) = talk().await;
    let mut reached = Reached::new();
    let (mut anna, mut chen) = (client.sign_in("anna").await, client.sign_in("chen").await);
    people::offers(&client, &mut anna, &mut reached).await;
    conversations::conversations(&client, &mut anna, &mut reached).await;
    conversations::consults(&client, &mut anna, &mut chen, &mut reached).await;
    promised::promises(&client, &mut anna, &mut reached).await;
    shifts::shifts(&client, &mut reached).await;
    callbacks::callbacks(&mut reached).await;
    people::sessions(&daemon, &client, &mut reached).await;
    limits::by_plan(&client, &mut reached).await;
    limits::full(&client, &mut reached).await;

    for (reason, test) in ELSEWHERE {
        let named = test.contains(&format!("\"{reason}\"")) || test.contains(&format!("=> !{reason}"));
        assert!(named, "{reason} is reached elsewhere no more");
    }
    let mut missing = documented();
    let known = |reason: &str| reason == OUT_OF_REACH || ELSEWHERE.iter().any(|(known, _)| *known == reason);
    missing.retain(|pair| !reached.contains(pair) && !known(&pair.1));
    assert!(missing.is_empty(), "described and not reached: {missing:?}");
    reached.retain(|pair| !documented().contains(pair));
    assert!(reached.is_empty(), "reached and not described: {reached:?}");
}
