"""`--help`, of every subcommand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from renode_wifi.emulation.frontends.cli import SUBCOMMANDS, parser


def options(command: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from options(inner)
        else:
            yield action


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_default_is_in_the_help(name: str) -> None:
    silent = [
        action.dest
        for action in options(parser(name))
        if action.default not in (None, False, [], (), argparse.SUPPRESS)
        and "default: " not in (action.help or "")
    ]
    assert silent == []


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_option_is_explained(name: str) -> None:
    assert [action.dest for action in options(parser(name)) if not action.help] == []
