//! `PlanService`: what administrators call. Large plans take a while to read, compare and write: none of
//! that is done where others are served. The engine is given a change in parts, between which other commands
//! get their turn, and checks by itself that nothing has come between.

use std::{sync::Arc, time::Duration};

use tonic::{Request, Response};

use crate::{
    engine::{
        command::{Command, PlanChange, RemovedQueuePolicy, Reply, RequestKey},
        limits::PLAN_ENTRIES_PER_EVENT,
        refusal::{Class, Refusal},
    },
    plan::{self, Diff, Plan, Shared, model::Holidays},
    proto::v1::{self, plan_service_server::PlanService},
    runtime::{CallError, Tenant},
    schedule::zone,
};

use super::{Answer, Api, Check, aside::PLANS, chart, import, request_key, shifts};

/// A change that was worked out for a plan that is no longer in force is worked out anew so many times.
const ATTEMPTS_MAX: usize = 3;
/// A part for which there is no room is sent again after this time …
const PART_PAUSE: Duration = Duration::from_millis(10);
/// … so many times.
const PART_ATTEMPTS_MAX: usize = 200;

/// What is asked for, checked.
struct Wanted {
    plan: Arc<Plan>,
    expected_revision: u64,
    validate_only: bool,
    policy: RemovedQueuePolicy,
}

#[tonic::async_trait]
impl PlanService for Api {
    async fn apply_plan(&self, request: Request<v1::ApplyPlanRequest>) -> Answer<v1::ApplyPlanResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        let key = request_key(&mut check, &request.request_id, "ApplyPlan", &request);
        let policy = policy(&mut check, &request);
        check.done()?;
        let document = request.document;
        let plan = PLANS.run(move || read(&document)).await??;
        let wanted = Wanted {
            plan: Arc::new(plan),
            expected_revision: request.expected_revision,
            validate_only: request.validate_only,
            policy,
        };
        let _turn = tenant.turn_to_plan().await;
        let mut attempts = 0;
        loop {
            attempts += 1;
            match apply(&tenant, key.as_ref(), &wanted).await {
                Err(CallError::Refused(refusal))
                    if refusal.class == Class::Aborted && attempts < ATTEMPTS_MAX => {}
                answer => return Ok(Response::new(answer?)),
            }
        }
    }

    async fn get_plan(&self, request: Request<v1::GetPlanRequest>) -> Answer<v1::GetPlanResponse> {
        let tenant = self.tenant(&request)?;
        let (plan, revision) = in_force(&tenant).await?;
        let known = |(id, holidays): (&String, &Shared<Holidays>)| v1::HolidaysKnown {
            holidays: id.clone(),
            known_until: holidays.known_until().map_or_else(String::new, |day| day.to_string()),
        };
        let holidays = plan.holidays.iter().map(known).collect();
        let document = PLANS.run(move || plan::render(&plan)).await?;
        let time_zones = zone::version().to_owned();
        Ok(Response::new(v1::GetPlanResponse { document, revision, time_zones, holidays }))
    }

    async fn import_shifts(
        &self,
        request: Request<v1::ImportShiftsRequest>,
    ) -> Answer<v1::ImportShiftsResponse> {
        import::import_shifts(self, request).await
    }

    async fn list_shifts(&self, request: Request<v1::ListShiftsRequest>) -> Answer<v1::ListShiftsResponse> {
        shifts::list_shifts(self, request).await
    }

    async fn set_shift(&self, request: Request<v1::SetShiftRequest>) -> Answer<v1::SetShiftResponse> {
        shifts::set_shift(self, request).await
    }

    async fn delete_shift(
        &self,
        request: Request<v1::DeleteShiftRequest>,
    ) -> Answer<v1::DeleteShiftResponse> {
        shifts::delete_shift(self, request).await
    }

    async fn get_schedule(
        &self,
        request: Request<v1::GetScheduleRequest>,
    ) -> Answer<v1::GetScheduleResponse> {
        chart::get_schedule(self, request).await
    }
}

