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

/// Errors travel in HTTP/2 headers, of which clients take as little as 8 KiB; beyond, a caller would see a
/// broken connection instead of what is wrong. So many bytes of violations, before base64 adds a third …
const VIOLATION_BYTES_MAX: usize = 4_096;
/// … what a violation takes beside its text …
const VIOLATION_FRAME_BYTES: usize = 8;
/// … and of the message, as it is encoded.
const MESSAGE_BYTES_MAX: usize = 1_000;

/// Adds violations as far as they fit, then says how many are left out.
fn add_violations(details: &mut ErrorDetails, fields: Vec<(String, String)>) {
    let count = fields.len();
    let mut bytes = 0;
    for (at, (field, problem)) in fields.into_iter().enumerate() {
        bytes += field.len() + problem.len() + VIOLATION_FRAME_BYTES;
        if bytes > VIOLATION_BYTES_MAX {
            let more = format!("{} more are not listed, mend these first", count - at);
            details.add_bad_request_violation("", more);
            return;
        }
        details.add_bad_request_violation(field, problem);
    }
}

/// The beginning of a message that fits.
fn bounded(message: String) -> String {
    let mut bytes = 0;
    let end = message.char_indices().find(|(_, c)| {
        bytes += if c.is_ascii() && !c.is_control() { 1 } else { 3 * c.len_utf8() };
        bytes > MESSAGE_BYTES_MAX
    });
    match end {
        None => message,
        Some((end, _)) => format!("{}…", &message[..end]),
    }
}

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
        let metadata: HashMap<String, String> =
            refusal.metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let mut details = ErrorDetails::with_error_info(refusal.reason, DOMAIN, metadata);
        add_violations(&mut details, refusal.fields);
        if let Some(retry_after_ms) = refusal.retry_after_ms {
            details.set_retry_info(Some(Duration::from_millis(retry_after_ms)));
        }
        Status::with_error_details(code, bounded(refusal.message), details)
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
