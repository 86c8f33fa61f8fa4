//! What is told of single moments.

use kefud::engine::matching::explain::{ContactExplained, Happening, Opening};

use crate::{after, check_settled, common::desk::Desk, explained, told};

#[test]
fn every_hindrance_is_told_with_its_numbers() {
    let table: &[(&str, &str, &str, &[&str])] = &[
        ("", "c", "a1", &["SIGNED_OUT: is not signed in"]),
        ("signin a1 ready|away a1 session=1", "c", "a1", &["DISCONNECTED: has lost the stream"]),
        ("signin a1 ready|notready a1 break", "c", "a1", &["NOT_READY: is not ready (break)"]),
        (
            "signin a1 ready|notready a1 break|signin a3 ready",
            "hard",
            "a3",
            &["RING_NOT_OPEN: is in a group that only ring 2 opens"],
        ),
        ("", "hard", "a4", &["SIGNED_OUT", "SKILL_MISSING: lacks the skill complaints, needed at level 3"]),
        ("", "hard", "a6", &["SIGNED_OUT", "NOT_IN_GROUP: is in no group that is open", "SKILL_MISSING"]),
        (
            "signin a1 ready|notready a1 break|signin a2 ready",
            "hard",
            "a2",
            &["LEVEL_TOO_LOW: has the skill complaints at level 2 of 3"],
        ),
        (
            "signin a5 ready",
            "low",
            "a5",
            &["LEVEL_TOO_HIGH: has the skill english at level 9, with at most 6 wanted", "CHANNEL_NEVER"],
        ),
        ("signin a4 ready", "sale", "a4", &["ANY_OF_MISSING: has none of the skills of any-of set 1"]),
        (
            "signin a7 ready",
            "sale",
            "a7",
            &["SKILL_UNWANTED: has the skill trainee at level 2, which is not wanted"],
        ),
        ("signin a5 ready", "c", "a5", &["CHANNEL_NEVER: can never take the channel, by limit or capacity"]),
        (
            "signin a4 ready|enqueue w1 wechat consultation|enqueue w2 wechat consultation",
            "w2",
            "a4",
            &["CHANNEL_LIMIT: holds 1 of 1 contacts of the channel"],
        ),
        (
            "signin a1 ready|enqueue p1 phone consultation|enqueue p2 phone consultation",
            "p2",
            "a1",
            &["AT_CAPACITY: holds 100 of 100 units, and 100 are needed"],
        ),
        (
            "signin a1 ready|enqueue p1 phone consultation|enqueue w wechat consultation",
            "w",
            "a1",
            &["ON_CALL: holds a realtime contact"],
        ),
        (
            "signin a3 ready|enqueue h wechat complaints|advance 30s",
            "h",
            "a3",
            &["RESERVED: is reserved: group reserve has 1 free and keeps 1"],
        ),
        (
            "signin a1 ready|signin a3 ready|notready a1 break|enqueue k phone sales agent=a1",
            "k",
            "a3",
            &["KEPT_FOR_ANOTHER: is not the one for whom the contact is kept, a1"],
        ),
        (
            "signin a1 ready|enqueue x wechat consultation|decline a1 x",
            "x",
            "a1",
            &["EXCLUDED: declined or missed the contact a while ago"],
        ),
    ];
    let mut codes = std::collections::BTreeSet::new();
    for (lines, contact, agent, expected) in table {
        let mut desk = after(lines);
        if desk.sim.state().contact_by_id(contact).is_none() {
            let enqueue = match *contact {
                "hard" => "enqueue hard wechat complaints rings=10s/lower:complaints:2+20s/groups:reserve",
                "low" => "enqueue low phone consultation skills=english:1-6",
                "sale" => "enqueue sale wechat sales",
                _ => "enqueue c phone consultation",
            };
            desk.run(enqueue);
        }
        let told = told(&desk, contact, agent);
        let right = told.len() == expected.len()
            && told.iter().zip(*expected).all(|(told, expected)| told.starts_with(expected));
        assert!(right, "{lines}: {contact} {agent}: {told:?}, not {expected:?}");
        codes.extend(told.iter().map(|told| told.split(':').next().unwrap_or_default().to_owned()));
        check_settled(desk.sim.state(), desk.sim.now_ms());
    }
    assert_eq!(codes.len(), 17, "{codes:?}");
}

