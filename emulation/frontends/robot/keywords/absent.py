"""Keywords of Renode 1.16 and 1.17 for what these boards don't have: each says so, and what to do.

Source: Renode, NetworkInterfaceKeywords.cs, CANKeywords.cs, RenodeKeywords.cs.
"""

from __future__ import annotations

from typing import NoReturn

from robot.api.deco import keyword

from renode_wifi.emulation.frontends.robot.errors import KeywordException

FRAMES = (
    "the radios take connections and datagrams, no Ethernet frames",
    "look at `Get Server`, or record the network with renode-wifi run --pcap",
)
CAN = (
    "no board here has a CAN transceiver wired",
    "run the machine under renode-test, which has a CAN hub",
)
GUI = ("there are no windows", "read the console in log.html")


class AbsentKeywords:
    """They take whatever Renode's take."""

    @keyword("Create Network Interface Tester")
    def create_network_interface_tester(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: the radios have no Ethernet frames."""
        _refuse("Create Network Interface Tester", FRAMES)

    @keyword("Wait For Outgoing Packet")
    def wait_for_outgoing_packet(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: the radios have no Ethernet frames."""
        _refuse("Wait For Outgoing Packet", FRAMES)

    @keyword("Wait For Outgoing Packet With Bytes At Index")
    def wait_for_packet_with_bytes(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: the radios have no Ethernet frames."""
        _refuse("Wait For Outgoing Packet With Bytes At Index", FRAMES)

    @keyword("Send Frame")
    def send_frame(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: the radios have no Ethernet frames."""
        _refuse("Send Frame", FRAMES)

    @keyword("Create CAN Tester")
    def create_can_tester(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: no board has a CAN transceiver."""
        _refuse("Create CAN Tester", CAN)

    @keyword("Set Default CAN Timeout")
    def set_default_can_timeout(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: no board has a CAN transceiver."""
        _refuse("Set Default CAN Timeout", CAN)

    @keyword("Wait For Frame With Id")
    def wait_for_frame_with_id(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: no board has a CAN transceiver."""
        _refuse("Wait For Frame With Id", CAN)

    @keyword("Send ISOTP Message")
    def send_isotp_message(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: no board has a CAN transceiver."""
        _refuse("Send ISOTP Message", CAN)

    @keyword("Wait For ISOTP Message Hex")
    def wait_for_isotp_message_hex(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: no board has a CAN transceiver."""
        _refuse("Wait For ISOTP Message Hex", CAN)

    @keyword("Send UDS Command And Wait For Positive Response")
    def send_uds_command(self, *arguments: object, **named: object) -> NoReturn:
        """Not here: no board has a CAN transceiver."""
        _refuse("Send UDS Command And Wait For Positive Response", CAN)

    @keyword("Open GUI")
    def open_gui(self) -> NoReturn:
        """Not here: there are no windows."""
        _refuse("Open GUI", GUI)

    @keyword("Close GUI")
    def close_gui(self) -> NoReturn:
        """Not here: there are no windows."""
        _refuse("Close GUI", GUI)


def _refuse(name: str, why: tuple[str, str]) -> NoReturn:
    raise KeywordException(f"`{name}` is not here: {why[0]}", why[1])