fn policy(check: &mut Check, request: &v1::ApplyPlanRequest) -> RemovedQueuePolicy {
    let policy = match request.removed_queue_policy() {
        v1::RemovedQueuePolicy::Unspecified | v1::RemovedQueuePolicy::Refuse => RemovedQueuePolicy::Refuse,
        v1::RemovedQueuePolicy::End => RemovedQueuePolicy::End,
        v1::RemovedQueuePolicy::Move => {
            check.id("move_to_queue", &request.move_to_queue);
            RemovedQueuePolicy::Move(request.move_to_queue.clone())
        }
    };
    if v1::RemovedQueuePolicy::try_from(request.removed_queue_policy).is_err() {
        check.problem("removed_queue_policy", "is none of the known values");
    }
    if !request.move_to_queue.is_empty() && !matches!(policy, RemovedQueuePolicy::Move(_)) {
        check.problem("move_to_queue", "goes with policy MOVE only");
    }
    policy
}

/// The plan in force, with its revision.
async fn in_force(tenant: &Tenant) -> Result<(Arc<Plan>, u64), CallError> {
    tenant.read(|state, _| Ok((state.plan().clone(), state.plan_revision()))).await
}

/// Makes the plan in force what is wanted: checked first, then set aside part by part, then committed. Only
/// the last of these counts as the request, so that one that ended before can be made again.
async fn apply(
    tenant: &Tenant,
    key: Option<&RequestKey>,
    wanted: &Wanted,
) -> Result<v1::ApplyPlanResponse, CallError> {
    let (change, diff) = change(tenant, wanted).await?;
    let check = Command::CheckPlan(Box::new(change.clone()));
    let checked = tenant.call(key.cloned(), check, |state, reply, _| {
        Ok((response(reply, state.plan_revision()), *reply == Reply::Repeat))
    });
    let (checked, repeat) = checked.await?;
    if repeat || wanted.validate_only || change.is_empty() {
        return Ok(checked);
    }
    let mut stage = 0;
    for part in diff.into_parts(PLAN_ENTRIES_PER_EVENT) {
        let command = Command::StagePlan { base: change.base, stage, part };
        if let Reply::Staged(first) = stage_part(tenant, command).await? {
            stage = first;
        }
    }
    let commit = Command::CommitPlan { change: Box::new(change), stage };
    tenant.call(key.cloned(), commit, |state, reply, _| Ok(response(reply, state.plan_revision()))).await
}

/// What makes the plan that is wanted of the one in force.
async fn change(tenant: &Tenant, wanted: &Wanted) -> Result<(PlanChange, Diff), CallError> {
    let (before, base) = in_force(tenant).await?;
    let (plan, policy) = (wanted.plan.clone(), wanted.policy.clone());
    let outdated = wanted.expected_revision != 0 && wanted.expected_revision != base;
    let compared = PLANS.run(move || {
        // What is asked of another revision will be refused: nothing need be compared.
        let diff = if outdated { Diff::default() } else { plan::diff(&before, &plan) };
        (PlanChange::new(base, &diff, &plan, policy), diff)
    });
    let (change, diff) = compared.await?;
    Ok((PlanChange { expected_revision: wanted.expected_revision, ..change }, diff))
}

/// A part for which there is no room now is no reason to begin anew.
pub(super) async fn stage_part(tenant: &Tenant, command: Command) -> Result<Reply, CallError> {
    for _ in 0..PART_ATTEMPTS_MAX {
        match tenant.call_ahead(command.clone()).await {
            Err(CallError::Overloaded) => tokio::time::sleep(PART_PAUSE).await,
            answer => return answer,
        }
    }
    tenant.call_ahead(command).await
}

fn response(reply: &Reply, revision: u64) -> v1::ApplyPlanResponse {
    match reply {
        Reply::Plan { revision, added, changed, removed, shifts_removed } => v1::ApplyPlanResponse {
            revision: *revision,
            added: *added,
            changed: *changed,
            removed: *removed,
            shifts_removed: *shifts_removed,
        },
        // A repeat: it is in force, or a later one is.
        _ => v1::ApplyPlanResponse { revision, ..v1::ApplyPlanResponse::default() },
    }
}

/// Checks a document; every problem is a violation of a field `document:line:column`.
fn read(document: &str) -> Result<Plan, Refusal> {
    plan::parse(document).map_err(|problems| {
        let fields = problems.into_iter().map(|problem| {
            let place = format!("document:{}:{}", problem.line, problem.column);
            let message = if problem.key.is_empty() {
                problem.message
            } else {
                format!("{}: {}", problem.key, problem.message)
            };
            (place, message)
        });
        Refusal::invalid(fields.collect())
    })
}
