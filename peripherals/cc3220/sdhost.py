# ironpython: executed by Renode
"""MMCHS, the host controller for memory cards, with an empty slot (SWRU465 section 11): commands
that expect a response time out, the others complete.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed

SYSCONFIG = Register(
    "SYSCONFIG",
    0x110,
    reset=0x15,
    on_write="_configure",
    fields=packed(
        "AUTOIDLE SOFTRESET/w ENAWAKEUP SIDLEMODE:2 -:3 CLOCKACTIVITY:2 -:2 STANDBYMODE:2"
    ),
)
CON = Register(
    "CON",
    0x12C,
    fields=packed(
        "OD INIT HR STR MODE DW8 MIT CDP WPP DVAL:2 CTPL CEATA OBIP OBIE PADEN CLKEXTFREE "
        "BOOT_ACK BOOT_CF0 DDR DMA_MNS SDMA_LNE"
    ),
)
CMD = Register(
    "CMD",
    0x20C,
    on_write="_command",
    fields=packed("DE BCE ACEN - DDIR MSBS -:10 RSP_TYPE:2 - CCCE CICE DP CMD_TYPE:2 INDX:6"),
)
SYSCTL = Register(
    "SYSCTL",
    0x22C,
    on_write="_control",
    fields=packed("ICE ICS/r CEN -:3 CLKD:10 DTO:4 -:4 SRA/sc SRC/sc SRD/sc"),
)
STAT = Register(
    "STAT",
    0x230,
    access=READ_ONLY,
    on_write="_clear",
    fields=packed(
        "CC TC BGE DMA BWR BRR CINS CREM CIRQ OBI BSR -:4 ERRI "
        "CTO CCRC CEB CIE DTO DCRC DEB - ACE ADMAE -:2 CERR BADA"
    ),
)


class CC3220_SDHOST(Block):
    """Output 0: interrupt."""

    STATUS = PARTLY
    MISSING = "the card: its slot is empty"
    OUTPUTS = (0,)
    SIZE = 0x300
    REGISTERS = (
        Register(
            "HL_REV",
            0x000,
            access=READ_ONLY,
            fields=packed("Y_MINOR:6 CUSTOM:2 X_MAJOR:3 R_RTL:5 FUNC:12 -:2 SCHEME:2"),
        ),
        Register(
            "HL_HWINFO",
            0x004,
            access=READ_ONLY,
            fields=packed("MADMA_EN MERGE_MEM MEM_SIZE:4 RETMODE"),
        ),
        Register(
            "HL_SYSCONFIG",
            0x010,
            fields=packed("SOFTRESET FREEEMU IDLEMODE:2 STANDBYMODE:2"),
        ),
        SYSCONFIG,
        Register("SYSSTATUS", 0x114, reset=1, access=READ_ONLY, fields=packed("RESETDONE")),
        Register("CSRE", 0x124),
        Register(
            "SYSTEST",
            0x128,
            fields=packed(
                "MCKD CDIR CDAT DDIR D0D D1D D2D D3D D4D D5D D6D D7D SSB WAKD SDWP SDCD OBI"
            ),
        ),
        CON,
        Register("PWCNT", 0x130, fields=packed("PWRCNT:16")),
        Register("BLK", 0x204, fields=packed("BLEN:12 -:4 NBLK:16")),
        Register("ARG", 0x208),
        CMD,
        Register("RSP", 0x210, access=READ_ONLY, count=4),
        Register("DATA", 0x220),
        Register(
            "PSTATE",
            0x224,
            access=READ_ONLY,
            fields=packed("CMDI DATI DLA -:5 WTA RTA BWE BRE -:4 CINS CSS CDPL WP DLEV:4 CLEV"),
        ),
        Register(
            "HCTL",
            0x228,
            fields=packed(
                "- DTW HSPE DMAS:2 - CDTL CDSS SDBP SDVS:3 -:4 SBGR CR RWC IBG -:4 IWE INS REM OBWE"
            ),
        ),
        SYSCTL,
        STAT,
        Register(
            "IE",
            0x234,
            on_write="_update",
            fields=packed(
                "CC_ENABLE TC_ENABLE BGE_ENABLE DMA_ENABLE BWR_ENABLE BRR_ENABLE CINS_ENABLE "
                "CREM_ENABLE CIRQ_ENABLE OBI_ENABLE BSR_ENABLE -:4 NULL/r CTO_ENABLE CCRC_ENABLE "
                "CEB_ENABLE CIE_ENABLE DTO_ENABLE DCRC_ENABLE DEB_ENABLE - ACE_ENABLE "
                "ADMAE_ENABLE -:2 CERR_ENABLE BADA_ENABLE"
            ),
        ),
        Register(
            "ISE",
            0x238,
            on_write="_update",
            fields=packed(
                "CC_SIGEN TC_SIGEN BGE_SIGEN DMA_SIGEN BWR_SIGEN BRR_SIGEN CINS_SIGEN "
                "CREM_SIGEN CIRQ_SIGEN OBI_SIGEN BSR_SIGEN -:4 NULL/r CTO_SIGEN CCRC_SIGEN "
                "CEB_SIGEN CIE_SIGEN DTO_SIGEN DCRC_SIGEN DEB_SIGEN - ACE_SIGEN ADMAE_SIGEN -:2 "
                "CERR_SIGEN BADA_SIGEN"
            ),
        ),
        Register(
            "AC12",
            0x23C,
            access=READ_ONLY,
            fields=packed("ACNE ACTO ACCE ACEB ACIE -:2 CNI"),
        ),
        Register(
            "CAPA",
            0x240,
            reset=0x06E10080,
            fields=packed("TCF:6 - TCU BCF:6 -:2 MBL:2 - AD2S - HSS DS SRS VS33 VS30 VS18 - BIT64"),
        ),
        Register("CUR_CAPA", 0x248, fields=packed("CUR_3V3:8 CUR_3V0:8 CUR_1V8:8")),
        Register(
            "FE",
            0x250,
            fields=packed(
                "FE_ACNE FE_ACTO FE_ACCE FE_ACEB FE_ACIE -:2 FE_CNI -:8 FE_CTO FE_CCRC FE_CEB "
                "FE_CIE FE_DTO FE_DCRC FE_DEB - FE_ACE FE_ADMAE -:2 FE_CERR FE_BADA"
            ),
        ),
        Register("ADMAES", 0x254, fields=packed("AES:2 LME")),
        Register("ADMASAL", 0x258),
        Register(
            "REV",
            0x2FC,
            reset=0x31010000,
            access=READ_ONLY,
            fields=packed("SIS -:15 SREV:8 VREV:8"),
        ),
    )

    def _configure(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG.SOFTRESET:
            self.reset()

    def _control(self, value, old):
        # type: (int, int) -> None
        """The clock is stable at once, and resets are done."""
        control = self.registers["SYSCTL"] & ~SYSCTL.ICS
        self.registers["SYSCTL"] = control | (SYSCTL.ICS if control & SYSCTL.ICE else 0)

    def _command(self, value, old):
        # type: (int, int) -> None
        answered = value & CMD.RSP_TYPE and not self.registers["CON"] & CON.INIT
        self.registers["STAT"] |= STAT.CTO | STAT.ERRI if answered else STAT.CC
        self._update(0, 0)

    def _clear(self, value, old):
        # type: (int, int) -> None
        status = self.registers["STAT"] & ~value
        if not status >> 16:
            status &= ~STAT.ERRI
        self.registers["STAT"] = status
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        enabled = self.registers["IE"] & self.registers["ISE"]
        self.lines[0].set(self.registers["STAT"] & enabled != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
