"""A PHY on the management interface of an Ethernet MAC (IEEE 802.3 clause 22.2.4).

Its link is up and auto-negotiation is complete, unless the description gives other values.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import Machine

LINK_STATUS, AUTO_NEGOTIATION_COMPLETE = 1 << 2, 1 << 5
REGISTERS = (
    "basic_control",
    "basic_status",
    "id1",
    "id2",
    "auto_negotiation_advertisement",
    "auto_negotiation_link_partner_base_page_ability",
    "auto_negotiation_expansion",
    "auto_negotiation_next_page_transmit",
    "auto_negotiation_link_partner_received_next_page",
    "master_slave_control",
    "master_slave_status",
    "power_sourcing_equipment_control",
    "power_sourcing_equipment_status",
    "mdio_manageable_device_access_control",
    "mdio_manageable_device_accedd_address_data",
    "extended_status",
    *(f"vendor_specific{number}" for number in range(16)),
)
"""Properties of Renode's model, with its spelling, in the order of the registers."""


class EthernetPhysicalLayer:
    """Registers are properties, which a description sets; the MAC's writes change nothing."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.__dict__.update(dict.fromkeys(REGISTERS, 0))
        self.basic_status = LINK_STATUS | AUTO_NEGOTIATION_COMPLETE

    def read_register(self, number: int) -> int:
        return int(getattr(self, REGISTERS[number])) & 0xFFFF

    def reset(self) -> None:
        """The description's values stay."""