#[test]
fn groups_open_by_rings() {
    let desk = after("signin a1 ready|notready a1 break|enqueue h wechat complaints");
    let names = desk.sim.state().names();
    let found = explained(&desk, "h");
    let groups: Vec<_> = found
        .groups
        .iter()
        .map(|entry| {
            let counts = &entry.counts;
            (names.id(entry.group), entry.opening, counts.agents, counts.signed_in, counts.ready)
        })
        .collect();
    let expected = [
        ("core", Opening::Open(0), 4, 1, 0),
        ("reserve", Opening::Later(2), 2, 0, 0),
        ("night", Opening::Closed, 1, 0, 0),
    ];
    assert_eq!(groups, expected);
    let codes: Vec<(&str, usize)> =
        found.groups[0].counts.hindered.iter().map(|(why, count)| (why.code(), *count)).collect();
    assert_eq!(codes, [("SIGNED_OUT", 3), ("NOT_READY", 1)]);
    assert_eq!((found.ring, found.last_ring, found.able.agents, found.able.signed_in), (0, 2, 1, 1));

    // A queue that names no group has them all.
    let desk = after("enqueue c phone consultation");
    let found = explained(&desk, "c");
    let names = desk.sim.state().names();
    let groups: Vec<_> = found.groups.iter().map(|entry| (names.id(entry.group), entry.opening)).collect();
    let expected = [("core", Opening::Open(0)), ("reserve", Opening::Open(0)), ("night", Opening::Closed)];
    assert_eq!(groups, expected);
}

#[test]
fn what_changes_by_itself_is_told_in_order() {
    let table: &[(&str, &str, &[&str])] = &[
        ("", "enqueue c phone consultation", &[]),
        (
            "signin a1 ready|notready a1 break",
            "enqueue c wechat complaints",
            &["10s ring 1 opens", "30s ring 2 opens"],
        ),
        (
            "signin a1 ready|notready a1 break",
            "enqueue c phone sales agent=a1",
            &["5s it is no longer kept for a1", "1m it ends: it has waited as long as its queue allows"],
        ),
        ("signin a1 ready", "enqueue c phone consultation", &["15s the offer of c to a1 lapses"]),
        (
            "signin a1 ready|enqueue c wechat consultation",
            "decline a1 c",
            &["1m it may be offered to a1 again"],
        ),
        (
            "signin a1 ready|enqueue p phone consultation|accept a1 p|connected p|complete a1 p",
            "enqueue c phone consultation",
            &["20s a1 has to have wrapped up p"],
        ),
    ];
    for (lines, last, expected) in table {
        let mut desk = after(lines);
        assert!(!desk.run(last).starts_with('!'), "{last}");
        let found = explained(&desk, "c");
        let (state, now_ms) = (desk.sim.state(), desk.sim.now_ms());
        let changes = found.changes.iter().map(|change| {
            let left = kefud::plan::format_ms(change.at_ms - now_ms);
            format!("{left} {}", change.what.text(state))
        });
        assert_eq!(changes.collect::<Vec<_>>(), *expected, "{lines} {last}");
        // What was told comes true.
        let Some(first) = found.changes.first() else { continue };
        desk.sim.advance(first.at_ms - now_ms);
        let still = explained_or_gone(&desk, "c");
        assert!(still.is_none_or(|still| !still.changes.contains(first)), "{lines} {last}");
    }
    let desk = after("signin a1 ready|away a1 session=1");
    let state = desk.sim.state();
    let agent = state.agent_by_id("a1").expect("a1").record.agent;
    let found = state.explain_agent(agent, desk.sim.now_ms(), 5).expect("a1");
    assert_eq!(
        found.changes.iter().map(|change| change.what).collect::<Vec<_>>(),
        [Happening::GraceEnds(agent)]
    );
}

fn explained_or_gone(desk: &Desk, contact: &str) -> Option<ContactExplained> {
    let state = desk.sim.state();
    let number = state.contact_by_id(contact)?.contact;
    state.explain_contact(number, desk.sim.now_ms(), 100)
}

