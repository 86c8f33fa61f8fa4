//! Callbacks, as gateways ask for them and supervisors see them. Times of the API become engine time here, on the
//! writer.

use prost::Message;
use prost_types::Timestamp;
use tonic::{Request, Response};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    engine::{
        command::{CallbackChange, CallbackWindow, Command, NewCallback, Reply, Word},
        refusal::Refusal,
        state::State,
    },
    proto::{
        journal::{self as j, DialResult, PlanKind},
        v1::{self, update_callback_request::Change},
    },
};

use super::{Answer, Api, Check, contacts, convert, fingerprint, page, request_key, validate::visible_id};

const ID_CHARS: usize = 100;
const NUMBER_BYTES: usize = 128;
const WINDOW_MIN_MS: i64 = 5 * 60_000;

/// A window as the request has it: UTC in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Said {
    start_ms: i64,
    end_ms: i64,
}

impl Said {
    fn at(self, state: &State) -> CallbackWindow {
        CallbackWindow {
            start_ms: state.engine_ms_at(self.start_ms),
            end_ms: state.engine_ms_at(self.end_ms),
        }
    }
}

impl Check {
    fn callback_id(&mut self, field: &str, value: &str) {
        if value.is_empty() {
            self.problem(field, "is required");
        } else if value.chars().count() > ID_CHARS || !visible_id(value) {
            self.problem(field, "must be 1 to 100 visible characters without white space");
        }
    }

    fn callback_window(&mut self, field: &str, window: &v1::CallbackWindow) -> Said {
        let mut ms = |name: &str, time: &Option<Timestamp>| {
            let Some(time) = time else {
                self.problem(&format!("{field}.{name}"), "is required");
                return 0;
            };
            time.seconds.saturating_mul(1_000).saturating_add(i64::from(time.nanos) / 1_000_000)
        };
        let said = Said { start_ms: ms("start", &window.start), end_ms: ms("end", &window.end) };
        let whole = window.start.is_some() && window.end.is_some();
        if whole && said.end_ms < said.start_ms.saturating_add(WINDOW_MIN_MS) {
            self.problem(&format!("{field}.end"), "must be at least 5 min after the start");
        }
        said
    }

    /// What a request for a callback says, but for its times and who the customer is.
    fn new_callback(&mut self, request: &v1::RequestCallbackRequest) -> NewCallback {
        self.callback_id("callback_id", &request.callback_id);
        self.optional_id("contact_id", &request.contact_id);
        if request.number.is_empty() {
            self.problem("number", "is required");
        } else {
            self.text("number", &request.number, NUMBER_BYTES);
        }
        self.optional_id("gateway_id", &request.gateway_id);
        self.optional_id("channel", &request.channel);
        self.optional_id("queue", &request.queue);
        self.optional_id("category", &request.category);
        self.customer_ref("customer_ref", &request.customer_ref);
        self.language("language", &request.language);
        self.optional_id("case_id", &request.case_id);
        self.priority("priority", request.priority);
        self.attributes("attributes", &request.attributes);
        self.text("zone", &request.zone, NUMBER_BYTES);
        self.optional_id("agent_id", &request.agent_id);
        if request.contact_id.is_empty() {
            let required = [("gateway_id", &request.gateway_id), ("channel", &request.channel)];
            for (field, _) in required.into_iter().filter(|(_, value)| value.is_empty()) {
                self.problem(field, "is required without `contact_id`");
            }
            if request.queue.is_empty() && request.category.is_empty() {
                self.problem("queue", "or `category` is required without `contact_id`");
            }
        } else {
            self.only_without_contact(request);
        }
        NewCallback {
            id: request.callback_id.clone(),
            contact: request.contact_id.clone(),
            gateway: request.gateway_id.clone(),
            channel: request.channel.clone(),
            queue: request.queue.clone(),
            category: request.category.clone(),
            language: request.language.clone(),
            case_id: request.case_id.clone(),
            priority: request.priority,
            customer: j::Sealed::default(),
            // 0 is nobody.
            number: xxh3_64(request.number.as_bytes()).max(1),
            window: None,
            zone: request.zone.clone(),
            agent: request.agent_id.clone(),
            fingerprint: fingerprint("RequestCallback", request),
        }
    }

