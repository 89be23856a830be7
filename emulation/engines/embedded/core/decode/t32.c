#include "decode/t32.h"

#include "decode/fp.h"

/* A modified immediate constant, A5.3.2, and what becomes of the carry. */
static uint32_t modified_immediate(uint16_t first, uint16_t second, unsigned *carry)
{
    uint32_t code = (first << 1 & 0x800u) | (second >> 4 & 0x700u), byte = second & 0xFF;
    *carry = CARRY_KEPT;
    switch (code >> 8) {
    case 0: return byte;
    case 1: return byte << 16 | byte;
    case 2: return byte << 24 | byte << 8;
    case 3: return byte << 24 | byte << 16 | byte << 8 | byte;
    default: break;
    }
    unsigned by = (code >> 7 & 0x1E) | byte >> 7;
    byte |= 0x80;
    uint32_t value = byte >> by | byte << (32 - by);
    *carry = value >> 31 ? CARRY_SET : CARRY_CLEAR;
    return value;
}

/* Data processing with second operand r[m] + value: A5.3.1, A5.3.11. */
static bool data_processing(struct decoder *decoder, uint16_t first, unsigned d, unsigned m,
                            uint32_t value, unsigned carry)
{
    static const uint8_t codes[16] = {
        [0x0] = OP_AND, [0x1] = OP_BIC, [0x2] = OP_ORR, [0x3] = OP_ORN, [0x4] = OP_EOR,
        [0x8] = OP_ADD, [0xA] = OP_ADC, [0xB] = OP_SBC, [0xD] = OP_SUB, [0xE] = OP_RSB,
    };
    unsigned n = first & 0xF, operation = first >> 5 & 0xF, code = codes[operation];
    bool flags = first & 0x10, is_test = d == PC && flags;
    bool is_sum = operation == 0x8 || operation == 0xD;
    if (!code || (d == PC && !(flags && (is_sum || operation == 0 || operation == 4))))
        return false;
    if (n == PC) {
        if (operation != 2 && operation != 3)
            return false;
        code = operation == 2 ? OP_MOV : OP_MVN;
    }
    if ((n == SP || d == SP) && !(n == SP && is_sum && !(d == SP && flags)))
        return false;
    if (d == SP) {
        emit(decoder, code + flags, SCRATCH, n, m, value, carry);
        return emit(decoder, OP_SET_SP, SP, ZERO, SCRATCH, 0, 0);
    }
    return emit(decoder, code + flags, is_test ? SINK : d, n, m, value, carry);
}

static bool data_immediate(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned carry;
    uint32_t value = modified_immediate(first, second, &carry);
    return data_processing(decoder, first, second >> 8 & 0xF, ZERO, value, carry);
}

/* With a shifted register, A5.3.11. */
static bool shifted_register(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned amount = (second >> 10 & 0x1C) | (second >> 6 & 3), type = second >> 4 & 3;
    unsigned d = second >> 8 & 0xF, m = second & 0xF;
    if (m == SP || m == PC || second & 0x8000)
        return false;
    if (!amount && type == LSL)
        return data_processing(decoder, first, d, m, 0, CARRY_KEPT);
    emit(decoder, OP_SHIFT, SCRATCH, ZERO, m, amount, type);
    return data_processing(decoder, first, d, SCRATCH, 0, CARRY_SHIFTED);
}

