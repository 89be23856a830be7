"""A board in Jumpstarter, with Jumpstarter from PyPI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REASON = "pip install 'renode-wifi[jumpstarter]'"
utils = pytest.importorskip("jumpstarter.common.utils", reason=REASON)
pytest.importorskip("jumpstarter_driver_power", reason=REASON)
pytest.importorskip("jumpstarter_driver_pyserial", reason=REASON)

FIRMWARE = Path(__file__).resolve().parents[4] / "firmware"
SHELL = FIRMWARE / "shell" / "b_l475e_iot01a.elf"
TALK = FIRMWARE / "talk" / "b_l475e_iot01a.elf"


@pytest.fixture
def client() -> Iterator[Any]:
    from renode_wifi.emulation.frontends.lab.jumpstarter import RenodeWifi

    with utils.serve(RenodeWifi(board="b_l475e_iot01a", image=str(SHELL))) as made:
        yield made


def test_power_console_reset_and_load(client: Any) -> None:
    client.power.on()
    (reading,) = client.power.read()
    assert reading.voltage == 3.3
    with client.serial.pexpect() as console:
        console.expect_exact("shell: b_l475e_iot01a", timeout=60)
        console.expect_exact("> ", timeout=60)
        console.send("hi\r")
        console.expect_exact("unknown command", timeout=60)
    client.reset()
    with client.serial.pexpect() as console:
        console.expect_exact("shell:", timeout=60)
    client.load(str(TALK))
    with client.serial.pexpect() as console:
        console.expect_exact("talk>", timeout=60)
    client.power.off()
    (reading,) = client.power.read()
    assert reading.voltage == 0.0


def test_a_missing_image_is_one_message(client: Any) -> None:
    client.load("nowhere.elf")
    with pytest.raises(Exception, match=r"nowhere\.elf"):
        client.power.on()
