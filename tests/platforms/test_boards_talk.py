"""Two boards in one world: each serves the other over TCP, on whichever engine runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines import select

SHELLS = Path(__file__).resolve().parents[2] / "firmware" / "shell"
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
CONSOLES = {ST: "usart1", TI: "uarta0"}
ANSWER = r"^(ok|error) .* in \d+ ms$"
PORT = 5000


class Typist:
    """Types into the shell of one machine."""

    def __init__(self, session: Session, machine: str, board: str) -> None:
        self.session = session
        self.console = session.engine.source(CONSOLES[board], machine)

    def type(self, command: str) -> None:
        self.session.wait_for_prompt(">", 10, self.console)
        self.session.write(command + "\r", self.console)

    def answer(self) -> list[str]:
        """The words of the answer to what was typed, without `ok`."""
        words = self.session.wait_for_line(ANSWER, 30, self.console).text.split()
        assert words[0] == "ok", words
        return words[1:-3]

    def ask(self, command: str) -> list[str]:
        self.type(command)
        return self.answer()


def talk(engine: str, boards: tuple[str, str]) -> str:
    """Returns what both consoles have shown."""
    session = Session(select.start_empty(engine))
    try:
        typists = []
        for machine, board in zip(("one", "two"), boards, strict=True):
            session.execute("mach clear")
            session.execute(f'$name="{machine}"; $world_name="lab"')
            session.execute(f"$bin=@{SHELLS / board}.elf")
            session.execute(f"include @platforms/{board}.resc")
            session.execute("runMacro $reset")
            typists.append(Typist(session, machine, board))
        addresses = []
        for typist in typists:
            typist.ask("start")
            addresses.append(typist.ask("join renode-wifi no-board-farm")[1])
        assert len(set(addresses)) == 2
        for server, client, address in (
            (typists[0], typists[1], addresses[0]),
            (typists[1], typists[0], addresses[1]),
        ):
            (listening,) = server.ask(f"listen {PORT}")
            server.type(f"accept {listening} 20000")
            (opened,) = client.ask(f"open tcp {address} {PORT}")
            (accepted,) = server.answer()
            client.ask(f"send {opened} hello")
            assert server.ask(f"receive {accepted} 100 5000") == ["5", "hello"]
            server.ask(f"send {accepted} welcome")
            assert client.ask(f"receive {opened} 100 5000") == ["7", "welcome"]
            client.ask(f"close {opened}")
            server.ask(f"close {accepted}")
        return "\n".join(session.console(typist.console).text for typist in typists)
    finally:
        session.close()


@pytest.mark.parametrize("boards", [(ST, TI), (ST, ST), (TI, TI)])
def test_two_boards_in_one_world_talk_both_ways(boards: tuple[str, str]) -> None:
    talk("embedded", boards)


def test_the_same_talk_is_the_same_to_the_byte() -> None:
    assert talk("embedded", (TI, ST)) == talk("embedded", (TI, ST))
