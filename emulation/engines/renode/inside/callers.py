# ironpython: executed by Renode
"""Who connects to the port on which a Renode waits for its helper.

Anybody on this machine can. Each has a time for its greeting, and none is waited for: one that says
nothing, or a byte now and then, keeps nobody else out.
"""

import System

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.inside.assemblies import SelectMode
from renode_wifi.emulation.engines.renode.inside.log import message_of

MAX_CALLERS = 32
"""Without a greeting yet; of more, those that came first are sent away."""
MAX_GREETING = 200
"""Bytes."""
MAX_LOOKS = 500
"""At one caller before it is sent away."""


class Caller(object):
    """One that has not said yet who it is."""

    def __init__(self, client):
        # type: (typing.Any) -> None
        self.client = client
        self.looks = 0
        self._stream = client.GetStream()
        self._line = ""

    def knows(self, token):
        # type: (str) -> bool
        """Whether its greeting is there, by what it has sent so far.

        Raises ProtocolError, or an exception of .NET's, where it is no helper.
        """
        socket = self.client.Client
        self.looks += 1
        while socket.Poll(0, SelectMode.SelectRead):
            if socket.Available == 0:
                raise protocol.ProtocolError("the other side hung up")
            character = chr(self._stream.ReadByte())
            if character == "\n":
                protocol.check_greeting(self._line, token)
                return True
            self._line += character
            if len(self._line) > MAX_GREETING:
                raise protocol.ProtocolError("the other side is not renode-wifi")
        if self.looks > MAX_LOOKS:
            raise protocol.ProtocolError("the other side says nothing")
        return False


class Callers(object):
    """listener: a TcpListener that has started. log: called with (level, text)."""

    def __init__(self, listener, token, log):
        # type: (typing.Any, str, typing.Any) -> None
        self._listener = listener
        self._token = token
        self._log = log
        self._callers = []  # type: list[Caller]

    def look(self):
        # type: () -> typing.Any
        """The TcpClient of who knows the token; None while nobody has said it."""
        while self._listener.Pending():
            self._callers.append(Caller(self._listener.AcceptTcpClient()))
            client = self._greeted()
            if client is not None:
                return client
            while len(self._callers) > MAX_CALLERS:
                self._callers.pop(0).client.Close()
        return self._greeted()

    def _greeted(self):
        # type: () -> typing.Any
        for caller in list(self._callers):
            try:
                known = caller.knows(self._token)
            except System.Exception as error:
                self._log("warning", "%s; waiting on for the radio's helper" % message_of(error))
                self._callers.remove(caller)
                caller.client.Close()
                continue
            if known:
                self._callers.remove(caller)
                return caller.client
        return None

    def close(self):
        # type: () -> None
        """Send away whoever is left."""
        for caller in self._callers:
            caller.client.Close()


MYPY = False
if MYPY:
    import typing  # noqa: F401
