//! From refusals to gRPC status: a code, a stable reason in `ErrorInfo`, `BadRequest` with field paths,
//! `RetryInfo` where waiting helps. The one place where codes are chosen.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{
    engine::refusal::{Class, Refusal},
    runtime::CallError,
    streams::Cut,
};

/// The domain of all reasons.
const DOMAIN: &str = "kefud";
/// Advice when the inbox is full.
const OVERLOADED_RETRY: Duration = Duration::from_millis(100);
/// Advice when the journal failed or the daemon stops.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(1);

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.class {
            Class::Invalid => Code::InvalidArgument,
            Class::NotFound => Code::NotFound,
            Class::AlreadyExists => Code::AlreadyExists,
            Class::Precondition => Code::FailedPrecondition,
            Class::Exhausted => Code::ResourceExhausted,
            Class::Aborted => Code::Aborted,
        };
        let mut details = ErrorDetails::with_error_info(refusal.reason, DOMAIN, HashMap::new());
        for (field, problem) in refusal.fields {
            details.add_bad_request_violation(field, problem);
        }
        if let Some(retry_after_ms) = refusal.retry_after_ms {
            details.set_retry_info(Some(Duration::from_millis(retry_after_ms)));
        }
        Status::with_error_details(code, refusal.message, details)
    }
}

impl From<CallError> for Status {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Overloaded => retry(
                Code::ResourceExhausted,
                "OVERLOADED",
                "too many commands wait for this tenant; try again soon",
                OVERLOADED_RETRY,
            ),
            CallError::NotDurable => retry(
                Code::Unavailable,
                "NOT_DURABLE",
                "the journal failed, the outcome is unknown; try again with the same id",
                UNAVAILABLE_RETRY,
            ),
            CallError::Stopping => retry(
                Code::Unavailable,
                "STOPPING",
                "the daemon is stopping; try again with the same id once it is back",
                UNAVAILABLE_RETRY,
            ),
            CallError::UnknownTenant(name) => {
                Refusal::not_found("TENANT_NOT_FOUND", format!("there is no tenant {name}")).into()
            }
        }
    }
}

/// Why a stream was ended from this side.
pub fn of_cut(cut: Cut) -> Status {
    match cut {
        Cut::TooSlow => retry(
            Code::ResourceExhausted,
            "CONSUMER_TOO_SLOW",
            "changes came faster than they were read; open the stream again after the last sequence",
            OVERLOADED_RETRY,
        ),
        Cut::SessionReplaced => {
            Refusal::precondition("SESSION_REPLACED", "the agent has signed in elsewhere").into()
        }
        Cut::StreamReplaced => {
            Refusal::aborted("STREAM_REPLACED", "the same session has opened another stream").into()
        }
        Cut::Stopping => CallError::Stopping.into(),
    }
}

fn retry(code: Code, reason: &str, message: &str, after: Duration) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    details.set_retry_info(Some(after));
    Status::with_error_details(code, message, details)
}
