"""Updates: files that wait for a commit, bundles, and the way back to the programming image."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.files import control as control_codes
from renode_wifi.peripherals.simplelink.files import information, store, volume
from renode_wifi.peripherals.simplelink.files.bundle import Bundle, BundleState
from renode_wifi.peripherals.simplelink.files.store import FileState, MemoryStore, StoredFile
from renode_wifi.peripherals.simplelink.netcfg import MODE_DHCP
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.files.commands import (
    ANY,
    ONE_BLOCK,
    READ,
    WRITE,
    control,
    delete,
    flags,
    info,
)
from tests.peripherals.simplelink.rig import Rig

FAILSAFE = ANY | ONE_BLOCK | flags(volume.FAILSAFE)
MUST_COMMIT = flags(volume.MUST_COMMIT)
BUNDLE = flags(volume.BUNDLE)


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.started()


def update(driver: HostDriver, update_flag: int, name: bytes = b"image") -> None:
    driver.store(name, b"old", FAILSAFE)
    driver.store(name, b"new", WRITE | update_flag)


def restart(driver: HostDriver) -> None:
    """As sl_Stop with a time-out and sl_Start do."""
    driver.stop()
    driver.start()


def reset(driver: HostDriver) -> None:
    """As sl_Stop without a time-out, or a failure of the power, and sl_Start do."""
    driver.off()
    driver.start()


def state(driver: HostDriver) -> BundleState:
    _, value = control(driver, control_codes.STORAGE)
    return BundleState(value[18])


# One file


def test_update_shows_at_once_and_waits_for_its_commit(driver: HostDriver) -> None:
    """SWRU455M, File Commit: the new content is tried before it is committed."""
    update(driver, MUST_COMMIT)
    for _ in range(3):
        assert driver.load(b"image") == b"new"
        assert info(driver, b"image")["flags"] & information.INFO_PENDING
        assert driver.open(b"image", WRITE)[0] == Error.FS_PENDING_COMMIT
        restart(driver)
    assert delete(driver, b"image") == Error.FS_PENDING_COMMIT
    renamed = control(driver, control_codes.RENAME, b"image", data=b"other")
    assert renamed[0] == Error.FS_PENDING_COMMIT


def test_commit_keeps_and_rollback_returns(driver: HostDriver) -> None:
    """SWRU455M, File Commit: commit keeps the new content, roll-back returns the old one."""
    update(driver, MUST_COMMIT)
    assert control(driver, control_codes.COMMIT, b"image")[0] == 0
    assert driver.load(b"image") == b"new"
    assert control(driver, control_codes.COMMIT, b"image")[0] == Error.FS_STATE
    driver.store(b"image", b"newer", WRITE | MUST_COMMIT)
    assert control(driver, control_codes.ROLLBACK, b"image")[0] == 0
    assert driver.load(b"image") == b"new"
    assert not info(driver, b"image")["flags"] & information.INFO_PENDING
    assert control(driver, control_codes.ROLLBACK, b"none")[0] == Error.FS_NOT_THERE


def test_rollback_returns_the_tokens_too(driver: HostDriver) -> None:
    mode = FAILSAFE | flags(store.SECURE | volume.NO_SIGNATURE)
    handle, token = driver.open(b"s", mode)
    driver.write_file(handle, b"old")
    driver.close_file(handle)
    before = info(driver, b"s", token)
    handle, _ = driver.open(b"s", WRITE | MUST_COMMIT, token)
    driver.close_file(handle)
    assert info(driver, b"s", token)["t3"] != before["t3"]
    assert control(driver, control_codes.ROLLBACK, b"s", token)[0] == 0
    assert info(driver, b"s", token)["t3"] == before["t3"]


@pytest.mark.parametrize("update_flag", [0, MUST_COMMIT, BUNDLE])
def test_rollback_of_an_open_file_is_an_abort(driver: HostDriver, update_flag: int) -> None:
    driver.store(b"image", b"old", FAILSAFE)
    handle, _ = driver.open(b"image", WRITE | update_flag)
    driver.write_file(handle, b"new")
    assert control(driver, control_codes.ROLLBACK, b"image")[0] == 0
    assert driver.close_file(handle) == Error.FS_HANDLE
    assert driver.load(b"image") == b"old"


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        (WRITE | MUST_COMMIT, Error.FS_NO_FAILSAFE),
        (WRITE | BUNDLE, Error.FS_BUNDLE_NO_FAILSAFE),
    ],
)
def test_update_wants_a_fail_safe_file(driver: HostDriver, mode: int, error: int) -> None:
    """SWRU455M, File Commit: only fail-safe files can be committed."""
    driver.store(b"image", b"old")
    assert driver.open(b"image", mode)[0] == error


@pytest.mark.parametrize("update_flag", [MUST_COMMIT, BUNDLE])
def test_update_wants_a_valid_copy(driver: HostDriver, update_flag: int) -> None:
    handle, _ = driver.open(b"image", FAILSAFE)
    driver.close_file(handle, b"", b"A")
    assert driver.open(b"image", WRITE | update_flag)[0] == Error.FS_NO_VALID_COPY


def test_new_file_cannot_wait_for_a_commit(driver: HostDriver) -> None:
    assert driver.open(b"image", FAILSAFE | MUST_COMMIT)[0] == Error.FS_COMMIT_ON_CREATION


# Bundles


def test_bundle_is_tried_after_a_restart_and_kept_when_committed(driver: HostDriver) -> None:
    """SWRU455M, Bundle Protection: files of a bundle are tried together after a restart."""
    update(driver, BUNDLE)
    assert state(driver) is BundleState.STARTED
    assert info(driver, b"image")["flags"] & information.INFO_PENDING_BUNDLE
    assert driver.load(b"image") == b"old"
    assert driver.open(b"image", WRITE)[0] == Error.FS_PENDING_COMMIT
    assert control(driver, control_codes.ROLLBACK, b"image")[0] == Error.FS_STATE
    assert control(driver, control_codes.BUNDLE_COMMIT)[0] == Error.FS_BUNDLE_STATE
    restart(driver)
    for _ in range(2):
        assert state(driver) is BundleState.PENDING_COMMIT
        assert driver.load(b"image") == b"new"
        assert info(driver, b"image")["flags"] & information.INFO_PENDING_BUNDLE
        assert driver.open(b"more", FAILSAFE | BUNDLE)[0] == Error.FS_BUNDLE_STATE
        restart(driver)
    assert control(driver, control_codes.BUNDLE_COMMIT)[0] == 0
    assert state(driver) is BundleState.STOPPED
    reset(driver)
    assert driver.load(b"image") == b"new"


def test_bundle_returns_to_the_old_files_when_power_fails(driver: HostDriver) -> None:
    """SWRU455M, Bundle Protection: without commit the old files return."""
    update(driver, BUNDLE)
    reset(driver)
    assert state(driver) is BundleState.STOPPED
    assert driver.load(b"image") == b"old"
    driver.store(b"image", b"new", WRITE | BUNDLE)
    restart(driver)
    assert driver.load(b"image") == b"new"
    reset(driver)
    assert state(driver) is BundleState.STOPPED
    assert driver.load(b"image") == b"old"


def test_bundle_returns_when_one_of_its_files_was_left_open(driver: HostDriver) -> None:
    update(driver, BUNDLE)
    driver.open(b"more", FAILSAFE | BUNDLE)
    restart(driver)
    assert state(driver) is BundleState.STOPPED
    assert driver.load(b"image") == b"old"
    assert info(driver, b"more")["status"] == Error.FS_NOT_CLOSED


def test_rollback_gives_up_what_is_open(driver: HostDriver) -> None:
    driver.store(b"image", b"old", FAILSAFE)
    handle, _ = driver.open(b"image", WRITE | BUNDLE)
    driver.write_file(handle, b"new")
    assert info(driver, b"image")["flags"] & information.INFO_BUNDLE
    assert control(driver, control_codes.BUNDLE_ROLLBACK)[0] == 0
    assert driver.close_file(handle) == Error.FS_HANDLE
    assert driver.load(b"image") == b"old"
    assert control(driver, control_codes.BUNDLE_ROLLBACK)[0] == Error.FS_BUNDLE_STATE


@pytest.mark.parametrize("operation", [control_codes.BUNDLE_COMMIT, control_codes.BUNDLE_ROLLBACK])
def test_bundle_is_not_settled_while_its_files_are_read(driver: HostDriver, operation: int) -> None:
    update(driver, BUNDLE)
    restart(driver)
    handle, _ = driver.open(b"image", READ)
    assert control(driver, operation)[0] == Error.FS_BUNDLE_OPEN
    driver.close_file(handle)
    assert control(driver, operation)[0] == 0


def test_aborted_file_leaves_the_bundle(driver: HostDriver) -> None:
    update(driver, BUNDLE)
    handle, _ = driver.open(b"more", FAILSAFE | BUNDLE)
    driver.close_file(handle, b"", b"A")
    restart(driver)
    assert state(driver) is BundleState.PENDING_COMMIT
    assert driver.load(b"image") == b"new"


def test_folder_of_the_host_has_what_reading_gives(tmp_path: Path) -> None:
    driver = Rig(fileFolder=str(tmp_path)).started()
    update(driver, BUNDLE)
    assert (tmp_path / "image").read_bytes() == b"old"
    restart(driver)
    assert (tmp_path / "image").read_bytes() == b"new"
    reset(driver)
    assert (tmp_path / "image").read_bytes() == b"old"
    assert restore(driver) == 0
    assert list(tmp_path.iterdir()) == []


class Update(RuleBasedStateMachine):
    """Whatever happens, a file reads as old or new as a whole, and so do all of a bundle."""

    NAMES = ("a", "b", "c")

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.bundle = Bundle(self.store)
        for name in self.NAMES:
            self.store.files[name] = StoredFile(b"old", 1)

    @precondition(lambda self: self.bundle.state is not BundleState.PENDING_COMMIT)
    @rule(name=st.sampled_from(NAMES))
    def open(self, name: str) -> None:
        if self.store.files[name].state is FileState.NORMAL:
            self.bundle.opened(self.store.files[name])

    @rule(name=st.sampled_from(NAMES), abort=st.booleans())
    def close(self, name: str, abort: bool) -> None:
        file = self.store.files[name]
        if file.state is FileState.BUNDLE_FILE:
            if abort:
                file.aborted()
            else:
                file.written(b"new")

    @rule(in_order=st.booleans())
    def restart(self, in_order: bool) -> None:
        self.bundle.restarted(in_order)
        assert self.bundle.state is not BundleState.STARTED
        if not in_order:
            assert self.bundle.state is BundleState.STOPPED

    @rule(commit=st.booleans())
    def settle(self, commit: bool) -> None:
        before = {name: file.content for name, file in self.store.files.items()}
        status = self.bundle.commit() if commit else self.bundle.roll_back()
        if commit or status:
            assert {name: file.content for name, file in self.store.files.items()} == before
        for file in self.store.files.values():
            file.content = b"old"

    @invariant()
    def whole(self) -> None:
        members = [file for _, file in self.bundle.members]
        assert bool(members) <= (self.bundle.state is not BundleState.STOPPED)
        tried = self.bundle.state is BundleState.PENDING_COMMIT
        for file in self.store.files.values():
            new = tried and file in members
            assert file.content == (b"new" if new else b"old")
        if tried:
            assert all(file.pending for file in members)


TestUpdate = Update.TestCase


# Too many alerts


def test_file_system_locks_after_too_many_alerts(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Software Tamper Detection: too many alerts lock the file system."""
    secure = ANY | ONE_BLOCK | flags(store.SECURE | volume.NO_SIGNATURE)
    handle, _ = driver.open(b"s", secure)
    driver.close_file(handle)
    for _ in range(rig.nwp.profile.alert_threshold):
        assert driver.event(Opcode.GENERAL_ERROR, 0) is None
        assert driver.open(b"s", READ)[0] == Error.FS_INVALID_TOKEN
    event = driver.event(Opcode.GENERAL_ERROR)
    assert event is not None
    assert event.unpack("h") == (Error.DEVICE_LOCKED,)
    assert driver.open(b"s", READ)[0] == Error.FS_LOCKED
    assert driver.read_file(1)[0] == Error.FS_LOCKED
    assert info(driver, b"s")["status"] == Error.FS_LOCKED
    assert delete(driver, b"s") == Error.FS_LOCKED
    assert control(driver, control_codes.BUNDLE_COMMIT)[0] == Error.FS_LOCKED
    status, value = control(driver, control_codes.STORAGE)
    assert status == 0
    assert struct.unpack_from("<II", value, 24) == (15, 15)
    driver.off()
    assert driver.start() == 9
    assert restore(driver) == 0
    assert control(driver, control_codes.STORAGE)[1][24:28] == bytes(4)
    driver.off()
    assert driver.start() == 1


