"""Conversations at a WeChat gateway: bots, reply windows, silence, colleagues, promises, from Python.

Read it from top to bottom as an introduction, or run it:

    KEFUD_BIN=target/debug/kefud python tests/python/test_wechat_gateway.py

It starts the program itself and applies a plan whose times are seconds where yours would be minutes and days.
"""

import contextlib

import grpc
from kefud_client import Client, metrics, programs, refused

PLAN = """
[settings]
transfers_max = 1

# An official account: five messages within 48 hours of the customer's last one, three within a minute of a click.
# Automatic messages leave one of them for the agent. Who comes again within a day knows the agent.
[channels.wechat]
kind = "messaging"
units = 30
offer_timeout = "60s"
interruptible = true
reopen_within = "1d"
[channels.wechat.reply_window]
message = { replies = 5, within = "48h" }
action = { replies = 3, within = "1m" }
keep = 1

# A mini-program, where silence parks a conversation. Who comes back may be one above the agent's limit.
[channels.mini]
kind = "messaging"
units = 30
offer_timeout = "60s"
interruptible = true
park_after = "4s"
return_allowance = 1

# A platform that lets us answer for three seconds; a customer who still waits two before the end rises.
[channels.hasty]
kind = "messaging"
units = 30
offer_timeout = "60s"
[channels.hasty.reply_window]
message = { replies = 5, within = "3s" }
rise = [{ before = "2s", priority = 3 }]

[channels.phone]
kind = "realtime"
units = 100
offer_timeout = "60s"

[skills.refunds]
[skills.nights]

[categories.refund]
queue = "general"

[dispositions.resolved]

[queues.general]
channels = ["wechat", "mini", "phone"]
objective = "1m"
last_agent_wait = "60s"

[queues.nights]
channels = ["hasty"]
skills = { nights = 1 }
objective = "1m"

# Where promises come due: 20 seconds before their time.
[queues.calls]
channels = ["phone"]
objective = "20s"
promise_steps = [{ before = "1s", priority = 5 }]

[groups.desk]

[agents.lin]
groups = ["desk"]
limits = { mini = 1 }

[agents.mei]
groups = ["desk"]
skills = { refunds = 5 }

# Never signs in here.
[agents.zhou]
groups = ["desk"]
skills = { nights = 5 }
"""

CHAT = "wx-20260101-1"


class Desk:
    """An agent's desktop."""

    def __init__(self, kefud, agent_id):
        self.kefud, self.agent_id = kefud, agent_id
        self.stream = kefud("AgentService", "StreamAssignments", agent_id=agent_id, availability="AVAILABILITY_READY")
        self.offers = list(self.stream.next().snapshot.offers)
        self.taken = set()

    def __call__(self, method, **fields):
        return self.kefud("AgentService", method, agent_id=self.agent_id, **fields)

    def take(self):
        """Accepts the next offer. An offer is told again when its contact changes meanwhile."""
        while True:
            offered = self.offers.pop(0) if self.offers else self.stream.offer()
            if offered.offer.offer_id not in self.taken:
                break
        self.taken.add(offered.offer.offer_id)
        return self("AcceptOffer", offer_id=offered.offer.offer_id, epoch=offered.offer.epoch).contact

    def agent(self):
        [agent] = [agent for agent in self.kefud("SupervisorService", "ListAgents").agents if agent.agent_id == self.agent_id]
        return agent


def says(kefud, contact_id, kind, **fields):
    """Somebody writes. Ask before sending: the answer is the permission, and tells what may still be sent."""
    return kefud("ContactService", "RecordActivity", contact_id=contact_id, kind=f"ACTIVITY_KIND_{kind}", **fields).contact


def refusing(reason, code=grpc.StatusCode.FAILED_PRECONDITION):
    return refused(code, reason)


# --- 1. Somebody writes to the official account -----------------------------------------------------------------


