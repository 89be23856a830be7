# ironpython: executed by Renode
"""Registers of the USB controller OTG_FS (RM0351 section 47.15)."""

from renode_wifi.peripherals.base.registers import (
    CONSTANT,
    ONE_CLEARS,
    READ_ONLY,
    Register,
    packed,
)

ENDPOINTS, HOST_CHANNELS = 6, 12
ENDPOINT_STRIDE = 0x20

GRSTCTL = Register(
    "GRSTCTL",
    0x010,
    reset=0x80000000,
    on_write="_reset_core",
    fields=packed("CSRST/sc PSRST/sc FCRST/sc - RXFFLSH/sc TXFFLSH/sc TXFNUM:5 -:20 AHBIDL/r"),
)
GUSBCFG = Register(
    "GUSBCFG",
    0x00C,
    reset=0x00001440,
    on_write="_choose_mode",
    fields=packed("TOCAL:3 -:3 PHYSEL/r - SRPCAP HNPCAP TRDT:4 -:15 FHMOD FDMOD -"),
)
GINTSTS = Register(
    "GINTSTS",
    0x014,
    reset=0x14000020,
    access=ONE_CLEARS,
    on_write="_update",
    fields=packed(
        "CMOD/r MMIS OTGINT/r SOF RXFLVL/r NPTXFE/r GINAKEFF/r GONAKEFF/r -:2 ESUSP USBSUSP USBRST "
        "ENUMDNE ISOODRP EOPF -:2 IEPINT/r OEPINT/r IISOIXFR IPXFR -:1 RSTDET HPRTINT/r HCINT/r "
        "PTXFE/r LPMINT CIDSCHG DISCINT SRQINT WKUPINT"
    ),
)
GINTMSK = Register(
    "GINTMSK",
    0x018,
    on_write="_update",
    fields=packed(
        "- MMISM OTGINT SOFM RXFLVLM NPTXFEM GINAKEFFM GONAKEFFM -:2 ESUSPM USBSUSPM USBRST "
        "ENUMDNEM ISOODRPM EOPFM -:2 IEPINT OEPINT IISOIXFRM IPXFRM - RSTDETM PRTIM HCIM PTXFEM "
        "LPMINTM CIDSCHGM DISCINT SRQIM WUIM"
    ),
)
GAHBCFG = Register(
    "GAHBCFG", 0x008, on_write="_update", fields=packed("GINTMSK -:6 TXFELVL PTXFELVL")
)
GOTGCTL = Register(
    "GOTGCTL",
    0x000,
    reset=0x00010000,
    on_write="_look_at_session",
    fields=packed(
        "SRQSCS/r SRQ VBVALOEN VBVALOVAL AVALOEN AVALOVAL BVALOEN BVALOVAL HNGSCS/r HNPRQ "
        "HSHNPEN DHNPEN EHEN -:3 CIDSTS/r DBCT/r ASVLD/r BSVLD/r OTGVER"
    ),
)
GOTGINT = Register(
    "GOTGINT",
    0x004,
    access=ONE_CLEARS,
    on_write="_update",
    fields=packed("-:2 SEDET -:5 SRSSCHG HNSSCHG -:7 HNGDET ADTOCHG DBCDNE"),
)
GCCFG = Register(
    "GCCFG",
    0x038,
    on_write="_look_at_session",
    fields=packed("DCDET/r PDET/r SDET/r PS2DET/r -:12 PWRDWN BCDEN DCDEN PDEN SDEN VBDEN"),
)
GRXSTS = packed("EPNUM:4 BCNT:11 DPID:2 PKTSTS:4")
GRXSTSR = Register("GRXSTSR", 0x01C, access=READ_ONLY, computed="_front", fields=GRXSTS)
GRXSTSP = Register("GRXSTSP", 0x020, access=READ_ONLY, on_read="_pop", fields=GRXSTS)
GRXFSIZ = Register("GRXFSIZ", 0x024, reset=0x00000200, fields=packed("RXFD:16"))
DIEPTXF0 = Register("DIEPTXF0", 0x028, reset=0x02000200, fields=packed("TX0FSA:16 TX0FD:16"))
DIEPTXF = Register(
    "DIEPTXF",
    0x104,
    reset=0x02000400,
    count=ENDPOINTS - 1,
    first=1,
    fields=packed("INEPTXSA:16 INEPTXFD:16"),
)
DCFG = Register(
    "DCFG",
    0x800,
    reset=0x02200000,
    on_write="_configure_device",
    fields=packed("DSPD:2 NZLSOHSK - DAD:7 PFIVL:2 -:2 ERRATIM -:8 PERSCHIVL:2"),
)
DSTS = Register(
    "DSTS",
    0x808,
    reset=0x00000010,
    access=READ_ONLY,
    computed="_device_status",
    fields=packed("SUSPSTS ENUMSPD:2 EERR -:4 FNSOF:14 DEVLNSTS:2"),
)
DIEPMSK = Register(
    "DIEPMSK",
    0x810,
    on_write="_update",
    fields=packed("XFRCM EPDM - TOM ITTXFEMSK INEPNMM INEPNEM -:6 NAKM"),
)
DOEPMSK = Register(
    "DOEPMSK",
    0x814,
    on_write="_update",
    fields=packed("XFRCM EPDM - STUPM OTEPDM STSPHSRXM -:2 OUTPKTERRM -:3 BERRM NAKMSK"),
)
DAINT = Register("DAINT", 0x818, access=READ_ONLY, fields=packed("IEPINT:16 OEPINT:16"))
DAINTMSK = Register("DAINTMSK", 0x81C, on_write="_update", fields=packed("IEPM:16 OEPM:16"))
DIEPEMPMSK = Register("DIEPEMPMSK", 0x834, on_write="_update", fields=packed("INEPTXFEM:16"))
DCTL = Register(
    "DCTL",
    0x804,
    reset=0x00000002,
    on_write="_control_device",
    fields=packed(
        "RWUSIG SDIS GINSTS/r GONSTS/r TCTL:3 SGINAK/w CGINAK/w SGONAK/w CGONAK/w POPRGDNE -:6 "
        "DSBESLRJCT"
    ),
)
IN_CONTROL = (
    "MPSIZ:11 -:4 USBAEP EONUM/r NAKSTS/r EPTYP:2 - STALL TXFNUM:4 CNAK/w SNAK/w SD0PID/w "
    "SODDFRM/w EPDIS/rs EPENA/rs"
)
OUT_CONTROL = (
    "MPSIZ:11 -:4 USBAEP EONUM/r NAKSTS/r EPTYP:2 SNPM STALL -:4 CNAK/w SNAK/w SD0PID/w SODDFRM/w "
    "EPDIS/rs EPENA/rs"
)
IN_FLAGS = "XFRC EPDISD - TOC ITTXFE INEPNM INEPNE/r TXFE/r -:3 PKTDRPSTS - NAK"
OUT_FLAGS = "XFRC EPDISD - STUP OTEPDIS STSPHSRX - - OUTPKTERR -:3 BERR NAK"


