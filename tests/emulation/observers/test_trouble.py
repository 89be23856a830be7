"""One line for each failed handshake, join or look-up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers.trouble import Trouble
from renode_wifi.emulation.platform.trace import Listeners


class Rig:
    """Traces events to a Trouble and keeps what it says."""

    def __init__(self) -> None:
        self.listeners = Listeners()
        self.said: list[str] = []
        engine = SimpleNamespace(subscribe=self.listeners.add)
        Trouble(cast(Session, SimpleNamespace(engine=engine)), self.said.append)

    def trace(self, source: str, event: str, **fields: Any) -> None:
        for listener in self.listeners.of(event):
            listener(0, source, event, fields)


def test_a_failed_handshake_names_the_peer_and_the_reason() -> None:
    rig = Rig()
    rig.trace("nwp", "socket", socket=0, remote="10.10.0.1:8883")
    rig.trace("nwp", "tls", socket=0, problem="a certificate is past its end date", detail="CN=x")
    assert rig.said == ["TLS to 10.10.0.1:8883 failed: a certificate is past its end date (CN=x)"]


def test_a_handshake_that_works_is_not_mentioned() -> None:
    rig = Rig()
    rig.trace("ism43362", "tls", socket=0, problem="", detail="")
    rig.trace("network", "tls", flow=1, problem="EXPIRED", detail="")
    assert rig.said == []


def test_a_failed_join_is_said_once_while_it_is_tried_again() -> None:
    rig = Rig()
    for _ in range(3):
        rig.trace("network", "join", mac="m", ssid="home")
        rig.trace("network", "join-failed", mac="m", failure="NO_ACCESS_POINT")
    assert rig.said == ["the join of 'home' failed: no access point"]


def test_a_name_that_the_world_lacks_is_named() -> None:
    rig = Rig()
    rig.trace("network", "dns", name="broker.test", answer="10.0.0.1")
    rig.trace("network", "dns", name="brooker.test", answer="UNREACHABLE")
    assert rig.said == ["'brooker.test' is no name of this world (`names:` of its file)"]