def the_bot_answers_first(kefud):
    # The gateway, and the bot, which is a gateway too: each hears of its contacts.
    chats = kefud("ContactService", "WatchGateway", gateway_id="wx-1")
    bot = kefud("ContactService", "WatchGateway", gateway_id="wx-bot")
    assert chats.next().HasField("snapshot") and bot.next().HasField("snapshot")

    entered = kefud(
        "ContactService", "EnqueueContact",
        contact_id=CHAT, gateway_id="wx-1", channel="wechat", queue="general", customer_ref="openid-1",
        bot_gateway_id="wx-bot",
    ).contact  # fmt: skip
    assert kefud.state(entered) == "WITH_BOT" and entered.reply_window.replies_left == 5
    assert bot.change("ENQUEUED").contact_id == CHAT

    # The bot says hello, and finds out what it is about: people shall go on.
    assert says(kefud, CHAT, "AUTOMATIC_MESSAGE").reply_window.replies_left == 4
    found = kefud(
        "ContactService", "ReturnFromBot",
        contact_id=CHAT, bot_gateway_id="wx-bot", result="BOT_RESULT_HANDED_OVER", category="refund",
    ).contact  # fmt: skip
    assert (kefud.state(found), found.category) == ("WAITING", "refund")
    assert chats.change("LEFT_BOT").contact_id == CHAT

    # "You are the first in line": such messages must not eat the agent's reply. Asking alone spends nothing.
    for left in (3, 2, 1):
        assert says(kefud, CHAT, "AUTOMATIC_MESSAGE").reply_window.replies_left == left
    for only_ask in (True, False):
        with refusing("REPLY_QUOTA_RESERVED"):
            says(kefud, CHAT, "AUTOMATIC_MESSAGE", validate_only=only_ask)

    # Another customer needs nobody else: the bot closes it.
    kefud(
        "ContactService", "EnqueueContact",
        contact_id="wx-faq", gateway_id="wx-1", channel="wechat", queue="general", bot_gateway_id="wx-bot",
    )  # fmt: skip
    closed = kefud(
        "ContactService", "ReturnFromBot",
        contact_id="wx-faq", bot_gateway_id="wx-bot", result="BOT_RESULT_CLOSED", resolution="RESOLUTION_RESOLVED",
    ).contact  # fmt: skip
    assert kefud.state(closed) == "DEFLECTED"
    return chats


# --- 2. An agent answers ----------------------------------------------------------------------------------------


def an_agent_answers(kefud, lin):
    assert lin.take().contact_id == CHAT
    # The customer writes: the window is whole again, and the answer is waited for.
    asked = says(kefud, CHAT, "CUSTOMER_MESSAGE")
    assert asked.reply_window.replies_left == 5 and asked.HasField("turn_time")
    answered = says(kefud, CHAT, "AGENT_MESSAGE")
    assert answered.HasField("first_response") and not answered.HasField("turn_time")
    for left in (3, 2, 1, 0):
        assert says(kefud, CHAT, "AGENT_MESSAGE").reply_window.replies_left == left
    with refusing("REPLY_QUOTA_SPENT"):
        says(kefud, CHAT, "AGENT_MESSAGE")
    # A message that the platform delivers twice is told twice with its id, and counts once.
    for _ in range(2):
        assert says(kefud, CHAT, "CUSTOMER_MESSAGE", request_id="msg-77").reply_window.replies_left == 5


# --- 3. Silence -------------------------------------------------------------------------------------------------


def silence_parks(kefud, lin, chats):
    def mini(contact_id):
        kefud("ContactService", "EnqueueContact", contact_id=contact_id, gateway_id="wx-1", channel="mini", queue="general")
        assert lin.take().contact_id == contact_id

    # Lin may have one chat of the mini-program. Nobody writes in it, and its place is free again.
    mini("mp-1")
    used = lin.agent().interruptible_units
    assert kefud.state(chats.change("PARKED", "mp-1")) == "PARKED"
    assert lin.agent().interruptible_units == used - 30
    # So there is room for another; then the first customer writes, and is back with Lin at once: one above the
    # limit, as the plan allows, with no offer to answer.
    mini("mp-2")
    says(kefud, "mp-1", "CUSTOMER_MESSAGE")
    back = chats.change("RESUMED", "mp-1")
    assert (kefud.state(back), back.assignment.agent_id) == ("ACTIVE", "lin")
    for contact_id in ("mp-1", "mp-2"):
        ended = kefud("ContactService", "CancelContact", contact_id=contact_id).contact
        assert kefud.state(ended) == "COMPLETED"


# --- The power fails --------------------------------------------------------------------------------------------


def everything_stands(before, start, program):
    told = before("ContactService", "GetContact", contact_id=CHAT).contact
    program.kill()
    program = start()
    kefud = Client(program.address)
    assert kefud("ContactService", "GetContact", contact_id=CHAT).contact.SerializeToString(deterministic=True) \
        == told.SerializeToString(deterministic=True)  # fmt: skip
    return program, kefud


# --- 4. A specialist is asked -----------------------------------------------------------------------------------


