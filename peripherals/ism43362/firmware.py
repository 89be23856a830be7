"""What versions of the module's firmware are known to do otherwise than documented.

unanswered_a0: C3.5.2.5.STM and C3.5.2.3.BETA9; community.st.com, "Soft AP does not work with the
    Cube example for B-L475E-IOT01A with ISM43362", which Inventek confirmed.
broken_wep128: C3.5.2.5.STM; stm32duino/WiFi-ISM43362-M3G-L44, README.
broken_udp_server: C3.5.2.5.STM, while C3.5.2.3.BETA9 served; the same README, and issue 12.
refused_restart: any; stm32duino/WiFi-ISM43362-M3G-L44, commit 860fd33 and issue 14.
udp_port_from_p4: any; ARMmbed/wifi-ism43362, issue 75 and pull request 78.
unknown_dns_servers: C3.5.2.3.BETA9; eclipse-threadx/getting-started, issues 69 and 388.

C3.5.2.7.STM is on boards as well (eclipse-threadx/getting-started, pull request 389). No source
says that it mends anything, so that it has the quirks of C3.5.2.5.STM.
"""

from __future__ import annotations

STM = {
    "unanswered_a0": True,
    "broken_wep128": True,
    "broken_udp_server": True,
    "refused_restart": True,
    "udp_port_from_p4": True,
    "unknown_dns_servers": False,
}
QUIRKS = {
    "C3.5.2.3": STM
    | {"broken_wep128": False, "broken_udp_server": False, "unknown_dns_servers": True},
    "C3.5.2.5": STM,
    "C3.5.2.7": STM,
}
"""By the beginning of a version."""


def quirks_of(firmware: str) -> dict[str, bool]:
    """Fields of the profile; those of C3.5.2.5.STM for a version of which nothing is known."""
    for version, quirks in QUIRKS.items():
        if firmware == version or firmware.startswith(version + "."):
            return quirks
    return STM
