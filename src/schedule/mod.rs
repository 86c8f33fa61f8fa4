//! Schedules: rules and an instant in, state and next change out.
//!
//! Owns what working time means: zones, days, holidays, calendars of queues, shifts, rotas, dated entries,
//! and which of them counts (README.md has the table). All of it is evaluated by day, around the instant
//! that is asked for; nothing is expanded, so there is no horizon and no memory that grows with time.
//!
//! Instants are UTC seconds, local times are seconds since 1970-01-01T00:00 as a clock on the wall shows
//! them, both `i64`; only [`zone`] turns one into the other.
//!
//! Must never do I/O, read a clock, know the protocol or the engine.

pub mod agent;
pub mod calendar;
pub mod compile;
pub mod day;
pub mod flat;
pub mod holidays;
pub mod import;
pub mod local;
pub mod rota;
pub mod shift;
pub mod zone;

pub use agent::{AgentRules, ByHand, Leads, Presence, Rule, State};
pub use calendar::{Calendar, HoursRule};
pub use compile::{DatedInput, DatedKind, PartInput, Schedules};
pub use day::{Day, Span};
pub use holidays::HolidaySet;
pub use rota::Rota;
pub use shift::{ALL, Open, Shift};
pub use zone::{UnknownZone, Zone, Zones};

/// Seconds of a day without a change of the clock.
pub const DAY_S: i64 = 86_400;

/// How far ahead changes are looked for.
pub const LOOK_AHEAD_S: i64 = 400 * DAY_S;

/// The first instant of the years that schedules know: 2000-01-01T00:00Z.
pub const KNOWN_FROM_S: i64 = 946_684_800;

/// The end of the years that schedules know: 2101-01-01T00:00Z. Later times are refused where they come in.
pub const KNOWN_UNTIL_S: i64 = 4_133_980_800;