def a_specialist_is_asked(kefud, lin, mei, chats):
    consult = dict(contact_id=CHAT, consult_id="ask-1", queue="general", required_skills=[dict(skill="refunds", min_level=3)])
    asked = lin("StartConsult", **consult)
    assert kefud.enum("ContactKind", asked.consult.kind) == "CONSULT" and asked.contact.consult.contact_id == "ask-1"
    with refusing("CONSULT_RUNNING"):
        lin("StartConsult", **consult | {"consult_id": "ask-2"})
    with refusing("CONSULT_NOT_ANSWERED"):
        lin("ChangeConsult", consult_id="ask-1", action="CONSULT_ACTION_JOIN")

    assert mei.take().parent_contact_id == CHAT
    with refusing("CONSULT_OF_CONSULT"):
        mei("StartConsult", contact_id="ask-1", consult_id="ask-3", consultant_id="lin")
    # Mei takes it over: one change, in which the customer is never without somebody.
    lin("ChangeConsult", consult_id="ask-1", action="CONSULT_ACTION_HAND_OVER")
    over = chats.change("HANDED_OVER", CHAT)
    assert (kefud.state(over), over.assignment.agent_id) == ("ACTIVE", "mei")
    # Its legs tell the way that it took: the bot, the queue and Lin, and on.
    legs = kefud("ContactService", "GetContact", contact_id=CHAT).contact.legs
    way = [(leg.bot_gateway_id or leg.agent_id, kefud.enum("LegEnd", leg.end)) for leg in legs]
    assert way == [("wx-bot", "BOT_RETURNED"), ("lin", "HANDED_OVER")], way


# --- 5. Closing with a promise ----------------------------------------------------------------------------------


def closing_with_a_promise(kefud, mei):
    def promise(promise_id, seconds):
        by_phone = dict(channel="phone", gateway_id="pbx-1", queue="calls")
        return dict(promise_id=promise_id, due=dict(after=dict(seconds=seconds)), note="Whether the money is there", **by_phone)

    with refusing("CONTACT_NOT_CLOSED"):
        kefud("ContactService", "RecordFeedback", contact_id=CHAT, feedback=dict(score=9))
    # A promise that can't be made completes nothing.
    with refusing("PROMISE_BEYOND_HORIZON"):
        mei("CompleteContact", contact_id=CHAT, promise=promise("call-1", 40 * 86_400))
    done = mei(
        "CompleteContact",
        contact_id=CHAT, disposition="resolved", resolution="RESOLUTION_FOLLOW_UP", promise=promise("call-1", 22),
    ).contact  # fmt: skip
    assert kefud.state(done) == "COMPLETED"
    # Another one, as long as the ending may be corrected; this one will be left.
    mei("MakePromise", contact_id=CHAT, promise=promise("call-2", 3))
    mine = mei("ListPromises").promises
    assert [promise.promise_id for promise in mine] == ["call-2", "call-1"]

    # Feedback comes after the end, and once; the same again is harmless.
    for _ in range(2):
        told = kefud("ContactService", "RecordFeedback", contact_id=CHAT, feedback=dict(score=9, resolved=True)).contact
        assert told.feedback.score == 9
    with refusing("FEEDBACK_EXISTS", grpc.StatusCode.ALREADY_EXISTS):
        kefud("ContactService", "RecordFeedback", contact_id=CHAT, feedback=dict(score=1))
    return done.case_id


# --- 6. The promises come due -----------------------------------------------------------------------------------


def promises_come_due(kefud, mei, calls, notices):
    def call():
        follow_up = mei.take()
        assert kefud.enum("ContactKind", follow_up.kind) == "FOLLOW_UP"
        offer = follow_up.assignment
        kefud(
            "ContactService", "ReportConnection",
            contact_id=follow_up.contact_id, offer_id=offer.offer_id, epoch=offer.epoch,
            result="CONNECTION_RESULT_CONNECTED",
        )  # fmt: skip
        mei("CompleteContact", contact_id=follow_up.contact_id, resolution="RESOLUTION_RESOLVED")
        return follow_up

    # The second is due first, and is offered to whom promised it, who lets it ring until it is too late.
    assert calls.change("OFFERED").offer.agent_id == "mei"
    assert notices.notice("PROMISE_NEAR").promise.promise_id == "call-2"
    broken = notices.notice("PROMISE_BROKEN")
    assert (broken.promise.promise_id, broken.agent_id) == ("call-2", "mei")
    assert call().promise.promise_id == "call-2"
    # The other one is kept in time.
    assert call().promise.promise_id == "call-1"
    states = {told.promise_id: kefud.enum("PromiseState", told.state) for told in mei("ListPromises", ended=True).promises}
    assert states == {"call-1": "KEPT", "call-2": "LATE"}, states
    [queue] = [queue for queue in kefud("SupervisorService", "ListQueues").queues if queue.queue == "calls"]
    counts = queue.promises
    assert (counts.made, counts.kept, counts.late, counts.broken, counts.open) == (2, 1, 1, 1, 0)


