//! Reads what a plan says of conversations: reply windows of channels and the steps of promises in queues. Owns
//! what these consist of in TOML, which must agree with the serde form in [`super::model`]. What contradicts
//! what is the business of [`super::contradictions`].

use toml::de::DeValue;

use super::{
    fields::{Fields, table},
    limits,
    model::{DEFAULT_REPLIES_KEPT, PromiseStep, ReplyAllowance, ReplyWindow, WindowRise},
    problem::Path,
    rules::is_empty,
    values::{Context, Ids, Value},
};

const WINDOW: &str = "a table such as { message = { replies = 5, within = \"48h\" } }";
const ALLOWANCE: &str = "a table such as { replies = 5, within = \"48h\" }";
const RISES: &str = "a list of steps such as [{ before = \"2h\", priority = 3 }]";
const RISE: &str = "a step such as { before = \"2h\", priority = 3 }";
const STEPS: &str = "a list of steps such as [{ before = \"10m\", priority = 3, groups = [\"some_id\"] }]";
const STEP: &str = "a step such as { before = \"10m\", priority = 3, groups = [\"some_id\"] }";

impl Fields<'_> {
    /// The reply window of a channel, if it has one.
    pub fn reply_window(&mut self) -> Option<ReplyWindow> {
        self.table("reply_window", WINDOW, false, |fields| {
            // 0 is the stand-in for what is wrong or missing.
            let none = ReplyAllowance { replies: 0, within_ms: 0 };
            ReplyWindow {
                message: fields.table("message", ALLOWANCE, true, allowance).unwrap_or(none),
                action: fields.table("action", ALLOWANCE, false, allowance),
                keep: fields.number("keep", &limits::REPLIES_KEPT, Some(DEFAULT_REPLIES_KEPT)),
                rise: fields.items("rise", RISES, "step", limits::RISES_MAX, |value, path, context| {
                    // One that is wrong must not change the places of those after it.
                    Some(
                        table(value, RISE, path, context, rise)
                            .unwrap_or(WindowRise { before_ms: 0, priority: 0 }),
                    )
                }),
            }
        })
    }

    /// The steps of a queue's promises, each in its place.
    pub fn promise_steps(&mut self, groups: Ids<'_>) -> Vec<PromiseStep> {
        self.items("promise_steps", STEPS, "step", limits::PROMISE_STEPS_MAX, |value, path, context| {
            let step = table(value, STEP, path, context, |fields| promise_step(fields, groups));
            if step.is_some() {
                idle_step(value, path, context);
            }
            Some(step.unwrap_or(PromiseStep { before_ms: 0, priority: 0, groups: Vec::new() }))
        })
    }
}

fn allowance(fields: &mut Fields<'_>) -> ReplyAllowance {
    ReplyAllowance {
        replies: fields.number("replies", &limits::REPLIES, None),
        within_ms: fields.duration("within", &limits::REPLY_WITHIN_MS, None),
    }
}

fn rise(fields: &mut Fields<'_>) -> WindowRise {
    WindowRise {
        before_ms: fields.duration("before", &limits::RISE_BEFORE_MS, None),
        priority: fields.number("priority", &limits::RISE_PRIORITY, None),
    }
}

fn promise_step(fields: &mut Fields<'_>, groups: Ids<'_>) -> PromiseStep {
    PromiseStep {
        before_ms: fields.duration("before", &limits::PROMISE_STEP_BEFORE_MS, None),
        priority: fields.number("priority", &limits::PROMISE_STEP_PRIORITY, Some(0)),
        groups: fields.references("groups", groups, 0..=limits::PROMISE_STEP_GROUPS_MAX),
    }
}

/// Tells of a step that does nothing. What is written but wrong has been told, and would do something.
fn idle_step(value: &Value<'_>, path: &Path<'_>, context: &mut Context) {
    let is_nothing = |value: &Value<'_>| match value.get_ref() {
        DeValue::Integer(number) => number.as_str() == "0",
        _ => is_empty(value),
    };
    let fields = value.get_ref().as_table();
    if fields.is_some_and(|fields| {
        fields.iter().all(|(key, value)| key.get_ref() == "before" || is_nothing(value))
    }) {
        context
            .absent(value.span().start, path, || "does nothing, give it `priority` or `groups`".to_owned());
    }
}
