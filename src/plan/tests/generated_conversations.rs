//! Random channels and promises, as parts of random plans.

use std::collections::BTreeSet;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::generated::{name, some_of};
use crate::plan::{
    limits,
    model::{
        Channel, ChannelKind, DEFAULT_PARKED_KEEP_MS, ParkedReturn, PromiseStep, Queue, ReplyAllowance,
        ReplyWindow, WindowRise,
    },
    words::PARKED_RETURNS,
};

pub(super) fn channel() -> impl Strategy<Value = Channel> {
    let kinds = select(vec![ChannelKind::Realtime, ChannelKind::Messaging, ChannelKind::Deferred]);
    let service = (1..=1_000_u32, limits::OFFER_TIMEOUT_MS, limits::WRAP_UP_MS, any::<bool>());
    let returns = select(PARKED_RETURNS.map(|(_, choice)| choice).to_vec());
    let parking = (option::of(limits::PARK_AFTER_MS), limits::PARKED_KEEP_MS, returns, 0..=100_u32);
    let rest =
        (prop_oneof![Just(0), limits::REOPEN_WITHIN_MS], limits::BOT_LIMIT_MS, option::of(reply_window()));
    (name(), kinds, service, parking, rest).prop_map(|(name, kind, service, parking, rest)| {
        let (units, offer_timeout_ms, wrap_up_ms, interruptible) = service;
        let mut channel = Channel {
            name,
            kind,
            units,
            offer_timeout_ms,
            wrap_up_ms,
            interruptible,
            park_after_ms: parking.0,
            parked_keep_ms: parking.1,
            parked_return: parking.2,
            return_allowance: parking.3,
            reopen_within_ms: rest.0,
            bot_limit_ms: rest.1,
            reply_window: rest.2,
            ..Channel::new(kind, 1, 1_000)
        };
        mend(&mut channel);
        channel
    })
}

/// Takes out of a channel what its kind or another value forbids.
fn mend(channel: &mut Channel) {
    if channel.kind == ChannelKind::Realtime {
        channel.interruptible = false;
        channel.reopen_within_ms = 0;
    }
    if channel.kind != ChannelKind::Messaging {
        channel.park_after_ms = None;
        channel.reply_window = None;
    }
    if channel.park_after_ms.is_none() {
        channel.parked_keep_ms = DEFAULT_PARKED_KEEP_MS;
        channel.parked_return = ParkedReturn::default();
        channel.return_allowance = 0;
    }
    if channel.parked_return != ParkedReturn::Agent {
        channel.return_allowance = 0;
    }
}

fn allowance() -> impl Strategy<Value = ReplyAllowance> {
    (1..=1_000_u32, limits::REPLY_WITHIN_MS)
        .prop_map(|(replies, within_ms)| ReplyAllowance { replies, within_ms })
}

fn reply_window() -> impl Strategy<Value = ReplyWindow> {
    let times = vec(limits::RISE_BEFORE_MS, 0..=limits::RISES_MAX);
    (allowance(), option::of(allowance()), 0..=1_000_u32, times, 1..=6_u8).prop_map(
        |(message, action, keep, times, priority)| {
            let times = times.into_iter().filter(|ms| *ms < message.within_ms);
            let step = |(priority, before_ms)| WindowRise { before_ms, priority };
            let rise = (priority..).zip(descending(times)).map(step).collect();
            ReplyWindow { message, action, keep, rise }
        },
    )
}

fn descending(times: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    times.collect::<BTreeSet<u64>>().into_iter().rev()
}

pub(super) fn promise_steps(groups: &[String]) -> impl Strategy<Value = Vec<PromiseStep>> + use<> {
    let step = (limits::PROMISE_STEP_BEFORE_MS, 0..=10_u8, some_of(groups, 0));
    vec(step, 0..=limits::PROMISE_STEPS_MAX).prop_map(|steps| {
        let times: Vec<u64> = descending(steps.iter().map(|(ms, ..)| *ms)).collect();
        let step = |(before_ms, (_, priority, groups))| PromiseStep { before_ms, priority, groups };
        times.into_iter().zip(steps).map(step).collect()
    })
}

/// Takes out of a queue's steps what has no effect.
pub(super) fn mend_steps(queue: &mut Queue) {
    let mut serving = queue.groups.clone();
    for step in &mut queue.promise_steps {
        step.groups.retain(|group| !queue.groups.is_empty() && !serving.contains(group));
        serving.extend(step.groups.iter().cloned());
    }
    queue.promise_steps.retain(|step| step.priority > 0 || !step.groups.is_empty());
}
