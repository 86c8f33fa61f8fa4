//! At random: whatever happens, every pair is explained as it is decided.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    check_offers, check_settled,
    common::{CONVERSATIONS, desk::Desk},
    desk,
};

fn line() -> impl Strategy<Value = String> {
    let agent = || select(&["a1", "a2", "a3", "a4", "a5", "a6", "a7"]);
    let contact = || (0..30u32).prop_map(|number| format!("c{number}"));
    let channel = select(&["phone", "wechat", "email"]);
    let queue = select(&["consultation", "complaints", "complaints", "sales"]);
    let extra = select(&[
        "",
        "",
        "prio=2",
        "category=fraud",
        "category=refund",
        "skills=english:3-6",
        "any=english:3|complaints:4",
        "none=trainee:1",
        "agent=a2",
        "agent=a1",
        "rings=5s/drop:english/groups:core+10s/groups:reserve skills=english:8",
    ]);
    let time = select(&["1s", "5s", "10s", "20s", "1m"]);
    let plan = select(&[
        "set groups.night.closed=false",
        "set groups.core.closed=true",
        "set groups.core.closed=false",
        "set agents.a4.limits={wechat=0}",
        "remove agents.a2",
        "set queues.complaints.rings=[]",
        "set queues.complaints.agent_choice=\"most_skilled\"",
    ]);
    prop_oneof![
        6 => (contact(), channel, queue, extra).prop_map(|(contact, channel, queue, extra)| {
            let channel = if queue == "sales" && channel == "email" { "phone" } else { channel };
            format!("enqueue {contact} {channel} {queue} {extra}")
        }),
        5 => agent().prop_map(|agent| format!("signin {agent} ready")),
        1 => agent().prop_map(|agent| format!("signout {agent} return")),
        1 => agent().prop_map(|agent| format!("notready {agent} break")),
        1 => (agent(), 1..4u32).prop_map(|(agent, session)| format!("away {agent} session={session}")),
        4 => (agent(), contact()).prop_map(|(agent, contact)| format!("accept {agent} {contact}")),
        3 => (agent(), contact()).prop_map(|(agent, contact)| format!("decline {agent} {contact}")),
        2 => contact().prop_map(|contact| format!("connected {contact}")),
        2 => (agent(), contact()).prop_map(|(agent, contact)| format!("complete {agent} {contact}")),
        3 => time.prop_map(|time| format!("advance {time}")),
        1 => plan.prop_map(|change| format!("apply {change}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn explanation_equals_decision(lines in vec(line(), 1..80)) {
        let mut desk = desk();
        for line in lines {
            let removed = line.split_once("remove agents.").map(|(_, agent)| agent);
            if removed.is_none_or(|agent| desk.sim.state().plan().agents.contains_key(agent)) {
                desk.run(&line);
            }
            check_settled(desk.sim.state(), desk.sim.now_ms());
        }
        check_offers(&desk);
    }
}

/// A line about conversations.
fn talk() -> impl Strategy<Value = String> {
    let agent = || select(&["a1", "a2", "a3", "a4"]);
    let contact = || (0..8u32).prop_map(|number| format!("c{number}"));
    let any = || select(&["c0", "c1", "c2", "c3", "k0", "k1", "k2", "follow-up:p0:1", "follow-up:p1:1"]);
    let consult = || (0..3u32).prop_map(|number| format!("k{number}"));
    let promise = || (0..3u32).prop_map(|number| format!("p{number}"));
    let channel = select(&["phone", "wechat", "qq", "webchat"]);
    let queue = || select(&["general", "experts", "fresh", "follow"]);
    let extra = select(&["", "", "customer=u1", "customer=u2", "bot=b", "action"]);
    let time = select(&["5s", "20s", "1m", "10m", "30m", "1h", "1d"]);
    prop_oneof![
        5 => (contact(), channel, select(&["general", "experts", "fresh"]), extra)
            .prop_map(|(contact, channel, queue, extra)| format!("enqueue {contact} {channel} {queue} {extra}")),
        5 => agent().prop_map(|agent| format!("signin {agent} ready")),
        1 => agent().prop_map(|agent| format!("notready {agent} break")),
        1 => (agent(), 1..4u32).prop_map(|(agent, session)| format!("away {agent} session={session}")),
        8 => (agent(), any()).prop_map(|(agent, contact)| format!("accept {agent} {contact}")),
        2 => (agent(), any()).prop_map(|(agent, contact)| format!("decline {agent} {contact}")),
        3 => any().prop_map(|contact| format!("connected {contact}")),
        3 => (contact(), select(&["customer", "agent", "action", "auto"]))
            .prop_map(|(contact, who)| format!("says {contact} {who}")),
        1 => contact().prop_map(|contact| format!("tobot {contact} b")),
        1 => (contact(), select(&["", "queue=experts", "category=fraud", "closed"]))
            .prop_map(|(contact, how)| format!("frombot b {contact} {how}")),
        3 => (agent(), contact(), consult(), select(&["agent=a2", "agent=a3", "queue=experts", "skills=complaints:4"]))
            .prop_map(|(agent, contact, consult, whom)| format!("consult {agent} {contact} {consult} {whom}")),
        2 => (select(&["join", "handover", "endconsult"]), agent(), consult())
            .prop_map(|(what, agent, consult)| format!("{what} {agent} {consult}")),
        2 => (agent(), contact(), promise(), select(&["in=30m", "in=2h", "in=5s"]), select(&["queue=follow", ""]))
            .prop_map(|(agent, contact, promise, when, queue)| {
                format!("promise {agent} {contact} {promise} {when} {queue}")
            }),
        1 => (promise(), agent()).prop_map(|(promise, agent)| {
            format!("chpromise supervisor {promise} to={agent} reason=test")
        }),
        1 => (contact(), queue()).prop_map(|(contact, queue)| format!("requeue {contact} queue={queue} fresh")),
        1 => (agent(), contact()).prop_map(|(agent, contact)| format!("complete {agent} {contact}")),
        3 => time.prop_map(|time| format!("advance {time}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn explanation_equals_decision_in_conversations(lines in vec(talk(), 1..80)) {
        let mut desk = Desk::with(CONVERSATIONS);
        // Somebody has a contact from the beginning, or few consults and promises would come about.
        let begin = ["signin a1 ready", "enqueue c0 qq general", "accept a1 c0"].map(str::to_owned);
        for line in begin.into_iter().chain(lines) {
            desk.run(&line);
            check_settled(desk.sim.state(), desk.sim.now_ms());
        }
        check_offers(&desk);
    }
}
