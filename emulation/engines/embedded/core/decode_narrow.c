/* Taking apart instructions of 16 bits. Encodings: ARM DDI 0403E, A5.2. */
#include "ops.h"

#define step decode_step

/* Data processing on low registers, A5.2.2. */
static bool data(struct decoder *decoder, uint16_t code, bool flags)
{
    static const uint8_t plain[] = {
        [0x0] = OP_AND, [0x1] = OP_EOR, [0x5] = OP_ADC, [0x6] = OP_SBC, [0xC] = OP_ORR,
        [0xE] = OP_BIC,
    };
    unsigned d = code & 7, m = code >> 3 & 7, operation = code >> 6 & 0xF;
    switch (operation) {
    case 0x2:
    case 0x3:
    case 0x4:
    case 0x7: {
        static const uint8_t types[] = {[2] = LSL, [3] = LSR, [4] = ASR, [7] = ROR};
        step(decoder, OP_SHIFT_BY, SCRATCH, d, m, 0, types[operation]);
        return step(decoder, flags ? OP_MOVS : OP_MOV, d, 0, SCRATCH, 0, CARRY_SHIFTED);
    }
    case 0x8: return step(decoder, OP_ANDS, SINK, d, m, 0, CARRY_KEPT);
    case 0x9: return step(decoder, flags ? OP_RSBS : OP_RSB, d, m, ZERO, 0, 0);
    case 0xA: return step(decoder, OP_SUBS, SINK, d, m, 0, 0);
    case 0xB: return step(decoder, OP_ADDS, SINK, d, m, 0, 0);
    case 0xD:
        step(decoder, OP_MLA, d, d, m, 0, ZERO);
        return !flags || step(decoder, OP_MOVS, d, 0, d, 0, CARRY_KEPT);
    case 0xF: return step(decoder, flags ? OP_MVNS : OP_MVN, d, ZERO, m, 0, CARRY_KEPT);
    default: return step(decoder, plain[operation] + flags, d, d, m, 0, CARRY_KEPT);
    }
}

/* High registers, BX and BLX: A5.2.3. */
static bool special(struct decoder *decoder, uint16_t code)
{
    unsigned d = (code & 7) | (code >> 4 & 8), m = code >> 3 & 0xF, y = m == PC ? ZERO : m;
    unsigned to = d == PC || d == SP ? SCRATCH : d;
    uint32_t pc = decoder->pc + 4, value = m == PC ? pc : 0;
    switch (code >> 8 & 3) {
    case 0:
        if (d == PC && m == PC)
            return false;
        step(decoder, OP_ADD, to, d == PC ? m : d, d == PC ? ZERO : y, d == PC ? pc : value, 0);
        break;
    case 1:
        return d != PC && step(decoder, OP_SUBS, SINK, d, y, value, 0);
    case 2:
        step(decoder, OP_MOV, to, 0, y, value, 0);
        break;
    default:
        return !(code & 7) && m != PC &&
               step(decoder, OP_BX, 0, 0, m, (decoder->pc + 2) | 1, code >> 7 & 1);
    }
    if (d == SP)
        return step(decoder, OP_SET_SP, SP, ZERO, SCRATCH, 0, 0);
    return d != PC || step(decoder, OP_GO_TO, 0, 0, SCRATCH, 0, 0);
}

static bool multiple(struct decoder *decoder, enum op_code code, unsigned n, uint32_t list,
                     unsigned how)
{
    return list && step(decoder, code, 0, n, 0, list, how);
}

/* Miscellaneous, A5.2.5. */
static bool miscellaneous(struct decoder *decoder, uint16_t code)
{
    static const uint8_t extensions[] = {OP_SXTH, OP_SXTB, OP_UXTH, OP_UXTB};
    static const uint8_t reversals[] = {OP_REV, OP_REV16, OP_LEAVE, OP_REVSH};
    unsigned d = code & 7, m = code >> 3 & 7;
    if ((code & 0xFF00) == 0xB000)
        return step(decoder, code & 0x80 ? OP_SUB : OP_ADD, SP, SP, ZERO, 4 * (code & 0x7F), 0);
    if ((code & 0xF500) == 0xB100)
        return step(decoder, code & 0x800 ? OP_GO_NONZERO : OP_GO_ZERO, 0, d, 0,
                    decoder->pc + 4 + ((code >> 2 & 0x3E) | (code >> 3 & 0x40)), 0);
    if ((code & 0xFF00) == 0xB200)
        return step(decoder, extensions[code >> 6 & 3], d, ZERO, m, 0, 0);
    if ((code & 0xFE00) == 0xB400)
        return multiple(decoder, OP_STM, SP, (code & 0xFF) | (code & 0x100) << 6,
                        MULTIPLE_DOWN | MULTIPLE_BACK);
    if ((code & 0xFE00) == 0xBC00)
        return multiple(decoder, OP_LDM, SP, (code & 0xFF) | (code & 0x100) << 7, MULTIPLE_BACK);
    if ((code & 0xFFEF) == 0xB662)
        return step(decoder, OP_CPS, 0, 0, 0, code >> 4 & 1, 0);
    if ((code & 0xFF00) == 0xBA00)
        return step(decoder, reversals[code >> 6 & 3], d, ZERO, m, 0, 0);
    if (code == 0xBF30)
        return !decoder->it && step(decoder, OP_WFI, 0, 0, 0, decoder->pc + 2, 0);
    return code == 0xBF00 && step(decoder, OP_NOP, 0, 0, 0, 0, 0);
}

