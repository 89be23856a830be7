"""Monitor lines, without a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.monitor.session import MonitorSession


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
