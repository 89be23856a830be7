"""Building and finding the native core."""

from __future__ import annotations

import ctypes
import os
import shutil
import threading
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded import build_core, native, native_core
from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from tests.emulation.guest import FLASH, RAM, machine_with


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "one.c").write_text('#include "both.h"\nint one(void) { return VALUE; }\n')
    (folder / "both.h").write_text("#define VALUE 1\n")
    return folder


def test_every_source_and_header_is_part_of_the_name(sources: Path) -> None:
    names = {build_core.source_hash(sources)}
    (sources / "both.h").write_text("#define VALUE 2\n")
    names.add(build_core.source_hash(sources))
    (sources / "one.c").rename(sources / "two.c")
    names.add(build_core.source_hash(sources))
    assert len(names) == 3


def test_library_is_built_whole_by_many_at_once(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "cache" / "library.so"
    threads = [threading.Thread(target=build_core.build, args=(target, sources)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.stat().st_size > 1000


def test_compiler_that_does_not_optimize_across_files_will_do(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = tmp_path / "plain-cc"
    compiler.write_text(
        f'#!/bin/sh\ncase "$*" in *-flto*) exit 1;; esac\nexec {build_core.find_compiler()} "$@"\n'
    )
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    build_core.build(tmp_path / "library.so", sources)
    assert (tmp_path / "library.so").exists()


def test_compiler_errors_are_shown(sources: Path, tmp_path: Path) -> None:
    (sources / "one.c").write_text("this is no C\n")
    with pytest.raises(build_core.BuildError, match="could not build the emulation core"):
        build_core.build(tmp_path / "library.so", sources)
    assert not (tmp_path / "library.so").exists()


def test_missing_compiler_is_reported_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build_core.BuildError, match="apt install gcc"):
        build_core.find_compiler()
    monkeypatch.setenv("CC", "my-cc -m32")
    with pytest.raises(build_core.BuildError, match=r"\$CC=my-cc"):
        build_core.find_compiler()


def test_compiler_named_by_cc_is_used(
    monkeypatch: pytest.MonkeyPatch, sources: Path, tmp_path: Path
) -> None:
    real = shutil.which("cc") or shutil.which("gcc")
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\ntouch {tmp_path}/used\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("CC", f"{wrapper} -g0")
    build_core.build(tmp_path / "library.so", sources)
    assert (tmp_path / "used").exists()


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(build_core.BuildError, match=r"cannot keep .*/cache: File exists\n.*XDG"):
        build_core.build(tmp_path / "cache" / "library.so", native.SOURCES)


def test_installed_library_is_preferred_and_a_cached_one_is_kept(
    monkeypatch: pytest.MonkeyPatch, sources: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(native, "SOURCES", sources)
    monkeypatch.setattr(native, "cache_folder", lambda: tmp_path / "cache")
    built = native.library_path()
    assert built.parent == tmp_path / "cache"
    monkeypatch.setenv("CC", "false")
    assert native.library_path() == built
    (sources / built.name).write_bytes(built.read_bytes())
    assert native.library_path() == sources / built.name
    (sources / "both.h").write_text("#define VALUE 3\n")
    with pytest.raises(RenodeWifiError, match="could not build"):
        native.library_path()


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/caches"}, "/caches/renode-wifi"),
        ("linux", {"HOME": "/home/u"}, "/home/u/.cache/renode-wifi"),
        ("darwin", {"HOME": "/Users/u"}, "/Users/u/Library/Caches/renode-wifi"),
        ("win32", {"LOCALAPPDATA": "/data"}, "/data/renode-wifi"),
    ],
)
def test_cache_is_where_the_platform_has_it(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(native.sys, "platform", platform)
    assert native.cache_folder() == Path(expected)


def test_mirrored_structures_must_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fault(ctypes.Structure):
        _fields_ = [*native.FaultRecord._fields_[1:], native.FaultRecord._fields_[0]]

    monkeypatch.setitem(native.MIRRORED, "fault", Fault)
    with pytest.raises(RenodeWifiError, match="access of struct fault isn't as declared"):
        native.load.__wrapped__()


def test_every_field_of_a_mirrored_structure_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    class Window(ctypes.Structure):
        _fields_ = native.WindowRecord._fields_[:-1]

    monkeypatch.setitem(native.MIRRORED, "window", Window)
    with pytest.raises(RenodeWifiError, match="the size of struct window isn't"):
        native.load.__wrapped__()


def test_core_compiles_without_warnings() -> None:
    import subprocess

    compiler = shutil.which("cc") or shutil.which("gcc") or "cc"
    sources = [str(path) for path in build_core.files(native.SOURCES, ".c")]
    flags = [*build_core.FLAGS, "-Wall", "-Wextra", "-Wno-pedantic", "-Werror", "-fsyntax-only"]
    result = subprocess.run(
        [compiler, *flags, f"-I{native.SOURCES}", *sources], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


# The handler of every exception: ldr r4, [sp, #24]; adds r4, #2; str r4, [sp, #24]; bx lr
SKIP = bytes.fromhex("069c 0234 0694 7047")
HANDLER = FLASH + 64
FAULT_STORM = b"".join(
    word.to_bytes(4, "little")
    for word in (RAM + 0x1000, HANDLER + len(SKIP) + 1, *[HANDLER + 1] * 14)
)


def test_a_full_buffer_of_translated_code_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tuple[int, int, list[int]]:
        """Every halfword of erased flash faults, and is translated by itself."""
        machine = machine_with()
        core = machine.core
        core.stop_on_fault = False
        machine.bus.write_bytes(FLASH, FAULT_STORM + SKIP)
        machine.vector_table = FLASH
        machine.start()
        machine.run(4 * MILLISECOND)
        registers = [core.read_register(f"R{number}") for number in range(16)]
        return machine.now, core.instructions, registers

    usual = run()
    assert usual[2][4] > FLASH + 0x2000
    monkeypatch.setattr(native_core, "MAX_TRANSLATED", 1 << 20)
    assert run() == usual


@pytest.mark.parametrize("name", build_core.PLATFORMS)
def test_a_core_for_another_platform_has_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENODE_WIFI_TARGET", name)
    chosen = build_core.PLATFORMS[name]
    suffix = "dll" if name.startswith("windows") else "so"
    assert build_core.library_name("0") == f"_core-0-{chosen.name}.{suffix}"
    assert f"ziglang cc -target {chosen.triple}" in build_core.find_compiler()


def test_an_unknown_platform_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENODE_WIFI_TARGET", "vax")
    with pytest.raises(build_core.BuildError, match=r"vax is no platform\n.*linux-aarch64"):
        build_core.find_compiler()


@pytest.mark.parametrize("which", ["folder", "file"])
@pytest.mark.parametrize("whose", ["writable by all", "of another user"])
def test_no_code_of_another_user_is_loaded(
    which: str, whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    monkeypatch.setattr(native, "SOURCES", folder)
    monkeypatch.setattr(native, "cache_folder", lambda: tmp_path / "cache")
    cached = tmp_path / "cache" / build_core.library_name(build_core.source_hash(folder))
    cached.parent.mkdir(mode=0o755)
    cached.touch(mode=0o644)
    assert native.library_path() == cached
    place = cached if which == "file" else cached.parent
    if whose == "of another user":
        status = os.stat_result([0o644, 0, 0, 0, os.geteuid() + 1, *[0] * 5])
        own = Path.stat
        monkeypatch.setattr(
            Path, "stat", lambda path, **more: status if path == place else own(path, **more)
        )
        if which == "file":
            monkeypatch.setattr(Path, "is_file", lambda path: path == cached)
    else:
        place.chmod(0o777)
    with pytest.raises(RenodeWifiError, match="other users") as caught:
        native.library_path()
    assert caught.value.where == str(place)
