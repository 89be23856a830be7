"""Credentials in the file system, and the options of secure sockets that name them."""

from __future__ import annotations

from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import (
    Rig,
)

METHOD, MASK, KEY, CERTIFICATE, CA, PEER, START_TLS = 25, 26, 30, 31, 32, 33, 35
PARAMETERS, STORE, ALPN, DOMAIN = 36, 38, 40, 42
SECURED, FAILED, WRONG_ROOT = 3, 4, 5
GCM_BIT = 12


def with_files(rig: Rig) -> HostDriver:
    driver = rig.joined()
    certificate, key = rig.world.client_credentials()
    driver.store(b"/ca", rig.world.ca_pem)
    driver.store(b"/cert", certificate)
    driver.store(b"/key", key)
    return driver


def prepare(driver: HostDriver, number: int, **values: bytes) -> None:
    """Options by name; the certificate store is off unless `store` is empty."""
    names = {"method": METHOD, "mask": MASK, "key": KEY, "certificate": CERTIFICATE}
    names |= {"ca": CA, "peer": PEER, "store": STORE, "alpn": ALPN, "domain": DOMAIN}
    values.setdefault("store", bytes(4))
    for name, value in values.items():
        if value:
            assert driver.set_option(number, names[name], value) == 0
