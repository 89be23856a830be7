"""The secured file system: contents, sizes, tokens, fail-safe files, persistence."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.worldfile.radio import RadioSettings
from renode_wifi.peripherals.simplelink.files import control as control_codes
from renode_wifi.peripherals.simplelink.files import information, store, volume
from renode_wifi.peripherals.simplelink.files.folder import FolderStore, _name_of, _path_of
from renode_wifi.peripherals.simplelink.files.store import StoredFile
from renode_wifi.peripherals.simplelink.module import CC3220_NWP
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.files.commands import (
    ANY,
    CREATE,
    ONE_BLOCK,
    READ,
    WRITE,
    control,
    delete,
    flags,
    info,
    names,
    rename,
)
from tests.peripherals.simplelink.rig import Rig, make_world


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.started()


# Contents


@pytest.mark.parametrize("size", [0, 1, 1455, 1456, 1457, 3500])
def test_content_is_read_as_written(driver: HostDriver, size: int) -> None:
    data = bytes(n * 5 & 255 for n in range(size))
    driver.store(b"/data", data, ANY | ONE_BLOCK)
    if size:
        assert driver.load(b"/data") == data
    assert info(driver, b"/data")["length"] == size


def test_contents_outlive_power_and_reset(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, File System, Introduction: files are kept without power."""
    driver.store(b"/certs/RootCA.crt", b"PEM" * 100)
    driver.stop()
    assert driver.start() == 1
    assert driver.load(b"/certs/RootCA.crt") == b"PEM" * 100
    assert rig.saved().driver.load(b"/certs/RootCA.crt") == b"PEM" * 100


def test_writing_anew_replaces_the_content(driver: HostDriver) -> None:
    driver.store(b"a", b"long content")
    driver.store(b"a", b"short")
    assert driver.load(b"a") == b"short"
    assert info(driver, b"a")["writes"] == 2


def test_gap_in_what_was_written_reads_as_erased(driver: HostDriver) -> None:
    handle, _ = driver.open(b"a", ANY | ONE_BLOCK)
    driver.write_file(handle, b"end", 5)
    driver.write_file(handle, b"go")
    driver.close_file(handle)
    assert driver.load(b"a") == b"go\xff\xff\xffend"


def test_reading_past_the_end_fails(driver: HostDriver) -> None:
    driver.store(b"a", b"12345")
    handle, _ = driver.open(b"a", READ)
    assert driver.read_file(handle, 10, 3) == (2, b"45")
    assert driver.read_file(handle, 10, 5)[0] == Error.FS_OFFSET
    assert driver.close_file(handle) == 0


def test_file_is_no_bigger_than_it_was_made(driver: HostDriver) -> None:
    """SWRU455M, Create a File: the maximum size is fixed at creation."""
    handle, _ = driver.open(b"a", ANY | ONE_BLOCK)
    assert driver.write_file(handle, bytes(3584)) == 3584
    assert driver.write_file(handle, b"x", 3584) == Error.FS_TOO_BIG
    assert driver.close_file(handle) == 0
    assert info(driver, b"a")["size"] == 4096
    assert info(driver, b"a")["allocated"] == 3584
    handle, _ = driver.open(b"b", ANY | 0x0204)  # four times 4096 bytes
    assert driver.write_file(handle, bytes(4 * 4096)) == 4 * 4096


