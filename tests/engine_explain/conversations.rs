//! What is told of contacts that don't only wait: parked, with a bot, on consult, promised.

use crate::{
    after_in, check_offers, check_settled,
    common::{CONVERSATIONS, desk::Desk},
    explained, told,
};

/// Lines after which the state is told, the contact, its summary, and what changes by itself.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// a1 has the chat `c`, and then more.
macro_rules! chat {
    ($more:literal) => {
        concat!("signin a1 ready|enqueue c qq general|accept a1 c|", $more)
    };
}

/// a1 has promised `p`, for which a call enters in an hour, and is at lunch; and then more.
macro_rules! promised {
    ($more:literal) => {
        concat!(
            "signin a1 ready|signin a2 ready|enqueue c qq general|accept a1 c|",
            "promise a1 c p in=2h queue=follow channel=phone|complete a1 c|notready a1 lunch|",
            $more
        )
    };
}

fn after(lines: &str) -> Desk {
    after_in(Desk::with(CONVERSATIONS), lines)
}

/// Checks what is told, that it is so for every pair, and that the first change comes true.
fn check(table: &[Case]) {
    let mut wrong = Vec::new();
    for (lines, contact, summary, expected) in table {
        let mut desk = after(lines);
        let found = explained(&desk, contact);
        let (state, now_ms) = (desk.sim.state(), desk.sim.now_ms());
        let changes: Vec<String> = found
            .changes
            .iter()
            .map(|change| {
                format!("{} {}", kefud::plan::format_ms(change.at_ms - now_ms), change.what.text(state))
            })
            .collect();
        if found.summary != *summary || changes != *expected {
            wrong.push(format!("{lines}: {contact}\n  {}\n  {changes:#?}", found.summary));
        }
        check_settled(state, now_ms);
        let Some(first) = found.changes.first() else { continue };
        desk.sim.advance(first.at_ms - now_ms);
        let state = desk.sim.state();
        let record = state.contact_by_id(contact).expect("kept");
        let still = state.explain_contact(record.contact, desk.sim.now_ms(), 100).expect("kept");
        assert!(!still.changes.contains(first), "{lines}: {first:?} hasn't come true");
        check_offers(&desk);
    }
    assert!(wrong.is_empty(), "told otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn parked_ones_say_who_gets_them_back() {
    check(&[
        (
            "signin a1 ready|enqueue c wechat general|accept a1 c|says c agent|advance 10m",
            "c",
            "It is parked since 0s; the customer's next message brings it back to a1 if there is room, else to queue general.",
            &["48h it ends, unless the customer writes"],
        ),
        (
            "signin a1 ready|enqueue c qq general|accept a1 c|advance 11m",
            "c",
            "It is parked since 1m; the customer's next message brings it back to a1 if there is room, else to queue general.",
            &["59m it ends, unless the customer writes"],
        ),
        (
            "signin a1 ready|enqueue c webchat general|accept a1 c|advance 10m",
            "c",
            "It is parked since 0s; the customer's next message brings it back to queue general.",
            &["1h it ends, unless the customer writes"],
        ),
        // On its way back while its agent is away, and when the window nears.
        (
            "signin a1 ready|enqueue c wechat general|accept a1 c|advance 10m|notready a1 lunch|says c customer",
            "c",
            "It is kept for a1 for 10s more, who is not ready (lunch). It is number 1 of 1 waiting in general; in 10s it is no longer kept for a1.",
            &[
                "10s it is no longer kept for a1",
                "46h its priority rises: the end of its reply window is near",
            ],
        ),
        (
            "signin a1 ready|enqueue c wechat general|accept a1 c|advance 10m|says c customer",
            "c",
            "It is with a1, chosen as the one who had it, or its case, last, when the contact came in or came back.",
            &[
                "10m it is parked, unless somebody writes",
                "46h its priority rises: the end of its reply window is near",
            ],
        ),
        (
            "signin a1 ready|enqueue c qq general|accept a1 c|advance 10m|says c customer",
            "c",
            "It is offered to a1 for 20s more, chosen as the one who had it, or its case, last, when the contact came in or came back.",
            &["20s the offer of c to a1 lapses"],
        ),
        (
            "signin a1 ready|enqueue c qq general|accept a1 c|advance 10m|advance 1h",
            "c",
            "It has ended: it was parked for as long as its channel allows after 0s of waiting; a1 had it last.",
            &[],
        ),
    ]);
}

#[test]
fn those_with_a_bot_say_where_they_come_from_there() {
    check(&[
        (
            "enqueue c wechat general bot=b|advance 1m",
            "c",
            "It is with the bot of gateway b since 1m; from there it comes to queue general.",
            &[
                "4m it comes to its queue, if the bot hasn't returned it",
                "45h 59m its priority rises: the end of its reply window is near",
            ],
        ),
        (
            "enqueue c qq general bot=b",
            "c",
            "It is with the bot of gateway b since 0s; from there it comes to queue general.",
            &["30m it comes to its queue, if the bot hasn't returned it"],
        ),
        (
            "enqueue c wechat general|advance 5s|tobot c b",
            "c",
            "It is with the bot of gateway b since 0s; from there it comes to queue general.",
            &[
                "5m it comes to its queue, if the bot hasn't returned it",
                "45h 59m 55s its priority rises: the end of its reply window is near",
            ],
        ),
        (
            "enqueue c wechat general bot=b|frombot b c category=fraud",
            "c",
            "Nobody who is signed in could serve it as it is now. It is number 1 of 1 waiting in experts; in 1d 22h its priority rises: the end of its reply window is near.",
            &["46h its priority rises: the end of its reply window is near"],
        ),
        (
            "enqueue c wechat general bot=b|frombot b c closed",
            "c",
            "It was completed by its bot after 0s of waiting.",
            &[],
        ),
    ]);
}

#[test]
fn consults_say_who_asks_about_what() {
    check(&[
        (
            chat!("consult a1 c k queue=experts"),
            "k",
            "a1 asks for advice on c by it. Nobody who is signed in could serve it as it is now. It is number 1 of 1 waiting in experts.",
            &[],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2"),
            "k",
            "a1 asks for advice on c by it. It is offered to a2 for 20s more, chosen by name: a transfer, a supervisor, or the agent's own choice.",
            &["20s the offer of k to a2 lapses"],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2|accept a2 k"),
            "k",
            "a1 asks for advice on c by it. It is with a2, chosen by name: a transfer, a supervisor, or the agent's own choice.",
            &[],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2"),
            "c",
            "It is with a1, chosen as idle longest, when the contact came in or came back. A colleague is asked about it by k.",
            &[],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2|accept a2 k"),
            "c",
            "It is with a1, chosen as idle longest, when the contact came in or came back. a2 is asked about it by k.",
            &[],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2|accept a2 k|join a1 k"),
            "c",
            "It is with a1, chosen as idle longest, when the contact came in or came back. a2 takes part in it by k.",
            &[],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2|accept a2 k|handover a1 k"),
            "k",
            "a1 asks for advice on c by it. It has ended: the colleague took over what it was about after 0s of waiting; a2 had it last.",
            &[],
        ),
        (
            chat!("signin a2 ready|consult a1 c k agent=a2|accept a2 k|handover a1 k"),
            "c",
            "It is with a2, chosen by name: a transfer, a supervisor, or the agent's own choice.",
            &["10m it is parked, unless somebody writes"],
        ),
    ]);
    // Whoever asks is kept from it, for as long as it lasts.
    let desk = after(chat!("signin a2 ready|notready a2 lunch|consult a1 c k queue=experts"));
    assert_eq!(told(&desk, "k", "a1"), ["EXCLUDED: asks for this consult itself"]);
    assert_eq!(told(&desk, "k", "a2"), ["NOT_READY: is not ready (lunch)"]);
    assert_eq!(
        told(&desk, "k", "a3"),
        ["SIGNED_OUT: is not signed in", "NOT_IN_GROUP: is in no group that is open to the contact"]
    );
}

#[test]
fn follow_ups_say_for_whom_they_are_kept() {
    const FOLLOW_UP: &str = "follow-up:p:1";
    check(&[
        (
            promised!("advance 1h"),
            FOLLOW_UP,
            "It is the follow-up of promise p. It is kept for a1 for 10m more, who is not ready (lunch). It is number 1 of 1 waiting in follow; in 10m it is no longer kept for a1.",
            &["10m it is no longer kept for a1", "30m its promise is escalated"],
        ),
        (
            promised!("notready a2 lunch|advance 1h|advance 10m"),
            FOLLOW_UP,
            "It is the follow-up of promise p. None of the 2 agents signed in who could serve it is free: 2 are not ready. It is number 1 of 1 waiting in follow; in 20m its promise is escalated.",
            &["20m its promise is escalated"],
        ),
        (
            promised!("notready a2 lunch|advance 1h|advance 35m"),
            FOLLOW_UP,
            "It is the follow-up of promise p. None of the 2 agents signed in who could serve it is free: 2 are not ready. It is number 1 of 1 waiting in follow; in 15m its promise is escalated.",
            &["15m its promise is escalated"],
        ),
        (
            promised!("notready a2 lunch|advance 1h|advance 65m"),
            FOLLOW_UP,
            "It is the follow-up of promise p. None of the 2 agents signed in who could serve it is free: 2 are not ready. It is number 1 of 1 waiting in follow.",
            &[],
        ),
        (
            promised!("advance 1h|ready a1|accept a1 follow-up:p:1"),
            FOLLOW_UP,
            "It is the follow-up of promise p. It is being connected to a1, chosen as the one who had it, or its case, last, when the agent became available.",
            &["30m its promise is escalated"],
        ),
        (
            promised!("advance 1h|chpromise a1 p cancel reason=no"),
            FOLLOW_UP,
            "It is the follow-up of promise p. It has ended: its promise was moved, kept or cancelled after 0s of waiting.",
            &[],
        ),
    ]);
    let desk = after(promised!("advance 1h"));
    assert_eq!(told(&desk, FOLLOW_UP, "a1"), ["NOT_READY: is not ready (lunch)"]);
    assert_eq!(
        told(&desk, FOLLOW_UP, "a2"),
        ["KEPT_FOR_ANOTHER: is not the one for whom the contact is kept, a1"]
    );
    assert_eq!(
        told(&desk, FOLLOW_UP, "a3"),
        [
            "SIGNED_OUT: is not signed in",
            "NOT_IN_GROUP: is in no group that is open to the contact",
            "KEPT_FOR_ANOTHER: is not the one for whom the contact is kept, a1"
        ]
    );
    // The step of escalation that adds the reserve makes a3 one of those who may.
    let desk = after(promised!("notready a2 lunch|advance 1h|advance 51m"));
    assert_eq!(told(&desk, FOLLOW_UP, "a2"), ["NOT_READY: is not ready (lunch)"]);
    assert_eq!(told(&desk, FOLLOW_UP, "a3"), ["SIGNED_OUT: is not signed in"]);
}
