/* Instructions of 32 bits, executed ahead. Encodings: ARM DDI 0403E, A5.3. */
#include "ahead.h"

static bool store_list(struct ahead *a, uint32_t list, uint32_t address)
{
    for (unsigned i = 0; i < 15; i++)
        if (list >> i & 1) {
            if (!ahead_put(a, address, 4, a->r[i]))
                return false;
            address += 4;
        }
    return true;
}

/* Data processing of 32 bits with second operand `y`: A5.3.1, A5.3.11. */
static bool wide_data(struct ahead *a, uint16_t first, unsigned d, uint32_t y, bool carry)
{
    unsigned n = first & 0xF, operation = first >> 5 & 0xF;
    bool flags = first & 0x10, test = d == 15 && flags;
    if (n == 15 && operation != 2 && operation != 3)
        return false;
    if ((d == 15 && !test) || d == 13)
        return false;
    uint32_t x = a->r[n], result;
    switch (operation) {
    case 0x0: result = x & y; break;
    case 0x1: result = x & ~y; break;
    case 0x2: result = n == 15 ? y : x | y; break;
    case 0x3: result = n == 15 ? ~y : x | ~y; break;
    case 0x4: result = x ^ y; break;
    case 0x8: result = ahead_add(a, x, y, false, flags); goto added;
    case 0xA: result = ahead_add(a, x, y, a->c, flags); goto added;
    case 0xB: result = ahead_add(a, x, ~y, a->c, flags); goto added;
    case 0xD: result = ahead_add(a, x, ~y, true, flags); goto added;
    case 0xE: result = ahead_add(a, ~x, y, true, flags); goto added;
    default: return false;
    }
    if (test && operation != 0 && operation != 4)
        return false;
    if (flags) {
        ahead_set_nz(a, result);
        a->c = carry;
    }
    if (!test)
        a->r[d] = result;
    return true;
added:
    if (test)
        return operation == 0x8 || operation == 0xD;
    a->r[d] = result;
    return true;
}

/* Plain binary immediates, A5.3.3. */
static bool wide_plain(struct ahead *a, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF;
    unsigned low = (second >> 10 & 0x1C) | (second >> 6 & 3), high = second & 0x1F;
    uint32_t immediate = (first << 1 & 0x800u) | (second >> 4 & 0x700u) | (second & 0xFF);
    bool odd = first & 0x400 || second & 0x20; /* for the bit field instructions */
    if (d == 13 || d == 15 || n == 13)
        return false;
    switch (first >> 4 & 0x1F) {
    case 0x00:
    case 0x0A: {
        uint32_t x = n == 15 ? (a->r[15]) & ~3u : a->r[n];
        a->r[d] = first & 0xA0 ? x - immediate : x + immediate;
        return true;
    }
    case 0x04: a->r[d] = immediate | (uint32_t)n << 12; return true;
    case 0x0C:
        a->r[d] = (a->r[d] & 0xFFFF) | immediate << 16 | (uint32_t)n << 28;
        return true;
    case 0x14: /* SBFX */
        if (n == 15 || low + high > 31 || odd)
            return false;
        a->r[d] = (uint32_t)((int32_t)(a->r[n] << (31 - low - high)) >> (31 - high));
        return true;
    case 0x16: { /* BFI, BFC */
        if (high < low || odd)
            return false;
        uint32_t mask = (0xFFFFFFFF >> (31 - (high - low))) << low;
        a->r[d] = (a->r[d] & ~mask) | ((n == 15 ? 0 : a->r[n]) << low & mask);
        return true;
    }
    case 0x1C: /* UBFX */
        if (n == 15 || low + high > 31 || odd)
            return false;
        a->r[d] = a->r[n] << (31 - low - high) >> (31 - high);
        return true;
    default: return false;
    }
}

/* Branches and what shares their encodings, A5.3.4. */
static bool wide_branch(struct ahead *a, uint16_t first, uint16_t second)
{
    uint32_t sign = first >> 10 & 1, j1 = second >> 13 & 1, j2 = second >> 11 & 1;
    if (second & 0x1000) { /* B and BL */
        uint32_t i1 = !(j1 ^ sign), i2 = !(j2 ^ sign);
        uint32_t offset = -sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3FFu) << 12 |
                          (second & 0x7FFu) << 1;
        uint32_t next = a->r[15];
        if (second & 0x4000)
            a->r[14] = next | 1;
        return ahead_jump(a, next + offset);
    }
    if (second & 0x4000)
        return false;
    unsigned condition = first >> 6 & 0xF;
    if (condition >= 14) /* DSB, DMB; the rest reaches further */
        return first == 0xF3BF && ((second & 0xFFE0) == 0x8F40);
    uint32_t offset = -sign << 20 | j2 << 19 | j1 << 18 | (first & 0x3Fu) << 12 |
                      (second & 0x7FFu) << 1;
    a->jumped = true;
    if (ahead_holds(a, condition))
        a->r[15] += offset;
    return true;
}

