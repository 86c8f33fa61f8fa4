//! Reads what a plan says of surges. Owns what these consist of in TOML, which must agree with the
//! serde form in [`super::model`]. What contradicts what is the business of [`super::contradictions`].

use toml::de::DeValue;

use super::{
    fields::{Fields, table},
    limits,
    model::{DEFAULT_HOLD_MS, Surge, SurgeLevel, SurgeStep, SurgeWindow, Texts, Thresholds, WaitMessage},
    problem::Path,
    values::{Context, Ids, Value, count_within, text, wrong_type},
    words::SURGE_STEPS,
};

const STEPS: &str = "a list of steps such as [{ do = \"open_rings\", rings = 1 }]";
const STEP: &str = "a step such as { do = \"open_rings\", rings = 1 }";
const LEVELS: &str = "a list of levels such as [{ on = { waiting = 30 }, off = { waiting = 15 } }]";
const LEVEL: &str = "a level such as { on = { waiting = 30 }, off = { waiting = 15 } }";
const THRESHOLDS: &str = "a table such as { waiting = 30, oldest_wait = \"5m\" }";
const WINDOWS: &str = "a list of windows such as [{ calendar = \"some_id\", level = 1 }]";
const WINDOW: &str = "a window such as { calendar = \"some_id\", level = 1 }";
const TEXTS: &str = "a table of texts by language such as { default = \"{ahead} ahead of you\" }";

/// Stands in for a step that is wrong.
const NO_STEP: SurgeStep = SurgeStep::OpenRings { rings: 0 };

/// The ids that a surge names.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub channels: Ids<'a>,
    pub calendars: Ids<'a>,
    pub holidays: Ids<'a>,
    pub queues: Ids<'a>,
    pub groups: Ids<'a>,
}

/// How queues behave when more come than can be served.
pub(super) fn surge(fields: &mut Fields<'_>, named: Named<'_>) -> Surge {
    Surge {
        name: fields.name(),
        hold_ms: fields.duration("hold", &limits::SURGE_HOLD_MS, Some(DEFAULT_HOLD_MS)),
        steps: fields.surge_steps(named),
        windows: fields.items(
            "windows",
            WINDOWS,
            "window",
            limits::SURGE_WINDOWS_MAX,
            |value, path, context| {
                let none = || SurgeWindow { calendar: None, eve_of: None, at: Vec::new(), level: 0 };
                Some(table(value, WINDOW, path, context, |fields| window(fields, named)).unwrap_or_else(none))
            },
        ),
        levels: fields.items("levels", LEVELS, "level", limits::SURGE_LEVELS_MAX, |value, path, context| {
            Some(table(value, LEVEL, path, context, |fields| level(fields, named)).unwrap_or_default())
        }),
    }
}

fn level(fields: &mut Fields<'_>, named: Named<'_>) -> SurgeLevel {
    SurgeLevel {
        on: fields.table("on", THRESHOLDS, false, |fields| thresholds(fields, 1)).unwrap_or_default(),
        off: fields.table("off", THRESHOLDS, false, |fields| thresholds(fields, 0)).unwrap_or_default(),
        steps: fields.surge_steps(named),
    }
}

/// `least` is 1 for what is reached from below, where 0 would always be.
fn thresholds(fields: &mut Fields<'_>, least: u64) -> Thresholds {
    let wait_ms = least * 1_000..=*limits::SURGE_WAIT_MS.end();
    Thresholds {
        waiting: fields.optional_number("waiting", &(least..=limits::SURGE_WAITING_MAX)),
        oldest_wait_ms: fields.optional_duration("oldest_wait", &wait_ms),
        expected_wait_ms: fields.optional_duration("expected_wait", &wait_ms),
        abandoned_permille: fields.optional_number("abandoned_permille", &(least..=1_000)),
        agents_below: fields.optional_number("agents_below", &limits::SURGE_AGENTS),
    }
}

fn window(fields: &mut Fields<'_>, named: Named<'_>) -> SurgeWindow {
    SurgeWindow {
        calendar: fields.optional_reference("calendar", named.calendars),
        eve_of: fields.optional_reference("eve_of", named.holidays),
        at: fields.spans("at", 0..=limits::SPANS_MAX),
        level: fields.number("level", &limits::SURGE_LEVEL, None),
    }
}

