"""`Python.PythonPeripheral`: registers whose behaviour is a script in the description."""

from __future__ import annotations

from pathlib import Path
from types import CodeType
from typing import Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel
from renode_wifi.peripherals.base.line import Line


class ScriptRequest:
    """What a script of a `PythonPeripheral` is asked.

    Attributes are Renode's: IsInit, IsRead, IsWrite, IsUser, Offset, Value, Length, Counter; in
    any case, for old scripts write `request.value`.
    """

    def __init__(self, kind: str, offset: int, value: int, length: int, counter: int) -> None:
        for known in ("init", "read", "write", "user"):
            setattr(self, f"is{known}", kind == known)
        self.type = kind.upper()
        self.offset = offset
        self.value = value
        self.length = length
        self.counter = counter

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name.lower()] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__[name.lower()]
        except KeyError:
            raise AttributeError(name) from None


class PythonPeripheral(StockModel):
    """Registers whose behaviour is a script in the description, run once per access.

    Renode runs such scripts in IronPython 2.7, the embedded engine in CPython: what both
    understand works on both. Globals of the script are its state.
    """

    lines: dict[int | str, Line]

    def __init__(
        self,
        machine: StockMachine,
        name: str,
        size: int,
        initable: bool = False,
        script: str | None = None,
        filename: str | None = None,
    ) -> None:
        super().__init__(machine, name)
        self.size = size
        self.initable = initable
        self.lines = {}
        self.counter = 0
        if (script is None) == (filename is None):
            raise RenodeWifiError(
                "a Python peripheral needs a script", cure="give either script or filename"
            )
        if filename is not None:
            path = machine.find_file(filename)
            if path is None:
                raise RenodeWifiError(
                    f"Could not find file '{filename}'", cure="paths start at the monitor's path"
                )
            script = Path(path).read_text(encoding="utf-8")
        assert script is not None
        self.script = script
        self._code: CodeType | None = self._compiled()
        self._globals: dict[str, Any] = {}
        self.reset()

    def _compiled(self) -> CodeType:
        try:
            return compile(self.script, f"<{self.name}>", "exec")
        except SyntaxError as error:
            raise RenodeWifiError(
                f"the script does not run in Python 3: {error.msg}",
                where=f"{self.name}, script line {error.lineno}",
                cure="use what Python 2.7 and 3 have in common",
            ) from error

    def read(self, offset: int, width: int) -> int:
        return self._run("read", offset, 0, width) & ((1 << 8 * width) - 1)

    def write(self, offset: int, value: int, width: int) -> None:
        self._run("write", offset, value, width)

    def reset(self) -> None:
        self._globals = {}
        if self.initable:
            self._run("init")

    def NoisyLog(self, message: str) -> None:
        self.machine.log.debug("%s: %s", self.name, message)

    DebugLog = NoisyLog

    def InfoLog(self, message: str) -> None:
        self.machine.log.info("%s: %s", self.name, message)

    def WarningLog(self, message: str) -> None:
        self.machine.log.warning("%s: %s", self.name, message)

    def ErrorLog(self, message: str) -> None:
        self.machine.log.error("%s: %s", self.name, message)

    def _run(self, kind: str, offset: int = 0, value: int = 0, length: int = 4) -> int:
        if self._code is None:
            self._code = self._compiled()
        self.counter += 1
        request = ScriptRequest(kind, offset, value, length, self.counter)
        scope = self._globals
        scope.update(request=request, self=self, size=self.size)
        try:
            exec(self._code, scope)
        except Exception as error:
            # A script's mistake is its author's to mend; the guest reads 0 as in Renode.
            self.machine.log.error("%s: script failed: %r", self.name, error)
            return 0
        finally:
            for name in ("request", "self", "size", "__builtins__"):
                scope.pop(name, None)
        return int(request.value)

    def __getstate__(self) -> dict[str, Any]:
        """Its script is the description's, and nothing that a snapshot brings is executed."""
        return {"lines": self.lines, "counter": self.counter, "_globals": self._globals}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.lines, self.counter = state["lines"], state["counter"]
        self._globals = {
            name: value for name, value in state["_globals"].items() if name != "__builtins__"
        }
