"""`python`: statements in the monitor."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from types import CodeType

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.scripting import compiled, variables
from renode_wifi.emulation.script.tokens import Token

COMMANDS = Commands()


def evaluate(interpreter: Interpreter, text: str) -> object:
    """The value of an expression; of statements, what they print. Raises RenodeWifiError."""
    try:
        code = compile(text.strip(), "python", "eval")
    except SyntaxError:
        printed = io.StringIO()
        _execute(interpreter, compiled(interpreter, text, "python"), printed)
        return printed.getvalue().rstrip("\n")
    with _scope(interpreter) as scope:
        return eval(code, scope)


@COMMANDS.add(
    "python", '"statements"', "executes Python 3; `monitor`, `machine` and its globals last", "py"
)
def python(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(interpreter, "python")
    code = compiled(interpreter, text_of(interpreter, arguments[0]), "python")
    printed = io.StringIO()
    try:
        _execute(interpreter, code, printed)
    finally:
        if printed.getvalue():
            interpreter.write(printed.getvalue().rstrip("\n"))


def _execute(interpreter: Interpreter, code: CodeType, printed: io.StringIO) -> None:
    with _scope(interpreter) as scope, contextlib.redirect_stdout(printed):
        exec(code, scope)


@contextlib.contextmanager
def _scope(interpreter: Interpreter) -> Iterator[dict[str, object]]:
    """The session's globals. What goes wrong with them is a RenodeWifiError."""
    scope = interpreter.python_globals
    scope.update(variables(interpreter))
    try:
        yield scope
    except RenodeWifiError:
        raise
    except Exception as error:
        raise interpreter.error(f"python: {error!r}", "check the statements") from error
