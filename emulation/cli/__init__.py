"""The command `renode-wifi`: one file per subcommand, each with `add` and `execute`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from renode_wifi import __version__
from renode_wifi.emulation.cli import (
    boards,
    compatibility,
    doctor,
    image,
    monitor,
    qualify,
    renode,
    run,
    world,
)
from renode_wifi.emulation.errors import RenodeWifiError

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130

SUBCOMMANDS = (run, qualify, compatibility, monitor, boards, image, world, doctor, renode)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="renode-wifi",
        description="Run unmodified firmware of Wi-Fi boards, with Wi-Fi and TLS, without a board.",
    )
    top.add_argument("--version", action="version", version=f"renode-wifi {__version__}")
    subparsers = top.add_subparsers(metavar="COMMAND", required=True)
    for module in SUBCOMMANDS:
        module.add(subparsers)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        code: int = options.execute(options)
        return code
    except RenodeWifiError as error:
        print(f"renode-wifi: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nobody is left to tell.
        sys.stderr.close()
        return EXIT_ERROR