@pytest.mark.parametrize(
    ("size", "blocks"),
    [(3584, 1), (3585, 2), (7680, 2), (7681, 3), (117_760, 29)],
)
def test_a_copy_takes_512_bytes_more_than_its_content(
    driver: HostDriver, size: int, blocks: int
) -> None:
    """fs.h, sl_FsOpen: sizes in steps of 4K-512 are optimal, such as 3584, 7680, 117760."""
    units, code = (-(-size // 256), 0) if size <= 255 * 256 else (-(-size // 1024), 1)
    driver.store(b"a", b"x", ANY | code << 8 | units)
    about = info(driver, b"a")
    assert about["size"] == blocks * 4096
    assert about["allocated"] == blocks * 4096 - 512


@pytest.mark.parametrize("access", [CREATE, ANY])
@pytest.mark.parametrize("size", [0x0000, 0x0510])
def test_a_file_of_no_size_cannot_be_created(driver: HostDriver, access: int, size: int) -> None:
    """SWRU455M, Create a File: SL_ERROR_FS_FILE_INVALID_FILE_SIZE."""
    assert driver.open(b"a", access | size)[0] == Error.FS_FILE_SIZE
    driver.store(b"a", b"x", ANY | ONE_BLOCK)
    assert driver.open(b"a", ANY)[0] > 0, "the size counts at creation only"


def test_encrypted_contents_are_refused(driver: HostDriver) -> None:
    mode = ANY | ONE_BLOCK | flags(volume.ENCRYPTED)
    assert driver.open(b"a", mode)[0] == Error.FS_NOT_SUPPORTED


# Names, which differ by more than case (SWRU455A, "Create a File")

SPELLINGS = [b"/certs/rootca.crt", b"/CERTS/ROOTCA.CRT", b"/certs/RootCA.crt"]


@pytest.mark.parametrize("name", SPELLINGS)
def test_case_makes_no_difference_to_names(driver: HostDriver, name: bytes) -> None:
    """SWRU455M, Create a File: names are not case-sensitive."""
    driver.store(b"/certs/RootCA.crt", b"hello")
    assert driver.load(name) == b"hello"
    assert info(driver, name)["length"] == 5
    assert driver.open(name, CREATE | ONE_BLOCK)[0] == Error.FS_EXISTS
    driver.store(name, b"bye")
    assert driver.load(b"/certs/RootCA.crt") == b"bye"
    assert names(driver) == [b"/certs/RootCA.crt"]
    assert delete(driver, name) == 0
    assert names(driver) == []


def test_case_makes_no_difference_while_a_file_is_open(driver: HostDriver) -> None:
    driver.store(b"Name", b"x")
    handle, _ = driver.open(b"NAME", ANY)
    assert driver.open(b"name", READ)[0] == Error.FS_OPEN_FOR_WRITE
    assert info(driver, b"nAME")["status"] == Error.FS_ALREADY_OPEN
    assert delete(driver, b"name") == Error.FS_ALREADY_OPEN
    assert rename(driver, b"name", b"other") == Error.FS_ALREADY_OPEN
    assert driver.close_file(handle) == 0
    assert rename(driver, b"NAME", b"Other") == 0
    assert names(driver) == [b"Other"]


def test_case_makes_no_difference_to_files_of_the_world(rig: Rig) -> None:
    rig.nwp.files.provision("/certs/RootCA.crt", b"PEM")
    driver = rig.started()
    assert driver.load(b"/CERTS/rootca.crt") == b"PEM"
    assert rig.nwp.files.content("/certs/ROOTCA.crt") == b"PEM"
    assert rig.nwp.files.content("certs") is None


def test_a_world_with_one_name_in_two_spellings_is_refused() -> None:
    machine = BenchMachine()
    nwp = CC3220_NWP(machine, "nwp")
    radio = RadioSettings(files={"/a": b"1", "/A": b"2"}, where="world.yaml:7")
    with pytest.raises(RenodeWifiError, match="/A is there twice"):
        nwp.connect_world(make_world(machine, radio=radio))


@pytest.mark.parametrize(
    ("name", "mode", "error"),
    [
        (b"", READ, Error.FS_WRONG_NAME),
        (b"x" * 180, READ, Error.FS_WRONG_NAME),
        (b"none", READ, Error.FS_NOT_THERE),
        (b"none", WRITE, Error.FS_NOT_THERE),
        (b"there", CREATE | ONE_BLOCK, Error.FS_EXISTS),
        (b"there", 0x7000, Error.FS_MODE),
        (b"huge", CREATE | 0x04FF, Error.FS_NO_SPACE),
        (b"there", WRITE | flags(volume.MUST_COMMIT), Error.FS_NO_FAILSAFE),
    ],
)
def test_open_fails_as_documented(driver: HostDriver, name: bytes, mode: int, error: int) -> None:
    driver.store(b"there", b"x")
    assert driver.open(name, mode)[0] == error


def test_handles_count(driver: HostDriver) -> None:
    assert driver.close_file(99) == Error.FS_HANDLE
    assert driver.read_file(99)[0] == Error.FS_HANDLE
    assert driver.write_file(99, b"x") == Error.FS_HANDLE
    driver.store(b"a", b"x")
    reading, _ = driver.open(b"a", READ)
    assert driver.write_file(reading, b"x") == Error.FS_ACCESS
    assert driver.open(b"a", WRITE)[0] == Error.FS_ALREADY_OPEN
    driver.close_file(reading)
    writing, _ = driver.open(b"a", WRITE)
    assert driver.read_file(writing)[0] == Error.FS_ACCESS
    assert driver.open(b"a", READ)[0] == Error.FS_OPEN_FOR_WRITE
    driver.close_file(writing)
    handles = [driver.open(b"a", READ)[0] for _ in range(11)]
    assert min(handles[:10]) > 0
    assert handles[10] == Error.FS_TOO_MANY_OPEN


def test_files_are_limited_in_number() -> None:
    driver = Rig(userFiles=3).started()
    for n in range(3):
        driver.store(b"%d" % n, b"x")
    assert driver.open(b"3", ANY | ONE_BLOCK)[0] == Error.FS_NO_INDEX


# Losing power


def test_power_lost_while_writing_spoils_a_plain_file(driver: HostDriver) -> None:
    """SWRU455M, Fail-safe: without it a write that fails leaves no content."""
    driver.store(b"a", b"old")
    handle, _ = driver.open(b"a", ANY | ONE_BLOCK)
    driver.write_file(handle, b"new")
    driver.off()
    driver.start()
    assert driver.open(b"a", READ)[0] == Error.FS_NO_VALID_COPY
    about = info(driver, b"a")
    assert about["status"] == Error.FS_NOT_CLOSED
    assert about["flags"] & information.INFO_NOT_VALID
    driver.store(b"a", b"new")
    assert info(driver, b"a")["status"] == 0


def test_power_lost_while_writing_leaves_a_fail_safe_file(driver: HostDriver) -> None:
    """SWRU455M, Fail-safe: a write that fails leaves the old content."""
    mode = ANY | ONE_BLOCK | flags(volume.FAILSAFE)
    driver.store(b"a", b"old", mode)
    handle, _ = driver.open(b"a", mode)
    driver.write_file(handle, b"new")
    driver.off()
    driver.start()
    assert driver.load(b"a") == b"old"
    assert info(driver, b"a")["size"] == 2 * 4096


def test_write_given_up_leaves_a_fail_safe_file(driver: HostDriver) -> None:
    mode = ANY | ONE_BLOCK | flags(volume.FAILSAFE)
    driver.store(b"a", b"old", mode)
    handle, _ = driver.open(b"a", mode)
    driver.write_file(handle, b"new")
    about = info(driver, b"a")
    assert about["status"] == Error.FS_ALREADY_OPEN
    assert about["flags"] & information.INFO_OPEN_WRITE
    assert driver.close_file(handle, b"", b"A") == 0
    assert driver.close_file(handle) == Error.FS_HANDLE
    assert driver.load(b"a") == b"old"


def test_flash_that_fails_is_reported(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "write-fails"})
    handle, _ = driver.open(b"a", ANY | ONE_BLOCK)
    assert driver.write_file(handle, b"x") == Error.FS_WRITE_FAILED
    assert driver.close_file(handle) == Error.FS_WRITE_FAILED
    assert driver.open(b"a", WRITE)[0] == Error.FS_ALREADY_OPEN
    assert driver.close_file(handle, b"", b"A") == 0
    driver.store(b"a", b"x")


# Security


SECURE = ANY | ONE_BLOCK | flags(store.SECURE | volume.NO_SIGNATURE)


def test_secure_file_wants_its_token(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Secure Files, Tokens: a secure file is opened with a token."""
    handle, token = driver.open(b"s", SECURE)
    driver.write_file(handle, b"secret")
    driver.close_file(handle)
    assert token != 0
    assert driver.open(b"s", READ)[0] == Error.FS_INVALID_TOKEN
    assert driver.open(b"s", WRITE, token ^ 1)[0] == Error.FS_INVALID_TOKEN
    assert info(driver, b"s", token ^ 1)["status"] == Error.FS_INVALID_TOKEN
    assert delete(driver, b"s") == Error.FS_INVALID_TOKEN
    assert control(driver, control_codes.COMMIT, b"s")[0] == Error.FS_INVALID_TOKEN
    assert rig.nwp.files.volume.alerts == 5
    reading, _ = driver.open(b"s", READ, token)
    assert driver.read_file(reading) == (6, b"secret")
    driver.close_file(reading)
    about = info(driver, b"s", token)
    assert about["t0"] == token
    assert about["flags"] & information.INFO_SECURE
    reading, _ = driver.open(b"s", READ, about["t3"])
    assert driver.close_file(reading) == 0
    assert driver.open(b"s", WRITE, about["t3"])[0] == Error.FS_INVALID_TOKEN
    writing, master = driver.open(b"s", WRITE, about["t2"])
    assert master == token
    driver.close_file(writing)
    renewed = info(driver, b"s", token)
    assert renewed["t0"] == token
    assert {renewed["t1"], renewed["t2"], renewed["t3"]}.isdisjoint(about.values())
    assert delete(driver, b"s", token) == 0


def test_vendor_gives_a_file_its_master_token(driver: HostDriver) -> None:
    """SWRU455M, Secure Files, Tokens: the vendor may give the master token."""
    handle, token = driver.open(b"v", SECURE | flags(volume.VENDOR_TOKEN), 1952007250)
    driver.close_file(handle)
    assert token == 1952007250
    assert delete(driver, b"v", token) == 0


def test_public_and_static_files(driver: HostDriver) -> None:
    """SWRU455M, Secure Files, Tokens: public files need no token, static tokens stay."""
    mode = SECURE | flags(volume.PUBLIC_READ | volume.PUBLIC_WRITE | volume.STATIC_TOKEN)
    handle, token = driver.open(b"p", mode)
    driver.write_file(handle, b"open")
    driver.close_file(handle)
    assert driver.load(b"p") == b"open"
    tokens = [info(driver, b"p", token)[name] for name in ("t0", "t1", "t2", "t3")]
    handle, same = driver.open(b"p", WRITE)
    assert same == token
    driver.close_file(handle)
    assert [info(driver, b"p", token)[name] for name in ("t0", "t1", "t2", "t3")] == tokens
    shown = info(driver, b"p")["flags"]
    assert shown & information.INFO_PUBLIC_READ
    assert shown & information.INFO_PUBLIC_WRITE


# About files


def test_files_are_listed_in_parts(driver: HostDriver) -> None:
    """SWRU455M, Get File List: the list comes in parts."""
    made = [b"/file%d" % n for n in range(12)]
    for name in made:
        driver.store(name, b"x")
    assert names(driver) == made
    assert names(driver, count=1) == made
    answer = driver.command(Opcode.FILE_LIST, struct.pack("<iBBB", -1, 20, 180, 0))
    assert answer.unpack("i") == (8,)
    assert answer.body[12:].startswith(b"/file0\0")


def test_delete_and_rename(driver: HostDriver) -> None:
    driver.store(b"a", b"x")
    driver.store(b"b", b"y")
    assert control(driver, control_codes.RENAME, b"a", data=b"c")[0] == 0
    assert driver.load(b"c") == b"x"
    assert control(driver, control_codes.RENAME, b"a", data=b"d")[0] == Error.FS_NOT_THERE
    assert control(driver, control_codes.RENAME, b"b", data=b"c")[0] == Error.FS_EXISTS
    assert control(driver, control_codes.RENAME, b"b", data=b"")[0] == Error.FS_WRONG_NAME
    handle, _ = driver.open(b"b", READ)
    assert delete(driver, b"b") == Error.FS_ALREADY_OPEN
    assert control(driver, control_codes.RENAME, b"b", data=b"e")[0] == Error.FS_ALREADY_OPEN
    driver.close_file(handle)
    assert delete(driver, b"b") == 0
    assert delete(driver, b"b") == Error.FS_NOT_THERE
    assert info(driver, b"b")["status"] == Error.FS_NOT_THERE


def test_storage_information_adds_up(driver: HostDriver) -> None:
    """SWRU455M, Storage Information: blocks that are used and free."""

    def storage() -> tuple[int, ...]:
        status, value = control(driver, control_codes.STORAGE)
        assert status == 0
        assert len(value) == 36
        return struct.unpack("<7H2x8BIIH2x", value)

    before = storage()
    driver.store(b"a", b"x", ANY | ONE_BLOCK)
    after = storage()
    assert after[0] == 4096
    assert after[2] == before[2] + 1
    assert after[6] == before[6] - 1
    assert after[12] == before[12] + 1


def test_what_the_emulation_has_no_tool_for_is_refused(driver: HostDriver) -> None:
    assert control(driver, 99)[0] == Error.FS_ARGUMENTS
    assert driver.status(Opcode.FILE_FORMAT, bytes(4)) == Error.FS_NOT_SUPPORTED
    (status,) = driver.command(Opcode.FILE_PROGRAM, bytes(8)).unpack("i")
    assert status == Error.FS_NOT_SUPPORTED


# A folder of the host


def test_files_may_live_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "flash"
    driver = Rig(fileFolder=str(folder)).started()
    driver.store(b"/certs/RootCA.crt", b"kept")
    driver.store(b"../../evil", b"inside")
    driver.store(b"gone", b"x")
    assert delete(driver, b"gone") == 0
    assert len(list(folder.iterdir())) == 2
    assert list(tmp_path.iterdir()) == [folder]
    again = Rig(fileFolder=str(folder)).started()
    assert again.load(b"/certs/RootCA.crt") == b"kept"
    assert again.load(b"../../evil") == b"inside"


def test_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(RenodeWifiError, match="fileFolder"):
        FolderStore(NwpProfile(file_folder=str(file / "below")))


@given(st.text(st.characters(max_codepoint=255), min_size=1, max_size=179))
def test_any_name_becomes_a_path_and_back(name: str) -> None:
    path = _path_of(name)
    for part in path.split("/"):
        assert 0 < len(part) <= 201
        assert "\0" not in part
        assert part not in (".", "..")
    assert _name_of(path) == name


def test_long_names_find_room_in_a_folder(tmp_path: Path) -> None:
    driver = Rig(fileFolder=str(tmp_path)).started()
    names_used = [b"\xff" * 179, b"\xff" * 178, b"x" * 179]
    for name in names_used:
        driver.store(name, name)
    again = Rig(fileFolder=str(tmp_path)).started()
    for name in names_used:
        assert again.load(name) == name


def test_folder_that_goes_away_is_reported(tmp_path: Path) -> None:
    store = FolderStore(NwpProfile(file_folder=str(tmp_path / "flash")))
    store.files["a"] = StoredFile(b"x", 1)
    (tmp_path / "flash").rmdir()
    (tmp_path / "flash").write_bytes(b"")
    with pytest.raises(RenodeWifiError, match="fileFolder"):
        store.changed("a")


def test_foreign_files_keep_their_names(tmp_path: Path) -> None:
    (tmp_path / "50%zz").write_bytes(b"x")
    (tmp_path / "link").symlink_to("/etc/hostname")
    (tmp_path / ".killed.0123.part").write_bytes(b"half")
    store = FolderStore(NwpProfile(file_folder=str(tmp_path)))
    assert store.files == {"50%zz": StoredFile(b"x", 1)}


def test_links_and_pipes_in_the_folder_are_replaced(tmp_path: Path) -> None:
    """Neither does the board write elsewhere, nor wait for the reader of a pipe."""
    folder, elsewhere = tmp_path / "flash", tmp_path / "elsewhere"
    store = FolderStore(NwpProfile(file_folder=str(folder)))
    elsewhere.mkdir()
    (elsewhere / "target").write_bytes(b"kept")
    long_name = "n" * 250
    (folder / "link").symlink_to(elsewhere / "target")
    (folder / _path_of(long_name)).parent.symlink_to(elsewhere)
    os.mkfifo(folder / "pipe")
    for name in ("link", "pipe", long_name):
        store.files[name] = StoredFile(b"content", 7)
        store.changed(name)
        assert (folder / _path_of(name)).read_bytes() == b"content"
    assert [path.name for path in elsewhere.iterdir()] == ["target"]
    assert (elsewhere / "target").read_bytes() == b"kept"
    again = FolderStore(NwpProfile(file_folder=str(folder)))
    assert set(again.files) == {"link", "pipe", long_name}
