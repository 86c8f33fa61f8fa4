//! The authoritative state as a list of records, and back. Owns what a snapshot holds; whatever can be
//! derived is not in it and is derived on import, the same way as by replay.

use prost::Message;

use crate::{
    plan::{self, Plan},
    proto::journal::{self as j, ContactStage, OfferTrigger, PromiseStage, snapshot_record::Record},
};

use super::{
    catalog::{Catalog, agents_of},
    evolve::{Slices, plan_kind},
    lookup::Lookup,
    state::{Agent, Chore, State},
    timers::Timer,
};

impl State {
    /// The authoritative state as records, one after the other, in a fixed order.
    pub fn export(&self, mut each: impl FnMut(j::SnapshotRecord)) {
        let mut put = |record| each(j::SnapshotRecord { record: Some(record) });
        put(Record::Header(j::StateHeader {
            sequence: self.sequence,
            now_ms: self.now_ms,
            wall_offset_ms: self.wall_offset_ms,
            plan_revision: self.plan_revision,
            last_contact: self.last_contact,
            last_offer: self.last_offer,
            last_session: self.last_session,
            last_number: self.last_number,
            last_promise: self.last_promise,
            last_dated: self.schedules.last_dated,
            time_zones: self.schedules.time_zones.clone(),
            dated_revision: self.schedules.dated_revision,
        }));
        // Every entry of the plan is new to an empty one.
        let mut documents = Lookup::default();
        for upsert in plan::diff(&Plan::default(), &self.plan).upserts {
            documents.insert((plan_kind(upsert.kind), upsert.id), upsert.document);
        }
        for (number, kind, id) in self.names.iter() {
            let document = documents.remove(&(kind, id.to_string())).unwrap_or_default();
            put(Record::PlanEntry(j::PlanEntry { kind: kind.into(), id: id.to_string(), number, document }));
        }
        self.gateways.values().for_each(|record| put(Record::Gateway(record.clone())));
        self.agents.values().for_each(|agent| put(Record::Agent(agent.record.clone())));
        // Closed ones last and in the order in which they are to be forgotten.
        let live = self.contacts.values().filter(|contact| contact.record.stage() != ContactStage::Closed);
        live.for_each(|contact| put(Record::Contact(contact.record.clone())));
        for contact in self.closed.iter().filter_map(|number| self.contacts.get(*number)) {
            put(Record::Contact(contact.record.clone()));
        }
        self.assignments.values().for_each(|record| put(Record::Assignment(*record)));
        for number in self.cell_numbers.values() {
            let cell = self.cells.get(*number as usize).filter(|cell| cell.counted());
            cell.into_iter().for_each(|cell| put(Record::QueueCounts(cell.counts)));
        }
        self.draining.values().for_each(|draining| put(Record::Draining(*draining)));
        let schedules = &self.schedules;
        schedules.hours.values().for_each(|hours| put(Record::Hours(hours.clone())));
        for (agent, entries) in schedules.dated.iter() {
            entries.iter().for_each(|entry| put(Record::Dated(entry.entry(agent))));
        }
        for (source, horizon_s) in &schedules.sources {
            put(Record::ShiftSource(j::ShiftSource { source: source.clone(), horizon_s: *horizon_s }));
        }
        schedules.staged.iter().for_each(|staged| put(Record::ShiftsStaged(staged.clone())));
        self.surges.records.values().for_each(|record| put(Record::Surge(record.clone())));
        self.flows.iter().for_each(|(queue, flow)| put(Record::Flow(flow.record(queue))));
        self.compacted.iter().for_each(|record| put(Record::Closed(*record)));
        self.requests.iter().for_each(|record| put(Record::Request(record.clone())));
        self.staged.iter().for_each(|staged| put(Record::PlanStaged(staged.clone())));
        // As with contacts: those that are to be forgotten, in that order.
        let open = self.promises().filter(|record| record.stage() != PromiseStage::Ended);
        open.for_each(|record| put(Record::Promise(record.clone())));
        for record in self.ended_promises.iter().filter_map(|number| self.promise(*number)) {
            put(Record::Promise(record.clone()));
        }
        self.cases.values().for_each(|record| put(Record::Case(record.clone())));
    }

