//! How much a plan may hold. Owns the numbers; a plan beyond one of them is refused with an error that
//! says which. Must not hold limits of anything that is not written in a plan.

use std::ops::RangeInclusive;

/// Bytes of a document.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 20;
/// Errors that one check lists, and as many warnings; the last one says how many more there are.
pub const PROBLEMS_MAX: usize = 1_000;

/// Channels of a plan. At least one is needed.
pub const CHANNELS_MAX: usize = 100;
/// Skills of a plan.
pub const SKILLS_MAX: usize = 1_000;
/// Categories of a plan.
pub const CATEGORIES_MAX: usize = 1_000;
/// Dispositions of a plan.
pub const DISPOSITIONS_MAX: usize = 1_000;
/// Holiday sets of a plan.
pub const HOLIDAYS_MAX: usize = 64;
/// Calendars of a plan.
pub const CALENDARS_MAX: usize = 200;
/// Shifts of a plan.
pub const SHIFTS_MAX: usize = 1_000;
/// Rotas of a plan.
pub const ROTAS_MAX: usize = 1_000;
/// Surges of a plan.
pub const SURGES_MAX: usize = 100;
/// Different time zones that a plan names.
pub const ZONES_MAX: usize = 64;
/// Queues of a plan. At least one is needed.
pub const QUEUES_MAX: usize = 1_000;
/// Groups of a plan.
pub const GROUPS_MAX: usize = 1_000;
/// Agents of a plan.
pub const AGENTS_MAX: usize = 200_000;

/// Characters of an id. At least one, none of them white space or a control character.
pub const ID_CHARS_MAX: usize = 128;
/// Bytes of a name (UTF-8).
pub const NAME_BYTES_MAX: usize = 256;

/// Skills of one agent.
pub const AGENT_SKILLS_MAX: usize = 64;
/// Groups of one agent. At least one is needed.
pub const AGENT_GROUPS_MAX: usize = 16;
/// Skills that a queue or category requires, rules out, prefers, or names in one `any_of` set; and those that
/// one ring drops, or lowers.
pub const REQUIRED_SKILLS_MAX: usize = 16;
/// The `any_of` sets of a queue or category. Each needs at least one skill.
pub const ANY_OF_SETS_MAX: usize = 4;
/// Rings of a queue.
pub const RINGS_MAX: usize = 10;
/// Steps of `rise` in a channel's reply window.
pub const RISES_MAX: usize = 5;
/// Steps of a queue's `promise_steps`.
pub const PROMISE_STEPS_MAX: usize = 5;
/// Groups of one step of `promise_steps`.
pub const PROMISE_STEP_GROUPS_MAX: usize = 16;

/// Days of a holiday set, those of its ranges counted one by one.
pub const HOLIDAY_DAYS_MAX: usize = 2_000;
/// Dated days of a calendar, those of its ranges counted one by one.
pub const DATED_DAYS_MAX: usize = 1_000;
/// Spans of a kind of day or a date of a calendar.
pub const SPANS_MAX: usize = 8;
/// Spans of a shift's `at`. At least one is needed.
pub const SHIFT_SPANS_MAX: usize = 4;
/// Breaks of a shift.
pub const BREAKS_MAX: usize = 8;
/// Activities of a shift.
pub const ACTIVITIES_MAX: usize = 8;
/// Shifts of one day of a rota.
pub const DAY_SHIFTS_MAX: usize = 4;
/// Weeks of a rota.
pub const ROTA_WEEKS_MAX: usize = 52;
/// Days of a rota's cycle.
pub const CYCLE_DAYS_MAX: usize = 366;
/// A contact overflows from queue to queue so often.
pub const OVERFLOW_HOPS_MAX: usize = 8;

/// Levels of a surge, beside the normal one.
pub const SURGE_LEVELS_MAX: usize = 3;
/// Steps of a level of a surge, and of those at every level.
pub const SURGE_STEPS_MAX: usize = 16;
/// Windows of a surge.
pub const SURGE_WINDOWS_MAX: usize = 16;
/// Groups of a step `open_groups`.
pub const SURGE_GROUPS_MAX: usize = 16;
/// Languages of a text.
pub const LANGUAGES_MAX: usize = 20;
/// Bytes of a language tag.
pub const LANGUAGE_BYTES_MAX: usize = 35;
/// Bytes of a text that customers are told.
pub const TEMPLATE_BYTES_MAX: usize = 1_024;
/// Bytes of a link to frequent questions.
pub const FAQ_BYTES_MAX: usize = 512;