/* Loads and stores of one register, A5.3.7 to A5.3.10. */
static bool wide_single(struct ahead *a, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, t = second >> 12, size = first >> 5 & 3, width = 1u << size;
    bool is_load = first & 0x10, is_signed = first & 0x100;
    uint32_t address, base = n == 15 ? a->r[15] & ~3u : a->r[n], written = base;
    if (size == 3 || t == 15 || t == 13 || (is_signed && (!is_load || size == 2)))
        return false;
    if (n == 15) {
        if (!is_load)
            return false;
        address = first & 0x80 ? base + (second & 0xFFF) : base - (second & 0xFFF);
    } else if (first & 0x80) {
        address = base + (second & 0xFFF);
    } else if (second & 0x800) {
        uint32_t offset = second & 0x200 ? second & 0xFFu : -(second & 0xFFu);
        bool indexed = second & 0x400, back = second & 0x100;
        if ((!indexed && !back) || (indexed && !back && second & 0x200) || (back && n == t))
            return false;
        address = indexed ? base + offset : base;
        if (back)
            written = base + offset;
    } else {
        unsigned m = second & 0xF;
        if (second & 0xFC0 || m == 13 || m == 15)
            return false;
        address = base + (a->r[m] << (second >> 4 & 3));
    }
    if (is_load ? !ahead_load_extended(a, t, address, width, is_signed)
                : !ahead_put(a, address, width, a->r[t]))
        return false;
    if (n != 15)
        a->r[n] = n == t && is_load ? a->r[n] : written;
    return true;
}

static bool wide_multiple(struct ahead *a, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, t = second >> 12, t2 = second >> 8 & 0xF;
    bool before = first & 0x100, up = first & 0x80, back = first & 0x20, is_load = first & 0x10;
    uint32_t base = a->r[n], address;
    if (n == 15)
        return false;
    if (!(first & 0x40)) { /* LDM, STM */
        uint32_t size = 4 * bit_count(second);
        if (before == up || second & 0x2000 || bit_count(second) < 2 || (back && second >> n & 1) ||
            (is_load ? (second & 0xC000) == 0xC000 : second & 0x8000))
            return false;
        address = before ? base - size : base;
        if (back)
            a->r[n] = before ? base - size : base + size;
        return is_load ? ahead_load_list(a, second, address) : store_list(a, second, address);
    }
    if (!(before || back)) /* exclusives and table branches */
        return false;
    uint32_t offset = 4 * (second & 0xFF), moved = up ? base + offset : base - offset;
    address = before ? moved : base;
    if (t >= 13 || t2 >= 13 || t == t2 || (back && (n == t || n == t2)))
        return false;
    if (back)
        a->r[n] = moved;
    if (is_load) {
        uint32_t values[2];
        if (!ahead_load(a, address, 4, &values[0]) || !ahead_load(a, address + 4, 4, &values[1]))
            return false;
        a->r[t] = values[0];
        a->r[t2] = values[1];
        return true;
    }
    return ahead_put(a, address, 4, a->r[t]) && ahead_put(a, address + 4, 4, a->r[t2]);
}

/* Shifts by register and extensions, A5.3.12; multiplications, A5.3.16 and A5.3.17. */
static bool wide_register(struct ahead *a, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF, m = second & 0xF, ra = second >> 12;
    uint32_t x = a->r[n], y = a->r[m], result;
    if (d == 13 || d == 15 || m == 13 || m == 15 || n == 13)
        return false;
    if ((first & 0xFF80) == 0xFA00 && (second & 0xF0F0) == 0xF000) {
        bool carry;
        if (n == 15)
            return false;
        result = ahead_shift_by_register(a, first >> 5 & 3, x, y & 0xFF, &carry);
        if (first & 0x10) {
            ahead_set_nz(a, result);
            a->c = carry;
        }
    } else if ((first & 0xFF80) == 0xFA00 && (second & 0xF0C0) == 0xF080 && n == 15) {
        unsigned turn = second >> 1 & 0x18;
        y = turn ? y >> turn | y << (32 - turn) : y;
        switch (first >> 4 & 7) {
        case 0: result = (uint32_t)(int16_t)y; break;
        case 1: result = y & 0xFFFF; break;
        case 4: result = (uint32_t)(int8_t)y; break;
        case 5: result = y & 0xFF; break;
        default: return false;
        }
    } else if (first >> 4 == 0xFB0 && (second & 0xE0) == 0 && n != 15 && ra != 13) {
        if (second & 0x10) {
            if (ra == 15)
                return false;
            result = a->r[ra] - x * y;
        } else {
            result = x * y + (ra == 15 ? 0 : a->r[ra]);
        }
    } else {
        return false;
    }
    a->r[d] = result;
    return true;
}

bool ahead_wide(struct ahead *a, uint16_t first, uint16_t second)
{
    unsigned d = second >> 8 & 0xF, m = second & 0xF;
    bool carry;
    if ((first & 0xF800) == 0xF000) {
        if (second & 0x8000)
            return wide_branch(a, first, second);
        if (first & 0x200)
            return wide_plain(a, first, second);
        unsigned operation = first >> 5 & 0xF;
        if ((first & 0xF) == 13 && operation != 0x8 && operation != 0xD)
            return false;
        uint32_t y = ahead_immediate(a, first, second, &carry);
        return wide_data(a, first, d, y, carry);
    }
    if ((first & 0xFE00) == 0xE800)
        return wide_multiple(a, first, second);
    if ((first & 0xFE00) == 0xF800)
        return wide_single(a, first, second);
    if ((first & 0xFE00) == 0xEA00) {
        if (m == 13 || m == 15 || (first & 0xF) == 13 || second & 0x8000)
            return false;
        uint32_t y = ahead_shift(a, second >> 4 & 3, a->r[m],
                                 (second >> 10 & 0x1C) | (second >> 6 & 3), &carry);
        return wide_data(a, first, d, y, carry);
    }
    if ((first & 0xFF00) == 0xFA00 || (first & 0xFF00) == 0xFB00)
        return wide_register(a, first, second);
    return false;
}
