"""Monitor lines, without a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.monitor.session import MonitorSession

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def written() -> list[str]:
    return []


@pytest.fixture
def session(written: list[str]) -> Iterator[MonitorSession]:
    session = MonitorSession(written.append)
    yield session
    session.close()


@pytest.mark.parametrize("word", ["help", "h", "?"])
def test_help_explains_run_as_well(session: MonitorSession, written: list[str], word: str) -> None:
    session.carry_out(f"{word} run")
    assert written == [
        "run [seconds]\n  lets a second of virtual time pass, as an empty line does; `run 10` ten"
    ]
    session.carry_out(word)
    assert "  run   " in "\n".join(written[1:])


def test_help_of_nothing_is_refused(session: MonitorSession) -> None:
    with pytest.raises(RenodeWifiError, match="No such command or device: runn"):
        session.carry_out("help runn")


def test_a_prompt_is_shown_though_its_line_has_not_ended(
    session: MonitorSession, written: list[str]
) -> None:
    session.carry_out(f"$bin=@{ROOT}/firmware/talk/b_l475e_iot01a.elf")
    session.carry_out(f"include @{ROOT}/platforms/b_l475e_iot01a.resc")
    for line in ("runMacro $reset", "showAnalyzer usart1", "start", "run 0.5"):
        session.carry_out(line)
    assert written[-1] == "usart1 [   0.200009] talk> "
    session.carry_out("run 0.5")
    assert written[-1] == "usart1 [   0.200009] talk> "
    assert len([line for line in written if "talk>" in line]) == 1
    session.carry_out('sysbus.usart1 WriteLine "x"')
    session.carry_out("run 0.5")
    assert [line.split("] ")[1] for line in written[-3:]] == ["talk> x", "unknown: x", "talk> "]


def test_pasted_lines_are_carried_out_one_by_one(
    session: MonitorSession, written: list[str]
) -> None:
    start = f"include @{ROOT}/platforms/b_l475e_iot01a.resc"
    session.carry_out(f'''{start}

      # A comment.
    macro text """
    echo "two"
    """
    cpu IsHalted true
    start
    run 2
    echo "one"
    runMacro $text''')
    assert [line.strip() for line in written] == ["one", "two"]
    assert session.engine.now // 10**9 == 2
    with pytest.raises(RenodeWifiError, match="No such command or device: nonsense"):
        session.carry_out('echo "three"\nnonsense\necho "four"')
    assert written[2:] == ["three"]


def test_an_interrupt_ends_what_was_pasted(session: MonitorSession, written: list[str]) -> None:
    session.carry_out(f"include @{ROOT}/platforms/b_l475e_iot01a.resc")
    session.give_up()
    session.carry_out('echo "one"\necho "two"')
    assert written == ["interrupted"]
    assert session.was_interrupted
    session.carry_out('echo "one"\nquit\necho "two"')
    assert written[1:] == ["one"]


def test_what_is_watched_is_repeated_until_the_next_line(
    session: MonitorSession, written: list[str]
) -> None:
    session.carry_out('watch "version" 1')
    while len(written) < 4:
        session.idle()
    assert set(written) == {written[0]}
    session.carry_out("echo done")
    session.idle()
    assert written[-1] == "done"
