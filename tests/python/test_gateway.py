"""A day at a gateway: how a developer of a phone, WeChat or QQ gateway talks to kefud from Python.

Nothing is generated: the client asks the server what it offers (gRPC reflection). Read it from top to bottom as
an introduction, or run it:

    KEFUD_BIN=target/debug/kefud python tests/python/test_gateway.py

It starts the program itself, on free ports with an empty directory and the embedded sample plan.
"""

import grpc
from kefud_client import Client, metrics, programs, refused


# --- A phone gateway --------------------------------------------------------------------------------------------


def a_phone_call(kefud):
    # One stream tells the gateway everything about its contacts, and holding it open says that it is alive.
    calls = kefud("ContactService", "WatchGateway", gateway_id="pbx-1")
    assert calls.next().HasField("snapshot")

    # The customer dials. The id is the gateway's own, so that asking twice is harmless.
    call = dict(
        contact_id="call-20260101-0001",
        gateway_id="pbx-1",
        channel="phone",
        category="consultation",
        customer_ref="+86 138 0000 0000",
        language="zh-CN",
        attributes={"did": "400-123-4567"},
    )
    entered = kefud("ContactService", "EnqueueContact", **call)
    assert entered.created and kefud.state(entered.contact) == "WAITING"
    assert not kefud("ContactService", "EnqueueContact", **call).created

    # An agent signs in at a desktop. The call is offered at once, so it is in the snapshot already.
    desktop = kefud("AgentService", "StreamAssignments", agent_id="a1001", availability="AVAILABILITY_READY")
    [offered] = desktop.next().snapshot.offers
    offer = offered.offer
    assert offered.contact.customer_ref == call["customer_ref"]

    # OFFERED is the order to ring the agent, ACCEPTED the order to connect the two.
    assert calls.change("OFFERED").offer == offer
    kefud("AgentService", "AcceptOffer", agent_id="a1001", offer_id=offer.offer_id, epoch=offer.epoch)
    assert kefud.state(calls.change("ACCEPTED")) == "CONNECTING"
    kefud(
        "ContactService", "ReportConnection",
        contact_id=call["contact_id"], offer_id=offer.offer_id, epoch=offer.epoch,
        result="CONNECTION_RESULT_CONNECTED",
    )  # fmt: skip
    assert kefud.state(calls.change("CONNECTED")) == "ACTIVE"

    # They talk; the agent says how it went, and finishes the record.
    done = dict(agent_id="a1001", contact_id=call["contact_id"])
    told = kefud("AgentService", "CompleteContact", disposition="resolved", resolution="RESOLUTION_RESOLVED", **done)
    assert kefud.state(told.contact) == "COMPLETED" and told.agent.wrap_up == 1
    assert kefud("AgentService", "FinishWrapUp", **done).agent.used_units == 0
    assert calls.change("CLOSED").disposition == "resolved"
    kefud("AgentService", "SignOut", agent_id="a1001")
    # The stream ends with the session.
    assert desktop.until(lambda message: message is None) is None
    calls.call.cancel()


# --- A WeChat gateway -------------------------------------------------------------------------------------------