/* Plain binary immediates, A5.3.3. */
static bool plain_immediate(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF, operation = first >> 4 & 0x1F;
    unsigned low = (second >> 10 & 0x1C) | (second >> 6 & 3), high = second & 0x1F;
    uint32_t immediate = (first << 1 & 0x800u) | (second >> 4 & 0x700u) | (second & 0xFF);
    bool odd = first & 0x400 || second & 0x20; /* for the bit field instructions */
    if (d == PC || (d == SP && !(n == SP && (operation == 0 || operation == 0xA))))
        return false;
    switch (operation) {
    case 0x00:
    case 0x0A: { /* ADDW, SUBW, ADR */
        uint32_t value = first & 0xA0 ? -immediate : immediate;
        if (n == PC)
            return emit(decoder, OP_MOV, d, 0, ZERO, ((decoder->pc + 4) & ~3u) + value, 0);
        emit(decoder, OP_ADD, d == SP ? SCRATCH : d, n, ZERO, value, 0);
        return d != SP || emit(decoder, OP_SET_SP, SP, ZERO, SCRATCH, 0, 0);
    }
    case 0x04: /* MOVW */
        return emit(decoder, OP_MOV, d, 0, ZERO, immediate | (uint32_t)n << 12, 0);
    case 0x0C:
        return emit(decoder, OP_MOVT, d, ZERO, ZERO, immediate << 16 | (uint32_t)n << 28, 0);
    case 0x14:
    case 0x1C:
        return n < 13 && low + high <= 31 && !odd &&
               emit(decoder, operation == 0x14 ? OP_SBFX : OP_UBFX, d, n, 0, low, high + 1);
    case 0x16: /* BFI, BFC */
        return n != SP && high >= low && !odd &&
               emit(decoder, OP_BFI, d, n == PC ? ZERO : n, 0, low, high - low + 1);
    default: return false;
    }
}

/* Hints, special registers and barriers, A5.3.4 to A5.3.6. */
static bool control(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned d = second >> 8 & 0xF, n = first & 0xF;
    if (first == 0xF3AF) {
        if (second == 0x8002)
            decoder->last.flags |= INSTRUCTION_WFE;
        if (second == 0x8004)
            decoder->last.flags |= INSTRUCTION_SEV;
        return second == 0x8000 && emit(decoder, OP_NOP, 0, 0, 0, 0, 0);
    }
    if (first == 0xF3BF && (second & 0xFF80) == 0x8F00 && (second & 0x70) >= 0x40 &&
        (second & 0x70) <= 0x60) /* DSB, DMB, ISB */
        return emit(decoder, OP_NOP, 0, 0, 0, 0, 0);
    if (first == 0xF3EF && (second & 0xF0FF) == (0x8000 | SYSM_CONTROL)) {
        decoder->last.flags |= INSTRUCTION_CONTROL;
        decoder->last.d = (uint8_t)d;
    }
    if (first == 0xF3EF && (second & 0xF000) == 0x8000 && d < 13)
        return emit(decoder, OP_MRS, d, 0, 0, second & 0xFF, 0);
    if ((first & 0xFFF0) == 0xF380 && ((second & 0xFF) == SYSM_MSP || (second & 0xFF) == SYSM_PSP)) {
        decoder->last.stack = (uint8_t)n;
        decoder->last.special = second & 0xFF;
    }
    if ((first & 0xFFF0) == 0xF380 && ((second & 0xFF) == SYSM_BASEPRI || (second & 0xFF) == SYSM_BASEPRI_MAX))
        decoder->last.flags |= INSTRUCTION_BASEPRI;
    if ((first & 0xFFF0) == 0xF380 && (second & 0xFF) >= SYSM_PRIMASK)
        decoder->last.flags |= INSTRUCTION_MASKS;
    if ((first & 0xFFF0) == 0xF380 && (second & 0xFF00) == 0x8800 && n < 13)
        return emit(decoder, OP_MSR, 0, n, 0, second & 0xFF, 0);
    return false;
}

/* Branches and miscellaneous control, A5.3.4. */
static bool branch(struct decoder *decoder, uint16_t first, uint16_t second)
{
    uint32_t sign = first >> 10 & 1, j1 = second >> 13 & 1, j2 = second >> 11 & 1;
    uint32_t next = decoder->pc + 4;
    if (second & 0x1000) { /* B and BL */
        uint32_t i1 = !(j1 ^ sign), i2 = !(j2 ^ sign);
        uint32_t offset = -sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3FFu) << 12 |
                          (second & 0x7FFu) << 1;
        if (second & 0x4000)
            emit(decoder, OP_MOV, LR, 0, ZERO, next | 1, 0);
        return emit(decoder, OP_GO, 0, 0, 0, next + offset, 0);
    }
    if (second & 0x4000)
        return false;
    unsigned condition = first >> 6 & 0xF;
    if (condition >= 14)
        return control(decoder, first, second);
    uint32_t offset =
        -sign << 20 | j2 << 19 | j1 << 18 | (first & 0x3Fu) << 12 | (second & 0x7FFu) << 1;
    return !decoder->it && emit(decoder, OP_GO_IF, 0, 0, 0, next + offset, condition);
}