def _of_endpoints(
    name,  # type: str
    offset,  # type: int
    fields,  # type: str
    reset=0,  # type: int
    access="rw",  # type: str
    on_write=None,  # type: str | None
    computed=None,  # type: str | None
):
    # type: (...) -> Register
    return Register(
        name,
        offset,
        reset=reset,
        count=ENDPOINTS,
        stride=ENDPOINT_STRIDE,
        access=access,
        on_write=on_write,
        computed=computed,
        fields=packed(fields),
    )


def _of_channels(name, offset, fields, access="rw", on_write=None):
    # type: (str, int, str, str, str | None) -> Register
    return Register(
        name,
        offset,
        count=HOST_CHANNELS,
        stride=ENDPOINT_STRIDE,
        access=access,
        on_write=on_write,
        fields=packed(fields),
    )


DIEPCTL = _of_endpoints("DIEPCTL", 0x900, IN_CONTROL, on_write="_control_in")
DIEPINT = _of_endpoints(
    "DIEPINT", 0x908, IN_FLAGS, reset=0x00000080, access=ONE_CLEARS, on_write="_update_endpoint"
)
DIEPTSIZ = _of_endpoints("DIEPTSIZ", 0x910, "XFRSIZ:19 PKTCNT:10 MCNT:2")
DTXFSTS = _of_endpoints(
    "DTXFSTS", 0x918, "INEPTFSAV:16", reset=0x00000200, access=READ_ONLY, computed="_space"
)
DOEPCTL = _of_endpoints("DOEPCTL", 0xB00, OUT_CONTROL, on_write="_control_out")
DOEPINT = _of_endpoints("DOEPINT", 0xB08, OUT_FLAGS, access=ONE_CLEARS, on_write="_update_endpoint")
DOEPTSIZ = _of_endpoints("DOEPTSIZ", 0xB10, "XFRSIZ:19 PKTCNT:10 STUPCNT:2")
HCCHAR = _of_channels(
    "HCCHAR",
    0x500,
    "MPSIZ:11 EPNUM:4 EPDIR - LSDEV EPTYP:2 MCNT:2 DAD:7 ODDFRM CHDIS CHENA",
    on_write="_control_channel",
)
HCINT = _of_channels(
    "HCINT", 0x508, "XFRC CHH - STALL NAK ACK - TXERR BBERR FRMOR DTERR", ONE_CLEARS
)

