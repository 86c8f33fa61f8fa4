"""A shift begins and ends by itself: a desktop, a supervisor and a gateway see it happen in the running program.

    KEFUD_BIN=target/debug/kefud python tests/python/test_shift_edges.py

Shifts are set a few seconds ahead of the clock, and what is waited for are messages; how long they take is not
looked at, only that nothing comes before its time. Meanwhile the program is killed and started again.
"""

from datetime import datetime, timedelta, timezone

from kefud_client import Client, programs

# Seconds from now to the first edge, in which the test does what has to be done before.
AHEAD_SECONDS = 3


def ahead():
    """An instant a little ahead, in whole seconds, as shifts begin and end."""
    return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=AHEAD_SECONDS)


def shift(agent, start, end, kind="SHIFT_KIND_SHIFT"):
    """A dated entry in UTC."""
    return dict(agent_id=agent, kind=kind, start=f"{start:%Y-%m-%dT%H:%M:%S}", end=f"{end:%Y-%m-%dT%H:%M:%S}", zone="UTC")


def presence(kefud, agent):
    return kefud.enum("SchedulePresence", agent.schedule.presence)


def comes(kefud, desktop, expected):
    """Waits for an agent's stream to tell where the agent stands now."""

    def wanted(message):
        return message.HasField("agent_changed") and presence(kefud, message.agent_changed) == expected

    return desktop.until(wanted).agent_changed


def when(timestamp):
    return timestamp.ToDatetime(timezone.utc)


def a_shift_begins(kefud):
    """Who is ready before its shift waits for it, and so do those whom only it may serve."""
    begins = ahead()
    kefud("PlanService", "SetShift", shifts=[shift("a1001", begins, begins + timedelta(hours=1))])
    desktop = kefud("AgentService", "StreamAssignments", agent_id="a1001", availability="AVAILABILITY_READY")
    told = desktop.next().snapshot.agent
    assert presence(kefud, told) == "OFF_SHIFT", told.schedule
    assert when(told.schedule.next_change_time) == begins, told.schedule
    assert kefud.enum("SchedulePresence", told.schedule.next_presence) == "ON_SHIFT"

    calls = kefud("ContactService", "WatchGateway", gateway_id="pbx-1")
    calls.next()
    call = dict(contact_id="call-1", gateway_id="pbx-1", channel="phone", category="consultation")
    kefud("ContactService", "EnqueueContact", **call)
    explained = kefud("SupervisorService", "ExplainContact", contact_id="call-1")
    assert "shift" in str(explained), explained

    now_on = comes(kefud, desktop, "ON_SHIFT")
    assert when(now_on.schedule.since) >= begins, now_on.schedule
    offer = desktop.offer().offer
    assert when(offer.offer_time) >= begins, offer
    assert calls.change("OFFERED", "call-1").offer.offer_id == offer.offer_id


def a_break_begins_while_the_program_is_dead(kefud, start, program):
    """What is due while nobody runs is applied at the start, once; what was applied before is not applied again."""
    begins = ahead()
    kefud("PlanService", "SetShift", shifts=[shift("a1001", begins, begins + timedelta(minutes=30), "SHIFT_KIND_BREAK")])
    program.kill()
    program = start()
    kefud = Client(program.address)
    desktop = kefud("AgentService", "StreamAssignments", agent_id="a1001", availability="AVAILABILITY_READY")
    snapshot = desktop.next().snapshot.agent
    broken = snapshot if presence(kefud, snapshot) == "ON_BREAK" else comes(kefud, desktop, "ON_BREAK")
    assert when(broken.schedule.since) >= begins, broken.schedule
    program.kill()
    program = start()
    kefud = Client(program.address)
    desktop = kefud("AgentService", "StreamAssignments", agent_id="a1001", availability="AVAILABILITY_READY")
    again = desktop.next().snapshot.agent
    assert presence(kefud, again) == "ON_BREAK"
    # By a clock that is looked at anew at each start, and corrected from half a second on.
    assert abs(when(again.schedule.since) - when(broken.schedule.since)) < timedelta(milliseconds=500)
    return program, kefud, desktop


def a_supervisor_says_otherwise(kefud, desktop):
    watch = kefud("SupervisorService", "WatchNotices")
    override = dict(agent_id="a1001", state="OVERRIDE_STATE_ON", reason="rush", supervisor_id="lead")
    until = ahead()
    kefud("SupervisorService", "OverrideShift", until=until, **override)
    told = comes(kefud, desktop, "ON_SHIFT")
    assert told.schedule.by_hand.reason == "rush", told.schedule
    assert watch.notice("SHIFT_OVERRIDDEN")
    # It ends by itself, and the break goes on.
    assert when(comes(kefud, desktop, "ON_BREAK").schedule.since) >= until


def main():
    with programs() as start:
        program = start()
        kefud = Client(program.address)
        a_shift_begins(kefud)
        print("a_shift_begins: ok")
        program, kefud, desktop = a_break_begins_while_the_program_is_dead(kefud, start, program)
        print("a_break_begins_while_the_program_is_dead: ok")
        a_supervisor_says_otherwise(kefud, desktop)
        print("a_supervisor_says_otherwise: ok")
        program.stop()


if __name__ == "__main__":
    main()
