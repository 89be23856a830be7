/* Instructions of 16 bits, executed ahead. Encodings: ARM DDI 0403E, A5.2. */
#include "ahead.h"

static bool push(struct ahead *a, uint32_t list)
{
    uint32_t address = a->r[13];
    for (int i = 15; i >= 0; i--)
        if (list >> i & 1 && !ahead_put(a, address -= 4, 4, a->r[i]))
            return false;
    a->r[13] = address;
    return true;
}

/* Data processing on low registers, A5.2.2. */
static bool narrow_data(struct ahead *a, uint16_t code, bool flags)
{
    uint32_t *d = &a->r[code & 7], x = *d, y = a->r[code >> 3 & 7], result;
    bool carry = a->c;
    switch (code >> 6 & 0xF) {
    case 0x0: result = x & y; break;
    case 0x1: result = x ^ y; break;
    case 0x2: result = ahead_shift_by_register(a, LSL, x, y & 0xFF, &carry); break;
    case 0x3: result = ahead_shift_by_register(a, LSR, x, y & 0xFF, &carry); break;
    case 0x4: result = ahead_shift_by_register(a, ASR, x, y & 0xFF, &carry); break;
    case 0x5: *d = ahead_add(a, x, y, a->c, flags); return true;
    case 0x6: *d = ahead_add(a, x, ~y, a->c, flags); return true;
    case 0x7: result = ahead_shift_by_register(a, ROR, x, y & 0xFF, &carry); break;
    case 0x8: ahead_set_nz(a, x & y); return true;
    case 0x9: *d = ahead_add(a, ~y, 0, true, flags); return true;
    case 0xA: ahead_add(a, x, ~y, true, true); return true;
    case 0xB: ahead_add(a, x, y, false, true); return true;
    case 0xC: result = x | y; break;
    case 0xD: result = x * y; break;
    case 0xE: result = x & ~y; break;
    default: result = ~y; break;
    }
    *d = result;
    if (flags) {
        ahead_set_nz(a, result);
        a->c = carry;
    }
    return true;
}

/* High registers, BX and BLX: A5.2.3. */
static bool narrow_special(struct ahead *a, uint16_t code)
{
    unsigned d = (code & 7) | (code >> 4 & 8), m = code >> 3 & 0xF;
    uint32_t pc = a->r[15] + 2, x = d == 15 ? pc : a->r[d], y = m == 15 ? pc : a->r[m];
    switch (code >> 8 & 3) {
    case 0:
        x += y;
        break;
    case 1:
        ahead_add(a, x, ~y, true, true);
        return true;
    case 2:
        x = y;
        break;
    default:
        if (code & 7)
            return false;
        if (code & 0x80)
            a->r[14] = a->r[15] | 1;
        return ahead_jump_exchange(a, y);
    }
    if (d == 15)
        return ahead_jump(a, x);
    if (d == 13 && x & 3)
        return false;
    a->r[d] = x;
    return true;
}

/* Miscellaneous, A5.2.5. */
static bool narrow_miscellaneous(struct ahead *a, uint16_t code)
{
    uint32_t *d = &a->r[code & 7], m = a->r[code >> 3 & 7];
    if ((code & 0xFF00) == 0xB000) {
        uint32_t offset = 4 * (code & 0x7F);
        a->r[13] += code & 0x80 ? -offset : offset;
        return true;
    }
    if ((code & 0xF500) == 0xB100) { /* CBZ, CBNZ */
        bool taken = (a->r[code & 7] != 0) == (code >> 11 & 1);
        uint32_t offset = (code >> 2 & 0x3E) | (code >> 3 & 0x40);
        a->jumped = true;
        return !taken || ahead_jump(a, a->r[15] + 2 + offset);
    }
    if ((code & 0xF400) == 0xB400 && !(code & 0x1FF))
        return false;
    if ((code & 0xFE00) == 0xB400)
        return push(a, (code & 0xFF) | (code & 0x100) << 6);
    if ((code & 0xFE00) == 0xBC00) {
        uint32_t list = (code & 0xFF) | (code & 0x100) << 7, address = a->r[13];
        a->r[13] += 4 * bit_count(list);
        return ahead_load_list(a, list, address);
    }
    switch (code & 0xFFC0) {
    case 0xB200: *d = (uint32_t)(int16_t)m; return true;
    case 0xB240: *d = (uint32_t)(int8_t)m; return true;
    case 0xB280: *d = m & 0xFFFF; return true;
    case 0xB2C0: *d = m & 0xFF; return true;
    default: break;
    }
    if ((code & 0xFF0F) == 0xBF00) /* NOP, and hints that are more */
        return code == 0xBF00;
    if ((code & 0xFF00) == 0xBF00 && !a->it) {
        a->it = (uint8_t)code;
        return true;
    }
    return false;
}

