//! What falls due by itself: timers, and chores that a change of rules has left behind. Each step settles
//! a bounded number of them.

use crate::{
    engine::{
        command::Reply,
        limits::CHORES_PER_STEP,
        state::Chore,
        step::{Answer, Step},
        timers::Timer,
    },
    proto::journal::{
        self as j, AssignmentEnd, ContactEnd, ContactStage, RemovedQueues, SignOutReason, TransferReason,
        event::Kind,
    },
};

impl Step<'_> {
    pub fn start(&mut self) -> Answer {
        let grace_deadline_ms = self.now_ms + self.state.catalog.settings.agent_grace_ms;
        self.emit(Kind::DaemonStarted(j::DaemonStarted { grace_deadline_ms }));
        Ok(Reply::Done)
    }

    pub fn tick(&mut self) -> Answer {
        for _ in 0..CHORES_PER_STEP {
            if let Some(timer) = self.state.timers.pop_due(self.now_ms) {
                self.timer(timer);
            } else if let Some(chore) = self.state.chores.pop_first() {
                self.chore(chore);
            } else {
                break;
            }
        }
        Ok(Reply::Done)
    }

    fn timer(&mut self, timer: Timer) {
        match timer {
            Timer::Offer(offer) => self.no_answer(offer),
            Timer::WrapUp(offer) => self.end_assignment(offer, AssignmentEnd::WrapUpTimeout),
            Timer::AgentGrace(agent) => self.end_session(agent, SignOutReason::GraceOver),
            Timer::GatewayLease(gateway) => self.emit(Kind::GatewayLost(j::GatewayLost { gateway })),
            Timer::MaxWait(contact) => self.close(contact, ContactEnd::WaitLimit, 0, 0),
            Timer::Exclusion(contact, _) => self.state.exclusion_over(contact),
        }
    }

    fn chore(&mut self, chore: Chore) {
        match chore {
            Chore::Offer(offer) => self.withdraw_stale(offer),
            Chore::Agent(agent) => {
                let signed_in = self
                    .state
                    .agent(agent)
                    .is_some_and(|agent| agent.record.removed && agent.record.session != 0);
                if signed_in {
                    self.end_session(agent, SignOutReason::Removed);
                }
            }
            Chore::Contact(contact) => self.settle_contact(contact),
        }
    }

    /// A contact whose queue has left the plan goes where the change said; one whose gateway is gone, and
    /// that nobody serves, is lost.
    fn settle_contact(&mut self, contact: u64) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let (queue, stage) = (record.queue, record.stage());
        if !matches!(stage, ContactStage::Waiting | ContactStage::Offered) {
            return;
        }
        let lost = self.state.gateways.get(&record.gateway).is_some_and(|gateway| gateway.lost);
        let realtime = self
            .state
            .catalog
            .channels
            .get(&record.channel)
            .is_some_and(super::catalog::ChannelInfo::realtime);
        if lost && realtime {
            self.close(contact, ContactEnd::GatewayLost, 0, 0);
            return;
        }
        let Some((policy, move_to)) =
            self.state.draining.get(&queue).map(|draining| (draining.policy(), draining.move_to))
        else {
            // Its gateway has come back.
            self.state.wait_again(contact);
            return;
        };
        // An offered one is let be: if it comes back to waiting, it becomes a chore again.
        if stage != ContactStage::Waiting {
            return;
        }
        if policy == RemovedQueues::Move {
            self.move_to(contact, move_to, TransferReason::QueueRemoved);
        } else {
            self.close(contact, ContactEnd::QueueRemoved, 0, 0);
        }
    }
}