/// The year of a date.
pub const YEARS: RangeInclusive<i32> = 2_000..=2_100;
/// The level of a skill.
pub const LEVEL: RangeInclusive<u64> = 1..=10;
/// A channel's `units`.
pub const UNITS: RangeInclusive<u64> = 1..=1_000;
/// An agent's `capacity`.
pub const CAPACITY: RangeInclusive<u64> = 1..=10_000;
/// An agent's limit on a channel.
pub const CHANNEL_LIMIT: RangeInclusive<u64> = 0..=10_000;
/// A queue's `band`.
pub const BAND: RangeInclusive<u64> = 0..=9;
/// A queue's `boost_permille`.
pub const BOOST_PERMILLE: RangeInclusive<u64> = 0..=100_000;
/// A queue's `max_waiting`; 0 refuses every contact.
pub const MAX_WAITING: RangeInclusive<u64> = 0..=1_000_000;
/// A group's `keep_free`.
pub const KEEP_FREE: RangeInclusive<u64> = 0..=10_000;
/// The `missed_limit` of the settings.
pub const MISSED_LIMIT: RangeInclusive<u64> = 0..=1_000;
/// The `closed_contacts_max` of the settings.
pub const CLOSED_CONTACTS_MAX: RangeInclusive<u64> = 0..=1_000_000;
/// The `transfers_max` of the settings.
pub const TRANSFERS_MAX: RangeInclusive<u64> = 1..=100;
/// The `cases_max` of the settings.
pub const CASES_MAX: RangeInclusive<u64> = 0..=1_000_000;
/// A channel's `return_allowance`.
pub const RETURN_ALLOWANCE: RangeInclusive<u64> = 0..=100;
/// The `replies` that a customer's act allows.
pub const REPLIES: RangeInclusive<u64> = 1..=1_000;
/// The `keep` of a reply window.
pub const REPLIES_KEPT: RangeInclusive<u64> = 0..=1_000;
/// The `priority` of a step of `rise`.
pub const RISE_PRIORITY: RangeInclusive<u64> = 1..=10;
/// The `priority` of a step of `promise_steps`.
pub const PROMISE_STEP_PRIORITY: RangeInclusive<u64> = 0..=10;
/// The least `level` in a window of a surge.
pub const SURGE_LEVEL: RangeInclusive<u64> = 1..=3;
/// The `rings` of a step.
pub const SURGE_RINGS: RangeInclusive<u64> = 1..=10;
/// The `times` of a message.
pub const SURGE_TIMES: RangeInclusive<u64> = 1..=10;
/// The `waiting` of a threshold, and the `at_most` of a bot.
pub const SURGE_WAITING_MAX: u64 = 1_000_000;
/// The `agents_below` of a threshold.
pub const SURGE_AGENTS: RangeInclusive<u64> = 1..=100_000;

/// Durations of a callback's `spacing`.
pub const CALLBACK_SPACINGS_MAX: usize = 9;
/// A callback's `attempts`.
pub const CALLBACK_ATTEMPTS: RangeInclusive<u64> = 1..=10;
/// A callback's `max_open`.
pub const CALLBACKS_OPEN: RangeInclusive<u64> = 1..=50_000;
/// The `rota_offset` of an agent or group; it is below the weeks or days of the rota too.
pub const ROTA_OFFSET: RangeInclusive<u64> = 0..=365;