    fn only_without_contact(&mut self, request: &v1::RequestCallbackRequest) {
        let given = [
            ("queue", !request.queue.is_empty()),
            ("category", !request.category.is_empty()),
            ("customer_ref", !request.customer_ref.is_empty()),
            ("language", !request.language.is_empty()),
            ("case_id", !request.case_id.is_empty()),
            ("priority", request.priority != 0),
            ("attributes", !request.attributes.is_empty()),
        ];
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            self.problem(field, "goes without `contact_id` only: the contact's counts");
        }
    }
}

/// Who is called: the contact's customer or who was told, with the number.
fn customer(state: &State, request: v1::RequestCallbackRequest) -> j::Sealed {
    let known = state.contact_by_id(&request.contact_id).filter(|_| !request.contact_id.is_empty());
    let sealed = match known.and_then(|record| record.customer.as_deref()) {
        Some(sealed) => sealed.clone(),
        None => contacts::seal(request.customer_ref, request.attributes),
    };
    let customer = j::Customer { number: request.number, ..convert::customer(Some(&sealed)) };
    j::Sealed { data: customer.encode_to_vec(), ..sealed }
}

/// A callback by id, or why there is none.
fn found<'a>(state: &'a State, id: &str) -> Result<&'a j::PromiseRecord, Refusal> {
    state.callback_by_id(id).ok_or_else(|| {
        Refusal::not_found(
            "CALLBACK_NOT_FOUND",
            format!("there is no callback {id}, or it is no longer kept"),
        )
    })
}

pub(super) async fn request_callback(
    api: &Api,
    request: Request<v1::RequestCallbackRequest>,
) -> Answer<v1::RequestCallbackResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    let asked = check.new_callback(&request);
    let window = request.window.as_ref().map(|window| check.callback_window("window", window));
    check.done()?;
    let response = tenant
        .run(move |desk| {
            let (state, id) = (desk.state(), asked.id.clone());
            let window = window.map(|window| window.at(state));
            let asked = NewCallback { customer: customer(state, request), window, ..asked };
            let reply = desk.step(None, Command::RequestCallback(Box::new(asked)))?;
            let (state, now_ms) = (desk.state(), desk.now_ms());
            let (record, merged) = match reply {
                Reply::Callback { promise, merged } => (state.promise(promise), merged),
                _ => (state.callback_by_id(&id), false),
            };
            let callback = record.map(|record| convert::callback::for_gateway(state, record, now_ms));
            Ok(v1::RequestCallbackResponse { callback, merged })
        })
        .await?;
    Ok(Response::new(response))
}

pub(super) async fn cancel_callback(
    api: &Api,
    request: Request<v1::CancelCallbackRequest>,
) -> Answer<v1::CancelCallbackResponse> {
    let tenant = api.tenant(&request)?;
    let v1::CancelCallbackRequest { callback_id: id, reason } = request.into_inner();
    let mut check = Check::new();
    check.callback_id("callback_id", &id);
    check.text("reason", &reason, 256);
    check.done()?;
    let command = Command::CancelCallback { callback: id.clone(), reason };
    let tell = move |state: &State, _: &Reply, now_ms| {
        found(state, &id).map(|record| convert::callback::for_gateway(state, record, now_ms))
    };
    let callback = Some(tenant.call(None, command, tell).await?);
    Ok(Response::new(v1::CancelCallbackResponse { callback }))
}

pub(super) async fn get_callback(
    api: &Api,
    request: Request<v1::GetCallbackRequest>,
) -> Answer<v1::GetCallbackResponse> {
    let tenant = api.tenant(&request)?;
    let id = request.into_inner().callback_id;
    let mut check = Check::new();
    check.callback_id("callback_id", &id);
    check.done()?;
    let read = move |state: &State, now_ms| {
        found(state, &id).map(|record| convert::callback::for_gateway(state, record, now_ms))
    };
    let callback = Some(tenant.read(read).await?);
    Ok(Response::new(v1::GetCallbackResponse { callback }))
}

