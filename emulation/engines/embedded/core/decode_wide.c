/* Taking apart instructions of 32 bits. Encodings: ARM DDI 0403E, A5.3. */
#include "ops.h"

#define step decode_step

/* A modified immediate constant, A5.3.2, and what becomes of the carry. */
static uint32_t constant(uint16_t first, uint16_t second, unsigned *carry)
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
static bool data(struct decoder *decoder, uint16_t first, unsigned d, unsigned m, uint32_t value,
                 unsigned carry)
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
        step(decoder, code + flags, SCRATCH, n, m, value, carry);
        return step(decoder, OP_SET_SP, SP, ZERO, SCRATCH, 0, 0);
    }
    return step(decoder, code + flags, is_test ? SINK : d, n, m, value, carry);
}

/* Plain binary immediates, A5.3.3. */
static bool plain(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF, operation = first >> 4 & 0x1F;
    unsigned low = (second >> 10 & 0x1C) | (second >> 6 & 3), high = second & 0x1F;
    uint32_t immediate = (first << 1 & 0x800u) | (second >> 4 & 0x700u) | (second & 0xFF);
    bool odd = first & 0x400 || second & 0x20; /* for the bit field instructions */
    if (d == PC || (d == SP && !(n == SP && (operation == 0 || operation == 0xA))))
        return false;
    switch (operation) {
    case 0x00:
    case 0x0A: {
        uint32_t value = first & 0xA0 ? -immediate : immediate;
        if (n == PC)
            return step(decoder, OP_MOV, d, 0, ZERO, ((decoder->pc + 4) & ~3u) + value, 0);
        step(decoder, OP_ADD, d == SP ? SCRATCH : d, n, ZERO, value, 0);
        return d != SP || step(decoder, OP_SET_SP, SP, ZERO, SCRATCH, 0, 0);
    }
    case 0x04:
        return step(decoder, OP_MOV, d, 0, ZERO, immediate | (uint32_t)n << 12, 0);
    case 0x0C:
        return step(decoder, OP_MOVT, d, ZERO, ZERO, immediate << 16 | (uint32_t)n << 28, 0);
    case 0x14:
    case 0x1C:
        return n < 13 && low + high <= 31 && !odd &&
               step(decoder, operation == 0x14 ? OP_SBFX : OP_UBFX, d, n, 0, low, high + 1);
    case 0x16:
        return n != SP && high >= low && !odd &&
               step(decoder, OP_BFI, d, n == PC ? ZERO : n, 0, low, high - low + 1);
    default: return false;
    }
}

/* Branches, special registers and barriers, A5.3.4. */
static bool branch(struct decoder *decoder, uint16_t first, uint16_t second)
{
    uint32_t sign = first >> 10 & 1, j1 = second >> 13 & 1, j2 = second >> 11 & 1;
    uint32_t next = decoder->pc + 4;
    if (second & 0x1000) { /* B and BL */
        uint32_t i1 = !(j1 ^ sign), i2 = !(j2 ^ sign);
        uint32_t offset = -sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3FFu) << 12 |
                          (second & 0x7FFu) << 1;
        if (second & 0x4000)
            step(decoder, OP_MOV, LR, 0, ZERO, next | 1, 0);
        return step(decoder, OP_GO, 0, 0, 0, next + offset, 0);
    }
    if (second & 0x4000)
        return false;
    unsigned condition = first >> 6 & 0xF;
    if (condition < 14) {
        uint32_t offset = -sign << 20 | j2 << 19 | j1 << 18 | (first & 0x3Fu) << 12 |
                          (second & 0x7FFu) << 1;
        return !decoder->it && step(decoder, OP_GO_IF, 0, 0, 0, next + offset, condition);
    }
    if (first == 0xF3BF && (second & 0xFF80) == 0x8F00 && (second & 0x70) >= 0x40 &&
        (second & 0x70) <= 0x60) /* DSB, DMB, ISB */
        return step(decoder, OP_NOP, 0, 0, 0, 0, 0);
    if (first == 0xF3AF && second == 0x8000) /* NOP */
        return step(decoder, OP_NOP, 0, 0, 0, 0, 0);
    unsigned d = second >> 8 & 0xF, n = first & 0xF;
    if (first == 0xF3EF && (second & 0xF000) == 0x8000 && d < 13)
        return step(decoder, OP_MRS, d, 0, 0, second & 0xFF, 0);
    if ((first & 0xFFF0) == 0xF380 && (second & 0xFF00) == 0x8800 && n < 13)
        return step(decoder, OP_MSR, 0, n, 0, second & 0xFF, 0);
    return false;
}

