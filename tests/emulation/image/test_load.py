"""Files of every format by their content; several files as one image."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image import load as load_module
from renode_wifi.emulation.image.formats import folder, image_creator, mcu_image
from renode_wifi.emulation.image.image import Image, combined
from renode_wifi.emulation.image.load import PROGRAMS, load_image, load_images
from renode_wifi.emulation.image.segments import Segment
from renode_wifi.emulation.platform import boards
from renode_wifi.peripherals.simplelink.boot_image import ADDRESS, with_digest
from tests.emulation.image.writers import PROBE, intel_hex, srec, uf2


def test_all_formats_hold_the_same_bytes(tmp_path: Path) -> None:
    elf = load_image(PROBE)
    (segment,) = elf.segments
    (tmp_path / "probe.hex").write_text(intel_hex([segment]))
    (tmp_path / "probe.srec").write_text(srec([segment]))
    (tmp_path / "probe.uf2").write_bytes(uf2([segment]))
    (tmp_path / "probe.bin").write_bytes(segment.data)
    for name in ("probe.hex", "probe.srec", "probe.uf2"):
        assert load_image(tmp_path / name).segments == [segment]
    assert load_image(tmp_path / "probe.bin", base=segment.address).segments == [segment]


def test_a_binary_without_address_says_what_to_give(tmp_path: Path) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(b"\0" * 64)
    for guess in (None, lambda data: None):
        with pytest.raises(RenodeWifiError, match="--base"):
            load_image(path, guess=guess)


def test_the_address_of_a_binary_may_be_guessed_from_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(b"\0bc")
    assert load_image(path, guess=lambda data: 0x100 + len(data)).segments[0].address == 0x103
    assert load_image(path, 0x200, guess=lambda data: 0x100).segments[0].address == 0x200


def test_an_address_beyond_the_bus_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(b"abc")
    with pytest.raises(RenodeWifiError, match="beyond 32 bits"):
        load_image(path, base=0xFFFF_FFFE)


def test_an_address_for_an_elf_is_refused() -> None:
    with pytest.raises(RenodeWifiError, match="carries its own addresses"):
        load_image(PROBE, base=0)


def test_missing_and_empty_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match=r"nowhere\.elf"):
        load_image(tmp_path / "nowhere.elf")
    (tmp_path / "empty.elf").touch()
    with pytest.raises(RenodeWifiError, match="empty"):
        load_image(tmp_path / "empty.elf")


def test_a_file_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "MAX_SIZE", 1 << 20)
    with pytest.raises(RenodeWifiError, match="more than 1 MB"):
        load_image("/dev/zero")


def test_an_image_of_the_serial_flash_goes_behind_the_boot_loader(tmp_path: Path) -> None:
    binary = bytes(range(64))
    path = tmp_path / "mcuflashimg.bin"
    path.write_bytes(hashlib.sha1(binary).digest() + binary)
    image = load_image(path)
    assert (image.kind, image.segments) == (mcu_image.KIND, [Segment(0x0100_0800, binary)])
    assert with_digest(binary) == path.read_bytes()
    # Whoever gives an address has thought of the digest.
    assert load_image(path, 0x0100_07EC).read(0x0100_0800, 64) == binary


def made(name: str, address: int, data: bytes) -> Image:
    return Image(Path(name), "binary", [Segment(address, data)])


def test_several_images_are_one() -> None:
    probe = load_image(PROBE)
    data = made("data.bin", 0x0808_0000, b"data")
    both = combined([probe, data])
    assert both.segments == [*probe.segments, *data.segments]
    assert both.path == PROBE
    assert both.kind == "ELF + binary"
    assert "main" in both.symbols
    main = both.symbols.get("main")
    assert main is not None
    assert str(both.lines.at(main.address)).startswith("probe.c:")
    assert combined([data]) is data


def test_images_that_contradict_are_named() -> None:
    boot = made("boot.hex", 0x0800_0000, b"boot")
    application = made("app.elf", 0x0800_0002, b"x")
    with pytest.raises(RenodeWifiError, match=r"boot\.hex and app\.elf .*0x08000002"):
        combined([boot, made("data.bin", 0x0801_0000, b""), application])


def test_filling_gives_way() -> None:
    boot = made("boot.bin", 0x0800_0000, b"boot" + b"\xff" * 12)
    application = made("app.bin", 0x0800_0008, b"app")
    assert combined([boot, application]).segments == [
        Segment(0x0800_0000, b"boot\xff\xff\xff\xffapp" + b"\xff" * 5)
    ]


def test_a_binary_has_its_address_behind_its_name(tmp_path: Path) -> None:
    data = tmp_path / "data@home.bin"
    data.write_bytes(b"data")
    image = load_images([PROBE, f"{data}@0x08080000"])
    assert image.read(0x0808_0000, 4) == b"data"
    assert image.word(0x0800_0000) is not None
    assert load_images(f"{data}@134742016").segments == [Segment(0x0808_0000, b"data")]
    (tmp_path / "whole@0x10").write_bytes(b"whole")
    assert load_images(tmp_path / "whole@0x10", 0x20).segments == [Segment(0x20, b"whole")]


@pytest.mark.parametrize(
    ("sources", "base", "message"),
    [
        ([], None, "no image"),
        ([str(PROBE), str(PROBE)], 0x100, r"FILE@0x"),
        (["data.bin@0x10"], 0x100, "two addresses"),
        ([f"{PROBE}@0x08000000"], None, "carries its own addresses"),
        (["data.bin@0x10"], None, r"data\.bin: cannot read"),
    ],
)
def test_contradictory_addresses_are_refused(
    sources: list[str], base: int | None, message: str
) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        load_images(sources, base)


def test_the_package_has_images_of_its_own_for_each_board() -> None:
    for board in boards.all_boards():
        for program in PROGRAMS:
            image = load_images(f"<{program}>", board=board.name)
            assert board.misfit(image) is None
    with pytest.raises(RenodeWifiError, match=r"no image <prob>.*\n.*<probe>"):
        load_images("<prob>", board="b_l475e_iot01a")
    with pytest.raises(RenodeWifiError, match="for each board"):
        load_images("<probe>")


def test_a_folder_is_the_serial_flash_with_its_program(tmp_path: Path) -> None:
    for name in ("sys", "www"):
        (tmp_path / name).mkdir()
    (tmp_path / "sys/mcuflashimg.bin").write_bytes(with_digest(b"program"))
    (tmp_path / "www/index.html").write_bytes(b"page")
    (tmp_path / "%2Fcerts%2Froot.crt").write_bytes(b"root")
    image = load_image(tmp_path)
    assert image.kind == folder.KIND
    assert image.segments == [Segment(ADDRESS, b"program")]
    assert image.files == {"www/index.html": b"page", "/certs/root.crt": b"root"}
    with pytest.raises(RenodeWifiError, match="an address for a folder"):
        load_image(tmp_path, 0x100)


def test_a_folder_without_the_digest_of_its_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sys").mkdir()
    (tmp_path / "sys/mcuflashimg.bin").write_bytes(b"program" * 4)
    with pytest.raises(RenodeWifiError, match="SHA-1"):
        load_image(tmp_path)


def test_a_folder_with_more_files_than_the_flash_is_refused(tmp_path: Path) -> None:
    for number in range(folder.MAX_FILES + 1):
        (tmp_path / str(number)).touch()
    with pytest.raises(RenodeWifiError, match="241 files"):
        load_image(tmp_path)


def project(folder_of_it: Path, rows: list[tuple[object, object]]) -> None:
    """A project of Image Creator."""
    (folder_of_it / "board.json").write_text("{}")
    with closing(sqlite3.connect(folder_of_it / "board_userfiles.db")) as connection:
        connection.execute("CREATE TABLE files (name text, data blob, sign blob, props text)")
        connection.executemany("INSERT INTO files VALUES (?, ?, '', '')", rows)
        connection.commit()


def test_a_project_of_image_creator_is_what_it_would_program(tmp_path: Path) -> None:
    program = with_digest(b"program")
    project(tmp_path, [("/sys/mcuflashimg.bin", program), ("/www/a.html", b"page")])
    image = load_image(tmp_path)
    assert image.kind == image_creator.KIND
    assert image.segments == [Segment(ADDRESS, b"program")]
    assert image.files == {"/www/a.html": b"page"}


@pytest.mark.parametrize("rows", [[(None, b"")], [("name", 7)]])
def test_a_project_without_names_or_bytes_is_refused(
    tmp_path: Path, rows: list[tuple[object, object]]
) -> None:
    project(tmp_path, rows)
    with pytest.raises(RenodeWifiError, match="without a name or without bytes"):
        load_image(tmp_path)


def test_a_project_whose_database_is_none_is_refused(tmp_path: Path) -> None:
    project(tmp_path, [])
    (tmp_path / "board_userfiles.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(RenodeWifiError, match=r"(?s)no database of files.*Image Creator"):
        load_image(tmp_path)


@pytest.mark.parametrize(
    "computed",
    [
        "VIEW files AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
        " SELECT 'n' || x AS name, x'00' AS data FROM c",
        "VIEW files AS SELECT 'a' AS name, zeroblob(900000000) AS data",
        "VIEW files AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 99)"
        " SELECT 'n' || x AS name, zeroblob(60000000) AS data FROM c",
    ],
)
def test_a_project_whose_files_are_computed_without_end_is_refused(
    tmp_path: Path, computed: str
) -> None:
    (tmp_path / "board.json").write_text("{}")
    with closing(sqlite3.connect(tmp_path / "board_userfiles.db")) as connection:
        connection.execute(f"CREATE {computed}")
    with pytest.raises(RenodeWifiError, match="no database of files"):
        load_image(tmp_path)


HEAD_OF_UCF = bytes(200) + b"/sys/factory.img\0" + bytes(64)


def sli() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        member = tarfile.TarInfo("Programming.ucf")
        member.size = len(HEAD_OF_UCF)
        tar.addfile(member, io.BytesIO(HEAD_OF_UCF))
    return archive.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Programming.sli", sli()),
        ("Programming.ucf", HEAD_OF_UCF),
        ("Programming.hex", intel_hex([Segment(0, HEAD_OF_UCF)]).encode()),
    ],
)
def test_encrypted_programming_images_say_what_to_give_instead(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(RenodeWifiError, match=r"(?s)encrypts.*mcuflashimg\.bin"):
        load_image(tmp_path / name)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b\x08", "packed by gzip"),
        (b"!<arch>\n", "a library of object files"),
    ],
)
def test_an_archive_is_to_be_unpacked(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "firmware.bin"
    path.write_bytes(data + bytes(100))
    with pytest.raises(RenodeWifiError, match=what) as caught:
        load_image(path)
    assert "unpack it" in (caught.value.cure or "")
    assert load_image(path, base=0x0800_0000).segments[0].data.startswith(data)


def test_a_text_is_no_image(tmp_path: Path) -> None:
    pointer = tmp_path / "app.elf"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n")
    with pytest.raises(RenodeWifiError, match="a text file") as caught:
        load_image(pointer)
    assert "git lfs pull" in (caught.value.cure or "")
    assert load_image(pointer, base=0x08000000).kind == "binary"
