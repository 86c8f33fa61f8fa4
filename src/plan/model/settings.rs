//! What holds for the whole tenant. Part of the schema.

use serde::{Deserialize, Serialize};

use super::DEFAULT_ZONE;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// What holds for the whole tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// IANA zone of all times that name none.
    pub zone: String,
    /// After so many offers in a row without answer an agent becomes not ready. 0: never. Up to 1,000.
    pub missed_limit: u32,
    /// For so long a contact is not offered again to an agent who declined it. Up to 24 h.
    #[serde(rename = "exclude_after_decline", with = "crate::plan::duration")]
    pub exclude_after_decline_ms: u64,
    /// For so long a contact is not offered again to an agent who did not answer. Up to 24 h.
    #[serde(rename = "exclude_after_no_answer", with = "crate::plan::duration")]
    pub exclude_after_no_answer_ms: u64,
    /// An agent whose stream is lost may come back within this time. Up to 1 h.
    #[serde(rename = "agent_grace", with = "crate::plan::duration")]
    pub agent_grace_ms: u64,
    /// Disposition and resolution are accepted for so long after a contact ended. Up to 24 h.
    #[serde(rename = "correction_window", with = "crate::plan::duration")]
    pub correction_window_ms: u64,
    /// Closed contacts are kept whole for so long (up to 30 days) …
    #[serde(rename = "closed_contacts_keep", with = "crate::plan::duration")]
    pub closed_contacts_keep_ms: u64,
    /// … but at most so many of them. Up to 1,000,000.
    pub closed_contacts_max: u32,
    /// Gateways and agents may transfer a contact so often, supervisors always. 1 to 100.
    pub transfers_max: u32,
    /// A promise to call back or write is due within this time. 1 h to 365 days.
    #[serde(rename = "promise_horizon", with = "crate::plan::duration")]
    pub promise_horizon_ms: u64,
    /// A matter is settled at first contact when nobody comes again for so long. 0 s: that is not measured.
    /// Up to 30 days.
    #[serde(rename = "first_contact_window", with = "crate::plan::duration")]
    pub first_contact_window_ms: u64,
    /// Cases without a live contact and an open promise are kept for so long (up to 365 days), and so are
    /// promises that have ended …
    #[serde(rename = "cases_keep", with = "crate::plan::duration")]
    pub cases_keep_ms: u64,
    /// … but at most so many cases. Up to 1,000,000.
    pub cases_max: u32,
    /// An agent who departs from its schedule is told of after this time. Up to 4 h.
    #[serde(rename = "adherence_tolerance", with = "crate::plan::duration")]
    pub adherence_tolerance_ms: u64,
    /// Recurrences are expanded so far ahead when they are imported. 1 to 800 days.
    #[serde(rename = "shift_horizon", with = "crate::plan::duration")]
    pub shift_horizon_ms: u64,
    /// Dated shifts and exceptions are kept for so long after their end. 1 to 366 days.
    #[serde(rename = "shifts_keep", with = "crate::plan::duration")]
    pub shifts_keep_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            zone: DEFAULT_ZONE.to_owned(),
            missed_limit: 3,
            exclude_after_decline_ms: 60_000,
            exclude_after_no_answer_ms: 30_000,
            agent_grace_ms: 30_000,
            correction_window_ms: 600_000,
            closed_contacts_keep_ms: HOUR_MS,
            closed_contacts_max: 10_000,
            transfers_max: 10,
            promise_horizon_ms: 30 * DAY_MS,
            first_contact_window_ms: 3 * DAY_MS,
            cases_keep_ms: 30 * DAY_MS,
            cases_max: 100_000,
            adherence_tolerance_ms: 5 * 60_000,
            shift_horizon_ms: 400 * DAY_MS,
            shifts_keep_ms: 35 * DAY_MS,
        }
    }
}