/* Where an index is to be found once it has been shifted. */
static unsigned scaled(struct decoder *decoder, unsigned m, unsigned amount)
{
    if (!amount)
        return m;
    step(decoder, OP_SHIFT, SCRATCH, ZERO, m, amount, LSL);
    return SCRATCH;
}

/* A load or store of one register, and the change of its base. */
static bool access(struct decoder *decoder, enum op_code code, unsigned t, unsigned n,
                   uint32_t offset, bool indexed, bool back)
{
    bool is_jump = t == PC;
    step(decoder, is_jump ? OP_LDR_TARGET : code, is_jump ? SCRATCH : t, n, ZERO,
         indexed ? offset : 0, 0);
    if (back)
        step(decoder, OP_ADD, n, n, ZERO, offset, 0);
    return !is_jump || step(decoder, OP_BX, 0, 0, SCRATCH, 0, 0);
}

/* Loads and stores of one register, A5.3.7 to A5.3.10. */
static bool single(struct decoder *decoder, uint16_t first, uint16_t second)
{
    static const uint8_t loads[2][3] = {{OP_LDRB, OP_LDRH, OP_LDR}, {OP_LDRSB, OP_LDRSH, OP_LEAVE}};
    static const uint8_t stores[] = {OP_STRB, OP_STRH, OP_STR};
    unsigned n = first & 0xF, t = second >> 12, size = first >> 5 & 3;
    bool is_load = first & 0x10, is_signed = first & 0x100;
    if (is_load && t == PC && size == 0) { /* PLD, PLI */
        bool is_hint = first & 0x80 || n == PC || (second & 0xF00) == 0xC00 || !(second & 0xFC0);
        return is_hint && step(decoder, OP_NOP, 0, 0, 0, 0, 0);
    }
    if (size == 3 || (t == PC && !(is_load && size == 2)) || t == SP ||
        (is_signed && (!is_load || size == 2)))
        return false;
    enum op_code code = is_load ? loads[is_signed][size] : stores[size];
    if (n == PC) {
        uint32_t offset = second & 0xFFF, base = (decoder->pc + 4) & ~3u;
        return is_load && access(decoder, code, t, ZERO,
                                 first & 0x80 ? base + offset : base - offset, true, false);
    }
    if (first & 0x80)
        return access(decoder, code, t, n, second & 0xFFF, true, false);
    if (second & 0x800) {
        uint32_t offset = second & 0x200 ? second & 0xFFu : -(second & 0xFFu);
        bool indexed = second & 0x400, back = second & 0x100;
        if ((!indexed && !back) || (indexed && !back && second & 0x200) || (back && n == t))
            return false;
        return access(decoder, code, t, n, offset, indexed, back);
    }
    unsigned m = second & 0xF;
    if (second & 0xFC0 || m == SP || m == PC || t == PC)
        return false;
    return step(decoder, code, t, n, scaled(decoder, m, second >> 4 & 3), 0, 0);
}

