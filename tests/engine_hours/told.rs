//! What gateways are told of hours.

use kefud::{
    gateway::convert,
    proto::journal::{OfferTrigger, event::Kind},
};

use super::HOURS;
use crate::common::desk::Desk;

/// Held, overflowed from, seconds of the next opening, and what the answer to the first request says.
fn told(desk: &Desk, id: &str) -> (bool, String, Option<i64>, bool, Option<i64>) {
    let (state, now_ms) = (desk.sim.state(), desk.sim.now_ms());
    let contact = convert::contact(state, state.contact_by_id(id).unwrap(), now_ms);
    let (closed, opening) = convert::asked_hours(state, id, now_ms);
    let seconds = |time: Option<prost_types::Timestamp>| time.map(|time| time.seconds);
    (contact.held, contact.overflowed_from, seconds(contact.next_opening_time), closed, seconds(opening))
}

#[test]
fn a_contact_tells_what_became_of_it_at_a_closed_queue() {
    let mut desk = Desk::with(HOURS);
    // 09:00 in Shanghai.
    let opening = Some(1_790_557_200);
    desk.run("wall 2026-09-28T08:00");
    for line in [
        "enqueue held wechat mail",
        "enqueue accepted wechat walk",
        "enqueue overflowed wechat over",
        "enqueue further wechat far",
        "enqueue open wechat night",
        "enqueue botted wechat night bot=b",
        "frombot b botted queue=over",
        "enqueue moved wechat night",
        "transfer gateway moved queue=far",
    ] {
        assert!(!desk.run(line).starts_with('!'), "{line}");
    }
    assert_eq!(told(&desk, "held"), (true, String::new(), opening, true, opening));
    assert_eq!(told(&desk, "accepted"), (false, String::new(), None, true, opening));
    assert_eq!(told(&desk, "overflowed"), (false, "over".to_owned(), None, true, opening));
    assert_eq!(told(&desk, "further"), (true, "far".to_owned(), opening, true, opening));
    // Not only who comes in: who comes back from a bot, or is sent on, too.
    assert_eq!(told(&desk, "botted"), (false, "over".to_owned(), None, true, opening));
    assert_eq!(told(&desk, "moved"), (true, "far".to_owned(), opening, true, opening));
    assert_eq!(told(&desk, "open"), (false, String::new(), None, false, None));
    desk.run("at 2026-09-28T09:00");
    assert_eq!(told(&desk, "held"), (false, String::new(), None, true, None));
    // Who asks again is told what was told before.
    assert_eq!(told(&desk, "accepted"), (false, String::new(), None, true, None));
    desk.run("enqueue later wechat walk");
    desk.run("at 2026-09-28T12:30");
    assert_eq!(told(&desk, "later"), (false, String::new(), None, false, Some(1_790_571_600)));
}

#[test]
fn an_offer_at_the_opening_says_so() {
    let mut desk = Desk::with(HOURS);
    for line in ["wall 2026-09-28T08:00", "signin a1 ready", "enqueue c1 wechat mail", "at 2026-09-28T09:00"]
    {
        desk.run(line);
    }
    let mut offers = desk.sim.events().iter().filter_map(|event| match event.kind.as_ref()? {
        Kind::ContactOffered(offered) => Some(offered.trigger()),
        _ => None,
    });
    assert_eq!(offers.next(), Some(OfferTrigger::QueueOpened));
}

#[test]
fn who_is_held_is_counted_and_not_counted_once_the_queue_is_open() {
    let mut desk = Desk::with(HOURS);
    let mail = |desk: &Desk| {
        let state = desk.sim.state();
        let queue = state.names().number(kefud::proto::journal::PlanKind::Queue, "mail").unwrap();
        (state.queue_open(queue), state.held_in(queue), state.queue_hours(queue).is_some())
    };
    desk.run("wall 2026-09-28T11:59");
    desk.run("enqueue c1 wechat mail");
    desk.run("at 2026-09-28T12:30");
    desk.run("enqueue c2 wechat mail");
    desk.run("enqueue c3 email mail");
    assert_eq!(mail(&desk), (false, 2, true));
    desk.run("at 2026-09-28T13:00");
    assert_eq!(mail(&desk), (true, 0, true));
    // What is known of the hours of a queue goes with it.
    desk.run("apply remove queues.mail remove queues.far policy=move:night");
    assert_eq!(mail(&desk), (true, 0, false));
}