# --- 7. The customer comes again --------------------------------------------------------------------------------


def the_customer_comes_again(kefud, mei, case_id):
    again = kefud(
        "ContactService", "EnqueueContact",
        contact_id="wx-20260102-1", gateway_id="wx-1", channel="wechat", queue="general", customer_ref="openid-1",
    ).contact  # fmt: skip
    # It is the same case, and so Mei's, though Lin has waited longer for something to do.
    assert again.case_id == case_id
    assert mei.take().contact_id == again.contact_id
    case = kefud("ContactService", "GetCase", case_id=case_id).case
    assert case.contacts[0].contact_id == again.contact_id and CHAT in [known.contact_id for known in case.contacts]
    assert case.last_agent_id == "mei"
    mei("CompleteContact", contact_id=again.contact_id, resolution="RESOLUTION_RESOLVED")


# --- 8. A window lapses -----------------------------------------------------------------------------------------


def a_window_lapses(kefud, chats, notices):
    # Nobody is there at night.
    kefud("ContactService", "EnqueueContact", contact_id="late-1", gateway_id="wx-1", channel="hasty", queue="nights")
    near = chats.change("WINDOW_NEAR", "late-1")
    assert near.reply_window.added_priority == 3 and kefud.state(near) == "WAITING"
    lapsed = chats.change("CLOSED", "late-1")
    assert (kefud.state(lapsed), kefud.enum("CloseReason", lapsed.close_reason)) == ("LAPSED", "WINDOW_LAPSED")
    for kind in ("WINDOW_NEAR", "WINDOW_LAPSED"):
        assert notices.notice(kind).contact.contact_id == "late-1"


# --- 9. Mistakes ------------------------------------------------------------------------------------------------


def mistakes(kefud, lin, notices):
    not_found, exists = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS
    contact = dict(gateway_id="wx-1", channel="wechat", queue="general")
    call = dict(gateway_id="pbx-1", channel="phone", queue="general")
    kefud("ContactService", "EnqueueContact", contact_id="wx-3", **contact)
    kefud("ContactService", "EnqueueContact", contact_id="wx-4", bot_gateway_id="wx-bot", **contact)
    assert lin.take().contact_id == "wx-3"
    kefud("ContactService", "EnqueueContact", contact_id="call-3", **call)

    with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELDS") as told:
        kefud("ContactService", "RecordFeedback", contact_id=CHAT, feedback=dict(score=11))
    [violation] = told["BadRequest"].field_violations
    assert violation.field == "feedback.score"

    after = lambda seconds: dict(promise_id="p", due=dict(after=dict(seconds=seconds)))
    reasons = [
        ("ACTIVITY_NOT_TRACKED", lambda: says(kefud, "call-3", "CUSTOMER_MESSAGE")),
        ("CONTACT_NOT_HELD", lambda: says(kefud, "wx-4", "AGENT_MESSAGE")),
        ("CONTACT_CLOSED", lambda: says(kefud, CHAT, "CUSTOMER_MESSAGE")),
        ("CONTACT_WITH_BOT", lambda: transfer("wx-4")),
        ("CONTACT_NOT_WITH_BOT", lambda: back("wx-4", "another-bot")),
        ("CONTACT_NOT_WITH_BOT", lambda: back("wx-3", "wx-bot")),
        ("CONSULT_WITH_ONESELF", lambda: ask("wx-3", "lin")),
        ("CONTACT_NOT_HELD", lambda: ask("wx-4", "mei")),
        ("NO_CALENDAR", lambda: promise("wx-3", dict(promise_id="p", due=dict(business_after=dict(seconds=60))))),
        ("PROMISE_IN_THE_PAST", lambda: promise("wx-3", dict(promise_id="p", due=dict(time=dict(seconds=1))))),
        ("CONTACT_NOT_HELD", lambda: promise("wx-4", after(60))),
    ]
    transfer = lambda id: kefud("ContactService", "TransferContact", contact_id=id, target=dict(queue="general"))
    back = lambda id, bot: kefud(
        "ContactService", "ReturnFromBot",
        contact_id=id, bot_gateway_id=bot, result="BOT_RESULT_CLOSED",
    )  # fmt: skip
    ask = lambda id, agent: lin("StartConsult", contact_id=id, consult_id="ask-9", consultant_id=agent)
    promise = lambda id, what: lin("MakePromise", contact_id=id, promise=what)
    for reason, attempt in reasons:
        with refusing(reason):
            attempt()
    for reason, code, attempt in [
        ("CASE_NOT_FOUND", not_found, lambda: kefud("ContactService", "GetCase", case_id="nobody's")),
        ("PROMISE_NOT_FOUND", not_found, lambda: lin("UpdatePromise", promise_id="nobody's", cancel=True, reason="no")),
        ("PROMISE_EXISTS", exists, lambda: promise("wx-3", after(60) | {"promise_id": "call-1"})),
    ]:
        with refused(code, reason):
            attempt()

    # Sent round and round: the second transfer is refused, but a supervisor may, and says why.
    transfer("wx-3")
    with refusing("TRANSFER_LOOP"):
        transfer("wx-3")
    kefud(
        "SupervisorService", "RequeueContact",
        contact_id="wx-3", queue="general", supervisor_id="chen", reason="sent round",
    )  # fmt: skip
    told = notices.notice("INTERVENTION").contact
    assert [(told.supervisor_id, told.reason) for told in told.interventions] == [("chen", "sent round")]
    kefud("SupervisorService", "EndContact", contact_id="wx-4", supervisor_id="chen", reason="spam")


