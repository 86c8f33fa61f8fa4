//! What random plans say of conversations, with times short enough to pass.

use kefud::plan::model::{
    AfterBot, Channel, ChannelKind, ParkedReturn, PromiseStep, ReplyAllowance, ReplyWindow, Settings,
    TransferAge, WindowRise,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::seconds;

pub fn settings() -> impl Strategy<Value = Settings> {
    let times = (seconds(&[30, 60, 300]), seconds(&[0, 20, 100]), seconds(&[0, 30, 3_600]));
    (select(&[1u32, 2, 10]), times, select(&[0u32, 1, 4, 1_000])).prop_map(
        |(transfers_max, (promise_horizon_ms, first_contact_window_ms, cases_keep_ms), cases_max)| Settings {
            transfers_max,
            promise_horizon_ms,
            first_contact_window_ms,
            cases_keep_ms,
            cases_max,
            ..Settings::default()
        },
    )
}

/// What a channel says, where its kind lets it.
#[derive(Debug, Clone)]
pub struct Talk {
    park_after_ms: Option<u64>,
    parked_keep_ms: u64,
    parked_return: ParkedReturn,
    return_allowance: u32,
    reopen_within_ms: u64,
    bot_limit_ms: u64,
    reply_window: Option<ReplyWindow>,
}

fn window() -> impl Strategy<Value = ReplyWindow> {
    let allowance = || {
        (1..5u32, seconds(&[10, 30, 60, 120]))
            .prop_map(|(replies, within_ms)| ReplyAllowance { replies, within_ms })
    };
    let rise = prop_oneof![
        1 => Just(Vec::new()),
        1 => Just(vec![WindowRise { before_ms: 8_000, priority: 3 }]),
        1 => Just(vec![
            WindowRise { before_ms: 20_000, priority: 2 },
            WindowRise { before_ms: 5_000, priority: 8 },
        ]),
    ];
    (allowance(), option::of(allowance()), 0..3u32, rise).prop_map(|(message, action, keep, mut rise)| {
        rise.retain(|step| step.before_ms < message.within_ms);
        ReplyWindow { message, action, keep, rise }
    })
}

impl Talk {
    pub fn any() -> impl Strategy<Value = Self> {
        let parked = (
            option::weighted(0.7, seconds(&[5, 10, 30])),
            seconds(&[10, 40, 120]),
            select(&[ParkedReturn::Agent, ParkedReturn::Agent, ParkedReturn::Offer, ParkedReturn::Queue]),
            select(&[0u32, 1, 1, 2]),
        );
        let others = (seconds(&[0, 20, 100]), seconds(&[10, 30, 60]), option::weighted(0.5, window()));
        (parked, others).prop_map(
            |(
                (park_after_ms, parked_keep_ms, parked_return, return_allowance),
                (reopen_within_ms, bot_limit_ms, reply_window),
            )| Self {
                park_after_ms,
                parked_keep_ms,
                parked_return,
                return_allowance,
                reopen_within_ms,
                bot_limit_ms,
                reply_window,
            },
        )
    }

    pub fn of(self, channel: Channel) -> Channel {
        let messaging = channel.kind == ChannelKind::Messaging;
        let realtime = channel.kind == ChannelKind::Realtime;
        Channel {
            park_after_ms: self.park_after_ms.filter(|_| messaging),
            parked_keep_ms: self.parked_keep_ms,
            parked_return: self.parked_return,
            return_allowance: self.return_allowance,
            reopen_within_ms: if realtime { 0 } else { self.reopen_within_ms },
            bot_limit_ms: self.bot_limit_ms,
            reply_window: self.reply_window.filter(|_| messaging),
            ..channel
        }
    }
}

/// What a queue says.
#[derive(Debug, Clone)]
pub struct OfQueue {
    pub transfer_age: TransferAge,
    pub after_bot: AfterBot,
    pub promise_agent_wait_ms: Option<u64>,
    pub promise_steps: Vec<PromiseStep>,
}

pub fn queue() -> impl Strategy<Value = OfQueue> {
    let groups = || vec((0..3usize).prop_map(|group| format!("g{group}")), 0..=1);
    let step = (seconds(&[0, 3, 8, 20, 40]), select(&[0u8, 3, 8]), groups())
        .prop_map(|(before_ms, priority, groups)| PromiseStep { before_ms, priority, groups });
    let steps = vec(step, 0..=3).prop_map(|mut steps| {
        steps.sort_by_key(|step| std::cmp::Reverse(step.before_ms));
        steps.dedup_by_key(|step| step.before_ms);
        steps
    });
    let ages = (select(&[TransferAge::Keep, TransferAge::Fresh]), select(&[AfterBot::Fresh, AfterBot::Age]));
    (ages, option::of(seconds(&[0, 3, 10])), steps).prop_map(
        |((transfer_age, after_bot), promise_agent_wait_ms, promise_steps)| OfQueue {
            transfer_age,
            after_bot,
            promise_agent_wait_ms,
            promise_steps,
        },
    )
}
