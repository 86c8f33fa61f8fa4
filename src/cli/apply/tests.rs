//! What `kefud apply` makes of its arguments and of refusals.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport};
use tonic_types::{BadRequest, ErrorDetails, FieldViolation, StatusExt};

use super::*;
use crate::proto::v1::{
    self, GetPlanRequest, GetPlanResponse,
    plan_service_server::{PlanService, PlanServiceServer},
};

type Answer = Result<ApplyPlanResponse, Status>;

/// A plan service that gives one answer and remembers the request and its tenant.
struct Fake {
    answer: Answer,
    seen: Arc<Mutex<Option<(ApplyPlanRequest, String)>>>,
}

#[tonic::async_trait]
impl PlanService for Fake {
    async fn apply_plan(
        &self,
        request: Request<ApplyPlanRequest>,
    ) -> Result<Response<ApplyPlanResponse>, Status> {
        let tenant = request.metadata().get("kefud-tenant").and_then(|tenant| tenant.to_str().ok());
        let tenant = tenant.unwrap_or_default().to_owned();
        *self.seen.lock().expect("not poisoned") = Some((request.into_inner(), tenant));
        self.answer.clone().map(Response::new)
    }

    async fn get_plan(&self, _: Request<GetPlanRequest>) -> Result<Response<GetPlanResponse>, Status> {
        Ok(Response::new(GetPlanResponse {
            document: "x = 1\n".into(),
            revision: 4,
            ..GetPlanResponse::default()
        }))
    }

    async fn import_shifts(
        &self,
        _: Request<v1::ImportShiftsRequest>,
    ) -> Result<Response<v1::ImportShiftsResponse>, Status> {
        Err(Status::unimplemented("plans only"))
    }

    async fn list_shifts(
        &self,
        _: Request<v1::ListShiftsRequest>,
    ) -> Result<Response<v1::ListShiftsResponse>, Status> {
        Err(Status::unimplemented("plans only"))
    }

    async fn set_shift(
        &self,
        _: Request<v1::SetShiftRequest>,
    ) -> Result<Response<v1::SetShiftResponse>, Status> {
        Err(Status::unimplemented("plans only"))
    }

    async fn delete_shift(
        &self,
        _: Request<v1::DeleteShiftRequest>,
    ) -> Result<Response<v1::DeleteShiftResponse>, Status> {
        Err(Status::unimplemented("plans only"))
    }

    async fn get_schedule(
        &self,
        _: Request<v1::GetScheduleRequest>,
    ) -> Result<Response<v1::GetScheduleResponse>, Status> {
        Err(Status::unimplemented("plans only"))
    }
}

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

/// Applies a plan to a fake that gives `answer`: exit code, both outputs, what the fake saw.
async fn applied(
    arguments: &[&str],
    answer: Answer,
) -> (ExitCode, String, String, Option<(ApplyPlanRequest, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(None));
    let service = PlanServiceServer::new(Fake { answer, seen: Arc::clone(&seen) });
    let server = transport::Server::builder().add_service(service);
    let server = tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let line = ["apply", "p.toml", "--server", address.as_str()];
    let line = line.into_iter().chain(arguments.iter().copied());
    let args = <Line as clap::Parser>::try_parse_from(line).expect("arguments").args;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = apply(args, "document".into(), &mut out, &mut err).await.expect("called");
    server.abort();
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let seen = seen.lock().expect("not poisoned").take();
    (code, text(out), text(err), seen)
}

fn done() -> Answer {
    Ok(ApplyPlanResponse { revision: 7, added: 1, changed: 2, removed: 3, shifts_removed: 0 })
}

#[test]
fn shifts_that_go_with_their_agents_are_told() {
    for (shifts_removed, dry_run, printed) in [
        (0, false, "1 added, 2 changed, 3 removed; revision 7 is in force"),
        (
            1,
            false,
            "1 added, 2 changed, 3 removed, with 1 dated shift of removed agents; revision 7 is in force",
        ),
        (
            40,
            true,
            "would change: 1 added, 2 changed, 3 removed, with 40 dated shifts of removed agents; revision 7 stays \
             in force",
        ),
    ] {
        let response = ApplyPlanResponse { shifts_removed, ..done().expect("an answer") };
        assert_eq!(changes(&response, dry_run), printed);
    }
}

