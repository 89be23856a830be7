"""As much of .NET's streams, sockets and processes as `dotnet.py` shows to IronPython."""

from __future__ import annotations

import os
import select
import socket
import subprocess
from types import SimpleNamespace
from typing import Any

KILLS: list[int] = []
"""What would have ended Renode."""


class Stream:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.ReadTimeout = 0

    def ReadByte(self) -> int:
        byte = self.connection.recv(1)
        return byte[0] if byte else -1


class StreamReader:
    def __init__(self, stream: Stream, encoding: Any) -> None:
        self._file = stream.connection.makefile("r", encoding="utf-8", newline="\n")

    def ReadLine(self) -> str | None:
        line = self._file.readline()
        return line.rstrip("\n") if line else None


class StreamWriter:
    def __init__(self, stream: Stream, encoding: Any) -> None:
        self._connection = stream.connection
        self._text = ""

    def Write(self, text: str) -> None:
        self._text += text

    def Flush(self) -> None:
        text, self._text = self._text, ""
        self._connection.sendall(text.encode())


class Socket:
    def __init__(self, connection: socket.socket | None) -> None:
        assert connection is not None
        self._connection = connection

    def Poll(self, microseconds: int, mode: str) -> bool:
        return bool(select.select([self._connection], [], [], microseconds / 1_000_000)[0])

    @property
    def Available(self) -> int:
        return len(self._connection.recv(4096, socket.MSG_PEEK)) if self.Poll(0, "read") else 0


class TcpClient:
    def __init__(self, connection: socket.socket | None = None) -> None:
        self._connection = connection
        self.NoDelay = False

    def Connect(self, address: str, port: int) -> None:
        self._connection = socket.create_connection((address, port), 10)
        self._connection.settimeout(None)

    def GetStream(self) -> Stream:
        assert self._connection is not None
        return Stream(self._connection)

    @property
    def Client(self) -> Any:
        return Socket(self._connection)

    def Close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.shutdown(socket.SHUT_RDWR)
            finally:
                self._connection.close()


class TcpListener:
    def __init__(self, address: str, port: int) -> None:
        self._socket = socket.create_server((address, port))
        self._socket.settimeout(0)
        self.LocalEndpoint = SimpleNamespace(Port=self._socket.getsockname()[1])
        self._waiting: socket.socket | None = None

    def Start(self, backlog: int) -> None:
        """It listens already."""

    def Pending(self) -> bool:
        if self._waiting is None:
            try:
                self._waiting, _ = self._socket.accept()
            except BlockingIOError:
                return False
            self._waiting.settimeout(30)
        return True

    def AcceptTcpClient(self) -> TcpClient:
        connection, self._waiting = self._waiting, None
        return TcpClient(connection)

    def Stop(self) -> None:
        self._socket.close()


class ProcessStartInfo:
    def __init__(self) -> None:
        self.FileName = ""
        self.Arguments = ""
        self.UseShellExecute = True
        self.RedirectStandardInput = False
        self.EnvironmentVariables = dict(os.environ)


class Process:
    def __init__(self, info: ProcessStartInfo) -> None:
        self.StartInfo = info
        self.process = subprocess.Popen(
            [info.FileName, *info.Arguments.split()],
            stdin=subprocess.PIPE,
            text=True,
            env=info.EnvironmentVariables,
        )
        stdin = self.process.stdin
        assert stdin is not None
        self.StandardInput = SimpleNamespace(
            WriteLine=lambda text: stdin.write(f"{text}\n"), Flush=stdin.flush, Close=stdin.close
        )

    @staticmethod
    def GetCurrentProcess() -> Any:
        return SimpleNamespace(Id=os.getpid(), Kill=lambda: KILLS.append(os.getpid()))

    @staticmethod
    def Start(info: ProcessStartInfo) -> Process:
        return Process(info)

    def WaitForExit(self, milliseconds: int) -> bool:
        try:
            self.process.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def ExitCode(self) -> int | None:
        return self.process.returncode

    def Kill(self) -> None:
        self.process.kill()
        self.process.wait()
