"""A folder of the host in which the user has files, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.peripherals.simplelink.files.folder import FolderStore, _path_of
from renode_wifi.peripherals.simplelink.files.store import StoredFile
from renode_wifi.peripherals.simplelink.profile import NwpProfile


@pytest.mark.parametrize("name", ["certs/ca", "a b", "a~b", "plain"])
def test_a_file_that_the_user_put_into_the_folder_stays_deleted(tmp_path: Path, name: str) -> None:
    profile = NwpProfile(file_folder=str(tmp_path))
    own = tmp_path / name
    own.parent.mkdir(exist_ok=True)
    own.write_bytes(b"user")
    store = FolderStore(profile)
    assert store.files[name].content == b"user"
    store.files[name] = StoredFile(b"board", 5)
    store.changed(name)
    assert FolderStore(profile).files[name].content == b"board"
    # As a kill leaves it.
    own.write_bytes(b"user")
    if own.name == _path_of(name):
        own.write_bytes(b"board")
    assert FolderStore(profile).files[name].content == b"board"
    del store.files[name]
    store.changed(name)
    assert not list(FolderStore(profile).files)


def test_a_file_in_another_case_is_the_same_file(tmp_path: Path) -> None:
    """SWRU455A, Create a File: names are not case-sensitive; those of the host may be."""
    profile = NwpProfile(file_folder=str(tmp_path))
    (tmp_path / "Config").write_bytes(b"1")
    (tmp_path / "config").write_bytes(b"2")
    store = FolderStore(profile)
    assert list(store.files) == ["Config"]
    store.files["Config"] = StoredFile(b"board", 5)
    store.changed("Config")
    assert FolderStore(profile).files["config"].content == b"board"
    del store.files["CONFIG"]
    store.changed("Config")
    assert not list(FolderStore(profile).files)


@pytest.mark.parametrize("name", ["con", "NUL", "aux.txt", "com1", "Lpt9.log", "dot.", "dots.."])
def test_no_path_means_something_else_on_another_host(tmp_path: Path, name: str) -> None:
    profile = NwpProfile(file_folder=str(tmp_path))
    store = FolderStore(profile)
    store.files[name] = StoredFile(b"board", 5)
    store.changed(name)
    (path,) = tmp_path.iterdir()
    assert path.stem.lower() not in ("con", "nul", "aux", "com1", "lpt9")
    assert not path.name.endswith(".")
    assert list(FolderStore(profile).files) == [name]


@pytest.mark.parametrize("name", ["link/kept", "../kept", "sub/../../kept", "./kept", "/kept"])
def test_no_name_deletes_a_file_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    folder, outside = tmp_path / "flash", tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    outside.mkdir()
    for kept in (outside / "kept", tmp_path / "kept"):
        kept.write_bytes(b"kept")
    (folder / "link").symlink_to(outside)
    store = FolderStore(NwpProfile(file_folder=str(folder)))
    store.files[name] = StoredFile(b"board", 5)
    store.changed(name)
    del store.files[name]
    store.changed(name)
    for kept in (outside / "kept", tmp_path / "kept"):
        assert kept.read_bytes() == b"kept"
