#include "decode/t16.h"

/* Data processing on low registers, A5.2.2. */
static bool data_processing(struct decoder *decoder, uint16_t code, bool flags)
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
    case 0x7: { /* LSL, LSR, ASR, ROR */
        static const uint8_t types[] = {[2] = LSL, [3] = LSR, [4] = ASR, [7] = ROR};
        emit(decoder, OP_SHIFT_BY, SCRATCH, d, m, 0, types[operation]);
        return emit(decoder, flags ? OP_MOVS : OP_MOV, d, 0, SCRATCH, 0, CARRY_SHIFTED);
    }
    case 0x8: return emit(decoder, OP_ANDS, SINK, d, m, 0, CARRY_KEPT); /* TST */
    case 0x9: return emit(decoder, flags ? OP_RSBS : OP_RSB, d, m, ZERO, 0, 0);
    case 0xA: return emit(decoder, OP_SUBS, SINK, d, m, 0, 0); /* CMP */
    case 0xB: return emit(decoder, OP_ADDS, SINK, d, m, 0, 0); /* CMN */
    case 0xD: /* MUL */
        emit(decoder, OP_MLA, d, d, m, 0, ZERO);
        return !flags || emit(decoder, OP_MOVS, d, 0, d, 0, CARRY_KEPT);
    case 0xF: return emit(decoder, flags ? OP_MVNS : OP_MVN, d, ZERO, m, 0, CARRY_KEPT);
    default: return emit(decoder, plain[operation] + flags, d, d, m, 0, CARRY_KEPT);
    }
}

/* High registers, BX and BLX: A5.2.3. */
static bool high_registers(struct decoder *decoder, uint16_t code)
{
    unsigned d = (code & 7) | (code >> 4 & 8), m = code >> 3 & 0xF, y = m == PC ? ZERO : m;
    unsigned to = d == PC || d == SP ? SCRATCH : d;
    uint32_t pc = decoder->pc + 4, value = m == PC ? pc : 0;
    switch (code >> 8 & 3) {
    case 0: /* ADD */
        if (d == PC && m == PC)
            return false;
        emit(decoder, OP_ADD, to, d == PC ? m : d, d == PC ? ZERO : y, d == PC ? pc : value, 0);
        break;
    case 1: /* CMP */
        return d != PC && emit(decoder, OP_SUBS, SINK, d, y, value, 0);
    case 2: /* MOV */
        emit(decoder, OP_MOV, to, 0, y, value, 0);
        break;
    default: /* BX, BLX */
        return !(code & 7) && m != PC &&
               emit(decoder, OP_BX, 0, 0, m, (decoder->pc + 2) | 1, code >> 7 & 1);
    }
    if (d == SP)
        return emit(decoder, OP_SET_SP, SP, ZERO, SCRATCH, 0, 0);
    return d != PC || emit(decoder, OP_GO_TO, 0, 0, SCRATCH, 0, 0);
}

/* A load or store of one register at r[n] + r[m] + offset; n may be PC. */
static bool load_store(struct decoder *decoder, enum op_code code, unsigned t, unsigned n, unsigned m,
                       uint32_t offset, unsigned width)
{
    describe_access(decoder, width, n, m, 0, offset);
    const struct memory_operand *operand = &decoder->last.operand;
    return emit(decoder, code, t, operand->base, m, operand->offset, 0);
}

static bool load_store_multiple(struct decoder *decoder, enum op_code code, unsigned n,
                                uint32_t list, unsigned how)
{
    describe_words(decoder, n, how & MULTIPLE_DOWN ? -4 * bit_count(list) : 0);
    return list && emit(decoder, code, 0, n, 0, list, how);
}

/* Hints, A5.2.5. */
static bool hint(struct decoder *decoder, uint16_t code)
{
    switch (code >> 4 & 0xF) {
    case 0: return emit(decoder, OP_NOP, 0, 0, 0, 0, 0);
    case 2: decoder->last.flags |= INSTRUCTION_WFE; return false;
    case 3: return !decoder->it && emit(decoder, OP_WFI, 0, 0, 0, decoder->pc + 2, 0);
    case 4: decoder->last.flags |= INSTRUCTION_SEV; return false;
    default: return false; /* YIELD and unallocated ones */
    }
}

/* Miscellaneous, A5.2.5. */
static bool miscellaneous(struct decoder *decoder, uint16_t code)
{
    static const uint8_t extensions[] = {OP_SXTH, OP_SXTB, OP_UXTH, OP_UXTB};
    static const uint8_t reversals[] = {OP_REV, OP_REV16, OP_LEAVE, OP_REVSH};
    unsigned d = code & 7, m = code >> 3 & 7;
    if ((code & 0xFF00) == 0xB000) /* ADD and SUB of SP */
        return emit(decoder, code & 0x80 ? OP_SUB : OP_ADD, SP, SP, ZERO, 4 * (code & 0x7F), 0);
    if ((code & 0xF500) == 0xB100) /* CBZ, CBNZ */
        return emit(decoder, code & 0x800 ? OP_GO_NONZERO : OP_GO_ZERO, 0, d, 0,
                    decoder->pc + 4 + ((code >> 2 & 0x3E) | (code >> 3 & 0x40)), 0);
    if ((code & 0xFF00) == 0xB200)
        return emit(decoder, extensions[code >> 6 & 3], d, ZERO, m, 0, 0);
    if ((code & 0xFE00) == 0xB400) /* PUSH */
        return load_store_multiple(decoder, OP_STM, SP, (code & 0xFF) | (code & 0x100) << 6,
                                   MULTIPLE_DOWN | MULTIPLE_BACK);
    if ((code & 0xFE00) == 0xBC00) /* POP */
        return load_store_multiple(decoder, OP_LDM, SP, (code & 0xFF) | (code & 0x100) << 7,
                                   MULTIPLE_BACK);
    if (code == 0xBEAB)
        decoder->last.flags |= INSTRUCTION_SEMIHOSTING;
    if ((code & 0xFFE0) == 0xB660)
        decoder->last.flags |= INSTRUCTION_MASKS;
    if ((code & 0xFFEF) == 0xB662) /* CPSIE i, CPSID i */
        return emit(decoder, OP_CPS, 0, 0, 0, code >> 4 & 1, 0);
    if ((code & 0xFF00) == 0xBA00)
        return emit(decoder, reversals[code >> 6 & 3], d, ZERO, m, 0, 0);
    return (code & 0xFF0F) == 0xBF00 && hint(decoder, code);
}

