# ironpython: executed by Renode
"""Registers of an analogue-to-digital converter (RM0351 section 18.6)."""

from renode_wifi.peripherals.base.registers import ONE_CLEARS, READ_ONLY, Field, Register, packed

FLAGS = "ADRDY EOSMP EOC EOS OVR JEOC JEOS AWD1 AWD2 AWD3 JQOVF"
CHANNELS = 19

ISR = Register("ISR", 0x00, access=ONE_CLEARS, on_write="_acknowledge", fields=packed(FLAGS))
IER = Register("IER", 0x04, fields=packed(" ".join(flag + "IE" for flag in FLAGS.split())))
CR = Register(
    "CR",
    0x08,
    reset=0x20000000,
    on_write="_control",
    fields=packed(
        "ADEN/rs ADDIS/rs ADSTART/rs JADSTART/rs ADSTP/rs JADSTP/rs -:22 ADVREGEN DEEPPWD ADCALDIF "
        "ADCAL/rs"
    ),
)
CFGR = Register(
    "CFGR",
    0x0C,
    reset=0x80000000,
    on_write="_configure",
    fields=packed(
        "DMAEN DMACFG - RES:2 ALIGN EXTSEL:4 EXTEN:2 OVRMOD CONT AUTDLY - DISCEN DISCNUM:3 "
        "JDISCEN JQM AWD1SGL AWD1EN JAWD1EN JAUTO AWD1CH:5 JQDIS"
    ),
)
CFGR2 = Register("CFGR2", 0x10, fields=packed("ROVSE JOVSE OVSR:3 OVSS:4 TROVS ROVSM"))
SMPR1 = Register("SMPR1", 0x14, fields=(Field("SMP", 0, 3, count=10),))
SMPR2 = Register("SMPR2", 0x18, fields=(Field("SMP", 0, 3, count=9, first=10),))
TR1 = Register("TR1", 0x20, reset=0x0FFF0000, fields=packed("LT1:12 -:4 HT1:12"))
TR2 = Register("TR2", 0x24, reset=0x00FF0000, fields=packed("LT2:8 -:8 HT2:8"))
TR3 = Register("TR3", 0x28, reset=0x00FF0000, fields=packed("LT3:8 -:8 HT3:8"))
SQR = (
    Register("SQR1", 0x30, fields=packed("L:4 -:2 SQ1:5 - SQ2:5 - SQ3:5 - SQ4:5")),
    Register("SQR2", 0x34, fields=packed("SQ5:5 - SQ6:5 - SQ7:5 - SQ8:5 - SQ9:5")),
    Register("SQR3", 0x38, fields=packed("SQ10:5 - SQ11:5 - SQ12:5 - SQ13:5 - SQ14:5")),
    Register("SQR4", 0x3C, fields=packed("SQ15:5 - SQ16:5")),
)
DR = Register("DR", 0x40, access=READ_ONLY, on_read="_read_data", fields=packed("RDATA:16"))
JSQR = Register(
    "JSQR",
    0x4C,
    fields=packed("JL:2 JEXTSEL:4 JEXTEN:2 JSQ1:5 - JSQ2:5 - JSQ3:5 - JSQ4:5"),
)
OFR = Register("OFR", 0x60, count=4, first=1, fields=packed("OFFSET:12 -:14 OFFSET_CH:5 OFFSET_EN"))
JDR = Register("JDR", 0x80, access=READ_ONLY, count=4, first=1, fields=packed("JDATA:16"))
AWD2CR = Register("AWD2CR", 0xA0, fields=packed("AWD2CH:19"))
AWD3CR = Register("AWD3CR", 0xA4, fields=packed("AWD3CH:19"))
DIFSEL = Register("DIFSEL", 0xB0, fields=packed("- DIFSEL:15 DIFSEL_16_18:3/r"))
CALFACT = Register("CALFACT", 0xB4, fields=packed("CALFACT_S:7 -:9 CALFACT_D:7"))

REGISTERS = (
    (ISR, IER, CR, CFGR, CFGR2, SMPR1, SMPR2, TR1, TR2, TR3)
    + SQR
    + (DR, JSQR, OFR, JDR, AWD2CR, AWD3CR, DIFSEL, CALFACT)
)

SEQUENCE_LENGTH = SQR[0]["L"]
# (register, field) of each rank's channel: four in SQR1, then five in each.
RANKS = tuple(
    (SQR[(rank + 1) // 5], SQR[(rank + 1) // 5]["SQ%d" % (rank + 1)]) for rank in range(16)
)
INJECTED_RANKS = tuple(JSQR["JSQ%d" % (rank + 1)] for rank in range(4))
