"""The checks, in the order of the documentation's table."""

from __future__ import annotations

from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.rule import Rule
from renode_wifi.emulation.observers.contract.rules import (
    board,
    certificates,
    connecting,
    ending,
    memory,
    opening,
    options,
    radio,
    secure,
    sending,
)

CHECKS: tuple[type[Check], ...] = (
    *opening.CHECKS,
    *connecting.CHECKS,
    *options.CHECKS,
    *secure.CHECKS,
    *sending.CHECKS,
    *ending.CHECKS,
    *radio.CHECKS,
)


def rules() -> list[Rule]:
    """Every rule once."""
    of_calls = {check.RULE.id: check.RULE for check in CHECKS}
    return [*of_calls.values(), certificates.NEAR_EXPIRY, *board.RULES, *memory.RULES]
