"""A day at a gateway: how a developer of a phone, WeChat or QQ gateway talks to kefud from Python.

Nothing is generated: the client asks the server what it offers (gRPC reflection). Read it from top to bottom as
an introduction, or run it:

    KEFUD_BIN=target/debug/kefud python tests/python/test_gateway.py

It starts the program itself, on free ports with an empty directory and the embedded sample plan.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

# Nothing here takes long; only something that never comes is waited for so long.
PATIENCE_SECONDS = 60


# --- The program ------------------------------------------------------------------------------------------------


class Kefud:
    """The program in a directory of its own. What it logs is one JSON object a line; its addresses are in it."""

    def __init__(self, data_dir):
        self.process = subprocess.Popen(
            [os.environ["KEFUD_BIN"], "--data-dir", data_dir]
            + ["--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"],
            env={name: value for name, value in os.environ.items() if not name.startswith("KEFUD_")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.metrics_url = self._wait_for("metrics on ")
        self.address = self._wait_for("gRPC on http://")
        # Nobody reads the rest, but somebody has to.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def _wait_for(self, part):
        for line in self.process.stderr:
            if part in line:
                return line.split(part)[1].split('"')[0]
        raise AssertionError(f"it ended without {part!r}")

    def stop(self):
        self.process.terminate()
        assert self.process.wait(PATIENCE_SECONDS) == 0

    def kill(self):
        self.process.kill()
        self.process.wait()


# --- A client ---------------------------------------------------------------------------------------------------


class Client:
    """Calls any method by name, with the fields of its request as arguments."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        self.types = DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))

    def __call__(self, service, method, **fields):
        name = f"kefud.v1.{service}"
        described = self.types.FindServiceByName(name).methods_by_name[method]
        request, answer = GetMessageClass(described.input_type), GetMessageClass(described.output_type)
        kind = self.channel.unary_stream if described.server_streaming else self.channel.unary_unary
        call = kind(
            f"/{name}/{method}",
            request_serializer=request.SerializeToString,
            response_deserializer=answer.FromString,
        )
        if described.server_streaming:
            return Stream(call(request(**fields)))
        return call(request(**fields), timeout=PATIENCE_SECONDS)

    def enum(self, name, number):
        """The name of a value, without the prefix that repeats the enum's: OFFERED for CONTACT_STATE_OFFERED."""
        values = self.types.FindEnumTypeByName(f"kefud.v1.{name}").values_by_number
        prefix = os.path.commonprefix([value.name for value in values.values()])
        return values[number].name[len(prefix):]

    def state(self, contact):
        return self.enum("ContactState", contact.state)


class Stream:
    """Reads a stream in the background, so that waiting for a message can be bounded."""

    def __init__(self, call):
        self.call = call
        self.messages = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for message in self.call:
                self.messages.put(message)
            self.messages.put(None)
        except grpc.RpcError as error:
            self.messages.put(error)

    def next(self):
        message = self.messages.get(timeout=PATIENCE_SECONDS)
        if isinstance(message, grpc.RpcError):
            raise message
        return message

    def until(self, wanted):
        """Skips messages until one satisfies `wanted`."""
        while True:
            message = self.next()
            if wanted(message):
                return message

    def offer(self):
        """On an agent's stream: the next offer."""
        return self.until(lambda message: message.HasField("offered")).offered


@contextlib.contextmanager
def refused(code, reason):
    """What is inside is refused. Errors carry a stable reason, and for wrong fields their paths."""
    told = {}
    try:
        yield told
    except grpc.RpcError as error:
        assert error.code() == code, error
        for detail in rpc_status.from_call(error).details:
            for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo):
                if detail.Is(kind.DESCRIPTOR):
                    told[kind.__name__] = kind.FromString(detail.value)
        assert told["ErrorInfo"].reason == reason, error
        return
    raise AssertionError(f"not refused with {reason}")


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
    def cause(name):
        wanted = lambda m: kefud.enum("ContactCause", m.contact_change.cause) == name
        return calls.until(wanted).contact_change.contact

    assert cause("OFFERED").offer == offer
    kefud("AgentService", "AcceptOffer", agent_id="a1001", offer_id=offer.offer_id, epoch=offer.epoch)
    assert kefud.state(cause("ACCEPTED")) == "CONNECTING"
    kefud(
        "ContactService", "ReportConnection",
        contact_id=call["contact_id"], offer_id=offer.offer_id, epoch=offer.epoch,
        result="CONNECTION_RESULT_CONNECTED",
    )  # fmt: skip
    assert kefud.state(cause("CONNECTED")) == "ACTIVE"

    # They talk; the agent says how it went, and finishes the record.
    done = dict(agent_id="a1001", contact_id=call["contact_id"])
    told = kefud("AgentService", "CompleteContact", disposition="resolved", resolution="RESOLUTION_RESOLVED", **done)
    assert kefud.state(told.contact) == "COMPLETED" and told.agent.wrap_up == 1
    assert kefud("AgentService", "FinishWrapUp", **done).agent.used_units == 0
    assert cause("CLOSED").disposition == "resolved"
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
    with urllib.request.urlopen(program.metrics_url, timeout=PATIENCE_SECONDS) as page:
        text = page.read()
    assert b'kefud_contacts_closed_total{tenant="default"' in text
    promtool = shutil.which("promtool")
    assert promtool, "promtool of Prometheus is not in the PATH; tests/run installs it"
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, timeout=PATIENCE_SECONDS)
    assert checked.returncode == 0 and not checked.stderr, checked.stderr.decode()


def main():
    # Whoever loses patience with this test ends the program with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as programs:

        def start():
            program = Kefud(directory)
            programs.callback(program.kill)
            return program

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