bool ahead_narrow(struct ahead *a, uint16_t code, bool in_it)
{
    static const uint8_t widths[] = {4, 2, 1, 1, 4, 2, 1, 2}; /* of the register-offset forms */
    uint32_t *r = a->r, immediate = code & 0xFF;
    unsigned low = code & 7, base = code >> 3 & 7, offset = code >> 6 & 0x1F, high = code >> 8 & 7;
    bool flags = !in_it, carry;
    switch (code >> 11) {
    case 0x00:
    case 0x01:
    case 0x02:
        r[low] = ahead_shift(a, code >> 11, r[base], offset, &carry);
        if (flags) {
            ahead_set_nz(a, r[low]);
            a->c = carry;
        }
        return true;
    case 0x03: {
        uint32_t y = code & 0x400 ? (code >> 6 & 7u) : r[code >> 6 & 7];
        bool minus = code & 0x200;
        r[low] = ahead_add(a, r[base], minus ? ~y : y, minus, flags);
        return true;
    }
    case 0x04:
        r[high] = immediate;
        if (flags)
            ahead_set_nz(a, immediate);
        return true;
    case 0x05: ahead_add(a, r[high], ~immediate, true, true); return true;
    case 0x06: r[high] = ahead_add(a, r[high], immediate, false, flags); return true;
    case 0x07: r[high] = ahead_add(a, r[high], ~immediate, true, flags); return true;
    case 0x08: return code & 0x400 ? narrow_special(a, code) : narrow_data(a, code, flags);
    case 0x09: return ahead_load(a, ((r[15] + 2) & ~3u) + 4 * immediate, 4, &r[high]);
    case 0x0A:
    case 0x0B: {
        unsigned kind = code >> 9 & 7;
        uint32_t address = r[base] + r[code >> 6 & 7];
        if (kind < 3)
            return ahead_put(a, address, widths[kind], r[low]);
        return ahead_load_extended(a, low, address, widths[kind], kind == 3 || kind == 7);
    }
    case 0x0C: return ahead_put(a, r[base] + 4 * offset, 4, r[low]);
    case 0x0D: return ahead_load(a, r[base] + 4 * offset, 4, &r[low]);
    case 0x0E: return ahead_put(a, r[base] + offset, 1, r[low]);
    case 0x0F: return ahead_load(a, r[base] + offset, 1, &r[low]);
    case 0x10: return ahead_put(a, r[base] + 2 * offset, 2, r[low]);
    case 0x11: return ahead_load(a, r[base] + 2 * offset, 2, &r[low]);
    case 0x12: return ahead_put(a, r[13] + 4 * immediate, 4, r[high]);
    case 0x13: return ahead_load(a, r[13] + 4 * immediate, 4, &r[high]);
    case 0x14: r[high] = ((r[15] + 2) & ~3u) + 4 * immediate; return true;
    case 0x15: r[high] = r[13] + 4 * immediate; return true;
    case 0x16:
    case 0x17: return narrow_miscellaneous(a, code);
    case 0x1A:
    case 0x1B: {
        unsigned condition = code >> 8 & 0xF;
        if (condition >= 14)
            return false;
        a->jumped = true;
        if (ahead_holds(a, condition))
            r[15] += 2 + 2 * (uint32_t)(int8_t)immediate;
        return true;
    }
    case 0x1C: return ahead_jump(a, r[15] + 2 + ((uint32_t)(code & 0x7FF) << 21 >> 20) -
                                  (code & 0x400 ? 0x1000 : 0));
    default: return false; /* LDM and STM */
    }
}
