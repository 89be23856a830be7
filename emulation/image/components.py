"""Which well-known libraries an image carries, by its symbols and version strings."""

from __future__ import annotations

from dataclasses import dataclass

from renode_wifi.emulation.image.image import Image


@dataclass(frozen=True)
class Component:
    name: str
    version: str | None
    evidence: str


@dataclass(frozen=True)
class _Signature:
    """symbol: a function that only this library has. version: a pattern of its version text."""

    name: str
    symbol: str
    version: str | None = None


SIGNATURES = (
    _Signature("FreeRTOS kernel", "vTaskStartScheduler", r"FreeRTOS (?:Kernel )?V\d+\.\d+\.\d+"),
    _Signature("Amazon FreeRTOS Secure Sockets", "SOCKETS_Connect"),
    _Signature("Amazon FreeRTOS Wi-Fi", "WIFI_ConnectAP"),
    _Signature("Amazon FreeRTOS MQTT agent", "MQTT_AGENT_Connect"),
    _Signature("coreMQTT / IoT MQTT library", "IotMqtt_Connect"),
    _Signature("mbedTLS", "mbedtls_ssl_handshake", r"mbed TLS \d+\.\d+\.\d+"),
    _Signature("Inventek es_wifi driver", "ES_WIFI_Init"),
    _Signature("STM32L4 HAL", "HAL_Init"),
    _Signature("SimpleLink host driver", "sl_Start"),
    _Signature("SimpleLink host driver", "sl_Task"),
    _Signature("TI drivers", "UART_open"),
    _Signature("lwIP", "lwip_init"),
    _Signature("Unity test framework", "UnityMain"),
    _Signature("PKCS #11", "C_GetFunctionList"),
    _Signature("tinycbor", "cbor_parser_init"),
)

# Features that a kernel release brought: the newest one present gives a lower bound.
KERNEL_MILESTONES = (
    ("xTaskGetApplicationTaskTagFromISR", "at least 10.2.0"),
    ("xStreamBufferGenericCreate", "at least 10.0.0"),
    ("xTaskGenericNotify", "at least 8.2.0"),
)


def components(image: Image) -> list[Component]:
    """The libraries found, in the order of `SIGNATURES`."""
    found: dict[str, Component] = {}
    for signature in SIGNATURES:
        if signature.symbol not in image.symbols or signature.name in found:
            continue
        version = None
        if signature.version is not None:
            texts = image.strings(signature.version)
            version = texts[0].split()[-1].removeprefix("V") if texts else None
        if version is None and signature.name == "FreeRTOS kernel":
            version = next((v for s, v in KERNEL_MILESTONES if s in image.symbols), None)
        found[signature.name] = Component(signature.name, version, signature.symbol)
    return list(found.values())
