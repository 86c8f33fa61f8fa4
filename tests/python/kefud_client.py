"""What clients of kefud in Python share: the program itself, calls by name, streams, refusals, metrics.

Nothing is generated: the client asks the server what it offers (gRPC reflection).
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

    def change(self, cause, contact_id=None):
        """On a gateway's stream: the contact after the next change of this cause."""

        def wanted(message):
            change = message.contact_change
            causes = change.DESCRIPTOR.fields_by_name["cause"].enum_type.values_by_number
            same = contact_id in (None, change.contact.contact_id)
            return same and causes[change.cause].name == f"CONTACT_CAUSE_{cause}"

        return self.until(wanted).contact_change.contact

    def notice(self, kind):
        """On a supervisor's stream: the next notice of this kind."""

        def wanted(message):
            kinds = message.notice.DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_number
            return kinds[message.notice.kind].name == f"NOTICE_KIND_{kind}"

        return self.until(wanted).notice

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


# --- Metrics ----------------------------------------------------------------------------------------------------


def metrics(program):
    """The page as Prometheus reads it, checked by promtool."""
    with urllib.request.urlopen(program.metrics_url, timeout=PATIENCE_SECONDS) as page:
        text = page.read()
    promtool = shutil.which("promtool")
    assert promtool, "promtool of Prometheus is not in the PATH; tests/run installs it"
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, timeout=PATIENCE_SECONDS)
    assert checked.returncode == 0 and not checked.stderr, checked.stderr.decode()
    return text.decode()


# --- Running ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def programs():
    """Gives a function that starts the program, again and again on the same data. None outlives the block."""
    # Whoever loses patience with a test ends the program with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as started:

        def start():
            program = Kefud(directory)
            started.callback(program.kill)
            return program

        yield start