#[test]
fn whoever_is_more_urgent_for_a_busy_agent_is_named() {
    let desk = after(
        "signin a1 ready|enqueue p1 phone consultation|enqueue p2 phone consultation\
         |enqueue p3 phone consultation prio=2|enqueue e email consultation",
    );
    let state = desk.sim.state();
    let rival = |contact: &str| {
        let found = explained(&desk, contact);
        let first = found.agents.first().expect("an agent").clone();
        assert_eq!(state.names().id(first.agent), "a1");
        first.rival.map(|rival| {
            (state.contact(rival.contact).expect("kept").id.clone(), rival.band, rival.margin_permille)
        })
    };
    assert_eq!(rival("p3"), None);
    assert_eq!(rival("p2"), Some(("p3".to_owned(), 0, 1_000)));
    assert_eq!(rival("e"), Some(("p3".to_owned(), 0, 1_000)));
    let places = ["p3", "p2", "e"].map(|contact| {
        let place = explained(&desk, contact).place.expect("it waits");
        (place.position, place.waiting, place.more_urgent)
    });
    assert_eq!(places, [(1, 3, 0), (2, 3, 1), (3, 3, 2)]);
    let urgency = explained(&desk, "p3").urgency.expect("it waits");
    assert_eq!((urgency.priority, urgency.boost_permille, urgency.permille), (2, 500, 1_000));
}

#[test]
fn summaries_say_it_in_a_sentence_or_two() {
    let table = [
        (
            "enqueue c phone consultation",
            "Nobody who is signed in could serve it as it is now. It is number 1 of 1 waiting in consultation.",
        ),
        (
            "enqueue c wechat consultation skills=english:10",
            "Nobody in the plan, signed in or not, could ever serve it. It is number 1 of 1 waiting in consultation.",
        ),
        (
            "signin a1 ready|enqueue c phone consultation",
            "It is offered to a1 for 15s more, chosen as idle longest, when the contact came in or came back.",
        ),
        (
            "signin a1 ready|enqueue c phone consultation|accept a1 c",
            "It is being connected to a1, chosen as idle longest, when the contact came in or came back.",
        ),
        (
            "enqueue c wechat consultation|signin a1 ready|accept a1 c",
            "It is with a1, chosen as idle longest, when the agent became available.",
        ),
        (
            "enqueue c wechat consultation|signin a1 ready|accept a1 c|complete a1 c",
            "It was completed by its agent after 0s of waiting; a1 had it last.",
        ),
        (
            "enqueue c wechat consultation|advance 1500ms|cancel c",
            "It has ended: the customer left after 2s of waiting.",
        ),
        (
            "signin a1 ready|notready a1 break|enqueue c phone sales agent=a1",
            "It is kept for a1 for 5s more, who is not ready (break). It is number 1 of 1 waiting in sales; in 5s it is no longer kept for a1.",
        ),
        (
            "signin a1 ready|signin a2 ready|notready a2 break|enqueue p phone consultation|enqueue c phone consultation",
            "None of the 2 agents signed in who could serve it is free: 1 has no room, 1 is not ready. It is number 1 of 1 waiting in consultation; in 15s the offer of p to a1 lapses.",
        ),
        (
            "signin a1 ready|enqueue c wechat consultation|decline a1 c",
            "The only agent signed in who could serve it isn't free: 1 declined or missed it a while ago. It is number 1 of 1 waiting in consultation; in 1m it may be offered to a1 again.",
        ),
    ];
    for (lines, expected) in table {
        assert_eq!(explained(&after(lines), "c").summary, expected, "{lines}");
    }
    let away = "gateway pbx 1s|signin a1 ready|enqueue c wechat consultation|accept a1 c|promise a1 c p in=10s channel=phone gateway=pbx|advance 2s";
    assert_eq!(
        explained(&after(away), "follow-up:p:1").summary,
        "It is the follow-up of promise p. Its gateway pbx is not there: it is offered to nobody, and waits until that is back."
    );
    let table = [
        ("", "The agent is not signed in and has room for email, phone, qq, wechat. Nobody waits."),
        ("signin a1 ready", "The agent is ready and has room for email, phone, qq, wechat. Nobody waits."),
        (
            "signin a1 ready|enqueue p phone consultation|enqueue c phone consultation",
            "The agent is ready and has no room for anything more. It would get c next if it had room.",
        ),
        (
            "enqueue c phone consultation|signin a1 ready|decline a1 c",
            "The agent is ready and has room for email, phone, qq, wechat. Nothing that waits is for it.",
        ),
        (
            "signin a1|notready a1 break|enqueue c phone consultation",
            "The agent is not ready (break) and has room for email, phone, qq, wechat. It would get c next if it were ready.",
        ),
    ];
    for (lines, expected) in table {
        let desk = after(lines);
        let state = desk.sim.state();
        let agent = state.agent_by_id("a1").expect("a1").record.agent;
        assert_eq!(
            state.explain_agent(agent, desk.sim.now_ms(), 5).expect("a1").summary,
            expected,
            "{lines}"
        );
    }
}
