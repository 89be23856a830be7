"""What a socket needs of the rest of the module."""

from __future__ import annotations

from dataclasses import dataclass

from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.asynchronous import AsynchronousMessages
from renode_wifi.peripherals.ism43362.credentials import Credentials
from renode_wifi.peripherals.ism43362.dns import Dns
from renode_wifi.peripherals.ism43362.faults import FaultPlan
from renode_wifi.peripherals.ism43362.profile import ModuleProfile


@dataclass(frozen=True)
class Environment:
    """The same for all four."""

    surroundings: Surroundings
    access: NetworkAccess
    profile: ModuleProfile
    faults: FaultPlan
    messages: AsynchronousMessages
    credentials: Credentials
    dns: Dns