def everything_is_counted(program):
    page = metrics(program).splitlines()
    for line in (
        'kefud_promises_made_total{tenant="default",queue="calls"} 2',
        'kefud_promises_ended_total{tenant="default",queue="calls",outcome="kept"} 1',
        'kefud_promises_ended_total{tenant="default",queue="calls",outcome="late"} 1',
        'kefud_promises_broken_total{tenant="default",queue="calls"} 1',
        'kefud_promises_open{tenant="default",queue="calls"} 0',
        'kefud_contacts_closed_total{tenant="default",queue="nights",channel="hasty",outcome="lapsed"} 1',
        'kefud_windows_near_total{tenant="default",queue="nights",channel="hasty"} 1',
        'kefud_consults_total{tenant="default",queue="general",channel="wechat",outcome="handed_over"} 1',
        'kefud_feedback_score_sum{tenant="default",queue="general",category="refund"} 9',
    ):
        assert line in page, f"{line} is not in\n" + "\n".join(page)


@contextlib.contextmanager
def chapter(name):
    yield
    print(f"{name}: ok", flush=True)


def main():
    with programs() as start:
        program = start()
        kefud = Client(program.address)
        kefud("PlanService", "ApplyPlan", document=PLAN, removed_queue_policy="REMOVED_QUEUE_POLICY_END")
        with chapter("the_bot_answers_first"):
            chats = the_bot_answers_first(kefud)
        lin = Desk(kefud, "lin")
        with chapter("an_agent_answers"):
            an_agent_answers(kefud, lin)
        with chapter("silence_parks"):
            silence_parks(kefud, lin, chats)
        with chapter("everything_stands"):
            program, kefud = everything_stands(kefud, start, program)

        # All connect again. Who signs in has the same conversations.
        chats = kefud("ContactService", "WatchGateway", gateway_id="wx-1")
        calls = kefud("ContactService", "WatchGateway", gateway_id="pbx-1")
        notices = kefud("SupervisorService", "WatchNotices")
        assert notices.next().HasField("opened")
        assert CHAT in [contact.contact_id for contact in chats.next().snapshot.contacts]
        lin, mei = Desk(kefud, "lin"), Desk(kefud, "mei")
        with chapter("a_specialist_is_asked"):
            a_specialist_is_asked(kefud, lin, mei, chats)
        with chapter("closing_with_a_promise"):
            case_id = closing_with_a_promise(kefud, mei)
        with chapter("promises_come_due"):
            promises_come_due(kefud, mei, calls, notices)
        with chapter("the_customer_comes_again"):
            the_customer_comes_again(kefud, mei, case_id)
        with chapter("a_window_lapses"):
            a_window_lapses(kefud, chats, notices)
        with chapter("mistakes"):
            mistakes(kefud, lin, notices)
        with chapter("everything_is_counted"):
            everything_is_counted(program)
        program.stop()


if __name__ == "__main__":
    main()
