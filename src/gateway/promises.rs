//! Promises and cases, as agents and supervisors make, change and read them. Times of the API become engine
//! time here, on the writer: the engine knows no other.

use std::{fmt, num::ParseIntError, str::FromStr};

use tonic::{Request, Response, Status};

use crate::{
    engine::{
        command::{Command, Hand, NewPromise, PromiseChange, PromiseDue, Reply, RequestKey},
        refusal::Refusal,
        state::State,
    },
    proto::{
        journal::{self as j, PlanKind},
        v1::{
            self, promise_due::Due, supervisor_service_update_promise_request::Change as AnyChange,
            update_promise_request::Change,
        },
    },
    runtime::{CallError, Tenant},
};

use super::{Answer, Api, Check, convert, fingerprint, page, request_key, validate::visible_id};

const PROMISE_ID_CHARS: usize = 100;
const NOTE_BYTES: usize = 1_024;
/// Longer than any plan's horizon.
const AFTER_MS: std::ops::RangeInclusive<u64> = 1..=366 * 24 * 3_600_000;

/// When a promise is due, as the request has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// UTC in milliseconds.
    Time(i64),
    After(u64),
    BusinessAfter(u64),
}

impl Said {
    fn at(self, state: &State) -> PromiseDue {
        match self {
            Self::Time(wall_ms) => PromiseDue::At(state.engine_ms_at(wall_ms)),
            Self::After(ms) => PromiseDue::After(ms),
            Self::BusinessAfter(ms) => PromiseDue::BusinessAfter(ms),
        }
    }
}

/// A new promise as the request has it.
#[derive(Debug)]
pub(super) struct Asked {
    /// Its due time is not set.
    promise: NewPromise,
    due: Said,
}

impl Asked {
    /// The promise in engine time.
    pub fn at(self, state: &State) -> NewPromise {
        NewPromise { due: self.due.at(state), ..self.promise }
    }
}

impl Check {
    fn promise_id(&mut self, field: &str, value: &str) {
        if value.is_empty() {
            self.problem(field, "is required");
        } else if value.chars().count() > PROMISE_ID_CHARS || !visible_id(value) {
            self.problem(field, "must be 1 to 100 visible characters without white space");
        }
    }

    fn promise_due(&mut self, field: &str, due: Option<v1::PromiseDue>) -> Said {
        match due.and_then(|due| due.due) {
            Some(Due::Time(time)) => {
                let ms = time.seconds.saturating_mul(1_000);
                Said::Time(ms.saturating_add(i64::from(time.nanos) / 1_000_000))
            }
            Some(Due::After(after)) => {
                Said::After(self.duration_ms(&format!("{field}.after"), Some(&after), AFTER_MS, 0))
            }
            Some(Due::BusinessAfter(after)) => {
                let field = format!("{field}.business_after");
                Said::BusinessAfter(self.duration_ms(&field, Some(&after), AFTER_MS, 0))
            }
            None => {
                self.problem(field, "is required");
                Said::After(0)
            }
        }
    }

    /// A promise in a request.
    pub(super) fn new_promise(&mut self, field: &str, promise: v1::NewPromise) -> Asked {
        let at = |name: &str| format!("{field}.{name}");
        self.promise_id(&at("promise_id"), &promise.promise_id);
        let due = self.promise_due(&at("due"), promise.due);
        self.optional_id(&at("agent_id"), &promise.agent_id);
        self.optional_id(&at("queue"), &promise.queue);
        self.optional_id(&at("channel"), &promise.channel);
        self.optional_id(&at("gateway_id"), &promise.gateway_id);
        self.priority(&at("priority"), promise.priority);
        self.text(&at("note"), &promise.note, NOTE_BYTES);
        if promise.gateway_id.is_empty() && !promise.channel.is_empty() {
            self.problem(&at("gateway_id"), "is required with `channel`");
        }
        // Of what was said: "in two hours" is another time whenever it is said, and still the same promise.
        let fingerprint = fingerprint("NewPromise", &promise);
        let promise = NewPromise {
            id: promise.promise_id,
            due: PromiseDue::After(0),
            agent: promise.agent_id,
            queue: promise.queue,
            channel: promise.channel,
            gateway: promise.gateway_id,
            priority: promise.priority,
            note: promise.note,
            fingerprint,
        };
        Asked { promise, due }
    }
}

/// A promise that a reply is about (a repeat's by its id), as a message.
fn answered_promise(state: &State, reply: &Reply, id: &str) -> Result<Option<v1::Promise>, Refusal> {
    let record = match reply {
        Reply::Promise(promise) => state.promise(*promise),
        _ => state.promise_by_id(id).filter(|record| record.callback.is_none()),
    };
    let record = record.ok_or_else(|| state.no_promise(id))?;
    Ok(Some(convert::promise::promise(state, record)))
}