#[tokio::test]
async fn arguments_become_the_request() {
    let request =
        |validate_only, expected_revision, policy: RemovedQueuePolicy, queue: &str| ApplyPlanRequest {
            document: "document".into(),
            validate_only,
            expected_revision,
            removed_queue_policy: policy.into(),
            move_to_queue: queue.into(),
            request_id: String::new(),
        };
    let table: [(&[&str], &str, ApplyPlanRequest, &str); 3] = [
        (
            &[],
            "default",
            request(false, 0, RemovedQueuePolicy::Refuse, ""),
            "1 added, 2 changed, 3 removed; revision 7 is in force\n",
        ),
        (
            &["--dry-run", "--tenant", "east", "--expected-revision", "6", "--removed-queues", "end"],
            "east",
            request(true, 6, RemovedQueuePolicy::End, ""),
            "would change: 1 added, 2 changed, 3 removed; revision 7 stays in force\n",
        ),
        (
            &["--removed-queues", "move:general"],
            "default",
            request(false, 0, RemovedQueuePolicy::Move, "general"),
            "1 added, 2 changed, 3 removed; revision 7 is in force\n",
        ),
    ];
    for (arguments, tenant, request, printed) in table {
        let (code, out, err, seen) = applied(arguments, done()).await;
        assert_eq!(seen, Some((request, tenant.to_owned())), "{arguments:?}");
        assert_eq!((code, out.as_str(), err.as_str()), (ExitCode::SUCCESS, printed, ""), "{arguments:?}");
    }
}

#[tokio::test]
async fn refusals_are_told_line_by_line() {
    let violations = BadRequest::new(vec![
        FieldViolation::new("document:1:2", "queues.a: no such channel"),
        FieldViolation::new("document:3:4", "agents.b: no such group"),
        FieldViolation::new("move_to_queue", "there is no queue `c`"),
        FieldViolation::new("", "355 more are not listed"),
    ]);
    let invalid = Status::with_error_details(
        tonic::Code::InvalidArgument,
        "2 errors",
        ErrorDetails::with_bad_request(violations.field_violations),
    );
    let reason = ErrorDetails::with_error_info("REVISION_MISMATCH", "kefud", []);
    let aborted = Status::with_error_details(tonic::Code::Aborted, "revision 8 is in force", reason);
    let mut later = ErrorDetails::with_retry_info(Some(Duration::from_millis(250)));
    later.set_error_info("OVERLOADED", "kefud", []);
    let busy = Status::with_error_details(tonic::Code::ResourceExhausted, "too many commands", later);
    let table = [
        (
            invalid,
            ExitCode::from(EXIT_WRONG_INPUT),
            "p.toml:1:2 queues.a: no such channel\np.toml:3:4 agents.b: no such group\n\
             p.toml: move_to_queue: there is no queue `c`\np.toml: 355 more are not listed\n",
        ),
        (aborted, ExitCode::FAILURE, "kefud: revision 8 is in force (REVISION_MISMATCH)\n"),
        (Status::unavailable("draining"), ExitCode::FAILURE, "kefud: draining\n"),
        (busy, ExitCode::FAILURE, "kefud: too many commands (OVERLOADED)\nkefud: try again in 250ms\n"),
    ];
    for (status, code, printed) in table {
        let (given, out, err, _) = applied(&[], Err(status)).await;
        assert_eq!((given, out.as_str(), err.as_str()), (code, "", printed));
    }
}

#[test]
fn policies_are_read() {
    let table = [
        ("refuse", Some(RemovedQueues::Refuse)),
        ("end", Some(RemovedQueues::End)),
        ("move:q", Some(RemovedQueues::Move("q".into()))),
        ("move:", None),
        ("keep", None),
    ];
    for (text, expected) in table {
        assert_eq!(text.parse().ok(), expected, "{text}");
    }
}