pub(super) async fn report_dial(
    api: &Api,
    request: Request<v1::ReportDialRequest>,
) -> Answer<v1::ReportDialResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("contact_id", &request.contact_id);
    check.number("attempt", request.attempt);
    let result = match request.result() {
        v1::DialResult::Answered => DialResult::Answered,
        v1::DialResult::NoAnswer => DialResult::NoAnswer,
        v1::DialResult::Busy => DialResult::Busy,
        v1::DialResult::Refused => DialResult::Refused,
        v1::DialResult::Unreachable => DialResult::Unreachable,
        v1::DialResult::Unspecified => {
            check.not_named("result", request.result);
            DialResult::Unspecified
        }
    };
    check.done()?;
    let v1::ReportDialRequest { contact_id: id, attempt, .. } = request;
    let command = Command::ReportDial { contact: id.clone(), attempt, result };
    let contact = contacts::call_contact(&tenant, None, id, command).await?;
    Ok(Response::new(v1::ReportDialResponse { contact }))
}

pub(super) async fn list_callbacks(
    api: &Api,
    request: Request<v1::ListCallbacksRequest>,
) -> Answer<v1::ListCallbacksResponse> {
    let tenant = api.tenant(&request)?;
    let v1::ListCallbacksRequest { queue, ended, page_size, page_token } = request.into_inner();
    let mut check = Check::new();
    check.optional_id("queue", &queue);
    let size = check.page_size("page_size", page_size);
    let after: u64 = page::after(&mut check, &page_token);
    check.done()?;
    let read = move |state: &State, now_ms| {
        let number = state.names().number(PlanKind::Queue, &queue);
        if number.is_none() && !queue.is_empty() {
            let message = format!("there is no queue {queue}");
            return Err(Refusal::not_found("QUEUE_NOT_FOUND", message));
        }
        let entries = state.promises_after(after).map(|record| (record.promise, record));
        let (callbacks, next_page_token) = page::page(entries, size, |record| {
            let open = record.stage() != j::PromiseStage::Ended;
            let of_queue = number.is_none_or(|number| record.queue == number);
            let wanted = record.callback.is_some() && of_queue && (open || ended);
            wanted.then(|| convert::callback::callback(state, record, now_ms))
        });
        Ok(v1::ListCallbacksResponse { callbacks, next_page_token, sequence: state.sequence() })
    };
    Ok(Response::new(tenant.read(read).await?))
}

/// A change as the request has it.
enum Asked {
    Move(Said),
    Other(CallbackChange),
}

fn asked_change(check: &mut Check, change: Option<Change>, reason: &str) -> Asked {
    let mut done = |field: &str, done: bool| {
        if !done {
            check.problem(field, "must be true, or not given");
        }
    };
    let (asked, needs_reason) = match change {
        Some(Change::Move(window)) => (Asked::Move(check.callback_window("move", &window)), true),
        Some(Change::ReassignTo(agent)) => {
            check.id("reassign_to", &agent);
            (Asked::Other(CallbackChange::Reassign(agent)), true)
        }
        Some(Change::Cancel(yes)) => {
            done("cancel", yes);
            (Asked::Other(CallbackChange::Cancel), true)
        }
        Some(Change::Now(yes)) => {
            done("now", yes);
            (Asked::Other(CallbackChange::Now), false)
        }
        None => {
            check.problem("change", "is required: one of move, reassign_to, cancel, now");
            (Asked::Other(CallbackChange::Now), false)
        }
    };
    if needs_reason {
        check.why("reason", reason);
    } else {
        check.text("reason", reason, 256);
    }
    asked
}

pub(super) async fn update_callback(
    api: &Api,
    request: Request<v1::UpdateCallbackRequest>,
) -> Answer<v1::UpdateCallbackResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.optional_id("supervisor_id", &request.supervisor_id);
    check.callback_id("callback_id", &request.callback_id);
    let key = request_key(&mut check, &request.request_id, "UpdateCallback", &request);
    let v1::UpdateCallbackRequest { supervisor_id: supervisor, callback_id: id, change, reason, .. } =
        request;
    let asked = asked_change(&mut check, change, &reason);
    check.done()?;
    let callback = tenant
        .run(move |desk| {
            let change = match asked {
                Asked::Move(said) => CallbackChange::Move(said.at(desk.state())),
                Asked::Other(change) => change,
            };
            let word = Word { supervisor, reason };
            desk.step(key.as_ref(), Command::ChangeCallback { callback: id.clone(), change, word })?;
            let (state, now_ms) = (desk.state(), desk.now_ms());
            found(state, &id).map(|record| convert::callback::callback(state, record, now_ms))
        })
        .await?;
    Ok(Response::new(v1::UpdateCallbackResponse { callback: Some(callback) }))
}