/* Where an index is once it has been shifted. */
static unsigned shifted_index(struct decoder *decoder, unsigned m, unsigned amount)
{
    if (!amount)
        return m;
    emit(decoder, OP_SHIFT, SCRATCH, ZERO, m, amount, LSL);
    return SCRATCH;
}

/* A load or store of one register at the described address, then r[n] += back. */
static bool load_store(struct decoder *decoder, enum op_code code, unsigned t, unsigned n,
                       uint32_t back)
{
    const struct memory_operand *operand = &decoder->last.operand;
    bool is_jump = t == PC;
    emit(decoder, is_jump ? OP_LDR_TARGET : code, is_jump ? SCRATCH : t, operand->base, ZERO,
         operand->offset, 0);
    if (back)
        emit(decoder, OP_ADD, n, n, ZERO, back, 0);
    return !is_jump || emit(decoder, OP_BX, 0, 0, SCRATCH, 0, 0);
}

/* Loads and stores of one register, A5.3.7 to A5.3.10. */
static bool load_store_single(struct decoder *decoder, uint16_t first, uint16_t second)
{
    static const uint8_t loads[2][3] = {{OP_LDRB, OP_LDRH, OP_LDR}, {OP_LDRSB, OP_LDRSH, OP_LEAVE}};
    static const uint8_t stores[] = {OP_STRB, OP_STRH, OP_STR};
    unsigned n = first & 0xF, m = second & 0xF, t = second >> 12, size = first >> 5 & 3;
    bool is_load = first & 0x10, is_signed = first & 0x100, is_long = first & 0x80;
    if (is_load && t == PC && size == 0) { /* PLD, PLI */
        bool is_hint = is_long || n == PC || (second & 0xF00) == 0xC00 || !(second & 0xFC0);
        return is_hint && emit(decoder, OP_NOP, 0, 0, 0, 0, 0);
    }
    if (!is_long && n != PC && (second & 0xF00) == 0xE00)
        decoder->last.flags |= INSTRUCTION_UNPRIVILEGED | (is_load ? 0 : INSTRUCTION_STORE);
    unsigned width = 1u << size;
    bool indexed = second & 0x400, up = second & 0x200, back = second & 0x100;
    bool by_register = !is_long && n != PC && !(second & 0x800);
    uint32_t short_offset = up ? second & 0xFFu : -(second & 0xFFu), long_offset = second & 0xFFF;
    if (n == PC)
        describe_access(decoder, width, PC, ZERO, 0, is_long ? long_offset : -long_offset);
    else if (is_long)
        describe_access(decoder, width, n, ZERO, 0, long_offset);
    else if (by_register)
        describe_access(decoder, width, n, m, second >> 4 & 3, 0);
    else
        describe_access(decoder, width, n, ZERO, 0, indexed ? short_offset : 0);

    if (size == 3 || (t == PC && !(is_load && size == 2)) || t == SP ||
        (is_signed && (!is_load || size == 2)))
        return false;
    enum op_code code = is_load ? loads[is_signed][size] : stores[size];
    if (n == PC)
        return is_load && load_store(decoder, code, t, ZERO, 0);
    if (is_long)
        return load_store(decoder, code, t, n, 0);
    if (by_register) {
        if (second & 0xFC0 || m == SP || m == PC || t == PC)
            return false;
        return emit(decoder, code, t, n, shifted_index(decoder, m, second >> 4 & 3), 0, 0);
    }
    if ((!indexed && !back) || (indexed && !back && up) || (back && n == t))
        return false;
    return load_store(decoder, code, t, n, back ? short_offset : 0);
}

