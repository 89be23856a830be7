"""Receive filters: a tree of rules that every received packet goes through (SWRU455, "Rx Filters").

They look at datagrams, at TCP and at answers to pings; management and control frames don't exist
here, so that a filter for them never matches.
"""

from __future__ import annotations

from dataclasses import replace

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.packets import IpPacket
from renode_wifi.peripherals.simplelink.device import ROLE_ACCESS_POINT, Device
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse, Empty
from renode_wifi.peripherals.simplelink.messages.filters import (
    Combination,
    Header,
    RxFilter,
    RxFilterAdded,
    RxFilterEvent,
    RxStatistics,
    UpdateArguments,
)
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction
from renode_wifi.peripherals.simplelink.wlan import filter_rules
from renode_wifi.peripherals.simplelink.wlan.filter_rules import Surrounding

MAX_FILTERS, MAX_USER = 64, 63
BITMAP, SYSTEM_BITMAP = 16, 4
"""Bytes."""
STATE, REMOVE, STORE, UPDATE, SYSTEM_STATE = range(27, 32)
BINARY, PERSISTENT, ENABLED = 0x01, 0x08, 0x10
NOT, AND, OR = range(3)
DROP, INCREASE, DECREASE, RESET, TEMPLATE, EVENT = 0x01, 0x04, 0x08, 0x10, 0x20, 0x40
ON_COUNTER = INCREASE | DECREASE | RESET
COUNTERS = range(1, 9)
TRIGGER_EQUAL, TRIGGER_NOT_EQUAL, TRIGGER_SMALLER, TRIGGER_BIGGER = range(4)
ROLE_AP, ROLE_STATION = 0x01, 0x02
CONNECTED, NOT_CONNECTED, HAS_ADDRESS, NO_ADDRESS = 0x01, 0x02, 0x04, 0x08
RATE = 19
"""Of the histogram: the best of 802.11n."""
SYSTEM_FILTERS = bytes((0x1F, 0, 0, 0))