bool decode_narrow(struct decoder *decoder, uint16_t code)
{
    static const uint8_t by_register[] = {OP_STR, OP_STRH, OP_STRB, OP_LDRSB,
                                          OP_LDR, OP_LDRH, OP_LDRB, OP_LDRSH};
    uint32_t immediate = code & 0xFF, pc = decoder->pc + 4;
    unsigned low = code & 7, base = code >> 3 & 7, offset = code >> 6 & 0x1F, high = code >> 8 & 7;
    bool flags = !decoder->it;
    switch (code >> 11) {
    case 0x00:
        if (!offset)
            return step(decoder, flags ? OP_MOVS : OP_MOV, low, 0, base, 0, CARRY_KEPT);
        /* fall through */
    case 0x01:
    case 0x02:
        step(decoder, OP_SHIFT, SCRATCH, ZERO, base, offset, code >> 11);
        return step(decoder, flags ? OP_MOVS : OP_MOV, low, 0, SCRATCH, 0, CARRY_SHIFTED);
    case 0x03: {
        unsigned y = code >> 6 & 7, operation = (code & 0x200 ? OP_SUB : OP_ADD) + flags;
        return code & 0x400 ? step(decoder, operation, low, base, ZERO, y, 0)
                            : step(decoder, operation, low, base, y, 0, 0);
    }
    case 0x04: return step(decoder, OP_MOV + flags, high, 0, ZERO, immediate, CARRY_KEPT);
    case 0x05: return step(decoder, OP_SUBS, SINK, high, ZERO, immediate, 0);
    case 0x06: return step(decoder, OP_ADD + flags, high, high, ZERO, immediate, 0);
    case 0x07: return step(decoder, OP_SUB + flags, high, high, ZERO, immediate, 0);
    case 0x08: return code & 0x400 ? special(decoder, code) : data(decoder, code, flags);
    case 0x09: return step(decoder, OP_LDR, high, ZERO, ZERO, (pc & ~3u) + 4 * immediate, 0);
    case 0x0A:
    case 0x0B: return step(decoder, by_register[code >> 9 & 7], low, base, code >> 6 & 7, 0, 0);
    case 0x0C: return step(decoder, OP_STR, low, base, ZERO, 4 * offset, 0);
    case 0x0D: return step(decoder, OP_LDR, low, base, ZERO, 4 * offset, 0);
    case 0x0E: return step(decoder, OP_STRB, low, base, ZERO, offset, 0);
    case 0x0F: return step(decoder, OP_LDRB, low, base, ZERO, offset, 0);
    case 0x10: return step(decoder, OP_STRH, low, base, ZERO, 2 * offset, 0);
    case 0x11: return step(decoder, OP_LDRH, low, base, ZERO, 2 * offset, 0);
    case 0x12: return step(decoder, OP_STR, high, SP, ZERO, 4 * immediate, 0);
    case 0x13: return step(decoder, OP_LDR, high, SP, ZERO, 4 * immediate, 0);
    case 0x14: return step(decoder, OP_MOV, high, 0, ZERO, (pc & ~3u) + 4 * immediate, 0);
    case 0x15: return step(decoder, OP_ADD, high, SP, ZERO, 4 * immediate, 0);
    case 0x16:
    case 0x17: return miscellaneous(decoder, code);
    case 0x18: return multiple(decoder, OP_STM, high, immediate, MULTIPLE_BACK);
    case 0x19:
        return multiple(decoder, OP_LDM, high, immediate,
                        immediate >> high & 1 ? 0 : MULTIPLE_BACK);
    case 0x1A:
    case 0x1B:
        if ((code & 0xF00) == 0xF00)
            return flags && step(decoder, OP_SVC, 0, 0, 0, decoder->pc + 2, 0);
        return (code & 0xF00) != 0xE00 &&
               step(decoder, OP_GO_IF, 0, 0, 0, pc + 2 * (uint32_t)(int8_t)immediate,
                    code >> 8 & 0xF);
    case 0x1C:
        return step(decoder, OP_GO, 0, 0, 0,
                    pc + ((code & 0x3FFu) << 1) - (code & 0x400 ? 0x800 : 0), 0);
    default: return false;
    }
}