/* LDM and STM, A5.3.5. */
static bool load_store_multiple(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF;
    bool down = first & 0x100, up = first & 0x80, back = first & 0x20, is_load = first & 0x10;
    if (down == up)
        return false;
    describe_words(decoder, n, down ? -4 * bit_count(second) : 0);
    if (n == PC || second & 0x2000 || bit_count(second) < 2 || (back && second >> n & 1) ||
        (is_load ? (second & 0xC000) == 0xC000 : second & 0x8000))
        return false;
    return emit(decoder, is_load ? OP_LDM : OP_STM, 0, n, 0, second,
                (down ? MULTIPLE_DOWN : 0) | (back ? MULTIPLE_BACK : 0));
}

/* Exclusive accesses and table branches, A5.3.6. */
static bool exclusive_or_table(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, m = second & 0xF, operation = second >> 4 & 0xF;
    if (first & 0x10 && (!(first & 0x80) || operation > 1))
        decoder->last.flags |= INSTRUCTION_EXCLUSIVE;
    if (!(first & 0x80)) { /* LDREX, STREX */
        describe_words(decoder, n, 4 * (second & 0xFFu));
        return false;
    }
    if (operation > 1) { /* LDREXH, STREXH, LDREXB, STREXB */
        describe_access(decoder, operation == 5 ? 2 : 1, n, ZERO, 0, 0);
        decoder->last.flags |= INSTRUCTION_ALIGNED;
        return false;
    }
    unsigned base = n == PC ? ZERO : n; /* the PC isn't aligned here */
    uint32_t offset = n == PC ? decoder->pc + 4 : 0;
    describe_access(decoder, 1 + operation, base, m, operation, offset);
    if ((first & 0xFFF0) != 0xE8D0 || (second & 0xFFE0) != 0xF000 || n == SP || m == SP || m == PC)
        return false;
    emit(decoder, operation ? OP_LDRH : OP_LDRB, SCRATCH, base,
         shifted_index(decoder, m, operation), offset, 0);
    return emit(decoder, OP_GO_TABLE, 0, 0, SCRATCH, decoder->pc + 4, 0);
}

/* LDRD, STRD, A5.3.6. */
static bool load_store_dual(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, t = second >> 12, t2 = second >> 8 & 0xF;
    bool indexed = first & 0x100, up = first & 0x80, back = first & 0x20, is_load = first & 0x10;
    uint32_t offset = up ? 4 * (second & 0xFFu) : -4 * (second & 0xFFu);
    describe_words(decoder, n, indexed ? offset : 0);
    if (t >= 13 || t2 >= 13 || (is_load && t == t2) || (back && (n == t || n == t2)) || n == PC)
        return false;
    emit(decoder, is_load ? OP_LDRD : OP_STRD, t, n, t2, indexed ? offset : 0, 0);
    return !back || emit(decoder, OP_ADD, n, n, ZERO, offset, 0);
}

/* Shifts by register, extensions, and more with registers: A5.3.12 to A5.3.15. */
static bool register_processing(struct decoder *decoder, uint16_t first, uint16_t second)
{
    static const uint8_t extensions[8] = {OP_SXTH, OP_UXTH, 0, 0, OP_SXTB, OP_UXTB, 0, 0};
    static const uint8_t reversals[] = {OP_REV, OP_REV16, OP_RBIT, OP_REVSH};
    unsigned n = first & 0xF, d = second >> 8 & 0xF, m = second & 0xF, turn = second >> 1 & 0x18;
    if ((first & 0xFF80) == 0xFA00 && (second & 0xF0F0) == 0xF000 && n != PC) {
        emit(decoder, OP_SHIFT_BY, SCRATCH, n, m, 0, first >> 5 & 3);
        return emit(decoder, first & 0x10 ? OP_MOVS : OP_MOV, d, 0, SCRATCH, 0, CARRY_SHIFTED);
    }
    if ((first & 0xFF80) == 0xFA00 && (second & 0xF0C0) == 0xF080) {
        unsigned code = extensions[first >> 4 & 7], to = n == PC ? d : SCRATCH;
        if (!code)
            return false;
        if (turn)
            emit(decoder, OP_SHIFT, SCRATCH, ZERO, m, turn, ROR);
        emit(decoder, code, to, ZERO, turn ? SCRATCH : m, 0, 0);
        return n == PC || emit(decoder, OP_ADD, d, n, SCRATCH, 0, 0);
    }
    if ((second & 0xF0F0) == 0xF040 && n != PC && (first & 0xFFB0) == 0xFA80)
        return emit(decoder, first & 0x40 ? OP_USUB8 : OP_UADD8, d, n, m, 0, 0);
    if ((second & 0xF0F0) == 0xF080 && n != PC && first >> 4 == 0xFAA)
        return emit(decoder, OP_SEL, d, n, m, 0, 0);
    if (first == (0xFA90 | m) && (second & 0xF0C0) == 0xF080)
        return emit(decoder, reversals[second >> 4 & 3], d, ZERO, m, 0, 0);
    return first == (0xFAB0 | m) && (second & 0xF0F0) == 0xF080 &&
           emit(decoder, OP_CLZ, d, ZERO, m, 0, 0);
}