impl Fields<'_> {
    /// The steps of a surge or a level, each in its place.
    fn surge_steps(&mut self, named: Named<'_>) -> Vec<SurgeStep> {
        self.items("steps", STEPS, "step", limits::SURGE_STEPS_MAX, |value, path, context| {
            let DeValue::Table(table) = value.get_ref() else {
                // One that is wrong must not change the places of those after it.
                return wrong_type(value, STEP, path, context).or(Some(NO_STEP));
            };
            let mut fields = Fields::new(table, value.span().start, path, context);
            let kind = fields.choice("do", &SURGE_STEPS, None);
            // What belongs to a step whose kind is unknown, is unknown too.
            let Some(kind) = kind else { return Some(NO_STEP) };
            let step = step(&mut fields, kind, named);
            fields.finish();
            Some(step)
        })
    }

    fn wait_message(&mut self, named: Named<'_>, repeats: bool) -> WaitMessage {
        WaitMessage {
            text: self.texts("text", true),
            text_unknown: self.texts("text_unknown", false),
            faq: self.read("faq", "a link in quotes", Some(String::new()), faq),
            first_ms: self.duration("first", &limits::SURGE_AFTER_MS, Some(0)),
            every_ms: if repeats { self.optional_duration("every", &limits::SURGE_EVERY_MS) } else { None },
            times: if repeats { self.number("times", &limits::SURGE_TIMES, Some(1)) } else { 1 },
            channels: self.references("channels", named.channels, 0..=limits::CHANNELS_MAX),
        }
    }

    /// Texts by language. Those that must be there need a `default`, and so do others that are.
    fn texts(&mut self, key: &'static str, needed: bool) -> Texts {
        self.read(key, TEXTS, (!needed).then(Texts::new), |value, path, context| {
            let DeValue::Table(table) = value.get_ref() else {
                return wrong_type(value, TEXTS, path, context);
            };
            let offset = value.span().start;
            count_within(table.len(), &(0..=limits::LANGUAGES_MAX), "language", offset, path, context);
            if !table.contains_key("default") {
                context.absent(offset, path, || {
                    "has no `default`, give the text for all other languages".to_owned()
                });
            }
            let mut texts = Texts::new();
            for (tag, value) in table.iter().take(limits::LANGUAGES_MAX) {
                let (tag, offset) = (tag.get_ref(), tag.span().start);
                let path = Path::Key(path, tag);
                if !is_language(tag) {
                    context.error(offset, &path, || {
                        "is not a language tag such as `zh` or `en-GB`, change it".to_owned()
                    });
                }
                if let Some(text) = text_to_tell(value, &path, context) {
                    texts.insert(tag.to_string(), text);
                }
            }
            Some(texts)
        })
    }
}

/// The tags under which a contact's language may be looked for.
fn is_language(tag: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !tag.is_empty() && tag.len() <= limits::LANGUAGE_BYTES_MAX && tag.chars().all(known)
}

fn text_to_tell(value: &Value<'_>, path: &Path<'_>, context: &mut Context) -> Option<String> {
    let written = text(value, "a text", path, context)?;
    let (bytes, max) = (written.len(), limits::TEMPLATE_BYTES_MAX);
    if bytes > max {
        context.error(value.span().start, path, || format!("has {bytes} bytes, shorten it to at most {max}"));
    } else if written.is_empty() {
        context.error(value.span().start, path, || "is empty, write what is told".to_owned());
    }
    Some(written.to_owned())
}

fn faq(value: &Value<'_>, path: &Path<'_>, context: &mut Context) -> Option<String> {
    let written = text(value, "a link in quotes", path, context)?;
    let (bytes, max) = (written.len(), limits::FAQ_BYTES_MAX);
    if bytes > max {
        context.error(value.span().start, path, || format!("has {bytes} bytes, shorten it to at most {max}"));
    } else if written.chars().any(|c| c.is_control() || c.is_whitespace()) {
        context.error(value.span().start, path, || "has white space in it, remove that".to_owned());
    }
    Some(written.to_owned())
}

/// A step by the word for what it does, which is all that counts of `kind`.
fn step(fields: &mut Fields<'_>, kind: &str, named: Named<'_>) -> SurgeStep {
    match kind {
        "open_groups" => SurgeStep::OpenGroups {
            groups: fields.references("groups", named.groups, 1..=limits::SURGE_GROUPS_MAX),
        },
        "message" => SurgeStep::Message(fields.wait_message(named, true)),
        "offer_callback" => SurgeStep::OfferCallback(fields.wait_message(named, false)),
        "bot" => SurgeStep::Bot {
            gateway: gateway(fields),
            after_ms: fields.duration("after", &limits::SURGE_AFTER_MS, Some(0)),
            at_most: fields.number("at_most", &(1..=limits::SURGE_WAITING_MAX), None),
        },
        "overflow" => SurgeStep::Overflow {
            queue: fields.reference("queue", named.queues),
            after_ms: fields.duration("after", &limits::SURGE_AFTER_MS, Some(0)),
        },
        "wrap_up" => SurgeStep::WrapUp { limit_ms: fields.duration("limit", &limits::WRAP_UP_MS, None) },
        "cap" => SurgeStep::Cap {
            waiting: fields.number("waiting", &limits::MAX_WAITING, None),
            retry_ms: fields.duration("retry", &limits::SURGE_RETRY_MS, None),
        },
        _ => SurgeStep::OpenRings { rings: fields.number("rings", &limits::SURGE_RINGS, None) },
    }
}

/// Gateways aren't in the plan: only the form of the id can be wrong.
fn gateway(fields: &mut Fields<'_>) -> String {
    let needed = "the id of a gateway";
    fields.read("gateway", needed, None, |value, path, context| {
        let id = text(value, needed, path, context)?;
        if !super::parse::is_valid_id(id) {
            let max = limits::ID_CHARS_MAX;
            context.error(value.span().start, path, || {
                format!("is not an id, use 1 to {max} characters without white space")
            });
        }
        Some(id.to_owned())
    })
}
