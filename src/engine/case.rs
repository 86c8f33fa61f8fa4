//! To which case a contact belongs, whom its customer knows, and whether a matter was settled at first contact.

use crate::{
    engine::{command::Enqueue, conversation::ContactKind, state::State, step::Step},
    proto::journal::{self as j, PlanKind, event::Kind},
};

/// The public API's numbers of the resolutions that say that a matter is not settled: UNRESOLVED, FOLLOW_UP.
const UNSETTLED: [u32; 2] = [2, 3];
/// Cases of one customer that are looked at when it comes again; each time all of them are judged, so that
/// more are open only after as many contacts at once.
const JUDGED_AT_ONCE: usize = 8;

impl State {
    /// The case that is made of a contact which belongs to none.
    pub(super) fn own_case(contact: u64) -> String {
        format!("case:{contact}")
    }
}

impl Step<'_> {
    /// Whether a case given by a gateway is one that may still be made of a contact to come.
    pub fn check_case(&self, case_id: &str, fields: &mut Vec<(String, String)>) {
        let number = case_id.strip_prefix("case:").and_then(|number| number.parse::<u64>().ok());
        if number.is_some_and(|number| number > self.state.last_contact) {
            let message =
                "is kefud's to make, and isn't made yet; choose an id that doesn't begin with `case:`";
            fields.push(("case_id".to_owned(), message.to_owned()));
        }
    }

    /// The case of a contact that comes in; empty: none.
    pub fn case_of(&self, enqueue: &Enqueue) -> String {
        let lookup = enqueue.customer.lookup;
        if !enqueue.case_id.is_empty() || lookup == 0 {
            return enqueue.case_id.clone();
        }
        let channel = self.state.names.number(PlanKind::Channel, &enqueue.channel);
        let channel = channel.and_then(|channel| self.state.catalog.channels.get(&channel));
        let within_ms = channel.map_or(0, |channel| channel.reopen_within_ms);
        let latest = self.state.latest_case(lookup).filter(|record| {
            record.closed_ms != 0 && within_ms != 0 && record.closed_ms + within_ms >= self.now_ms
        });
        latest.map_or_else(String::new, |record| record.id.clone())
    }

    /// For a contact that is about to end: the case that is made of it, if it belongs to none, and when it is
    /// judged whether that was settled by it; empty and 0: not.
    pub fn closing_case(&self, contact: u64) -> (String, u64) {
        let settings = &self.state.catalog.settings;
        let customers =
            |record: &&j::ContactRecord| record.kind() == ContactKind::Customer && record.answered_ms() != 0;
        let Some(record) = self.state.contact(contact).filter(customers) else {
            return (String::new(), 0);
        };
        let known = record.customer.as_ref().is_some_and(|customer| customer.lookup != 0);
        let made = record.case_id.is_empty() && known && settings.cases_max > 0;
        let case_id = if made { State::own_case(contact) } else { String::new() };
        // A case that its own promise made tells nothing of others who come.
        let given = !record.case_id.is_empty() && record.case_id != State::own_case(contact);
        let in_case = made || given || (known && !record.case_id.is_empty());
        let first = in_case && self.first_answered(record) && !self.came_before(record);
        let judged = first && settings.first_contact_window_ms > 0;
        (case_id, if judged { self.now_ms + settings.first_contact_window_ms } else { 0 })
    }

    /// Whether no other contact of its case has been answered.
    fn first_answered(&self, record: &j::ContactRecord) -> bool {
        let Some(case) = self.state.case_by_id(&record.case_id) else {
            return true;
        };
        let others = case.contacts.iter().filter(|entry| entry.contact != record.contact);
        case.contact_count as usize <= case.contacts.len() && others.into_iter().all(|entry| entry.agent == 0)
    }

    /// Whether its customer came because of something else, or the same in another case, a short while before: that
    /// one is judged, and this is not its first contact.
    fn came_before(&self, record: &j::ContactRecord) -> bool {
        let customer = record.customer.as_ref().map_or(0, |customer| customer.lookup);
        let window_ms = self.state.catalog.settings.first_contact_window_ms;
        let before = |entry: &j::CaseContactRecord| {
            let recent = entry.closed_ms != 0 && entry.closed_ms + window_ms >= record.enqueued_ms;
            entry.agent != 0 && recent && entry.closed_ms <= record.enqueued_ms
        };
        let others = self.state.cases_of(customer).take(JUDGED_AT_ONCE).filter(|_| customer != 0);
        others.filter(|case| case.id != record.case_id).any(|case| case.contacts.iter().any(before))
    }

    /// A contact has ended with this resolution: that may tell at once that it settled nothing.
    pub fn judge_end(&mut self, contact: u64, resolution: u32) {
        let Some(case_id) = self.judged_by(contact) else {
            return;
        };
        let promised = || self.state.promises_of_case(&case_id).any(|promise| promise.contact == contact);
        if UNSETTLED.contains(&resolution) || promised() {
            self.not_settled(&case_id);
        }
    }

    /// What was said of a contact afterwards tells that it settled nothing.
    pub fn judge_correction(&mut self, contact: u64, resolution: u32) {
        if UNSETTLED.contains(&resolution)
            && let Some(case_id) = self.judged_by(contact)
        {
            self.not_settled(&case_id);
        }
    }

    /// The case of which it is still to be judged whether this contact settled it.
    fn judged_by(&self, contact: u64) -> Option<String> {
        let case = self.state.case_by_id(&self.state.contact(contact)?.case_id)?;
        let judged = case.judgement.as_ref().is_some_and(|judgement| judgement.contact == contact);
        judged.then(|| case.id.clone())
    }

    /// The first contact of a case has not settled it.
    pub fn not_settled(&mut self, case_id: &str) {
        let record = self.state.case_by_id(case_id).filter(|record| record.judgement.is_some());
        if let Some(case) = record.map(|record| record.case) {
            self.emit(Kind::FirstContactJudged(j::FirstContactJudged { case, resolved: false }));
        }
    }

    /// A customer has come: what it came about before is not settled.
    pub fn came_again(&mut self, contact: u64) {
        let Some(record) = self.state.contact(contact) else {
            return;
        };
        let customer = record.customer.as_ref().map_or(0, |customer| customer.lookup);
        let own = self.state.case_by_id(&record.case_id);
        let of_customer = self.state.cases_of(customer).take(JUDGED_AT_ONCE).filter(|_| customer != 0);
        let open = own.into_iter().chain(of_customer).filter(|record| record.judgement.is_some());
        let mut cases: Vec<u64> = open.map(|record| record.case).collect();
        cases.sort_unstable();
        cases.dedup();
        for case in cases {
            self.emit(Kind::FirstContactJudged(j::FirstContactJudged { case, resolved: false }));
        }
    }

    /// The time is over in which somebody might have come again.
    pub fn first_contact_due(&mut self, case: u64) {
        if self.state.cases.get(&case).is_some_and(|record| record.judgement.is_some()) {
            self.emit(Kind::FirstContactJudged(j::FirstContactJudged { case, resolved: true }));
        }
    }
}
