"""How commands get their names, and what they share."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.interpreter import Interpreter, MonitorCommand
from renode_wifi.emulation.script.tokens import Token

Run = Callable[[Interpreter, list[Token]], None]


class Commands(dict[str, MonitorCommand]):
    """Commands of one file, by name and by alternative name."""

    def add(self, name: str, usage: str, summary: str, *alternatives: str) -> Callable[[Run], Run]:
        """Decorates the function that carries the command out."""

        def register(run: Run) -> Run:
            entry = MonitorCommand(name, usage, summary, run, alternatives)
            self.update(dict.fromkeys((name, *alternatives), entry))
            return run

        return register


def misused(interpreter: Interpreter, name: str) -> RenodeWifiError:
    entry = interpreter.commands[name]
    return interpreter.error(
        f"Bad parameters for command {name}", f"usage: {entry.name} {entry.usage}".rstrip()
    )


def text_of(interpreter: Interpreter, token: Token) -> str:
    return str(interpreter.expand(token).value)
