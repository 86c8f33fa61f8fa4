//! What can be said of a request without knowing the state. Every violated limit is reported at once, with
//! its field path.

use std::collections::BTreeMap;

use crate::{
    engine::refusal::Refusal,
    plan::{format_ms, is_valid_id},
    proto::v1,
};

/// Attributes of one contact.
pub const ATTRIBUTES_MAX: usize = 32;
const ATTRIBUTE_KEY_BYTES: usize = 64;
const ATTRIBUTE_VALUE_BYTES: usize = 1_024;
const CUSTOMER_REF_BYTES: usize = 256;
const LANGUAGE_CHARS: usize = 35;
const PRIORITY_MAX: i32 = 10;
const REASON_CHARS: usize = 64;
const WHY_BYTES: usize = 256;
const PAGE_MAX: u32 = 1_000;
const PAGE_DEFAULT: u32 = 100;
const TOLD_MAX: u32 = 200;
const TOLD_DEFAULT: u32 = 20;

/// Whether an id can be told from others by eye: characters of no width, and those that turn the direction of
/// writing, make two ids look alike.
pub fn visible_id(id: &str) -> bool {
    let unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}')
    };
    is_valid_id(id) && !id.chars().any(unseen)
}

/// Collects what is wrong with a request.
#[derive(Debug, Default)]
pub struct Check {
    fields: Vec<(String, String)>,
}

impl Check {
    /// Nothing wrong so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a problem.
    pub fn problem(&mut self, field: &str, problem: impl Into<String>) {
        self.fields.push((field.to_owned(), problem.into()));
    }

    /// A required id.
    pub fn id(&mut self, field: &str, value: &str) {
        if value.is_empty() {
            self.problem(field, "is required");
        } else {
            self.optional_id(field, value);
        }
    }

    /// What a request says by an enumeration's number is none of its names, or nothing.
    pub fn not_named(&mut self, field: &str, value: i32) {
        self.problem(field, if value == 0 { "is required" } else { "is none of the known values" });
    }

    /// An id, or nothing.
    pub fn optional_id(&mut self, field: &str, value: &str) {
        if !value.is_empty() && !visible_id(value) {
            self.problem(field, "must be 1 to 128 visible characters without white space");
        }
    }

    /// A required number that counts from 1.
    pub fn number(&mut self, field: &str, value: impl Into<u64>) {
        if value.into() == 0 {
            self.problem(field, "is required");
        }
    }

    /// Why somebody is not ready.
    pub fn reason(&mut self, field: &str, value: &str) {
        let visible = value.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if value.is_empty() || value.chars().count() > REASON_CHARS || !visible {
            self.problem(field, "must be 1 to 64 visible characters without white space, such as `break`");
        }
    }

    /// A contact's priority.
    pub fn priority(&mut self, field: &str, value: i32) {
        if !(0..=PRIORITY_MAX).contains(&value) {
            self.problem(field, "must be 0 to 10");
        }
    }

    /// A language tag.
    pub fn language(&mut self, field: &str, value: &str) {
        let fits = value.len() <= LANGUAGE_CHARS
            && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !fits {
            self.problem(field, "must be a language tag of at most 35 characters, such as `zh-CN`");
        }
    }

    /// A reference to the customer.
    pub fn customer_ref(&mut self, field: &str, value: &str) {
        if value.len() > CUSTOMER_REF_BYTES {
            self.problem(field, "must be at most 256 bytes");
        }
    }

    /// Free text, possibly none, of so many bytes at most.
    pub fn text(&mut self, field: &str, value: &str, bytes_max: usize) {
        if value.len() > bytes_max {
            self.problem(field, format!("must be at most {bytes_max} bytes, not {}", value.len()));
        }
    }

    /// Why somebody goes over a rule or a promise.
    pub fn why(&mut self, field: &str, value: &str) {
        if value.is_empty() {
            self.problem(field, "is required");
        }
        self.text(field, value, WHY_BYTES);
    }

