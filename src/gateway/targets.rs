//! Where a contact is to go, as requests say it.

use crate::{
    engine::command::{ByChannel, Target},
    proto::v1::{self, transfer_target},
};

use super::Check;

/// Where a transfer goes, and by which channel from then on.
pub(super) fn target(check: &mut Check, target: Option<v1::TransferTarget>) -> (Target, Option<ByChannel>) {
    let Some(target) = target else {
        check.problem("target", "is required");
        return (Target::Queue(String::new()), None);
    };
    check.optional_id("target.fallback_queue", &target.fallback_queue);
    check.optional_id("target.channel", &target.channel);
    check.optional_id("target.gateway_id", &target.gateway_id);
    if target.channel.is_empty() && !target.gateway_id.is_empty() {
        check.problem("target.gateway_id", "goes with `channel` only");
    } else if target.gateway_id.is_empty() && !target.channel.is_empty() {
        check.problem("target.gateway_id", "is required with `channel`");
    }
    let other_channel = (!target.channel.is_empty())
        .then(|| ByChannel { channel: target.channel.clone(), gateway: target.gateway_id.clone() });
    (target_of(check, target), other_channel)
}

fn target_of(check: &mut Check, target: v1::TransferTarget) -> Target {
    match target.target {
        Some(transfer_target::Target::Queue(queue)) => {
            check.id("target.queue", &queue);
            if !target.fallback_queue.is_empty() {
                check.problem("target.fallback_queue", "goes with `agent_id` only");
            }
            Target::Queue(queue)
        }
        Some(transfer_target::Target::AgentId(agent)) => {
            check.id("target.agent_id", &agent);
            Target::Agent { agent, fallback: target.fallback_queue }
        }
        None => {
            check.problem("target", "needs `queue` or `agent_id`");
            Target::Queue(String::new())
        }
    }
}