    /// A hash of the authoritative state: equal states have equal hashes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        self.export(|record| {
            hasher.update(&record.encode_length_delimited_to_vec());
        });
        *hasher.finalize().as_bytes()
    }

    /// Takes one record of an export in. After the last one call [`State::imported`].
    pub fn import(&mut self, record: j::SnapshotRecord) {
        let Some(record) = record.record else {
            self.fault = Some("the snapshot has a record that this version does not know".to_owned());
            return;
        };
        match record {
            Record::Header(header) => {
                self.sequence = header.sequence;
                self.now_ms = header.now_ms;
                self.wall_offset_ms = header.wall_offset_ms;
                self.plan_revision = header.plan_revision;
                self.last_contact = header.last_contact;
                self.last_offer = header.last_offer;
                self.last_session = header.last_session;
                self.last_number = header.last_number;
                self.last_promise = header.last_promise;
                self.schedules.last_dated = header.last_dated;
                self.schedules.time_zones = header.time_zones;
                self.schedules.dated_revision = header.dated_revision;
            }
            Record::PlanEntry(entry) => self.put_entry(&entry),
            Record::Gateway(record) => {
                self.gateway_ids.insert(record.id.clone(), record.gateway);
                self.gateways.insert(record.gateway, record);
            }
            Record::Agent(record) => {
                let said = record.schedule.is_some() || record.dated || record.override_record.is_some();
                self.schedules.used |= said;
                self.agents.insert(u64::from(record.agent), Agent::new(record, None));
            }
            Record::Contact(record) => {
                if record.stage() == ContactStage::Closed {
                    self.closed.push_back(record.contact);
                }
                self.add_contact(record);
            }
            Record::Assignment(record) => self.add_assignment(record),
            Record::QueueCounts(counts) => {
                *self.count(counts.queue, counts.channel) = counts;
            }
            Record::Draining(draining) => {
                self.draining.insert(draining.queue, draining);
            }
            Record::Closed(record) => {
                self.import_compacted(record);
            }
            Record::Request(record) => self.add_request(record),
            Record::PlanStaged(staged) => self.staged.push(staged),
            Record::Promise(record) => self.add_promise(record),
            Record::Hours(hours) => {
                self.schedules.hours.insert(hours.queue, hours);
            }
            Record::Dated(entry) => self.schedules.dated.put(&entry),
            Record::ShiftSource(record) => {
                self.schedules.sources.insert(record.source, record.horizon_s);
            }
            Record::ShiftsStaged(staged) => self.schedules.staged.push(staged),
            Record::Surge(record) => {
                let queue = record.queue;
                self.surges.records.insert(queue, record);
                self.derive_policy(queue);
            }
            Record::Flow(record) => self.flows.import(&record),
            Record::Case(record) => {
                self.cases.insert(record.case, record);
            }
        }
    }

    /// Derives what an import leaves out.
    pub fn imported(&mut self) {
        let agents = agents_of(&self.plan, &self.names);
        self.catalog = Catalog::new(&self.plan, &self.names, agents);
        for (number, info) in &self.catalog.agents {
            if let Some(agent) = self.agents.get_mut(u64::from(*number)) {
                agent.info = Some(info.clone());
                agent.derive_open(&self.catalog);
            }
        }
        // Only now: what is staged changes what is in force.
        for part in std::mem::take(&mut self.schedules.staged) {
            self.stage_dated(&part);
            self.schedules.staged.push(part);
        }
        // The same.
        for part in std::mem::take(&mut self.staged) {
            self.stage_part(&part);
        }
        self.look_at_schedules();
        self.begin_settling(false);
        while !self.agents_indexed() {
            self.settle_slice(Slices::WHOLE);
        }
        let contacts: Vec<(u64, ContactStage)> =
            self.contacts.iter().map(|(number, contact)| (number, contact.record.stage())).collect();
        for (number, stage) in contacts {
            self.put_in(number, stage, OfferTrigger::RulesChanged);
        }
        self.settling = None;
        self.derive_cases();
        self.rearm();
        self.note_chores();
        self.look_at_surges();
    }

    fn rearm(&mut self) {
        for record in self.gateways.values().filter(|record| record.leased && record.deadline_ms > 0) {
            self.timers.arm(Timer::GatewayLease(record.gateway), record.deadline_ms);
        }
        for record in self.agents.values().map(|agent| &agent.record) {
            if record.session != 0 && !record.connected {
                self.timers.arm(Timer::AgentGrace(record.agent), record.grace_deadline_ms);
            }
        }
        for (number, contact) in self.contacts.iter() {
            for exclusion in contact.record.exclusions().iter().filter(|entry| entry.until_ms > self.now_ms) {
                self.timers.arm(Timer::Exclusion(number, exclusion.agent), exclusion.until_ms);
            }
        }
        let promises: Vec<u64> = self.promises.keys().copied().collect();
        promises.into_iter().for_each(|promise| self.settle_promise(promise));
    }

    fn note_chores(&mut self) {
        self.chores.extend(self.assignments.iter().map(|(offer, _)| Chore::Offer(offer)));
        let removed = self.agents.values().filter(|agent| agent.record.removed);
        self.chores.extend(removed.map(|agent| Chore::Agent(agent.record.agent)));
        for (gateway, contacts) in &self.by_gateway {
            if self.gateway_lost(*gateway) {
                self.chores.extend(contacts.iter().map(Chore::Contact));
            } else if !self.gateway_listens(*gateway) {
                let records = contacts.iter().filter_map(|number| self.contact(number));
                let rest = records.filter(|record| self.dialling_rests(record));
                let rest: Vec<Chore> = rest.map(|record| Chore::Contact(record.contact)).collect();
                self.chores.extend(rest);
            }
        }
        for (bot, contacts) in &self.by_bot {
            if self.gateway_lost(*bot) {
                self.chores.extend(contacts.iter().map(Chore::Contact));
            }
        }
        if !self.draining.is_empty() {
            let live = self.contacts.values().map(|contact| &contact.record);
            let live = live.filter(|record| record.stage() != ContactStage::Closed);
            let adrift = live.filter(|record| self.draining.contains_key(&record.queue));
            self.chores.extend(adrift.map(|record| Chore::Contact(record.contact)));
        }
    }
}
