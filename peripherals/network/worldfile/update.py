"""An over-the-air update that AWS IoT in the world offers, as a world file says it."""

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.converter import Model
from renode_wifi.peripherals.network.worldfile.files import Content
from renode_wifi.peripherals.network.worldfile.values import Text


@late_dataclass(frozen=True)
class UpdateSettings(Model):
    DESCRIPTION = "a mapping with the file of an update and that of its signature"

    file: Content
    signature: Content
    """As the device verifies it, not in base64."""
    signature_name: Text = "sig-sha256-ecdsa"
    certificate: Text = "ecdsa-sha256-signer.crt.pem"
    """What the device calls the certificate of the signer."""
    path: Text = "firmware.bin"
    """What the device calls the file."""