@late_dataclass()
class Statistics:
    """Of the packets received since `started` (us)."""

    started: int
    received: int = 0
    strength: int = 0
    """Sum of all (dBm)."""
    cells: list[int] | None = None

    def count(self, rssi: int) -> None:
        if self.cells is None:
            self.cells = [0] * RxStatistics.STRENGTHS
        self.received += 1
        self.strength += rssi
        self.cells[min(max((-40 - rssi) // 8, 0), RxStatistics.STRENGTHS - 1)] += 1

    def report(self, now: int) -> RxStatistics:
        rates = [0] * RxStatistics.RATES
        rates[RATE] = min(self.received, 0xFFFF)
        cells = tuple(min(cell, 0xFFFF) for cell in self.cells or [0] * RxStatistics.STRENGTHS)
        average = self.strength // self.received if self.received else 0
        return RxStatistics(
            self.received & 0xFFFF_FFFF, average, tuple(rates), cells, self.started, now
        )


class RxFilters:
    """A `PacketFilter`. Those that were stored outlive power; counters don't."""

    def __init__(self, services: Services, device: Device) -> None:
        self.services = services
        self.device = device
        self.restore()
        self.statistics: Statistics | None = None
        services.network.watch(self.refresh)

    def restore(self) -> None:
        self.stored: dict[int, RxFilter] = {}
        self.system = SYSTEM_FILTERS
        self._forget()

    def _forget(self) -> None:
        self.filters: dict[int, RxFilter] = dict(self.stored)
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.refresh()

    def power_lost(self) -> None:
        self.statistics = None
        self._forget()

    def refresh(self) -> None:
        """Look at packets if anything wants that."""
        station = self.services.network.station
        if station is not None:
            wanted = self.statistics is not None or any(map(_enabled, self.filters.values()))
            station.filter_packets(self if wanted else None)

    # Packets

    def passes(self, packet: IpPacket) -> bool:
        station = self.services.network.station
        beacon = None if station is None else station.beacon
        if self.statistics is not None:
            self.statistics.count(0 if beacon is None else beacon.rssi)
        bssid = bytes(6) if beacon is None else beacon.bssid
        around = Surrounding(bssid, bssid, b"" if station is None else station.mac)
        matched: set[int] = set()
        users = 0
        dropped = False
        for number, each in sorted(self.filters.items()):
            if not _enabled(each) or not self._triggered(each, matched):
                continue
            if not self._matches(each, packet, around):
                continue
            matched.add(number)
            self._count(each)
            users |= 1 << each.action.user if each.action.kind & EVENT else 0
            dropped |= bool(each.action.kind & DROP)
        if users:
            event = RxFilterEvent(0, users.to_bytes(8, "little"))
            self.services.host.event(Opcode.WLAN_RX_FILTER_EVENT, event)
        return not dropped

    def _triggered(self, each: RxFilter, matched: set[int]) -> bool:
        trigger = each.trigger
        if trigger.parent and trigger.parent not in matched:
            return False
        network = self.services.network
        has_address = network.lease is not None
        role = ROLE_AP if self.device.active_role == ROLE_ACCESS_POINT else ROLE_STATION
        states = CONNECTED | (HAS_ADDRESS if has_address else NO_ADDRESS)
        if trigger.role and not trigger.role & role:
            return False
        if trigger.connection and trigger.connection & ~states:
            return False
        if not trigger.counter:
            return True
        count = self.counters[trigger.counter]
        return {
            TRIGGER_EQUAL: count == trigger.threshold,
            TRIGGER_SMALLER: count < trigger.threshold,
            TRIGGER_BIGGER: count > trigger.threshold,
        }[trigger.compare]

    def _matches(self, each: RxFilter, packet: IpPacket, around: Surrounding) -> bool:
        rule = each.rule
        if isinstance(rule, Header):
            return filter_rules.matches(rule, bool(each.flags & BINARY), packet, around)
        first = self._matches_other(rule.first, packet, around)
        if rule.operator == NOT:
            return not first
        second = self._matches_other(rule.second, packet, around)
        return (first and second) if rule.operator == AND else (first or second)

    def _matches_other(self, number: int, packet: IpPacket, around: Surrounding) -> bool:
        other = self.filters.get(number)
        return other is not None and self._matches(other, packet, around)

    def _count(self, each: RxFilter) -> None:
        action, counter = each.action.kind, each.action.counter
        if action & INCREASE:
            self.counters[counter] += 1
        if action & DECREASE:
            self.counters[counter] -= 1
        if action & RESET:
            self.counters[counter] = 0

    # Commands

    def add(self, transaction: Transaction, message: RxFilter) -> RxFilterAdded:
        status = self._judge(message)
        if status:
            return RxFilterAdded(-1, status)
        number = min(set(range(1, MAX_FILTERS + 1)) - set(self.filters))
        self.filters[number] = message
        self.refresh()
        return RxFilterAdded(number)

    def _judge(self, new: RxFilter) -> int:
        trigger, action = new.trigger, new.action
        if len(self.filters) >= MAX_FILTERS:
            return Error.RXFL_TOO_MANY
        status = self._judge_rule(new)
        if status:
            return status
        parent = self.filters.get(trigger.parent)
        if trigger.parent and parent is None:
            return Error.RXFL_NO_PARENT
        if parent is not None and parent.action.kind & DROP:
            return Error.RXFL_PARENT_DROPS
        if parent is not None and new.flags & PERSISTENT & ~parent.flags:
            return Error.RXFL_PARENT_NOT_PERSISTENT
        if trigger.counter and trigger.counter not in COUNTERS:
            return Error.RXFL_TRIGGER
        if trigger.compare > TRIGGER_BIGGER or trigger.compare == TRIGGER_NOT_EQUAL:
            return Error.RXFL_TRIGGER_COMPARISON
        if action.kind & ~(DROP | ON_COUNTER | EVENT):
            return Error.RXFL_ACTION
        if action.kind & ON_COUNTER and action.counter not in COUNTERS:
            return Error.RXFL_ACTION_COUNTER
        if action.kind & EVENT and action.user > MAX_USER:
            return Error.RXFL_USER
        return 0

    def _judge_rule(self, new: RxFilter) -> int:
        if isinstance(new.rule, Header):
            return filter_rules.judge(new.rule, bool(new.flags & BINARY))
        if new.rule.operator not in (NOT, AND, OR):
            return Error.RXFL_OPERATOR
        parts = (new.rule.first, new.rule.second)[: 1 if new.rule.operator == NOT else 2]
        if not all(part in self.filters for part in parts):
            return Error.RXFL_NO_FILTER
        if any(new.flags & PERSISTENT & ~self.filters[part].flags for part in parts):
            return Error.RXFL_PARENT_NOT_PERSISTENT
        return 0

    def set(self, option: int, value: bytes) -> int:
        """The status of sl_WlanSet."""
        if option == STORE:
            self.stored = {
                number: each for number, each in self.filters.items() if each.flags & PERSISTENT
            }
            return 0
        if option == UPDATE:
            return self._update(value)
        if option == SYSTEM_STATE:
            if len(value) < SYSTEM_BITMAP:
                return Error.RXFL_BUFFER
            self.system = value[:SYSTEM_BITMAP]
            return 0
        if option not in (STATE, REMOVE):
            return Error.INVALID
        if len(value) < BITMAP:
            return Error.RXFL_BUFFER
        bits = int.from_bytes(value[:BITMAP], "little")
        chosen = frozenset(number for number in self.filters if bits >> number & 1)
        status = self._remove(chosen) if option == REMOVE else self._enable(chosen)
        self.refresh()
        return status

    def _remove(self, chosen: frozenset[int]) -> int:
        for number, each in self.filters.items():
            needed = {each.trigger.parent}
            if isinstance(each.rule, Combination):
                needed |= {each.rule.first, each.rule.second}
            if number not in chosen and needed & chosen:
                return Error.RXFL_HAS_CHILDREN
        for number in chosen:
            del self.filters[number]
        return 0

    def _enable(self, chosen: frozenset[int]) -> int:
        for number in chosen:
            parent = self.filters[number].trigger.parent
            if parent and parent not in chosen:
                return Error.RXFL_PARENT_DISABLED
        for number, each in self.filters.items():
            flags = each.flags & ~ENABLED | (ENABLED if number in chosen else 0)
            self.filters[number] = replace(each, flags=flags)
        return 0

    def _update(self, value: bytes) -> int:
        try:
            update = UpdateArguments.parse(value)
        except WireError:
            return Error.RXFL_BUFFER
        each = self.filters.get(update.filter_id)
        if each is None:
            return Error.RXFL_NO_FILTER
        if not isinstance(each.rule, Header):
            return Error.RXFL_NO_HEADER
        flags = each.flags & ~BINARY | (BINARY if update.binary else 0)
        rule = replace(each.rule, values=update.values, mask=update.mask)
        status = filter_rules.judge(rule, bool(flags & BINARY))
        if status == 0:
            self.filters[update.filter_id] = replace(each, flags=flags, rule=rule)
        return status

    def get(self, option: int) -> bytes | None:
        """The value for sl_WlanGet; None: there is none."""
        if option == SYSTEM_STATE:
            return self.system
        if option != STATE:
            return None
        bits = sum(1 << number for number, each in self.filters.items() if _enabled(each))
        return bits.to_bytes(BITMAP, "little")

    def no_statistics(self, transaction: Transaction, message: Empty) -> BasicResponse:
        return BasicResponse(Error.RXFL_STATISTICS)

    # Statistics

    @property
    def _now(self) -> int:
        return self.services.surroundings.clock.now // 1000

    def start_statistics(self, transaction: Transaction, message: Empty) -> BasicResponse:
        self.statistics = Statistics(self._now)
        self.refresh()
        return OK

    def stop_statistics(self, transaction: Transaction, message: Empty) -> BasicResponse:
        self.statistics = None
        self.refresh()
        return OK

    def get_statistics(self, transaction: Transaction, message: Empty) -> RxStatistics:
        """They begin anew by being read (wlan.h, sl_WlanRxStatGet)."""
        statistics, self.statistics = self.statistics, None
        if statistics is None:
            return RxStatistics(now=self._now)
        self.statistics = Statistics(self._now)
        return statistics.report(self._now)

    HANDLERS = (
        Handler(Opcode.WLAN_RX_FILTER_ADD, RxFilter, add),
        Handler(Opcode.WLAN_RX_FILTER_STATISTICS, Empty, no_statistics),
        Handler(Opcode.WLAN_START_RX_STATISTICS, Empty, start_statistics),
        Handler(Opcode.WLAN_STOP_RX_STATISTICS, Empty, stop_statistics),
        Handler(Opcode.WLAN_GET_RX_STATISTICS, Empty, get_statistics),
    )


def _enabled(each: RxFilter) -> bool:
    return bool(each.flags & ENABLED)
