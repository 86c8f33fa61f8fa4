//! What the events of a gateway mean, and a new process' start, which touches every session and lease.

use crate::proto::journal::{self as j, ContactStage};

use super::{Effect, place::in_line};
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
        let leased = self.gateways.values().filter(|record| record.leased);
        let leased: Vec<(u32, u64)> = leased.map(|record| (record.gateway, record.lease_ms)).collect();
        for (gateway, lease_ms) in leased {
            self.lease(gateway, lease_ms, now_ms + lease_ms);
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
        self.gateway_is_back(event.gateway);
        self.lease(event.gateway, event.lease_ms, event.deadline_ms);
        Effect::default()
    }

    /// A gateway is there until then; 0: for as long as its stream is open.
    fn lease(&mut self, gateway: u32, lease_ms: u64, deadline_ms: u64) {
        let timer = Timer::GatewayLease(gateway);
        if let Some(record) = self.gateways.get(&gateway) {
            self.timers.disarm(timer, record.deadline_ms);
        }
        let listened = self.gateway_listens(gateway);
        let change = |record: &mut j::GatewayRecord| {
            (record.leased, record.lease_ms, record.deadline_ms) = (true, lease_ms, deadline_ms);
        };
        if listened == (deadline_ms == 0) {
            self.gateways.get_mut(&gateway).map(change);
        } else {
            self.recount_flow(gateway, change);
            self.callbacks_of_gateway(gateway, !listened);
        }
        if deadline_ms > 0 {
            self.timers.arm(timer, deadline_ms);
        }
    }

    /// A gateway listens again, or no longer: callbacks that it is to make have their places among those that may be
    /// offered or dialled, or wait apart. What is offered is withdrawn.
    fn callbacks_of_gateway(&mut self, gateway: u32, listens: bool) {
        let contacts = self.promised_by_gateway.get(&gateway).into_iter().flat_map(Line::iter);
        let called = contacts.filter(|number| {
            self.contact(*number).is_some_and(|record| record.talk().callback && in_line(record.stage()))
        });
        for number in called.collect::<Vec<u64>>() {
            match self.contact(number) {
                _ if listens => self.wait_again(number),
                Some(record) if !self.dialling_rests(record) => {}
                Some(record) if record.stage() == ContactStage::Waiting => self.wait_apart(number),
                _ => {
                    self.chores.insert(Chore::Contact(number));
                }
            }
        }
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
        let adrift = self.promised_by_gateway.get(&gateway).into_iter().flat_map(Line::iter);
        adrift.collect::<Vec<u64>>().into_iter().for_each(|number| self.wait_again(number));
    }

    /// A live contact is a gateway's from now on.
    pub(super) fn goes_to_gateway(&mut self, number: u64, gateway: u32, keeps_promise: bool) {
        self.by_gateway.entry(gateway).or_default().insert(number);
        if keeps_promise {
            self.promised_by_gateway.entry(gateway).or_default().insert(number);
        }
    }

    /// It is not any more, or not live.
    pub(super) fn leaves_gateway(&mut self, number: u64, gateway: u32) {
        for contacts in [&mut self.by_gateway, &mut self.promised_by_gateway] {
            if let Some(line) = contacts.get_mut(&gateway) {
                line.remove(&number);
            }
        }
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