static bool multiple(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, t = second >> 12, t2 = second >> 8 & 0xF;
    bool before = first & 0x100, up = first & 0x80, back = first & 0x20, is_load = first & 0x10;
    if (!(first & 0x40)) { /* LDM, STM */
        if (n == PC || before == up || second & 0x2000 || bit_count(second) < 2 ||
            (back && second >> n & 1) ||
            (is_load ? (second & 0xC000) == 0xC000 : second & 0x8000))
            return false;
        return step(decoder, is_load ? OP_LDM : OP_STM, 0, n, 0, second,
                    (before ? MULTIPLE_DOWN : 0) | (back ? MULTIPLE_BACK : 0));
    }
    if (!(before || back)) { /* table branches; not the exclusives */
        unsigned m = second & 0xF;
        if ((first & 0xFFF0) != 0xE8D0 || (second & 0xFFE0) != 0xF000 || n == SP || m == SP ||
            m == PC)
            return false;
        bool wide = second & 0x10;
        step(decoder, wide ? OP_LDRH : OP_LDRB, SCRATCH, n == PC ? ZERO : n,
             scaled(decoder, m, wide), n == PC ? decoder->pc + 4 : 0, 0);
        return step(decoder, OP_GO_TABLE, 0, 0, SCRATCH, decoder->pc + 4, 0);
    }
    uint32_t offset = up ? 4 * (second & 0xFFu) : -4 * (second & 0xFFu);
    if (t >= 13 || t2 >= 13 || (is_load && t == t2) || (back && (n == t || n == t2)) || n == PC)
        return false;
    step(decoder, is_load ? OP_LDRD : OP_STRD, t, n, t2, before ? offset : 0, 0);
    return !back || step(decoder, OP_ADD, n, n, ZERO, offset, 0);
}

/* Shifts by register and extensions, A5.3.12, A5.3.13. */
static bool by_register(struct decoder *decoder, uint16_t first, uint16_t second)
{
    static const uint8_t extensions[8] = {OP_SXTH, OP_UXTH, 0, 0, OP_SXTB, OP_UXTB, 0, 0};
    static const uint8_t reversals[] = {OP_REV, OP_REV16, OP_RBIT, OP_REVSH};
    unsigned n = first & 0xF, d = second >> 8 & 0xF, m = second & 0xF, turn = second >> 1 & 0x18;
    if ((first & 0xFF80) == 0xFA00 && (second & 0xF0F0) == 0xF000 && n != PC) {
        step(decoder, OP_SHIFT_BY, SCRATCH, n, m, 0, first >> 5 & 3);
        return step(decoder, first & 0x10 ? OP_MOVS : OP_MOV, d, 0, SCRATCH, 0, CARRY_SHIFTED);
    }
    if ((first & 0xFF80) == 0xFA00 && (second & 0xF0C0) == 0xF080) {
        unsigned code = extensions[first >> 4 & 7], to = n == PC ? d : SCRATCH;
        if (!code)
            return false;
        if (turn)
            step(decoder, OP_SHIFT, SCRATCH, ZERO, m, turn, ROR);
        step(decoder, code, to, ZERO, turn ? SCRATCH : m, 0, 0);
        return n == PC || step(decoder, OP_ADD, d, n, SCRATCH, 0, 0);
    }
    if ((second & 0xF0F0) == 0xF040 && n != PC && (first & 0xFFB0) == 0xFA80)
        return step(decoder, first & 0x40 ? OP_USUB8 : OP_UADD8, d, n, m, 0, 0);
    if ((second & 0xF0F0) == 0xF080 && n != PC && first >> 4 == 0xFAA)
        return step(decoder, OP_SEL, d, n, m, 0, 0);
    if (first == (0xFA90 | m) && (second & 0xF0C0) == 0xF080)
        return step(decoder, reversals[second >> 4 & 3], d, ZERO, m, 0, 0);
    return first == (0xFAB0 | m) && (second & 0xF0F0) == 0xF080 &&
           step(decoder, OP_CLZ, d, ZERO, m, 0, 0);
}