# Back to the programming image


def restore(driver: HostDriver, operation: int = control_codes.RETURN_TO_IMAGE) -> int:
    return control(driver, control_codes.RESTORE, data=struct.pack("<I", operation))[0]


def test_image_comes_back_with_what_was_open_closed(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Restore to Factory: the programming image comes back."""
    rig.nwp.files.provision("signer", b"PEM")
    driver.store(b"signer", b"changed", WRITE)
    update(driver, BUNDLE)
    driver.open(b"more", FAILSAFE)
    assert restore(driver) == 0
    assert driver.load(b"signer") == b"PEM"
    assert driver.open(b"image", READ)[0] == Error.FS_NOT_THERE
    assert state(driver) is BundleState.STOPPED
    handle, _ = driver.open(b"more", FAILSAFE)
    assert handle > 0


def test_configuration_comes_back_with_the_image(driver: HostDriver) -> None:
    """SWRU455M, Restore to Factory: the configuration comes back with it."""
    country = struct.pack("<HHHH", 0, 1, 9, 2)
    address = struct.pack("<HHHH", 0, 7, 0, 16)
    mac = struct.pack("<HHHH", 0, 2, 0, 6)
    before = driver.command(Opcode.WLAN_CONFIG_GET, country).body
    own = driver.command(Opcode.NETCFG_GET, mac).body
    assert driver.status(Opcode.WLAN_CONFIG_SET, country + b"EU") == 0
    static = struct.pack("<HHHH4I", 0, 7, 4, 16, 0x0A0A0063, 0xFFFFFF00, 0x0A0A0001, 0x0A0A0001)
    assert driver.status(Opcode.NETCFG_SET, static) == 0
    new = struct.pack("<HHHH", 0, 1, 1, 6) + bytes.fromhex("080028abcdef")
    assert driver.status(Opcode.NETCFG_SET, new) == 0
    assert driver.status(Opcode.WLAN_SET_MODE, bytes([2, 0, 0, 0])) == 0
    profile = struct.pack("<hBB6sBB", 0, 4, 0, bytes(6), 0, 0) + b"open"
    assert driver.status(Opcode.WLAN_PROFILE_ADD, profile) == 0
    driver.store(b"kept", b"x")
    assert restore(driver, control_codes.RETURN_TO_DEFAULT) == 0
    restart(driver)
    assert driver.load(b"kept") == b"x"
    (found,) = driver.command(Opcode.WLAN_PROFILE_GET, bytes(4)).unpack("h")
    assert found < 0
    assert driver.command(Opcode.WLAN_CONFIG_GET, country).body == before
    assert driver.command(Opcode.NETCFG_GET, address).unpack("hHH") == (0, 7, MODE_DHCP)
    assert driver.command(Opcode.NETCFG_GET, mac).body == own
    driver.stop()
    assert driver.start() == 1


def test_nothing_else_is_possible_while_the_image_is_restored(driver: HostDriver) -> None:
    driver.store(b"a", b"x")
    body = struct.pack("<IB3xIII", 0, control_codes.RESTORE, 0, 4, control_codes.RETURN_TO_IMAGE)
    driver.post(Opcode.FILE_CONTROL, body)
    driver.run(SECOND)
    assert driver.open(b"a", READ)[0] == Error.FS_PROGRAMMING
    reset(driver)
    assert driver.load(b"a") == b"x"


def test_restoring_fails_as_documented(driver: HostDriver) -> None:
    assert restore(driver, 1) >> 16 == Error.FS_ARGUMENTS
    assert control(driver, control_codes.RESTORE)[0] >> 16 == Error.FS_ARGUMENTS
    assert restore(Rig(factoryImage=False).started()) >> 16 == Error.FS_NO_IMAGE


def test_mcu_image_is_a_secure_system_file_that_anybody_may_update(rig: Rig) -> None:
    rig.nwp.files.provision(volume.MCU_IMAGE, b"firmware")
    driver = rig.started()
    shown = info(driver, volume.MCU_IMAGE.encode(), 1234)
    assert shown["status"] == 0
    assert (
        shown["flags"]
        == information.INFO_SYSTEM | information.INFO_SECURE | information.INFO_PUBLIC_WRITE
    )
    handle, _ = driver.open(volume.MCU_IMAGE.encode(), WRITE | BUNDLE, 1234)
    assert driver.write_file(handle, bytes(512 * 1024)) == 512 * 1024
