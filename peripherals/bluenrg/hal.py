"""The device itself: version, configuration data, power, and the links (UM1865 section 4.6)."""

from __future__ import annotations

from renode_wifi.peripherals.bluenrg.codes import SUPPORTED_COMMANDS, AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.connections import MAX_CONNECTIONS
from renode_wifi.peripherals.bluenrg.messages import hal, hci
from renode_wifi.peripherals.bluenrg.processor import AciHandler, AciMessage, AciPort
from renode_wifi.peripherals.network.contract.bluetooth import (
    PUBLIC,
    RANDOM,
    DeviceAddress,
)

BLUETOOTH_4_1 = 7
REVISION, SUBVERSION = 0x3107, 0x0023
"""Hardware 0x31, firmware 7.2c: `getBlueNRGVersion` of ST's libraries reads them so."""
MANUFACTURER = 0x0030
BUILD = 0x0723
OUI = bytes.fromhex("E18002")
"""ST's, the highest byte last."""
PUBLIC_ADDRESS, WITHOUT_HOST, STATIC_RANDOM_ADDRESS = 0x00, 0x2C, 0x80
LENGTHS = {PUBLIC_ADDRESS: 6, 0x06: 2, 0x08: 16, 0x18: 16, WITHOUT_HOST: 1, 0x2D: 1, 0x2F: 1}
"""Bytes of configuration data by offset: address, DIV, ER, IR, without host, mode, watchdog."""
POWER_LEVELS = 8
RSSI = -50
"""dBm: whatever is there, is near."""
BUFFER_LENGTH, BUFFERS = 27, 15
PERIPHERAL_LINK, CENTRAL_LINK = 2, 5
FEATURES = bytes([0x01]) + bytes(7)
"""Encryption."""
LMP_FEATURES = bytes([0, 0, 0, 0, 0x60, 0, 0, 0])
"""No BR/EDR, but LE (Vol 2, Part C, section 3.3)."""
STATES = bytes.fromhex("FFFFFFFF0F000000")
WHITE_LIST = 0