pub(super) async fn make_promise(
    api: &Api,
    request: Request<v1::MakePromiseRequest>,
) -> Answer<v1::MakePromiseResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("agent_id", &request.agent_id);
    check.id("contact_id", &request.contact_id);
    if request.promise.is_none() {
        check.problem("promise", "is required");
    }
    let asked = request.promise.map(|promise| check.new_promise("promise", promise));
    check.done()?;
    let (agent, contact) = (request.agent_id, request.contact_id);
    let promise = tenant
        .run(move |desk| {
            let Some(asked) = asked else { return Ok(None) };
            let promise = Box::new(asked.at(desk.state()));
            let id = promise.id.clone();
            let reply = desk.step(None, Command::MakePromise { agent, contact, promise })?;
            answered_promise(desk.state(), &reply, &id)
        })
        .await?;
    Ok(Response::new(v1::MakePromiseResponse { promise }))
}

/// A change of a promise as the request has it.
enum AskedChange {
    Move(Said),
    Other(PromiseChange),
}

fn asked_change(check: &mut Check, change: Option<Change>, reason: &str) -> AskedChange {
    let mut done = |field: &str, done: bool| {
        if !done {
            check.problem(field, "must be true, or not given");
        }
    };
    let (asked, needs_reason) = match change {
        Some(Change::Move(due)) => (AskedChange::Move(check.promise_due("move", Some(due))), true),
        Some(Change::ReassignTo(agent)) => {
            check.id("reassign_to", &agent);
            (AskedChange::Other(PromiseChange::Reassign(agent)), true)
        }
        Some(Change::Fulfil(yes)) => {
            done("fulfil", yes);
            (AskedChange::Other(PromiseChange::Fulfil), false)
        }
        Some(Change::Cancel(yes)) => {
            done("cancel", yes);
            (AskedChange::Other(PromiseChange::Cancel), true)
        }
        None => {
            check.problem("change", "is required: one of move, reassign_to, fulfil, cancel");
            (AskedChange::Other(PromiseChange::Fulfil), false)
        }
    };
    if needs_reason {
        check.why("reason", reason);
    } else {
        check.text("reason", reason, 256);
    }
    asked
}

async fn change_promise(
    tenant: &Tenant,
    key: Option<RequestKey>,
    by: Hand,
    id: String,
    asked: AskedChange,
    reason: String,
) -> Result<Option<v1::Promise>, CallError> {
    tenant
        .run(move |desk| {
            let change = match asked {
                AskedChange::Move(said) => PromiseChange::Move(said.at(desk.state())),
                AskedChange::Other(change) => change,
            };
            let command = Command::ChangePromise { by, promise: id.clone(), change, reason };
            let reply = desk.step(key.as_ref(), command)?;
            answered_promise(desk.state(), &reply, &id)
        })
        .await
}

pub(super) async fn update_promise(
    api: &Api,
    request: Request<v1::UpdatePromiseRequest>,
) -> Answer<v1::UpdatePromiseResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("agent_id", &request.agent_id);
    check.promise_id("promise_id", &request.promise_id);
    let key = request_key(&mut check, &request.request_id, "UpdatePromise", &request);
    let v1::UpdatePromiseRequest { agent_id, promise_id, change, reason, .. } = request;
    let asked = asked_change(&mut check, change, &reason);
    check.done()?;
    let promise = change_promise(&tenant, key, Hand::Agent(agent_id), promise_id, asked, reason).await?;
    Ok(Response::new(v1::UpdatePromiseResponse { promise }))
}

pub(super) async fn update_any_promise(
    api: &Api,
    request: Request<v1::SupervisorServiceUpdatePromiseRequest>,
) -> Answer<v1::SupervisorServiceUpdatePromiseResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.optional_id("supervisor_id", &request.supervisor_id);
    check.promise_id("promise_id", &request.promise_id);
    let key = request_key(&mut check, &request.request_id, "SupervisorUpdatePromise", &request);
    let v1::SupervisorServiceUpdatePromiseRequest { supervisor_id, promise_id, change, reason, .. } = request;
    let change = change.map(|change| match change {
        AnyChange::Move(due) => Change::Move(due),
        AnyChange::ReassignTo(agent) => Change::ReassignTo(agent),
        AnyChange::Fulfil(yes) => Change::Fulfil(yes),
        AnyChange::Cancel(yes) => Change::Cancel(yes),
    });
    let asked = asked_change(&mut check, change, &reason);
    check.done()?;
    let promise =
        change_promise(&tenant, key, Hand::Supervisor(supervisor_id), promise_id, asked, reason).await?;
    Ok(Response::new(v1::SupervisorServiceUpdatePromiseResponse { promise }))
}

/// Which promises are asked for.
struct Filter {
    agent: String,
    queue: String,
    case_id: String,
    ended: bool,
    overdue: bool,
    size: usize,
    after: Place,
}

/// Where a page of promises begins: after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among open ones: when it is due, and its number.
    Open(u64, u64),
    /// Among those that have ended.
    Ended(u64),
}

impl Default for Place {
    fn default() -> Self {
        Self::Open(0, 0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(due_ms, promise) => write!(f, "{due_ms}.{promise}"),
            Self::Ended(promise) => write!(f, "{promise}"),
        }
    }
}

