"""The command `renode-wifi`. Its subcommands are in `subcommands`, one per file."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib import import_module

from renode_wifi import __version__
from renode_wifi.emulation.frontends.cli.startup import without_collector
from renode_wifi.emulation.frontends.cli.streams import drop, drop_unread, nowhere
from renode_wifi.peripherals.base.errors import RenodeWifiError

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
"""128 + SIGPIPE, as shells count it."""

SUBCOMMANDS = {
    "run": "run an image on a board",
    "qualify": "run a Unity test image, such as Amazon FreeRTOS aws_tests",
    "explore": "inject every fault at every point of a run",
    "campaign": "run a matrix of images, worlds, seeds and faults",
    "compatibility": "a table of images and suites from qualification reports",
    "monitor": "type monitor commands, as in Renode",
    "boards": "list the boards",
    "image": "look into a firmware image",
    "world": "look into a world file",
    "doctor": "check this installation",
    "renode": "find or install Renode, the other engine",
    "mcp": "serve a board to agents (Model Context Protocol)",
}
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def parser(subcommand: str | None = None) -> argparse.ArgumentParser:
    """The parser; of the subcommands only the one named takes arguments.

    Each brings libraries of its own: only those of the one asked for are loaded.
    """
    top = argparse.ArgumentParser(
        prog="renode-wifi",
        description="Run unmodified firmware of Wi-Fi boards, with Wi-Fi and TLS, without a board.",
    )
    top.add_argument("--version", action="version", version=f"renode-wifi {__version__}")
    subparsers = top.add_subparsers(metavar="COMMAND", required=True)
    for name, summary in SUBCOMMANDS.items():
        command = subparsers.add_parser(name, help=summary)
        if name == subcommand:
            import_module(f"{__name__}.subcommands.{name}").add(command)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    # With a stream closed (`>&-`), Python has None in its place.
    sys.stdout = sys.stdout or nowhere()
    sys.stderr = sys.stderr or nowhere()
    try:
        try:
            return _execute(sys.argv[1:] if arguments is None else arguments)
        except KeyboardInterrupt:
            drop_unread()
            raise
        finally:
            # Here, since an error at the interpreter's end could not be reported.
            sys.stdout.flush()
    except RenodeWifiError as error:
        print(f"renode-wifi: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nobody reads a message.
        drop(sys.stdout)
        drop(sys.stderr)
        return EXIT_BROKEN_PIPE
    except OSError as error:
        if error.errno not in FULL:
            raise
        drop(sys.stdout)
        print(f"renode-wifi: cannot write the output: {error.strerror}", file=sys.stderr)
        return EXIT_ERROR


def _execute(arguments: Sequence[str]) -> int:
    asked = next((name for name in arguments if name in SUBCOMMANDS), None)
    if asked is None and arguments and not arguments[0].startswith("-"):
        raise _no_command(arguments[0])
    with without_collector():
        top = parser(asked)
        options, unknown = top.parse_known_args(arguments)
        if unknown:
            near = get_close_matches(unknown[0].split("=")[0], _options_of(top), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            top.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
    code: int = options.execute(options)
    return code


def _no_command(name: str) -> RenodeWifiError:
    near = get_close_matches(name, SUBCOMMANDS, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return RenodeWifiError(
        f"there is no command {name!r}", cure=f"{hint}commands: {', '.join(SUBCOMMANDS)}"
    )


def _options_of(command: argparse.ArgumentParser) -> Iterator[str]:
    """Options of a command and of those below it."""
    for action in command._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _options_of(below)