/* Conditional branches and SVC, A5.2.6. */
static bool branch(struct decoder *decoder, uint16_t code)
{
    unsigned condition = code >> 8 & 0xF;
    if (condition == 0xF)
        return !decoder->it && emit(decoder, OP_SVC, 0, 0, 0, decoder->pc + 2, 0);
    return condition != 0xE && emit(decoder, OP_GO_IF, 0, 0, 0,
                                    decoder->pc + 4 + 2 * (uint32_t)(int8_t)code, condition);
}

bool decode_t16(struct decoder *decoder, uint16_t code)
{
    static const struct {
        uint8_t code, width;
    } by_register[] = {{OP_STR, 4}, {OP_STRH, 2}, {OP_STRB, 1}, {OP_LDRSB, 1},
                       {OP_LDR, 4}, {OP_LDRH, 2}, {OP_LDRB, 1}, {OP_LDRSH, 2}};
    uint32_t immediate = code & 0xFF, pc = decoder->pc + 4;
    unsigned low = code & 7, base = code >> 3 & 7, offset = code >> 6 & 0x1F, high = code >> 8 & 7;
    unsigned y = offset & 7;
    bool flags = !decoder->it;
    switch (code >> 11) {
    case 0x00:
        if (!offset) /* MOV */
            return emit(decoder, flags ? OP_MOVS : OP_MOV, low, 0, base, 0, CARRY_KEPT);
        /* fall through */
    case 0x01:
    case 0x02: /* LSL, LSR, ASR */
        emit(decoder, OP_SHIFT, SCRATCH, ZERO, base, offset, code >> 11);
        return emit(decoder, flags ? OP_MOVS : OP_MOV, low, 0, SCRATCH, 0, CARRY_SHIFTED);
    case 0x03: { /* ADD and SUB of a register or of 3 bits */
        unsigned operation = (code & 0x200 ? OP_SUB : OP_ADD) + flags;
        return code & 0x400 ? emit(decoder, operation, low, base, ZERO, y, 0)
                            : emit(decoder, operation, low, base, y, 0, 0);
    }
    case 0x04: return emit(decoder, OP_MOV + flags, high, 0, ZERO, immediate, CARRY_KEPT);
    case 0x05: return emit(decoder, OP_SUBS, SINK, high, ZERO, immediate, 0); /* CMP */
    case 0x06: return emit(decoder, OP_ADD + flags, high, high, ZERO, immediate, 0);
    case 0x07: return emit(decoder, OP_SUB + flags, high, high, ZERO, immediate, 0);
    case 0x08:
        return code & 0x400 ? high_registers(decoder, code) : data_processing(decoder, code, flags);
    case 0x09: return load_store(decoder, OP_LDR, high, PC, ZERO, 4 * immediate, 4);
    case 0x0A:
    case 0x0B: {
        unsigned kind = code >> 9 & 7;
        return load_store(decoder, by_register[kind].code, low, base, y, 0, by_register[kind].width);
    }
    case 0x0C: return load_store(decoder, OP_STR, low, base, ZERO, 4 * offset, 4);
    case 0x0D: return load_store(decoder, OP_LDR, low, base, ZERO, 4 * offset, 4);
    case 0x0E: return load_store(decoder, OP_STRB, low, base, ZERO, offset, 1);
    case 0x0F: return load_store(decoder, OP_LDRB, low, base, ZERO, offset, 1);
    case 0x10: return load_store(decoder, OP_STRH, low, base, ZERO, 2 * offset, 2);
    case 0x11: return load_store(decoder, OP_LDRH, low, base, ZERO, 2 * offset, 2);
    case 0x12: return load_store(decoder, OP_STR, high, SP, ZERO, 4 * immediate, 4);
    case 0x13: return load_store(decoder, OP_LDR, high, SP, ZERO, 4 * immediate, 4);
    case 0x14: return emit(decoder, OP_MOV, high, 0, ZERO, (pc & ~3u) + 4 * immediate, 0); /* ADR */
    case 0x15: return emit(decoder, OP_ADD, high, SP, ZERO, 4 * immediate, 0);
    case 0x16:
    case 0x17: return miscellaneous(decoder, code);
    case 0x18: return load_store_multiple(decoder, OP_STM, high, immediate, MULTIPLE_BACK);
    case 0x19:
        return load_store_multiple(decoder, OP_LDM, high, immediate,
                                   immediate >> high & 1 ? 0 : MULTIPLE_BACK);
    case 0x1A:
    case 0x1B: return branch(decoder, code);
    case 0x1C: /* B */
        return emit(decoder, OP_GO, 0, 0, 0,
                    pc + ((code & 0x3FFu) << 1) - (code & 0x400 ? 0x800 : 0), 0);
    default: return false;
    }
}