impl FromStr for Place {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        match text.split_once('.') {
            Some((due_ms, promise)) => Ok(Self::Open(due_ms.parse()?, promise.parse()?)),
            None => Ok(Self::Ended(text.parse()?)),
        }
    }
}

impl Filter {
    fn new(request: v1::ListPromisesRequest) -> Result<Self, Status> {
        let mut check = Check::new();
        check.optional_id("agent_id", &request.agent_id);
        check.optional_id("queue", &request.queue);
        check.optional_id("case_id", &request.case_id);
        let size = check.page_size("page_size", request.page_size);
        let after = page::after(&mut check, &request.page_token);
        check.done()?;
        let v1::ListPromisesRequest { agent_id: agent, queue, case_id, ended, overdue, .. } = request;
        Ok(Self { agent, queue, case_id, ended, overdue, size, after })
    }

    /// A page of them, and the token of the next.
    fn page(&self, state: &State, now_ms: u64) -> Result<(Vec<v1::Promise>, String), Refusal> {
        let number = |kind, id: &str, reason, what| match id {
            "" => Ok(None),
            id => state
                .names()
                .number(kind, id)
                .map(Some)
                .ok_or_else(|| Refusal::not_found(reason, format!("there is no {what} {id}"))),
        };
        let agent = number(PlanKind::Agent, &self.agent, "AGENT_NOT_FOUND", "agent")?;
        let queue = number(PlanKind::Queue, &self.queue, "QUEUE_NOT_FOUND", "queue")?;
        let (open_after, ended_after) = match self.after {
            Place::Open(due_ms, promise) => (Some((due_ms, promise)), 0),
            Place::Ended(promise) => (None, promise),
        };
        let open = open_after.into_iter().flat_map(|after| state.open_promises_after(after));
        let open = open.map(|record| (Place::Open(record.due_ms, record.promise), record));
        let ended = self.ended.then(|| state.promises_after(ended_after)).into_iter().flatten();
        let ended = ended.map(|record| (Place::Ended(record.promise), record));
        let entries = open.chain(ended).map(|(place, record)| (place, (place, record)));
        Ok(page::page(entries, self.size, |(place, record)| {
            // One part is made of all of them, so that it can begin anywhere.
            let in_part = matches!(place, Place::Ended(_)) == (record.stage() == j::PromiseStage::Ended);
            let overdue = record.stage() != j::PromiseStage::Ended && record.due_ms <= now_ms;
            let wanted = record.callback.is_none()
                && agent.is_none_or(|agent| record.agent == agent)
                && queue.is_none_or(|queue| record.queue == queue)
                && (self.case_id.is_empty() || record.case_id == self.case_id)
                && (overdue || !self.overdue);
            (in_part && wanted).then(|| convert::promise::promise(state, record))
        }))
    }
}

pub(super) async fn list_promises(
    api: &Api,
    request: Request<v1::ListPromisesRequest>,
) -> Answer<v1::ListPromisesResponse> {
    let tenant = api.tenant(&request)?;
    let filter = Filter::new(request.into_inner())?;
    let response = tenant
        .read(move |state, now_ms| {
            let (promises, next_page_token) = filter.page(state, now_ms)?;
            Ok(v1::ListPromisesResponse { promises, next_page_token, sequence: state.sequence() })
        })
        .await?;
    Ok(Response::new(response))
}

pub(super) async fn list_all_promises(
    api: &Api,
    request: Request<v1::SupervisorServiceListPromisesRequest>,
) -> Answer<v1::SupervisorServiceListPromisesResponse> {
    let tenant = api.tenant(&request)?;
    let v1::SupervisorServiceListPromisesRequest {
        agent_id,
        queue,
        case_id,
        ended,
        overdue,
        page_size,
        page_token,
    } = request.into_inner();
    let request = v1::ListPromisesRequest { agent_id, queue, case_id, ended, overdue, page_size, page_token };
    let filter = Filter::new(request)?;
    let response = tenant
        .read(move |state, now_ms| {
            let (promises, next_page_token) = filter.page(state, now_ms)?;
            let sequence = state.sequence();
            Ok(v1::SupervisorServiceListPromisesResponse { promises, next_page_token, sequence })
        })
        .await?;
    Ok(Response::new(response))
}

pub(super) async fn get_case(api: &Api, request: Request<v1::GetCaseRequest>) -> Answer<v1::GetCaseResponse> {
    let tenant = api.tenant(&request)?;
    let id = request.into_inner().case_id;
    let mut check = Check::new();
    check.id("case_id", &id);
    check.done()?;
    let case = tenant
        .read(move |state, _| {
            let record = state.case_by_id(&id).ok_or_else(|| {
                let message = format!("there is no case {id}, or it is no longer kept");
                Refusal::not_found("CASE_NOT_FOUND", message)
            })?;
            Ok(convert::promise::case(state, record))
        })
        .await?;
    Ok(Response::new(v1::GetCaseResponse { case: Some(case) }))
}

#[cfg(test)]
mod tests;