/* Multiplications and divisions, A5.3.16, A5.3.17. */
static bool multiplication(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF, m = second & 0xF, a = second >> 12;
    unsigned operation = first >> 4 & 0xF, kind = second >> 4 & 0xF;
    if (n == PC || a == SP)
        return false;
    switch (operation) {
    case 0x0:
        if (kind > 1 || (kind && a == PC))
            return false;
        return step(decoder, kind ? OP_MLS : OP_MLA, d, n, m, 0, a == PC ? ZERO : a);
    case 0x9:
    case 0xB:
        return kind == 0xF && a == PC &&
               step(decoder, operation == 0x9 ? OP_SDIV : OP_UDIV, d, n, m, 0, 0);
    case 0x8:
    case 0xA:
    case 0xC:
    case 0xE: {
        static const uint8_t codes[] = {OP_SMULL, OP_UMULL, OP_SMLAL, OP_UMLAL};
        return kind == 0 && a != PC && a != d &&
               step(decoder, codes[(operation - 8) / 2], a, n, m, 0, d);
    }
    default: return false;
    }
}

/* Loads and stores of floating-point registers, A6.5: double ones, or halves of one. */
static bool floating(struct decoder *decoder, uint16_t first, uint16_t second)
{
    bool before = first & 0x100, up = first & 0x80, back = first & 0x20, is_load = first & 0x10;
    bool is_double = second & 0x100, odd = first & 0x40;
    unsigned n = first & 0xF, d = second >> 12, words = second & 0xFF;
    uint32_t size = 4 * words;
    if (before && !back) { /* VLDR, VSTR */
        uint32_t base = n == PC ? (decoder->pc + 4) & ~3u : 0, offset = up ? size : -size;
        unsigned from = n == PC ? ZERO : n;
        if (is_double)
            return !odd && step(decoder, is_load ? OP_VLDM : OP_VSTM, d, from, ZERO, base + offset, 1);
        return step(decoder, is_load ? OP_VLDR : OP_VSTR, d, from, ZERO, base + offset, odd);
    }
    if (before == up || n == PC || words == 0 || words & 1 || odd || d + words / 2 > 16)
        return false;
    step(decoder, is_load ? OP_VLDM : OP_VSTM, d, n, ZERO, before ? -size : 0, words / 2);
    return !back || step(decoder, OP_ADD, n, n, ZERO, before ? -size : size, 0);
}

bool decode_wide(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned d = second >> 8 & 0xF, m = second & 0xF, n = first & 0xF, carry;
    if ((first & 0xF800) == 0xF000) {
        if (second & 0x8000)
            return branch(decoder, first, second);
        if (first & 0x200)
            return plain(decoder, first, second);
        uint32_t value = constant(first, second, &carry);
        return data(decoder, first, d, ZERO, value, carry);
    }
    if ((first & 0xFE00) == 0xE800)
        return multiple(decoder, first, second);
    if ((first & 0xFE00) == 0xF800)
        return single(decoder, first, second);
    if ((first & 0xFE00) == 0xEA00) {
        unsigned amount = (second >> 10 & 0x1C) | (second >> 6 & 3), type = second >> 4 & 3;
        if (m == SP || m == PC || second & 0x8000)
            return false;
        if (!amount && type == LSL)
            return data(decoder, first, d, m, 0, CARRY_KEPT);
        step(decoder, OP_SHIFT, SCRATCH, ZERO, m, amount, type);
        return data(decoder, first, d, SCRATCH, 0, CARRY_SHIFTED);
    }
    if ((first & 0xFE00) == 0xEC00)
        return (second & 0xE00) == 0xA00 && floating(decoder, first, second);
    if (d == SP || d == PC || m == SP || m == PC || n == SP)
        return false;
    if ((first & 0xFF00) == 0xFA00)
        return by_register(decoder, first, second);
    return (first & 0xFF00) == 0xFB00 && multiplication(decoder, first, second);
}