GLOBAL = (
    GOTGCTL,
    GOTGINT,
    GAHBCFG,
    GUSBCFG,
    GRSTCTL,
    GINTSTS,
    GINTMSK,
    GRXSTSR,
    GRXSTSP,
    GRXFSIZ,
    DIEPTXF0,
    Register(
        "HNPTXSTS",
        0x02C,
        reset=0x00080200,
        access=READ_ONLY,
        fields=packed("NPTXFSAV:16 NPTQXSAV:8 NPTXQTOP:7"),
    ),
    GCCFG,
    Register("CID", 0x03C, reset=0x00002000, access=CONSTANT, fields=packed("PRODUCT_ID:32")),
    # The core's release and make, which the manual leaves out and drivers read: values of an
    # STM32L476 in TinyUSB's dwc2_info.md.
    Register("GSNPSID", 0x040, reset=0x4F54310A, access=CONSTANT),
    Register("GHWCFG1", 0x044, access=CONSTANT),
    Register("GHWCFG2", 0x048, reset=0x229ED520, access=CONSTANT),
    Register("GHWCFG3", 0x04C, reset=0x0200D1E8, access=CONSTANT),
    Register("GHWCFG4", 0x050, reset=0x17F08030, access=CONSTANT),
    Register(
        "GLPMCFG",
        0x054,
        fields=packed(
            "LPMEN LPMACK BESL:4 REMWAKE L1SSEN BESLTHRS:4 L1DSEN LPMRSP:2/r SLPSTS/r L1RSMOK/r "
            "LPMCHIDX:4 LPMRCNT:3 SNDLPM LPMRCNTSTS:3/r ENBESL"
        ),
    ),
    Register("GDFIFOCFG", 0x05C),
    Register("HPTXFSIZ", 0x100, reset=0x02000600, fields=packed("PTXSA:16 PTXFD:16")),
    DIEPTXF,
    Register(
        "PCGCCTL",
        0xE00,
        fields=packed("STPPCLK GATEHCLK -:2 PHYSUSP/r ENL1GTG PHYSLEEP/r SUSP/r"),
    ),
)
HOST = (
    Register("HCFG", 0x400, fields=packed("FSLSPCS:2 FSLSS/r")),
    Register("HFIR", 0x404, reset=0x0000EA60, fields=packed("FRIVL:16 RLDCTRL")),
    Register(
        "HFNUM", 0x408, reset=0x00003FFF, access=READ_ONLY, fields=packed("FRNUM:16 FTREM:16")
    ),
    Register(
        "HPTXSTS",
        0x410,
        reset=0x00080100,
        access=READ_ONLY,
        fields=packed("PTXFSAVL:16 PTXQSAV:8 PTXQTOP:8"),
    ),
    Register("HAINT", 0x414, access=READ_ONLY, fields=packed("HAINT:16")),
    Register("HAINTMSK", 0x418, fields=packed("HAINTM:16")),
    Register(
        "HPRT",
        0x440,
        fields=packed(
            "PCSTS/r PCDET/rc_w1 PENA/rc_w1 PENCHNG/rc_w1 POCA/r POCCHNG/rc_w1 PRES PSUSP/rs PRST "
            "- PLSTS:2/r PPWR PTCTL:4 PSPD:2/r"
        ),
    ),
    HCCHAR,
    HCINT,
    _of_channels("HCINTMSK", 0x50C, "XFRCM CHHM - STALLM NAKM ACKM - TXERRM BBERRM FRMORM DTERRM"),
    _of_channels("HCTSIZ", 0x510, "XFRSIZ:19 PKTCNT:10 DPID:2 DOPNG"),
)
DEVICE = (
    DCFG,
    DCTL,
    DSTS,
    DIEPMSK,
    DOEPMSK,
    DAINT,
    DAINTMSK,
    Register("DVBUSDIS", 0x828, reset=0x000017D7, fields=packed("VBUSDT:16")),
    Register("DVBUSPULSE", 0x82C, reset=0x000005B8, fields=packed("DVBUSP:16")),
    DIEPEMPMSK,
    DIEPCTL,
    DIEPINT,
    DIEPTSIZ,
    DTXFSTS,
    DOEPCTL,
    DOEPINT,
    DOEPTSIZ,
)
