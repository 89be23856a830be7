"""The WLAN silo put together."""

from __future__ import annotations

from renode_wifi.peripherals.base.handlers import Handler, HasHandlers
from renode_wifi.peripherals.simplelink.device import (
    ROLE_ACCESS_POINT,
    ROLE_STATION,
    ROLES,
    Device,
)
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.http import HttpService
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse
from renode_wifi.peripherals.simplelink.messages.wlan import SetMode
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Services, Silo, Transaction
from renode_wifi.peripherals.simplelink.wlan.access_point import AccessPointRole
from renode_wifi.peripherals.simplelink.wlan.auto_provisioning import AutoProvisioning
from renode_wifi.peripherals.simplelink.wlan.connections import Connections
from renode_wifi.peripherals.simplelink.wlan.enterprise import Enterprise
from renode_wifi.peripherals.simplelink.wlan.filters import RxFilters
from renode_wifi.peripherals.simplelink.wlan.provisioning import ProvisioningService
from renode_wifi.peripherals.simplelink.wlan.scan import Scan
from renode_wifi.peripherals.simplelink.wlan.settings import WlanSettings
from renode_wifi.peripherals.simplelink.wlan.station import StationRole


class Wlan(Silo):
    """The roles of the radio. Settings and profiles survive power cycles."""

    def __init__(
        self,
        services: Services,
        power: PowerState,
        device: Device,
        netcfg: NetCfg,
        connections: Connections,
        files: FileSystem,
        http: HttpService,
    ) -> None:
        self.device = device
        self.station = StationRole(services, power, device, netcfg, connections)
        self.saved = self.station.saved
        self.filters = RxFilters(services, device)
        self.settings = WlanSettings(netcfg, self.station, self.filters)
        self.access_point = AccessPointRole(services, power, netcfg, self.settings, connections)
        self.scan = Scan(services.network, self.saved, self.settings)
        self.provisioning = ProvisioningService(
            services, device, self.station, self.access_point, self.settings, files, http
        )
        self.auto_provisioning = AutoProvisioning(
            services, power, device, self.saved, self.provisioning
        )
        self.station.disconnected = self.auto_provisioning.disconnected
        self.station.enterprise = Enterprise(files, self.settings, device)

    @property
    def parts(self) -> tuple[HasHandlers, ...]:
        return (
            self,
            self.station,
            self.saved,
            self.settings,
            self.scan,
            self.filters,
            self.provisioning,
        )

    def started(self) -> None:
        self.settings.apply()
        if self.device.role == ROLE_ACCESS_POINT:
            self.access_point.open()
        elif self.device.role == ROLE_STATION:
            self.station.start()
        self.auto_provisioning.started()

    def stopped(self) -> None:
        self.auto_provisioning.stopped()
        self.station.power_lost()
        self.saved.power_lost()
        self.scan.reset()
        self.settings.power_lost()
        self.filters.power_lost()
        self.provisioning.reset()

    def volatile(self) -> tuple[tuple[object, str], ...]:
        # Not the profiles (wlan.h, sl_WlanProfileAdd).
        saved = ("policies", "last", "suspended")
        return (self.settings, "without_access_point"), *((self.saved, name) for name in saved)

    def restore(self) -> None:
        self.saved.restore()
        self.settings.restore()
        self.filters.restore()

    def on_link_lost(self, reason: str) -> None:
        self.station.on_link_lost(reason)

    def set_mode(self, transaction: Transaction, message: SetMode) -> BasicResponse:
        if message.role not in ROLES:
            return BasicResponse(Error.WLAN_INVALID_ROLE)
        self.device.role = message.role
        return OK

    HANDLERS = (Handler(Opcode.WLAN_SET_MODE, SetMode, set_mode),)
