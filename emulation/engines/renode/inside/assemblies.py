# ironpython: executed by Renode
"""The types of .NET that IronPython finds only once their assemblies are referenced.

On .NET it imports from System.Private.CoreLib and from what Renode references: Infrastructure,
Renode, System.Console. On Mono those of System are in System.dll, which it always imports from; the
names below exist there only where Mono's facades are installed.
"""

import clr
import System

ASSEMBLIES = (
    "Migrant",
    "System.Diagnostics.Process",
    "System.Net.Primitives",
    "System.Net.Sockets",
    "System.Security.Cryptography",
)

for name in ASSEMBLIES:
    try:  # noqa: SIM105
        clr.AddReference(name)
    except System.Exception:
        # Mono without facades. On .NET the imports below fail, and name the type.
        pass

from Antmicro.Migrant.Hooks import PreSerializationAttribute  # noqa: E402
from System.Diagnostics import Process, ProcessStartInfo  # noqa: E402
from System.Net import IPAddress  # noqa: E402
from System.Net.Sockets import SelectMode, TcpClient, TcpListener  # noqa: E402
from System.Security.Cryptography import RandomNumberGenerator  # noqa: E402

__all__ = [
    "IPAddress",
    "PreSerializationAttribute",
    "Process",
    "ProcessStartInfo",
    "RandomNumberGenerator",
    "SelectMode",
    "TcpClient",
    "TcpListener",
]
