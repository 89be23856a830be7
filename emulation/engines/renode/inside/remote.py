# ironpython: executed by Renode
"""The side of the helper's connection that is inside Renode: starting it, asking it, its end.

When the helper dies, its radios fall silent, as modules without power would, and it is logged.
"""

import System
from System.IO import StreamReader, StreamWriter
from System.Text import UTF8Encoding
from System.Threading import Monitor as Lock

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.inside import processes
from renode_wifi.emulation.engines.renode.inside.assemblies import (
    IPAddress,
    RandomNumberGenerator,
    TcpClient,
    TcpListener,
)
from renode_wifi.emulation.engines.renode.inside.callers import Callers
from renode_wifi.emulation.engines.renode.inside.log import message_of

LEVELS = {"error": "error", "warning": "warning", "info": "info", "debug": "debug"}
START_TIMEOUT_MS = 60000
ANSWER_TIMEOUT_MS = 600000
POLL_MS = 20
BACKLOG = 32


class HelperError(Exception):
    """A request that could not be carried out; the text is for the user."""


def new_token():
    # type: () -> str
    random = System.Array.CreateInstance(System.Byte, 32)
    RandomNumberGenerator.Create().GetBytes(random)
    return "".join(["%02x" % int(byte) for byte in random])


class Helper(object):
    """The connection.

    log: called with (level, text). call: called with (machine, radio, method, values).
    """

    def __init__(self, log, call):
        # type: (typing.Any, typing.Any) -> None
        self._log = log
        self._call = call
        self._process = None  # type: typing.Any
        self._client = None  # type: typing.Any
        self._lock = System.Object()
        self._input_lock = System.Object()
        self._stopping = False
        self.dead = False
        self.next_time = -1
        """When the helper has something to do next, in ns; -1: not by itself."""
        # As .NET sees it: a Python that has loaded Renode sets it there.
        known = System.Environment.GetEnvironmentVariable(protocol.ENVIRONMENT)
        if known:
            self._find(known)
        else:
            self._start()

    # Connecting.

    def _find(self, known):
        # type: (str) -> None
        port, _, token = known.partition(":")
        try:
            self._client = TcpClient()
            self._client.Connect(IPAddress.Loopback, int(port))
        except System.Exception:
            raise HelperError(  # noqa: B904
                "no radio helper answers at %s, which %s names" % (port, protocol.ENVIRONMENT)
            )
        self._open()
        self._write(protocol.greeting(token))
        self._greet(token)

    def _start(self):
        # type: () -> None
        token = new_token()
        listener = TcpListener(IPAddress.Loopback, 0)
        listener.Start(BACKLOG)
        try:
            arguments = [str(listener.LocalEndpoint.Port), str(processes.own_number())]
            self._process = processes.start("helper", arguments)
            self._pass(token)
            self._accept(listener, token)
        except processes.StartError as error:
            raise HelperError(str(error))  # noqa: B904
        except HelperError:
            self.close()
            raise
        finally:
            listener.Stop()

    def _pass(self, line):
        # type: (str) -> None
        """Give the process a line, such as the token, where nobody else can read it.

        The pipe stays open: its end is the end of this process.
        """
        try:
            self._process.StandardInput.WriteLine(line)
            self._process.StandardInput.Flush()
        except System.Exception:
            # It has ended already; whoever waits for it will see why.
            pass

    def _accept(self, listener, token):
        # type: (typing.Any, str) -> None
        callers = Callers(listener, token, self._log)
        waited = 0
        try:
            while True:
                self._client = callers.look()
                if self._client is not None:
                    break
                if self._process.WaitForExit(POLL_MS):
                    raise HelperError(
                        "the radio's helper process ended at once (code %d); is %s the Python 3"
                        " with renode-wifi's dependencies? Name the right one in the environment"
                        " variable %s"
                        % (
                            self._process.ExitCode,
                            self._process.StartInfo.FileName,
                            processes.INTERPRETER,
                        )
                    )
                waited += POLL_MS
                if waited > START_TIMEOUT_MS:
                    raise HelperError("the radio's helper process does not answer")
        finally:
            callers.close()
        self._open()
        self._write(protocol.greeting(token))

    def _open(self):
        # type: () -> None
        self._client.NoDelay = True
        stream = self._client.GetStream()
        stream.ReadTimeout = ANSWER_TIMEOUT_MS
        encoding = UTF8Encoding(False)
        self._reader = StreamReader(stream, encoding)
        self._writer = StreamWriter(stream, encoding)

    def _greet(self, token):
        # type: (str) -> None
        try:
            line = self._reader.ReadLine()
            if line is None:
                raise protocol.ProtocolError("the radio's helper hung up")
            protocol.check_greeting(line, token)
        except System.Exception as error:
            raise HelperError(message_of(error))  # noqa: B904

    def _write(self, line):
        # type: (str) -> None
        self._writer.Write(line + "\n")
        self._writer.Flush()

    # Asking.

    def request(self, *fields):
        # type: (str) -> list[typing.Any]
        """Ask and take what comes of it; returns the values of the answer.

        Raises HelperError where the helper refuses; a helper that is gone answers nothing.
        """
        if self.dead:
            return []
        calls = []  # type: list[list[str]]
        Lock.Enter(self._lock)
        try:
            self._write(protocol.encode(fields))
            values = self._answer(calls)
        except HelperError:
            raise
        except System.Exception as error:
            self._die(message_of(error))
            return []
        finally:
            Lock.Exit(self._lock)
        for call in calls:
            machine, radio, method = call[:3]
            self._call(machine, radio, method, [protocol.unpack(value) for value in call[3:]])
        return values

    def _answer(self, calls):
        # type: (list[list[str]]) -> list[typing.Any]
        """The values of an answer; what it calls back is added to `calls`."""
        while True:
            line = self._reader.ReadLine()
            if line is None:
                raise protocol.ProtocolError("it hung up")
            answer = protocol.decode(line)
            kind = answer[0]
            if kind == protocol.DONE:
                self.next_time = -1 if answer[1] == protocol.NEVER else protocol.whole(answer[1])
                return [protocol.unpack(value) for value in answer[2:]]
            if kind == protocol.CALL:
                calls.append(answer[1:])
            elif kind == protocol.LOG:
                self._log(LEVELS.get(answer[1], "warning"), answer[2])
            elif kind == protocol.ERROR:
                raise HelperError(answer[1])
            else:
                raise protocol.ProtocolError("unknown answer %r" % kind)

    @property
    def is_own(self):
        # type: () -> bool
        """This Renode has started it."""
        return self._process is not None

    def set_stopping(self, stopping):
        # type: (bool) -> None
        """Whether the emulation is to stop: it may wait for the host, and we for it."""
        if self.dead or not self.is_own:
            return
        Lock.Enter(self._input_lock)
        try:
            if stopping != self._stopping:
                self._stopping = stopping
                self._pass(protocol.STOP if stopping else protocol.GO)
        finally:
            Lock.Exit(self._input_lock)

    def _die(self, reason):
        # type: (str) -> None
        self.next_time = -1
        if not self.dead:
            self.close()
            self._log(
                "error", "the radio's helper process is gone (%s): the radio is dead" % reason
            )

    def close(self):
        # type: () -> None
        """Hang up; the helper ends by itself, without anybody waiting for it."""
        self.dead = True
        for closable in (self._client, self._process and self._process.StandardInput):
            try:
                if closable is not None:
                    closable.Close()
            except System.Exception:
                # It is gone already, which is what was wanted.
                pass


MYPY = False
if MYPY:
    import typing  # noqa: F401
