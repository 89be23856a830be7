"""What UART keywords return and raise."""

from __future__ import annotations

from robot.utils import DotDict

from renode_wifi.emulation.frontends.robot.errors import (
    InvalidOperationException,
    KeywordException,
)
from renode_wifi.emulation.frontends.robot.terminal_tester import (
    EndLineOption,
    Match,
    TerminalTester,
)
from renode_wifi.peripherals.base.clock import MILLISECOND


def result(match: Match) -> DotDict:
    return DotDict(Line=match.line, Timestamp=match.time / MILLISECOND, Groups=list(match.groups))


def failed(tester: TerminalTester, what: str, timeout: float | None) -> InvalidOperationException:
    seconds = tester.timeout if timeout is None else timeout
    return InvalidOperationException(
        f"Terminal tester failed!\n\n{what} {seconds:g} s of virtual time on {tester.uart}."
        f"\n\nFull report:\n{tester.report()}"
    )


def failing_entry(match: Match) -> InvalidOperationException:
    return InvalidOperationException(
        f"Terminal tester failed!\n\nTest failing entry has been found on UART:\n{match.line}"
    )


def wrong_mode(wanted: str, mode: str, binary: bool) -> InvalidOperationException:
    return InvalidOperationException(
        f"Attempt to wait for {wanted} on a tester configured in {mode} mode. "
        f"Please set binaryMode={binary} when creating the tester."
    )


def end_line_option(option: str | None) -> EndLineOption:
    if option is None:
        return EndLineOption.LINE_FEED
    try:
        return EndLineOption(option)
    except ValueError:
        raise KeywordException(
            f"{option!r} is not an end of line", f"give {' or '.join(EndLineOption)}"
        ) from None


def bytes_as_characters(text: str) -> str:
    """Hexadecimal bytes as characters."""
    try:
        return bytes.fromhex("".join(text.split())).decode("latin-1")
    except ValueError:
        raise KeywordException(
            f"{text!r} is not in hex format", "write bytes as 66 69 72, or treatAsRegex=true"
        ) from None
