"""`python`: statements in the monitor."""

from __future__ import annotations

import contextlib
import io

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.scripting import compiled, variables
from renode_wifi.emulation.script.tokens import Token

COMMANDS = Commands()


@COMMANDS.add(
    "python", '"statements"', "executes Python 3; `monitor`, `machine` and its globals last", "py"
)
def python(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(interpreter, "python")
    code = compiled(interpreter, text_of(interpreter, arguments[0]), "python")
    scope = interpreter.python_globals
    scope.update(variables(interpreter))
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, scope)
    except RenodeWifiError:
        raise
    except Exception as error:
        raise interpreter.error(f"python: {error!r}", "check the statements") from error
    finally:
        if printed.getvalue():
            interpreter.write(printed.getvalue().rstrip("\n"))
