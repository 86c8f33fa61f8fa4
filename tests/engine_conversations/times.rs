//! First responses and response times.

use crate::common::{CONVERSATIONS, desk::Desk};

/// First response, and answers with their times in all, of a contact after these lines, in seconds.
fn times(table: &str, contact: &str) -> (u64, u32, u64) {
    let mut desk = Desk::with(CONVERSATIONS);
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let came = desk.run(line);
        assert!(!came.starts_with('!'), "{line} => {came}");
    }
    let record = desk.sim.state().contact_by_id(contact).expect("the contact");
    let talk = record.talk();
    (talk.first_response_ms / 1_000, talk.responses, talk.responses_ms / 1_000)
}

const ANSWERED: &str = "
    signin a1 notready
    enqueue c1 wechat general
    advance 7s
    ready a1
    accept a1 c1
    ";

#[test]
fn first_response() {
    // From when the customer came in: the wait in the queue is in it.
    let once = format!("{ANSWERED}\nadvance 5s\nsays c1 agent");
    assert_eq!(times(&once, "c1"), (12, 1, 5));
    // Only the first.
    let twice = format!("{once}\nadvance 3s\nsays c1 customer\nadvance 2s\nsays c1 agent");
    assert_eq!(times(&twice, "c1"), (12, 2, 7));
    let none = format!("{ANSWERED}\nadvance 5s\nsays c1 customer");
    assert_eq!(times(&none, "c1"), (0, 0, 0));
}

#[test]
fn responses_per_turn() {
    // However often the customer writes before the answer, and the agent after the question, it is one.
    let turn = "
        advance 10s
        says c1 customer
        advance 4s
        says c1 customer
        advance 2s
        says c1 agent
        advance 9s
        says c1 agent
        ";
    let table = format!("{ANSWERED}\nadvance 1s\nsays c1 agent\n{turn}\n{turn}");
    assert_eq!(times(&table, "c1"), (8, 3, 1 + 6 + 6));
}

#[test]
fn who_came_by_mail_waits_for_an_answer_too() {
    let table = "signin a1 ready\nenqueue c1 email general\naccept a1 c1\nadvance 1h\nsays c1 agent";
    assert_eq!(times(table, "c1"), (3_600, 1, 3_600));
}

#[test]
fn waiting_is_not_the_agents_time() {
    let table = format!(
        "{ANSWERED}
        advance 1s
        says c1 agent
        advance 10s
        says c1 customer
        advance 5s
        signout a1 return
        advance 40s
        signin a2 ready
        accept a2 c1
        advance 3s
        says c1 agent"
    );
    assert_eq!(times(&table, "c1"), (8, 2, 1 + 3));
}

#[test]
fn being_parked_is_not_the_agents_time() {
    let table = format!(
        "{ANSWERED}
        advance 1h
        says c1 customer
        advance 8s
        says c1 agent"
    );
    assert_eq!(times(&table, "c1"), (3_615, 1, 8));
}

#[test]
fn automatic_messages_answer_nothing() {
    let table = format!("{ANSWERED}\nadvance 1s\nsays c1 auto\nadvance 5s\nsays c1 agent");
    assert_eq!(times(&table, "c1"), (13, 1, 6));
}

#[test]
fn clicks_ask_nothing() {
    let table = format!(
        "{ANSWERED}\nadvance 1s\nsays c1 agent\nadvance 5s\nsays c1 action\nadvance 5s\nsays c1 agent"
    );
    assert_eq!(times(&table, "c1"), (8, 1, 1));
}

#[test]
fn what_is_only_checked_answers_nothing() {
    let table = format!("{ANSWERED}\nadvance 1s\nsays c1 agent check\nadvance 5s\nsays c1 agent");
    assert_eq!(times(&table, "c1"), (13, 1, 6));
}

#[test]
fn after_a_transfer() {
    // The turn goes on; the second agent's time begins when it has the contact.
    let table = format!(
        "{ANSWERED}
        advance 20s
        signin a2 ready
        notready a1 break
        transfer a1 c1 queue=experts
        advance 10s
        accept a2 c1
        advance 4s
        says c1 agent"
    );
    assert_eq!(times(&table, "c1"), (41, 1, 4));
}
