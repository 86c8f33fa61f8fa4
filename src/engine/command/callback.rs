//! Commands about callbacks.

use crate::proto::journal as j;

/// A time in which a customer wants to be called, in engine time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackWindow {
    /// Not before.
    pub start_ms: u64,
    /// Not after.
    pub end_ms: u64,
}

/// A callback that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCallback {
    /// Chosen by the gateway.
    pub id: String,
    /// Whose place it keeps; empty: a place from now.
    pub contact: String,
    /// The gateway that dials; empty: the contact's.
    pub gateway: String,
    /// By which channel; empty: the contact's.
    pub channel: String,
    /// Without a contact: the queue; empty: the category's.
    pub queue: String,
    /// Without a contact.
    pub category: String,
    /// Without a contact.
    pub language: String,
    /// Without a contact.
    pub case_id: String,
    /// Without a contact: 0 to 10.
    pub priority: i32,
    /// Who is called, with the number, possibly encrypted: with a contact, what that has, and the number.
    pub customer: j::Sealed,
    /// By what the number is known: XXH3-64, never 0.
    pub number: u64,
    /// None: in turn.
    pub window: Option<CallbackWindow>,
    /// IANA zone; empty: the queue's.
    pub zone: String,
    /// For whom first; empty: anybody.
    pub agent: String,
    /// Of what was asked for: the same id with another one is refused.
    pub fingerprint: u64,
}

/// What becomes of an open callback by a supervisor's hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackChange {
    /// Another time.
    Move(CallbackWindow),
    /// In turn from now on.
    Now,
    /// For another agent first.
    Reassign(String),
    /// It will not be made.
    Cancel,
}