class Hal:
    """own_address: public, from the configuration data."""

    def __init__(self, port: AciPort) -> None:
        self._port = port
        random = port.machine.random("bluenrg")
        self._random = random
        self._factory = bytes(random.getrandbits(8) for _ in range(3)) + OUI
        static = bytes(random.getrandbits(8) for _ in range(6))
        self._static = static[:5] + bytes([static[5] | 0xC0])
        self._config = {PUBLIC_ADDRESS: self._factory}
        self._random_address = self._static
        self.handlers: dict[int, AciHandler] = {
            AciOpcode.SET_EVENT_MASK: AciHandler(hci.Unread, self._done),
            AciOpcode.LE_SET_EVENT_MASK: AciHandler(hci.Unread, self._done),
            AciOpcode.READ_LOCAL_VERSION: AciHandler(hci.NoParameters, self._version),
            AciOpcode.READ_LOCAL_SUPPORTED_COMMANDS: AciHandler(hci.NoParameters, self._commands),
            AciOpcode.READ_LOCAL_SUPPORTED_FEATURES: AciHandler(hci.NoParameters, self._lmp),
            AciOpcode.READ_BD_ADDR: AciHandler(hci.NoParameters, self._read_address),
            AciOpcode.READ_RSSI: AciHandler(hci.ConnectionHandle, self._rssi),
            AciOpcode.LE_READ_BUFFER_SIZE: AciHandler(hci.NoParameters, self._buffer_size),
            AciOpcode.LE_READ_LOCAL_FEATURES: AciHandler(hci.NoParameters, self._features),
            AciOpcode.LE_READ_SUPPORTED_STATES: AciHandler(hci.NoParameters, self._states),
            AciOpcode.LE_READ_WHITE_LIST_SIZE: AciHandler(hci.NoParameters, self._white_list),
            AciOpcode.LE_CLEAR_WHITE_LIST: AciHandler(hci.NoParameters, self._done),
            AciOpcode.LE_ENCRYPT: AciHandler(hci.Encrypt, self._encrypt),
            AciOpcode.LE_RAND: AciHandler(hci.NoParameters, self._rand),
            AciOpcode.LE_SET_RANDOM_ADDRESS: AciHandler(hci.SetRandomAddress, self._set_random),
            AciOpcode.LE_READ_ADVERTISING_POWER: AciHandler(hci.NoParameters, self._power),
            AciOpcode.HAL_GET_FW_BUILD_NUMBER: AciHandler(hci.NoParameters, self._build),
            AciOpcode.HAL_WRITE_CONFIG_DATA: AciHandler(hal.WriteConfigData, self._write_config),
            AciOpcode.HAL_READ_CONFIG_DATA: AciHandler(hal.ReadConfigData, self._read_config),
            AciOpcode.HAL_SET_TX_POWER_LEVEL: AciHandler(hci.Unread, self._done),
            AciOpcode.HAL_DEVICE_STANDBY: AciHandler(hci.NoParameters, self._done),
            AciOpcode.HAL_GET_LINK_STATUS: AciHandler(hci.NoParameters, self._links),
            AciOpcode.HAL_GET_ANCHOR_PERIOD: AciHandler(hci.NoParameters, self._anchor),
        }

    def reset(self) -> None:
        self._random_address = self._static

    def forget(self) -> None:
        """Configuration data are lost, but for what is in flash from the factory."""
        self._config = {PUBLIC_ADDRESS: self._factory}

    @property
    def is_without_host(self) -> bool:
        """Whether the application wants the link layer alone."""
        return self._config.get(WITHOUT_HOST) == b"\x01"

    def address(self, kind: int) -> DeviceAddress:
        """Of the module, public or random."""
        if kind == RANDOM:
            return DeviceAddress(self._random_address, RANDOM)
        return DeviceAddress(self._config[PUBLIC_ADDRESS], PUBLIC)

    def _done(self, message: AciMessage) -> AciStatus:
        return AciStatus.SUCCESS

    def _version(self, message: hci.NoParameters) -> AciMessage:
        return hci.LocalVersion(
            AciStatus.SUCCESS, BLUETOOTH_4_1, REVISION, BLUETOOTH_4_1, MANUFACTURER, SUBVERSION
        )

    def _commands(self, message: hci.NoParameters) -> AciMessage:
        octets = bytearray(64)
        for octet, bit in SUPPORTED_COMMANDS.values():
            octets[octet] |= 1 << bit
        return hci.SupportedCommands(AciStatus.SUCCESS, bytes(octets))

    def _lmp(self, message: hci.NoParameters) -> AciMessage:
        return hci.EightBytes(AciStatus.SUCCESS, LMP_FEATURES)

    def _encrypt(self, message: hci.Encrypt) -> AciMessage:
        # Imported late: few applications ask, and it is slow.
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        encryptor = Cipher(algorithms.AES(message.key[::-1]), modes.ECB()).encryptor()
        data = encryptor.update(message.plaintext[::-1])[::-1]
        return hci.Encrypted(AciStatus.SUCCESS, data)

    def _read_address(self, message: hci.NoParameters) -> AciMessage:
        return hci.OwnAddress(AciStatus.SUCCESS, self._config[PUBLIC_ADDRESS])

    def _rssi(self, message: hci.ConnectionHandle) -> AciMessage | AciStatus:
        if self._port.connections.get(message.connection) is None:
            return AciStatus.UNKNOWN_CONNECTION
        return hci.Rssi(AciStatus.SUCCESS, message.connection, RSSI)

    def _buffer_size(self, message: hci.NoParameters) -> AciMessage:
        return hci.BufferSize(AciStatus.SUCCESS, BUFFER_LENGTH, BUFFERS)

    def _features(self, message: hci.NoParameters) -> AciMessage:
        return hci.EightBytes(AciStatus.SUCCESS, FEATURES)

    def _states(self, message: hci.NoParameters) -> AciMessage:
        return hci.EightBytes(AciStatus.SUCCESS, STATES)

    def _white_list(self, message: hci.NoParameters) -> AciMessage:
        return hci.Byte(AciStatus.SUCCESS, WHITE_LIST)

    def _power(self, message: hci.NoParameters) -> AciMessage:
        return hci.Byte(AciStatus.SUCCESS, POWER_LEVELS)

    def _rand(self, message: hci.NoParameters) -> AciMessage:
        value = bytes(self._random.getrandbits(8) for _ in range(8))
        return hci.EightBytes(AciStatus.SUCCESS, value)

    def _set_random(self, message: hci.SetRandomAddress) -> AciStatus:
        self._random_address = message.address
        return AciStatus.SUCCESS

    def _build(self, message: hci.NoParameters) -> AciMessage:
        return hal.BuildNumber(AciStatus.SUCCESS, BUILD)

    def _write_config(self, message: hal.WriteConfigData) -> AciStatus:
        if LENGTHS.get(message.offset) != len(message.data) or message.length != len(message.data):
            return AciStatus.INVALID_PARAMETERS
        self._config[message.offset] = message.data
        return AciStatus.SUCCESS

    def _read_config(self, message: hal.ReadConfigData) -> AciMessage | AciStatus:
        if message.offset == STATIC_RANDOM_ADDRESS:
            return hal.ConfigData(AciStatus.SUCCESS, self._static)
        length = LENGTHS.get(message.offset)
        if length is None:
            return AciStatus.INVALID_PARAMETERS
        return hal.ConfigData(AciStatus.SUCCESS, self._config.get(message.offset, bytes(length)))

    def _links(self, message: hci.NoParameters) -> AciMessage:
        links = self._port.connections.all()
        states = bytes(CENTRAL_LINK if each.end.is_central else PERIPHERAL_LINK for each in links)
        handles = b"".join(each.handle.to_bytes(2, "little") for each in links)
        size = MAX_CONNECTIONS
        return hal.LinkStatus(
            AciStatus.SUCCESS, states.ljust(size, b"\0"), handles.ljust(2 * size, b"\0")
        )

    def _anchor(self, message: hci.NoParameters) -> AciMessage:
        links = self._port.connections.all()
        period = 2 * links[0].interval if links else 0
        return hal.AnchorPeriod(AciStatus.SUCCESS, period, period)
