"""The section `bluetooth` of world files."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.peripherals.network.contract.bluetooth import RANDOM
from renode_wifi.peripherals.network.worldfile.read import WorldFileError, read_world_file

POINTS = "access_points: [{ssid: lab, passphrase: lab-secret}]\n"
WHOLE = """
bluetooth:
  centrals:
    - name: phone
      connects: "HR_*"
      address: "C0:11:22:33:44:55 random"
      subscribes: ["2a37"]
      writes:
        - {characteristic: "2a39", value: "01 ff", after: 2 s}
      leaves: 10 s
  peripherals:
    - name: lamp
      interval: 250 ms
      services:
        - uuid: 0000fe40-cc7a-482a-984a-7f2ed5b3e58f
          characteristics:
            - {uuid: "2b50", properties: [read, write without response], value: "00"}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "world.yaml"
    path.write_text(POINTS + text)
    return path


def test_a_phone_and_a_lamp_are_read(tmp_path: Path) -> None:
    settings = read_world_file(write(tmp_path, WHOLE))
    (phone,) = settings.bluetooth.centrals
    assert (phone.address.kind, phone.subscribes) == (RANDOM, (b"\x37\x2a",))
    assert phone.writes[0].value == b"\x01\xff"
    (lamp,) = settings.bluetooth.peripherals
    assert (len(lamp.services[0].uuid), lamp.services[0].characteristics[0].bits) == (16, 6)
    assert "Bluetooth phone: connects to HR_*" in settings.summary()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"2a37"', '"2a3"', "`2a3` is not right"),
        ("C0:11:22:33:44:55 random", "C0:11:22", "`C0:11:22` is not right"),
        ("01 ff", "0x1", "`0x1` is not right"),
        ("without response", "sometimes", "`write sometimes` is not right"),
        ("250 ms", "5 ms", "no device has such an interval"),
        ("name: lamp", "name: phone", "two devices are called phone"),
        ("connects:", "connect:", "connect"),
    ],
)
def test_mistakes_are_shown_with_their_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(WorldFileError) as caught:
        read_world_file(write(tmp_path, WHOLE.replace(old, new)))
    assert message in str(caught.value)
    assert "world.yaml:" in str(caught.value)
