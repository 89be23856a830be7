"""LED keywords (Renode 1.16, LedKeywords.cs and LEDTester.cs)."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.errors import (
    InvalidOperationException,
    KeywordException,
)
from renode_wifi.emulation.frontends.robot.keywords.base import Keywords, listen
from renode_wifi.emulation.frontends.robot.testers import Testers
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import SECOND


class LedTester:
    """state: on or off. changes: (ns, state) since `begin`."""

    def __init__(self, name: str, state: bool, timeout: float) -> None:
        self.name = name
        self.state = state
        self.timeout = timeout
        self.changes: list[tuple[int, bool]] = []
        self.on_change: Callable[[], None] = lambda: None

    def begin(self, on_change: Callable[[], None] = lambda: None) -> None:
        self.changes.clear()
        self.on_change = on_change

    def changed(self, time: int, fields: TraceFields) -> None:
        self.state = bool(fields["state"])
        self.changes.append((time, self.state))
        self.on_change()

    def spans(self) -> list[tuple[bool, float]]:
        """(state, seconds) between the changes; before the first and after the last is unknown."""
        return [
            (state, (end - begin) / SECOND)
            for (begin, state), (end, _) in zip(self.changes, self.changes[1:], strict=False)
        ]


class LedKeywords(Keywords):
    """LED testers. All times are seconds of virtual time."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self.led_testers: Testers[LedTester] = Testers("Create LED Tester")
        self._led_timeout = 0.0

    def forget_testers(self) -> None:
        super().forget_testers()
        self.led_testers.clear()

    @keyword(Replay.ALWAYS)
    def set_default_led_timeout(self, timeout: float) -> None:
        """For testers that are created without one; 0 at first."""
        self._led_timeout = timeout

    @keyword(Replay.ALWAYS)
    def create_led_tester(
        self, led: str, defaultTimeout: float | None = None, machine: str | None = None
    ) -> int:
        """Watch an LED, for example sysbus.gpioPortA.led1; returns the tester's ID."""
        name = self.peripheral(led, "led", machine)
        owner = self.machine_name(machine)
        if self.session.engine.name != "embedded":
            raise KeywordException(
                "LED testers need the embedded engine", "or run the suite with renode-test"
            )
        timeout = self._led_timeout if defaultTimeout is None else defaultTimeout
        _check("defaultTimeout", timeout, zero=True)

        def make() -> LedTester:
            selected = self.session.execute("mach").splitlines()[0].split(": ", 1)[1]
            self.select(owner)
            full = led if led.startswith("sysbus.") else f"sysbus.{led}"
            state = self.session.execute(f"{full} State") == "True"
            self.select(selected)
            tester = LedTester(name, state, timeout)
            listen(self.session, "led", name, tester.changed)
            return tester

        return self.led_testers.create(name, make)

    @keyword()
    def assert_led_state(
        self,
        state: bool,
        timeout: float | None = None,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Run until the LED is on (true) or off (false); with timeout 0 it has to be so at once."""
        tester = self.led_testers.find(testerId)
        seconds = tester.timeout if timeout is None else timeout
        self.pause_behind(pauseEmulation, False)
        _check("timeout", seconds, zero=True)
        if tester.state == state:
            return
        tester.begin(self.session.stop)
        if seconds == 0 or not self.advance(seconds, lambda: tester.state == state):
            raise InvalidOperationException(
                f"LED assertion not met. {tester.name} is {_state(tester.state)}."
            )

    @keyword()
    def assert_and_hold_led_state(
        self,
        initialState: bool,
        timeoutAssert: float,
        timeoutHold: float,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Run until the LED is in that state, and then on while it has to stay so."""
        tester = self.led_testers.find(testerId)
        self.pause_behind(pauseEmulation, False)
        _check("timeoutAssert", timeoutAssert, zero=True)
        _check("timeoutHold", timeoutHold)
        tester.begin(self.session.stop)
        if tester.state != initialState:
            if not self.advance(timeoutAssert, lambda: tester.state == initialState):
                raise InvalidOperationException("Initial LED assertion not met.")
            tester.begin(self.session.stop)
        if self.advance(timeoutHold, lambda: bool(tester.changes)):
            raise InvalidOperationException("LED changed state.")

    @keyword()
    def assert_led_duty_cycle(
        self,
        testDuration: float,
        expectedDutyCycle: float,
        tolerance: float = 0.05,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Fails unless the LED is on for that part of the time (0 to 1) give or take `tolerance`.

        Looked at is the time between the first change of the LED and the last. (Renode 1.16
        compares percents with parts, so that it hardly ever fails.)
        """
        tester = self.led_testers.find(testerId)
        self.pause_behind(pauseEmulation, False)
        _check("testDuration", testDuration)
        _check_part("expectedDutyCycle", expectedDutyCycle)
        _check_part("tolerance", tolerance)
        tester.begin()
        self.advance(testDuration)
        spans = tester.spans()
        total = sum(seconds for _, seconds in spans)
        if not total:
            raise InvalidOperationException(
                f"Fill assertion not met: the LED is {_state(tester.state)} all the time"
            )
        part = sum(seconds for state, seconds in spans if state) / total
        if abs(part - expectedDutyCycle) > tolerance:
            raise InvalidOperationException(
                f"Fill assertion not met: expected {expectedDutyCycle * 100:g} with tolerance"
                f" {tolerance * 100:g}%, but got {part * 100:g}"
            )

    @keyword()
    def assert_led_is_blinking(
        self,
        testDuration: float,
        onDuration: float,
        offDuration: float,
        tolerance: float = 0.05,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Fails unless the LED is on and off for those times, give or take that part of them."""
        tester = self.led_testers.find(testerId)
        self.pause_behind(pauseEmulation, False)
        for name, value in (
            ("testDuration", testDuration),
            ("onDuration", onDuration),
            ("offDuration", offDuration),
        ):
            _check(name, value)

        def wrong() -> bool:
            return any(
                abs(seconds - (onDuration if state else offDuration))
                > tolerance * (onDuration if state else offDuration)
                for state, seconds in tester.spans()[-1:]
            )

        tester.begin(lambda: self.session.stop() if wrong() else None)
        mismatch = self.advance(testDuration, wrong)
        if len(tester.changes) < 2:
            raise InvalidOperationException(
                "Expected blinking pattern not detected (LED state never changed)"
            )
        if mismatch:
            state, seconds = tester.spans()[-1]
            raise InvalidOperationException(
                "Expected blinking pattern not detected (State duration was out of specified"
                f" range): {_state(state)} for {seconds:g} s"
            )


def _state(state: bool) -> str:
    return "on" if state else "off"


def _check(name: str, value: float, zero: bool = False) -> None:
    if value < 0 or (value == 0 and not zero):
        wanted = "not be negative" if zero else "be positive"
        raise KeywordException(f"Value must {wanted}, but was {value:g}: {name}", "seconds")


def _check_part(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise KeywordException(
            f"Value must be in range [0; 1], but was {value:g}: {name}", "give a part, not percents"
        )