def several_chats(kefud):
    desktop = kefud("AgentService", "StreamAssignments", agent_id="a2001", availability="AVAILABILITY_READY")
    session = desktop.next().snapshot.agent.session_id
    chats = [f"wx-{number}" for number in range(4)]
    for chat in chats:
        kefud(
            "ContactService", "EnqueueContact",
            contact_id=chat, gateway_id="wechat-1", channel="wechat", category="consultation",
        )  # fmt: skip
        offer = desktop.offer().offer
        taken = kefud(
            "AgentService", "AcceptOffer",
            agent_id="a2001", offer_id=offer.offer_id, epoch=offer.epoch,
        )  # fmt: skip
        # A conversation needs no connecting.
        assert kefud.state(taken.contact) == "ACTIVE"

    # The customer of one closes the window; the gateway says so, twice to be sure.
    for _ in range(2):
        left = kefud("ContactService", "CancelContact", contact_id=chats[0]).contact
        assert kefud.state(left) == "COMPLETED" and kefud.enum("CloseReason", left.close_reason) == "CUSTOMER_LEFT"

    # The desktop's network breaks. It comes back with its session and the last sequence that it saw, and misses
    # nothing: not even what happened meanwhile.
    last = desktop.until(lambda m: m.HasField("assignment_changed") and m.assignment_changed.contact.contact_id == chats[0]
                         and m.assignment_changed.assignment.phase == 3)  # fmt: skip
    desktop.call.cancel()
    kefud("AgentService", "CompleteContact", agent_id="a2001", contact_id=chats[1])
    desktop = kefud(
        "AgentService", "StreamAssignments",
        agent_id="a2001", session_id=session, after_sequence=last.sequence,
    )  # fmt: skip
    assert desktop.next().resumed.after_sequence == last.sequence
    desktop.until(lambda m: m.HasField("assignment_changed") and m.assignment_changed.contact.contact_id == chats[1])

    # Signing in elsewhere wins, and the first desktop is told why its stream ends.
    elsewhere = kefud("AgentService", "StreamAssignments", agent_id="a2001")
    assert len(elsewhere.next().snapshot.assignments) == 4, "two in conversation, two in wrap-up"
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "SESSION_REPLACED"):
        desktop.until(lambda message: False)
    kefud("AgentService", "SignOut", agent_id="a2001", return_contacts=True)
    waiting = kefud("ContactService", "ListContacts", gateway_id="wechat-1").contacts
    assert [(chat.contact_id, kefud.state(chat)) for chat in waiting] == [(chat, "WAITING") for chat in chats[2:]]
    for chat in chats[2:]:
        kefud("ContactService", "CancelContact", contact_id=chat)


def mistakes(kefud):
    # All that is wrong is told at once.
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELDS") as told:
        kefud("ContactService", "EnqueueContact", contact_id="a b", gateway_id="pbx-1", channel="phone", priority=11)
    fields = [violation.field for violation in told["BadRequest"].field_violations]
    assert fields == ["contact_id", "queue", "priority"], fields
    with refused(grpc.StatusCode.NOT_FOUND, "CONTACT_NOT_FOUND"):
        kefud("ContactService", "GetContact", contact_id="nobody")
    # Not even a plan that is all wrong breaks the connection.
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELDS") as told:
        kefud("PlanService", "ApplyPlan", document="[queues.q]\nobjektive = 1\n" + "[agents.甲]\n乙 = 1\n" * 3_000)
    assert len(told["BadRequest"].field_violations) > 10


def survives_a_crash(start):
    chat = dict(contact_id="wx-9", gateway_id="wechat-1", channel="wechat", category="complaint")
    program = start()
    entered = Client(program.address)("ContactService", "EnqueueContact", **chat).contact
    program.kill()

    # What was acknowledged is there, at its age, and asking again is harmless.
    program = start()
    kefud = Client(program.address)
    found = kefud("ContactService", "GetContact", contact_id="wx-9").contact
    assert kefud.state(found) == "WAITING"
    assert found.enqueue_time.ToNanoseconds() == entered.enqueue_time.ToNanoseconds()
    assert not kefud("ContactService", "EnqueueContact", **chat).created
    program.stop()


def metrics_are_well_formed(program):
    assert 'kefud_contacts_closed_total{tenant="default"' in metrics(program)


def main():
    with programs() as start:
        program = start()
        kefud = Client(program.address)
        for part in (a_phone_call, several_chats, mistakes):
            part(kefud)
            print(f"{part.__name__}: ok")
        metrics_are_well_formed(program)
        print("metrics_are_well_formed: ok")
        program.stop()
        survives_a_crash(start)
        print("survives_a_crash: ok")


if __name__ == "__main__":
    main()
