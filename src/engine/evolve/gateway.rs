//! What the events of a gateway mean, and a new process' start, which touches every session and lease.

use crate::proto::journal as j;

use super::Effect;
use crate::engine::{
    line::Line,
    state::{Chore, State},
    timers::Timer,
};

impl State {
    pub(super) fn daemon_started(&mut self, event: &j::DaemonStarted) -> Effect {
        let connected: Vec<u32> = self
            .agents
            .iter()
            .filter(|(_, agent)| agent.record.connected)
            .map(|(_, agent)| agent.record.agent)
            .collect();
        for agent in connected {
            self.disconnect(agent, event.grace_deadline_ms);
            if let Some(agent) = self.agents.get(u64::from(agent)) {
                self.chores.extend(agent.work.iter().map(|offer| Chore::Offer(*offer)));
            }
        }
        self.schedules.time_zones.clone_from(&event.time_zones);
        self.flows.skip_to(self.now_ms);
        self.drop_draft();
        self.look_at_schedules();
        let now_ms = self.now_ms;
        for record in self.gateways.values_mut().filter(|record| record.leased) {
            self.timers.disarm(Timer::GatewayLease(record.gateway), record.deadline_ms);
            record.deadline_ms = now_ms + record.lease_ms;
            self.timers.arm(Timer::GatewayLease(record.gateway), record.deadline_ms);
        }
        Effect::default()
    }

    pub(super) fn gateway_named(&mut self, event: &j::GatewayNamed) -> Effect {
        self.last_number = self.last_number.max(event.gateway);
        self.gateway_ids.insert(event.id.clone(), event.gateway);
        let record =
            j::GatewayRecord { gateway: event.gateway, id: event.id.clone(), ..j::GatewayRecord::default() };
        self.gateways.insert(event.gateway, record);
        Effect::default()
    }

    pub(super) fn gateway_leased(&mut self, event: &j::GatewayLeased) -> Effect {
        let timer = Timer::GatewayLease(event.gateway);
        if let Some(record) = self.gateways.get_mut(&event.gateway) {
            self.timers.disarm(timer, record.deadline_ms);
            record.lease_ms = event.lease_ms;
            record.deadline_ms = event.deadline_ms;
            record.leased = true;
        }
        self.gateway_is_back(event.gateway);
        if event.deadline_ms > 0 {
            self.timers.arm(timer, event.deadline_ms);
        }
        Effect::default()
    }

    pub(super) fn lose_gateway(&mut self, event: &j::GatewayLost) -> Effect {
        if let Some(record) = self.gateways.get_mut(&event.gateway) {
            self.timers.disarm(Timer::GatewayLease(event.gateway), record.deadline_ms);
            record.leased = false;
            record.deadline_ms = 0;
        }
        self.recount_flow(event.gateway, |record| record.lost = true);
        let contacts = self.by_gateway.get(&event.gateway).into_iter().flat_map(Line::iter);
        let with_bot = self.by_bot.get(&event.gateway).into_iter().flat_map(Line::iter);
        self.chores.extend(contacts.chain(with_bot).map(Chore::Contact));
        Effect::default()
    }

    /// A gateway has been heard of. Follow-ups whose customers it reaches have waited for it in no place: they
    /// have theirs again before anybody whom it brings now.
    pub(super) fn gateway_is_back(&mut self, gateway: u32) {
        if !self.gateway_lost(gateway) {
            return;
        }
        self.recount_flow(gateway, |record| record.lost = false);
        let contacts = self.by_gateway.get(&gateway).into_iter().flat_map(Line::iter);
        let adrift = contacts.filter(|number| {
            self.contacts.get(*number).is_some_and(|contact| contact.record.keeps_promise())
        });
        let adrift: Vec<u64> = adrift.collect();
        adrift.into_iter().for_each(|number| self.wait_again(number));
    }

    /// The gateway of a contact, or of its bot, may have been gone when it came into their hands.
    pub(super) fn check_gateways(&mut self, number: u64) {
        let Some(record) = self.contact(number) else {
            return;
        };
        if self.gateway_lost(record.gateway) || self.gateway_lost(record.talk().bot) {
            self.chores.insert(Chore::Contact(number));
        }
    }
}
