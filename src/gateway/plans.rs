//! `PlanService`: what administrators call.

use tonic::{Request, Response};

use crate::{
    engine::{
        command::{ApplyPlan, Command, RemovedQueuePolicy, Reply},
        refusal::Refusal,
    },
    plan::{self, Plan},
    proto::v1::{self, plan_service_server::PlanService},
};

use super::{Answer, Api, Check, request_key};

#[tonic::async_trait]
impl PlanService for Api {
    async fn apply_plan(&self, request: Request<v1::ApplyPlanRequest>) -> Answer<v1::ApplyPlanResponse> {
        let tenant = self.tenant(&request)?;
        let request = request.into_inner();
        let mut check = Check::new();
        let key = request_key(&mut check, &request.request_id, "ApplyPlan", &request);
        let removed_queues = match request.removed_queue_policy() {
            v1::RemovedQueuePolicy::Unspecified | v1::RemovedQueuePolicy::Refuse => {
                RemovedQueuePolicy::Refuse
            }
            v1::RemovedQueuePolicy::End => RemovedQueuePolicy::End,
            v1::RemovedQueuePolicy::Move => {
                check.id("move_to_queue", &request.move_to_queue);
                RemovedQueuePolicy::Move(request.move_to_queue.clone())
            }
        };
        if v1::RemovedQueuePolicy::try_from(request.removed_queue_policy).is_err() {
            check.problem("removed_queue_policy", "is none of the known values");
        }
        if !request.move_to_queue.is_empty() && !matches!(removed_queues, RemovedQueuePolicy::Move(_)) {
            check.problem("move_to_queue", "goes with policy MOVE only");
        }
        check.done()?;
        let document = request.document;
        // Large plans take a while to read: not on a thread that serves others.
        let plan = tokio::task::spawn_blocking(move || read(&document))
            .await
            .map_err(|_| Refusal::field("document", "could not be read"))??;
        let command = Command::ApplyPlan(ApplyPlan {
            plan: Box::new(plan),
            expected_revision: request.expected_revision,
            validate_only: request.validate_only,
            removed_queues,
        });
        let response = tenant
            .call(key, command, |state, reply, _| {
                Ok(match reply {
                    Reply::Plan { revision, added, changed, removed } => v1::ApplyPlanResponse {
                        revision: *revision,
                        added: *added,
                        changed: *changed,
                        removed: *removed,
                    },
                    // A repeat: it is in force, or a later one is.
                    _ => v1::ApplyPlanResponse {
                        revision: state.plan_revision(),
                        ..v1::ApplyPlanResponse::default()
                    },
                })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn get_plan(&self, request: Request<v1::GetPlanRequest>) -> Answer<v1::GetPlanResponse> {
        let tenant = self.tenant(&request)?;
        let (plan, revision) =
            tenant.read(|state, _| Ok((state.plan().clone(), state.plan_revision()))).await?;
        Ok(Response::new(v1::GetPlanResponse { document: plan::render(&plan), revision }))
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
