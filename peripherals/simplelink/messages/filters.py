"""The WLAN silo: receive filters (wlan.h, SlWlanRxFilter...)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, start

ARGUMENTS = 36
"""Bytes of SlWlanRxFilterHeaderArg_u."""
MASK = 16


@late_dataclass(frozen=True)
class Header:
    """SlWlanRxFilterRuleHeader_t."""

    LAYOUT = struct.Struct(f"<{ARGUMENTS}s{MASK}sBB2x")

    values: bytes
    mask: bytes
    field: int
    compare: int


@late_dataclass(frozen=True)
class Combination:
    """SlWlanRxFilterRuleCombination_t."""

    LAYOUT = struct.Struct("<Bbbx")

    operator: int
    first: int
    second: int


@late_dataclass(frozen=True)
class Trigger:
    """SlWlanRxFilterTrigger_t."""

    LAYOUT = struct.Struct("<bBBBIB3x")

    parent: int = 0
    counter: int = 0
    connection: int = 0
    role: int = 0
    threshold: int = 0
    compare: int = 0


@late_dataclass(frozen=True)
class Action:
    """SlWlanRxFilterAction_t."""

    LAYOUT = struct.Struct("<BB2xB3x")

    kind: int = 0
    counter: int = 0
    user: int = 0


@late_dataclass(frozen=True)
class RxFilter:
    """SlWlanRxFilterAddCommand_t."""

    LAYOUT = struct.Struct("<BBbx")

    flags: int
    rule: Header | Combination
    trigger: Trigger = Trigger()
    action: Action = Action()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        kind, flags, _ = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        at = cls.LAYOUT.size
        rule: Header | Combination
        if kind == 0:
            rule = Header(*Header.LAYOUT.unpack(start(Header.LAYOUT, body[at:])))
        else:
            rule = Combination(*Combination.LAYOUT.unpack(start(Combination.LAYOUT, body[at:])))
        at += Header.LAYOUT.size
        trigger = Trigger(*Trigger.LAYOUT.unpack(start(Trigger.LAYOUT, body[at:])))
        at += Trigger.LAYOUT.size
        action = Action(*Action.LAYOUT.unpack(start(Action.LAYOUT, body[at:])))
        return cls(flags, rule, trigger, action)

    def emit(self) -> bytes:
        rule, trigger, action = self.rule, self.trigger, self.action
        if isinstance(rule, Header):
            packed = Header.LAYOUT.pack(rule.values, rule.mask, rule.field, rule.compare)
        else:
            packed = Combination.LAYOUT.pack(rule.operator, rule.first, rule.second)
        head = self.LAYOUT.pack(isinstance(rule, Combination), self.flags, 0)
        return (
            head
            + packed.ljust(Header.LAYOUT.size, b"\0")
            + Trigger.LAYOUT.pack(
                trigger.parent,
                trigger.counter,
                trigger.connection,
                trigger.role,
                trigger.threshold,
                trigger.compare,
            )
            + Action.LAYOUT.pack(action.kind, action.counter, action.user)
        )


@late_dataclass(frozen=True)
class RxFilterAdded(Fixed):
    """SlWlanRxFilterAddCommandReponse_t."""

    LAYOUT = struct.Struct("<bxh2x")

    filter_id: int
    status: int = 0


@late_dataclass(frozen=True)
class UpdateArguments(Fixed):
    """SlWlanRxFilterUpdateArgsCommandBuff_t."""

    LAYOUT = struct.Struct(f"<BB2x{ARGUMENTS}s{MASK}s")

    filter_id: int
    binary: int
    values: bytes
    mask: bytes


@late_dataclass(frozen=True)
class RxFilterEvent(Fixed):
    """SlWlanEventRxFilterInfo_t. users: a bit for each number of an action."""

    LAYOUT = struct.Struct("<B8s3x")

    kind: int
    users: bytes


@late_dataclass(frozen=True)
class RxStatistics:
    """SlWlanGetRxStatResponse_t. rssi: average (dBm); times: us.

    rates: index of SlWlanRateIndex_e. strengths: cells of 8 dB, from -40 dBm down.
    """

    LAYOUT = struct.Struct("<3I2h20H6H2I")
    RATES, STRENGTHS = 20, 6

    received: int = 0
    rssi: int = 0
    rates: tuple[int, ...] = (0,) * RATES
    strengths: tuple[int, ...] = (0,) * STRENGTHS
    started: int = 0
    now: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        received, _, _, rssi, _, *cells = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        rates, strengths = cells[: cls.RATES], cells[cls.RATES : cls.RATES + cls.STRENGTHS]
        return cls(received, rssi, tuple(rates), tuple(strengths), cells[-2], cells[-1])

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.received,
            0,
            0,
            self.rssi,
            0,
            *self.rates,
            *self.strengths,
            self.started & 0xFFFF_FFFF,
            self.now & 0xFFFF_FFFF,
        )
