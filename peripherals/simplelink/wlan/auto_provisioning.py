"""Provisioning that starts by itself, where the connection policy says so (SWRU455,
"Auto-Provisioning")."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.simplelink.device import ROLE_ACCESS_POINT, ROLE_STATION, Device
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Services
from renode_wifi.peripherals.simplelink.wlan.profiles import Profiles
from renode_wifi.peripherals.simplelink.wlan.provisioning import (
    ACCESS_POINT_AND_SMART_CONFIG,
    SMART_CONFIG,
    ProvisioningService,
)

SILENCE = 2 * SECOND
"""Without profiles and without a command from the host, from the start."""
DISCONNECTION = 120 * SECOND
"""As a station with profiles and the policy "auto"."""


class AutoProvisioning:
    """Looks at what is so when the time is up."""

    def __init__(
        self,
        services: Services,
        power: PowerState,
        device: Device,
        saved: Profiles,
        provisioning: ProvisioningService,
    ) -> None:
        self.services = services
        self.power = power
        self.device = device
        self.saved = saved
        self.provisioning = provisioning
        self._silence: Event | None = None
        self._watch: Event | None = None
        self._since = 0

    def started(self) -> None:
        if self.saved.provisions:
            self._silence = self.services.host.after(SILENCE, self._after_silence)
        self.disconnected()

    def disconnected(self) -> None:
        """There is no link from now on; also called when the policy is set."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._since = self.services.surroundings.clock.now
        if self.saved.provisions and self.saved.automatic:
            self._watch = self.services.host.after(DISCONNECTION, self._after_disconnection)

    def stopped(self) -> None:
        for event in (self._silence, self._watch):
            if event is not None:
                event.cancel()
        self._silence = self._watch = None

    def _after_silence(self) -> None:
        self._silence = None
        if self.power.commands == 0 and not self.saved.wanted and self.saved.provisions:
            self._start()

    def _after_disconnection(self) -> None:
        self._watch = None
        saved = self.saved
        if not saved.provisions or not saved.automatic or self.power.connected:
            return
        if self.device.active_role == ROLE_STATION and saved.wanted:
            self._start()
        else:
            self.disconnected()

    def _start(self) -> None:
        if not self.provisioning.active:
            is_access_point = self.device.active_role == ROLE_ACCESS_POINT
            self.provisioning.start_by_itself(
                ACCESS_POINT_AND_SMART_CONFIG if is_access_point else SMART_CONFIG
            )
