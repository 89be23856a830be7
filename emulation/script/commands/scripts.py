"""Commands that run others: scripts, macros, aliases, conditions; and the variables of scripts."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token, TokenKind

MODELS_SCRIPT = "renode_models.py"
"""In Renode this file brings our models and commands; the embedded engine has them built in."""

COMMANDS = Commands()


@COMMANDS.add("include", "@path", "runs a script or loads a platform description", "i")
def include(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(interpreter, "include")
    path = Path(text_of(interpreter, arguments[0]))
    if interpreter.find_file(str(path)) is None and path.suffix not in (".py", ".cs"):
        raise interpreter.error(
            f"File does not exist: {path}",
            "give a path from here, or relative to a script as $ORIGIN/name",
        )
    if path.suffix == ".py":
        include_models(interpreter, path)
    elif path.suffix == ".cs":
        raise interpreter.error(
            f"{path.name} is C#, which the embedded engine does not compile",
            "run the board in Renode: --engine renode",
        )
    elif path.suffix == ".repl":
        if interpreter.machine is None:
            interpreter.create_machine()
        interpreter.composer().load_file(path)
    else:
        interpreter.run_script(path)


def include_models(interpreter: Interpreter, path: Path) -> None:
    if path.name != MODELS_SCRIPT:
        raise interpreter.error(
            f"{path.name} is a Python script for Renode's own interpreter",
            "run the board in Renode: --engine renode; models go into the package itself",
        )
    interpreter.open_models_commands()


@COMMANDS.add("using", "prefix|-", "lets names be written without a prefix such as sysbus")
def using(interpreter: Interpreter, arguments: list[Token]) -> None:
    if not arguments:
        for prefix in interpreter.usings:
            interpreter.write(prefix.rstrip("."))
    elif len(arguments) == 1 and arguments[0].text == "-":
        interpreter.usings.clear()
    elif len(arguments) == 1 and arguments[0].kind is TokenKind.LITERAL:
        prefix = arguments[0].text.rstrip(".") + "."
        if prefix not in interpreter.usings:
            interpreter.usings.append(prefix)
    else:
        raise misused(interpreter, "using")


def _name_and_text(
    interpreter: Interpreter, arguments: list[Token], what: str
) -> tuple[str, Token]:
    if len(arguments) != 2 or arguments[0].kind not in (TokenKind.LITERAL, TokenKind.VARIABLE):
        raise misused(interpreter, what)
    return str(arguments[0].value), interpreter.expand(arguments[1])


@COMMANDS.add("set", 'name "value"', "sets a variable")
def set_variable(interpreter: Interpreter, arguments: list[Token]) -> None:
    name, value = _name_and_text(interpreter, arguments, "set")
    interpreter.set_variable(name, value)


@COMMANDS.add("macro", 'name """commands"""', "keeps commands under a name, for runMacro")
def macro(interpreter: Interpreter, arguments: list[Token]) -> None:
    name, value = _name_and_text(interpreter, arguments, "macro")
    interpreter.macros[interpreter.qualified(name)] = str(value.value)


@COMMANDS.add("alias", 'name "command"', "gives a command another name")
def alias(interpreter: Interpreter, arguments: list[Token]) -> None:
    name, value = _name_and_text(interpreter, arguments, "alias")
    interpreter.aliases[interpreter.qualified(name)] = str(value.value)


@COMMANDS.add("runMacro", "$name", "runs the commands of a macro")
def run_macro(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1 or arguments[0].kind is not TokenKind.VARIABLE:
        raise misused(interpreter, "runMacro")
    name = str(arguments[0].value)
    for key in (name, f"{interpreter.scope}.{name}", f"global.{name}"):
        if key in interpreter.macros:
            interpreter.run_macro(name, interpreter.macros[key])
            return
    known = ", ".join(f"${key.split('.', 1)[1]}" for key in interpreter.macros) or "none"
    raise interpreter.error(f"No such variable: ${name}", f"macros are: {known}")


@COMMANDS.add("execute", "command|$variable", "runs a command, or the text of a variable")
def execute(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) == 1 and arguments[0].kind is TokenKind.VARIABLE:
        interpreter.run_macro(arguments[0].text, text_of(interpreter, arguments[0]))
    elif arguments:
        interpreter.run_tokens(arguments)
    else:
        raise misused(interpreter, "execute")


@COMMANDS.add("require", "$name", "fails unless a variable is set")
def require(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1 or arguments[0].kind is not TokenKind.VARIABLE:
        raise misused(interpreter, "require")
    interpreter.expand(arguments[0])


@COMMANDS.add("path", "[set|add|reset] [@folder]", "where files are looked for")
def path(interpreter: Interpreter, arguments: list[Token]) -> None:
    action = arguments[0].text if arguments else ""
    if action in ("set", "add") and len(arguments) == 2:
        folder = Path(text_of(interpreter, arguments[1]))
        if not folder.is_dir():
            raise interpreter.error(
                f"Entry {folder} does not exist or is not a directory.", "give a folder"
            )
        interpreter.path[:] = [folder] if action == "set" else [folder, *interpreter.path]
    elif action == "reset" and len(arguments) == 1:
        interpreter.path[:] = interpreter.default_path
    elif arguments:
        raise misused(interpreter, "path")
    interpreter.write(
        "Current 'PATH' value is: " + ";".join(str(folder) for folder in interpreter.path)
    )


@COMMANDS.add("if", 'condition "commands"', "runs commands when a value is true")
def run_if(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 2:
        raise misused(interpreter, "if")
    condition = interpreter.expand(arguments[0]).value
    if condition and str(condition).strip().lower() not in ("false", "0"):
        interpreter.run_macro("if", text_of(interpreter, arguments[1]))
