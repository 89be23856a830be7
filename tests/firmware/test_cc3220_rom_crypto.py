"""The mask ROM's functions of the cryptographic engines."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM

from tests.firmware.rom import AES, DES, DTHE, SHAMD5, Rom

KEY = bytes(range(1, 33))
IV = bytes(range(200, 216))
TEXT = bytes((7 * index + 3) & 0xFF for index in range(64))
ENCRYPT = 4
KEY_SIZES = {16: 0x08, 24: 0x10, 32: 0x18}


def aes(rom: Rom, config: int, key: bytes, text: bytes, iv: bytes = IV) -> bytes:
    size = KEY_SIZES[len(key)]
    result = rom.buffer(len(text))
    rom.call("AESConfigSet", AES, config | size)
    rom.call("AESIVSet", AES, rom.buffer(iv))
    rom.call("AESKey1Set", AES, rom.buffer(key), size)
    assert rom.call("AESDataProcess", AES, rom.buffer(text), result, len(text)) == 1
    return rom.read(result, len(text))


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize(
    ("config", "mode"),
    [
        (0x00, modes.ECB()),
        (0x20, modes.CBC(IV)),
        (0x40 | 0x180, modes.CTR(IV)),
        (0x400, CFB(IV)),
    ],
    ids=["ecb", "cbc", "ctr", "cfb"],
)
def test_aes_modes(rom: Rom, config: int, mode: modes.Mode, size: int) -> None:
    library = Cipher(algorithms.AES(KEY[:size]), mode).encryptor().update(TEXT)
    assert aes(rom, config | ENCRYPT, KEY[:size], TEXT) == library
    assert aes(rom, config, KEY[:size], library) == TEXT


def test_aes_counter_takes_what_is_left_of_a_block(rom: Rom) -> None:
    library = Cipher(algorithms.AES(KEY[:16]), modes.CTR(IV)).encryptor().update(TEXT[:23])
    assert aes(rom, 0x40 | 0x180 | ENCRYPT, KEY[:16], TEXT[:23]) == library
    chained = rom.buffer(16)
    rom.call("AESIVGet", AES, chained)
    assert rom.read(chained, 16) == (int.from_bytes(IV, "big") + 2).to_bytes(16, "big")


def authenticated(rom: Rom, config: int, iv: bytes, header: bytes, text: bytes) -> bytes:
    tag, result = rom.buffer(16), rom.buffer(len(text))
    rom.call("AESConfigSet", AES, config | KEY_SIZES[16])
    rom.call("AESIVSet", AES, rom.buffer(iv))
    rom.call("AESKey1Set", AES, rom.buffer(KEY[:16]), KEY_SIZES[16])
    arguments = (rom.buffer(text), result, len(text), rom.buffer(header), len(header), tag)
    assert rom.call("AESDataProcessAE", AES, *arguments) == 1
    return rom.read(result, len(text)) + rom.read(tag, 16)


@pytest.mark.parametrize(("header", "size"), [(20, 64), (0, 33), (16, 16)])
def test_aes_gcm(rom: Rom, header: int, size: int) -> None:
    extra, text = KEY[:header], TEXT[:size]
    library = AESGCM(KEY[:16]).encrypt(IV[:12], text, extra)
    iv = IV[:12] + (1).to_bytes(4, "big")
    assert authenticated(rom, 3 << 16 | 0x40 | ENCRYPT, iv, extra, text) == library
    clear = authenticated(rom, 3 << 16 | 0x40, iv, extra, library[:size])
    assert clear == text + library[size:]


@pytest.mark.parametrize(("header", "size"), [(20, 64), (0, 33)])
def test_aes_ccm(rom: Rom, header: int, size: int) -> None:
    extra, text = KEY[:header], TEXT[:size]
    library = AESCCM(KEY[:16], tag_length=16).encrypt(IV[:13], text, extra)
    iv = b"\x01" + IV[:13] + bytes(2)
    config = 1 << 18 | 0x40 | 1 << 19 | 7 << 22
    assert authenticated(rom, config | ENCRYPT, iv, extra, text) == library


def test_aes_cbc_mac(rom: Rom) -> None:
    tag = rom.buffer(16)
    rom.call("AESConfigSet", AES, 1 << 15 | ENCRYPT | KEY_SIZES[16])
    rom.call("AESKey1Set", AES, rom.buffer(KEY[:16]), KEY_SIZES[16])
    rom.call("AESDataMAC", AES, rom.buffer(TEXT), len(TEXT), tag)
    cipher = Cipher(algorithms.AES(KEY[:16]), modes.CBC(bytes(16))).encryptor()
    assert rom.read(tag, 16) == cipher.update(TEXT)[-16:]


def test_settings_of_aes(rom: Rom) -> None:
    rom.call("AESKey2Set", AES, rom.buffer(KEY), 0x18)
    assert rom.bus.read(AES + 0x18, 4) == int.from_bytes(KEY[:4], "little")
    rom.call("AESKey3Set", AES, rom.buffer(KEY))
    assert rom.bus.read(AES + 0x08, 4) == int.from_bytes(KEY[:4], "little")
    rom.call("AESConfigSet", AES, ENCRYPT | 8)
    rom.call("AESDataLengthSet", AES, 0, 16, 0)
    rom.call("AESAuthDataLengthSet", AES, 0)
    assert rom.call("AESDataReadNonBlocking", AES, rom.buffer(16), 16) == 0
    assert rom.call("AESDataWriteNonBlocking", AES, rom.buffer(TEXT), 16) == 1
    assert rom.call("AESDataReadNonBlocking", AES, rom.buffer(16), 16) == 1
    assert rom.call("AESDataWriteNonBlocking", AES, rom.buffer(TEXT), 17) == 0
    rom.call("AESIntEnable", AES, 0x10001)
    assert rom.call("AESIntStatus", AES, 1) & 0xFFFF in (0, 1)
    assert rom.call("AESIntStatus", AES, 0) < 0x100000
    rom.call("AESIntDisable", AES, 0x10001)
    rom.call("AESIntClear", AES, 0x10000)
    rom.call("AESDMAEnable", AES, 0x60)
    rom.call("AESDMADisable", AES, 0x60)


@pytest.mark.parametrize(
    ("config", "mode"),
    [(0x00, modes.ECB()), (0x10, modes.CBC(IV[:8])), (0x20, CFB(IV[:8]))],
    ids=["ecb", "cbc", "cfb"],
)
@pytest.mark.parametrize("triple", [False, True])
def test_des(rom: Rom, config: int, mode: modes.Mode, triple: bool) -> None:
    key = KEY[:24] if triple else KEY[:8]
    config |= 8 if triple else 0
    library = Cipher(TripleDES(key if triple else key * 3), mode).encryptor().update(TEXT)
    for direction, text, expected in ((ENCRYPT, TEXT, library), (0, library, TEXT)):
        result = rom.buffer(len(TEXT))
        rom.call("DESConfigSet", DES, config | direction)
        rom.call("DESKeySet", DES, rom.buffer(key))
        assert rom.call("DESIVSet", DES, rom.buffer(IV[:8])) == 1
        rom.call("DESDataProcess", DES, rom.buffer(text), result, len(text))
        assert rom.read(result, len(text)) == expected


def test_settings_of_des(rom: Rom) -> None:
    rom.call("DESConfigSet", DES, ENCRYPT)
    rom.call("DESDataLengthSet", DES, 8)
    assert rom.call("DESIVSet", DES, rom.buffer(8)) == 0
    assert rom.call("DESDataReadNonBlocking", DES, rom.buffer(8), 8) == 0
    assert rom.call("DESDataWriteNonBlocking", DES, rom.buffer(TEXT), 8) == 1
    assert rom.call("DESDataReadNonBlocking", DES, rom.buffer(8), 8) == 1
    rom.call("DESIntEnable", DES, 0x10001)
    assert rom.call("DESIntStatus", DES, 1) == 1
    assert rom.call("DESIntStatus", DES, 0) & 1
    rom.call("DESIntDisable", DES, 0x10001)
    rom.call("DESIntClear", DES, 0x10000)
    rom.call("DESDMAEnable", DES, 0x60)
    rom.call("DESDMADisable", DES, 0x60)


ALGORITHMS = [(0, "md5"), (2, "sha1"), (4, "sha224"), (6, "sha256")]


@pytest.mark.parametrize(("mode", "name"), ALGORITHMS)
@pytest.mark.parametrize("size", [1, 55, 56, 64, 130])
def test_digests(rom: Rom, mode: int, name: str, size: int) -> None:
    message = (TEXT * 3)[:size]
    digest = hashlib.new(name, message).digest()
    result = rom.buffer(32)
    rom.call("SHAMD5ConfigSet", SHAMD5, mode)
    assert rom.call("SHAMD5DataProcess", SHAMD5, rom.buffer(message), size, result) == 1
    assert rom.read(result, len(digest)) == digest


@pytest.mark.parametrize(("mode", "name"), ALGORITHMS)
def test_hmac_by_key_and_by_processed_key(rom: Rom, mode: int, name: str) -> None:
    key, message = KEY.ljust(64, b"\0"), TEXT + b"tail"
    mac = hmac.new(KEY, message, name).digest()
    result, processed = rom.buffer(32), rom.buffer(64)
    rom.call("SHAMD5ConfigSet", SHAMD5, mode)
    rom.call("SHAMD5HMACKeySet", SHAMD5, rom.buffer(key))
    rom.call("SHAMD5HMACProcess", SHAMD5, rom.buffer(message), len(message), result)
    assert rom.read(result, len(mac)) == mac
    rom.bus.write(SHAMD5 + 0x44, mode, 4)
    rom.call("SHAMD5HMACPPKeyGenerate", SHAMD5, rom.buffer(key), processed)
    rom.call("SHAMD5ConfigSet", SHAMD5, mode)
    rom.call("SHAMD5HMACPPKeySet", SHAMD5, processed)
    rom.bus.write_bytes(result, bytes(32))
    rom.call("SHAMD5HMACProcess", SHAMD5, rom.buffer(message), len(message), result)
    assert rom.read(result, len(mac)) == mac


def test_settings_of_digests(rom: Rom) -> None:
    rom.call("SHAMD5ConfigSet", SHAMD5, 6)
    assert rom.call("SHAMD5DataWriteNonBlocking", SHAMD5, rom.buffer(TEXT)) == 0
    rom.call("SHAMD5DataLengthSet", SHAMD5, 64)
    assert rom.call("SHAMD5DataWriteNonBlocking", SHAMD5, rom.buffer(TEXT)) == 1
    result = rom.buffer(32)
    rom.call("SHAMD5ResultRead", SHAMD5, result)
    assert rom.read(result, 32) == hashlib.sha256(TEXT).digest()
    rom.call("SHAMD5IntEnable", SHAMD5, 0x10008)
    assert rom.call("SHAMD5IntStatus", SHAMD5, 1) == 8
    assert rom.call("SHAMD5IntStatus", SHAMD5, 0) & 9 == 9
    rom.call("SHAMD5IntDisable", SHAMD5, 0x10008)
    rom.call("SHAMD5IntClear", SHAMD5, 0x10000)
    rom.call("SHAMD5DMAEnable", SHAMD5)
    rom.call("SHAMD5DMADisable", SHAMD5)


def test_crc(rom: Rom) -> None:
    config = 0x1000 | 3 << 13 | 2 | 7 << 7
    data = rom.buffer(b"123456789")
    rom.call("CRCConfigSet", DTHE, config)
    assert rom.call("CRCDataProcess", DTHE, data, 9, config) == 0xCBF43926
    rom.call("CRCConfigSet", DTHE, 2)
    rom.call("CRCSeedSet", DTHE, 0xFFFFFFFF)
    rom.call("CRCDataWrite", DTHE, 0x31323334)
    assert rom.call("CRCResultRead", DTHE) != 0xFFFFFFFF
    assert rom.call("CRCDataProcess", DTHE, data, 2, 2) == rom.call("CRCResultRead", DTHE)