/// A channel's `offer_timeout`: 1 s to 10 min.
pub const OFFER_TIMEOUT_MS: RangeInclusive<u64> = 1_000..=10 * MINUTE_MS;
/// A channel's `wrap_up`: up to 1 h.
pub const WRAP_UP_MS: RangeInclusive<u64> = 0..=HOUR_MS;
/// The `objective` of a queue or category: 1 s to 30 days.
pub const OBJECTIVE_MS: RangeInclusive<u64> = 1_000..=30 * DAY_MS;
/// A queue's `max_wait`: 1 s to 30 days.
pub const MAX_WAIT_MS: RangeInclusive<u64> = 1_000..=30 * DAY_MS;
/// A ring's `after`: 1 s to 1 day.
pub const RING_AFTER_MS: RangeInclusive<u64> = 1_000..=DAY_MS;
/// A queue's `preferred_agent_wait`, `last_agent_wait` and `promise_agent_wait`: up to 1 h.
pub const AGENT_WAIT_MS: RangeInclusive<u64> = 0..=HOUR_MS;
/// The settings `exclude_after_decline` and `exclude_after_no_answer`: up to a day.
pub const EXCLUDE_MS: RangeInclusive<u64> = 0..=DAY_MS;
/// The setting `agent_grace`: up to 1 h.
pub const AGENT_GRACE_MS: RangeInclusive<u64> = 0..=HOUR_MS;
/// The setting `correction_window`: up to a day.
pub const CORRECTION_WINDOW_MS: RangeInclusive<u64> = 0..=DAY_MS;
/// The setting `closed_contacts_keep`: up to 30 days.
pub const CLOSED_CONTACTS_KEEP_MS: RangeInclusive<u64> = 0..=30 * DAY_MS;
/// The setting `promise_horizon`: 1 h to 365 days.
pub const PROMISE_HORIZON_MS: RangeInclusive<u64> = HOUR_MS..=365 * DAY_MS;
/// The setting `first_contact_window`: up to 30 days.
pub const FIRST_CONTACT_WINDOW_MS: RangeInclusive<u64> = 0..=30 * DAY_MS;
/// The setting `cases_keep`: up to 365 days.
pub const CASES_KEEP_MS: RangeInclusive<u64> = 0..=365 * DAY_MS;
/// A channel's `park_after`: 1 s to 30 days.
pub const PARK_AFTER_MS: RangeInclusive<u64> = 1_000..=30 * DAY_MS;
/// A channel's `parked_keep`: 1 s to 90 days.
pub const PARKED_KEEP_MS: RangeInclusive<u64> = 1_000..=90 * DAY_MS;
/// A channel's `reopen_within`: up to 30 days.
pub const REOPEN_WITHIN_MS: RangeInclusive<u64> = 0..=30 * DAY_MS;
/// A channel's `bot_limit`: 1 s to 1 day.
pub const BOT_LIMIT_MS: RangeInclusive<u64> = 1_000..=DAY_MS;
/// The time `within` which a customer's act allows replies: 1 s to 30 days.
pub const REPLY_WITHIN_MS: RangeInclusive<u64> = 1_000..=30 * DAY_MS;
/// The `before` of a step of `rise`: 1 s to 30 days.
pub const RISE_BEFORE_MS: RangeInclusive<u64> = 1_000..=30 * DAY_MS;
/// The `before` of a step of `promise_steps`: up to 30 days.
pub const PROMISE_STEP_BEFORE_MS: RangeInclusive<u64> = 0..=30 * DAY_MS;
/// A channel's `break_lead` and `end_lead`: up to 4 h.
pub const LEAD_MS: RangeInclusive<u64> = 0..=4 * HOUR_MS;
/// The setting `adherence_tolerance`: up to 4 h.
pub const ADHERENCE_TOLERANCE_MS: RangeInclusive<u64> = 0..=4 * HOUR_MS;
/// The setting `shift_horizon`: 1 to 800 days.
pub const SHIFT_HORIZON_MS: RangeInclusive<u64> = DAY_MS..=800 * DAY_MS;
/// The setting `shifts_keep`: 1 to 366 days.
pub const SHIFTS_KEEP_MS: RangeInclusive<u64> = DAY_MS..=366 * DAY_MS;
/// A surge's `hold`: 10 s to 24 h.
pub const SURGE_HOLD_MS: RangeInclusive<u64> = 10_000..=DAY_MS;
/// A threshold of waits: 1 s to 24 h, to leave a level also 0 s.
pub const SURGE_WAIT_MS: RangeInclusive<u64> = 1_000..=DAY_MS;
/// The `first` of a message and the `after` of other steps: up to 24 h.
pub const SURGE_AFTER_MS: RangeInclusive<u64> = 0..=DAY_MS;
/// The `every` of a message: 30 s to 1 h.
pub const SURGE_EVERY_MS: RangeInclusive<u64> = 30_000..=HOUR_MS;
/// The `retry` of a cap: 1 s to 24 h.
pub const SURGE_RETRY_MS: RangeInclusive<u64> = 1_000..=DAY_MS;
/// Each duration of a callback's `spacing`: 1 min to 7 days.
pub const CALLBACK_SPACING_MS: RangeInclusive<u64> = MINUTE_MS..=7 * DAY_MS;
/// A callback's `dial_timeout`: 5 s to 5 min.
pub const DIAL_TIMEOUT_MS: RangeInclusive<u64> = 5_000..=5 * MINUTE_MS;
/// A callback's `dial_ahead`: up to 10 min.
pub const DIAL_AHEAD_MS: RangeInclusive<u64> = 0..=10 * MINUTE_MS;
/// A callback's `expire`: 5 min to 30 days.
pub const CALLBACK_EXPIRE_MS: RangeInclusive<u64> = 5 * MINUTE_MS..=30 * DAY_MS;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