    /// Why a schedule is what it is: words that are shown in one line, possibly none.
    pub fn short_why(&mut self, field: &str, value: &str) {
        if value.chars().count() > REASON_CHARS || value.chars().any(char::is_control) {
            let problem =
                format!("must be at most {REASON_CHARS} characters, none of them a control character");
            self.problem(field, problem);
        }
    }

    /// Attributes.
    pub fn attributes(&mut self, field: &str, attributes: &BTreeMap<String, String>) {
        if attributes.len() > ATTRIBUTES_MAX {
            self.problem(field, format!("must be at most {ATTRIBUTES_MAX}, not {}", attributes.len()));
        }
        for (key, value) in attributes.iter().take(ATTRIBUTES_MAX) {
            if key.is_empty() || key.len() > ATTRIBUTE_KEY_BYTES {
                self.problem(field, "keys must be 1 to 64 bytes");
            }
            if value.len() > ATTRIBUTE_VALUE_BYTES {
                self.problem(&format!("{field}[{key:.64}]"), "must be at most 1,024 bytes");
            }
        }
    }

    /// Resolution, as the engine takes it.
    pub fn resolution(&mut self, field: &str, value: i32) -> u32 {
        match v1::Resolution::try_from(value) {
            Ok(resolution) => resolution as u32,
            Err(_) => {
                self.problem(field, "is none of the known values");
                0
            }
        }
    }

    /// Availability: whether ready, none when unspecified.
    pub fn availability(&mut self, field: &str, value: i32, required: bool) -> Option<bool> {
        match v1::Availability::try_from(value) {
            Ok(v1::Availability::Ready) => Some(true),
            Ok(v1::Availability::NotReady) => Some(false),
            Ok(v1::Availability::Unspecified) if !required => None,
            Ok(v1::Availability::Unspecified) => {
                self.problem(field, "is required");
                None
            }
            Err(_) => {
                self.problem(field, "is none of the known values");
                None
            }
        }
    }

    /// A page's size.
    pub fn page_size(&mut self, field: &str, value: u32) -> usize {
        if value > PAGE_MAX {
            self.problem(field, "must be 1 to 1,000");
        }
        (if value == 0 { PAGE_DEFAULT } else { value }) as usize
    }

    /// How many agents or contacts an explanation tells.
    pub fn told(&mut self, field: &str, value: u32) -> usize {
        if value > TOLD_MAX {
            self.problem(field, "must be 1 to 200");
        }
        (if value == 0 { TOLD_DEFAULT } else { value }) as usize
    }

    /// A length of time in milliseconds between two bounds; `default_ms` when absent.
    pub fn duration_ms(
        &mut self,
        field: &str,
        value: Option<&prost_types::Duration>,
        bounds_ms: std::ops::RangeInclusive<u64>,
        default_ms: u64,
    ) -> u64 {
        let Some(value) = value else { return default_ms };
        let nanos = i64::from(value.nanos);
        if nanos.abs() >= 1_000_000_000 || value.seconds.signum() * nanos.signum() < 0 {
            self.problem(
                field,
                "is no valid duration: nanos are below a second, and of the sign of the seconds",
            );
            return default_ms;
        }
        let seconds_ms = value.seconds.saturating_mul(1_000);
        let ms = u64::try_from(seconds_ms.saturating_add(nanos / 1_000_000)).unwrap_or(0);
        if !bounds_ms.contains(&ms) {
            let (low, high) = (format_ms(*bounds_ms.start()), format_ms(*bounds_ms.end()));
            self.problem(field, format!("must be {low} to {high}"));
        }
        ms
    }

    /// Refuses the request if anything is wrong.
    pub fn done(self) -> Result<(), Refusal> {
        if self.fields.is_empty() { Ok(()) } else { Err(Refusal::invalid(self.fields)) }
    }
}