/* Multiplications and divisions, A5.3.16, A5.3.17. */
static bool multiplication(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF, m = second & 0xF, a = second >> 12;
    unsigned operation = first >> 4 & 0xF, kind = second >> 4 & 0xF;
    if (n == PC || a == SP)
        return false;
    if (operation == 0x2 && kind < 2 && a != PC) {
        decoder->last.flags |= INSTRUCTION_DUAL;
        describe_operands(decoder, d, n, m, a, kind);
    }
    switch (operation) {
    case 0x0:
        if (kind > 1 || (kind && a == PC))
            return false;
        return emit(decoder, kind ? OP_MLS : OP_MLA, d, n, m, 0, a == PC ? ZERO : a);
    case 0x9:
    case 0xB:
        return kind == 0xF && a == PC &&
               emit(decoder, operation == 0x9 ? OP_SDIV : OP_UDIV, d, n, m, 0, 0);
    case 0x8:
    case 0xA:
    case 0xC:
    case 0xE: {
        static const uint8_t codes[] = {OP_SMULL, OP_UMULL, OP_SMLAL, OP_UMLAL};
        return kind == 0 && a != PC && a != d &&
               emit(decoder, codes[(operation - 8) / 2], a, n, m, 0, d);
    }
    default: return false;
    }
}

/* The groups of A5.3. */
bool decode_t32(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned d = second >> 8 & 0xF, m = second & 0xF, n = first & 0xF;
    if ((first & 0xEC00) == 0xEC00 && (second & 0x0E00) == 0x0A00)
        decoder->last.flags |= INSTRUCTION_FPU;
    describe_conversion(decoder, first, second);
    switch (first >> 9) {
    case 0xE800 >> 9:
        if (!(first & 0x40))
            return load_store_multiple(decoder, first, second);
        return first & 0x120 ? load_store_dual(decoder, first, second)
                             : exclusive_or_table(decoder, first, second);
    case 0xEA00 >> 9: return shifted_register(decoder, first, second);
    case 0xEC00 >> 9:
    case 0xEE00 >> 9:
        return (second & 0xE00) == 0xA00 && decode_fp(decoder, first, second);
    case 0xF000 >> 9:
    case 0xF200 >> 9:
    case 0xF400 >> 9:
    case 0xF600 >> 9:
        if (second & 0x8000)
            return branch(decoder, first, second);
        return first & 0x200 ? plain_immediate(decoder, first, second)
                             : data_immediate(decoder, first, second);
    case 0xF800 >> 9: return load_store_single(decoder, first, second);
    case 0xFA00 >> 9: break;
    default: return false;
    }
    if ((first & 0xFFD0) == 0xFB90 && (second & 0xF0F0) == 0xF0F0) /* SDIV, UDIV */
        decoder->last.divisor = (uint8_t)m;
    if (d == SP || d == PC || m == SP || m == PC || n == SP)
        return false;
    return first & 0x100 ? multiplication(decoder, first, second)
                         : register_processing(decoder, first, second);
}
