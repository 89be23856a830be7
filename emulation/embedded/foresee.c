/*
 * Executing ahead without effect: what would the CPU do from here on?
 *
 * This recognises a loop that only waits at the first look, however short the wait (drift.c).
 * Instructions are interpreted on a copy of the registers, and stores go to a list. Whatever has an
 * effect beyond that, or isn't known here, ends the attempt: the answer is then that nothing can be
 * foreseen, and the CPU executes as ever. Encodings: ARM DDI 0403E, A5.2 and A5.3.
 */
#include "ahead.h"

#include <string.h>

static bool condition_holds(const struct ahead *a, unsigned condition)
{
    bool holds = true;
    switch (condition >> 1) {
    case 0: holds = a->z; break;
    case 1: holds = a->c; break;
    case 2: holds = a->n; break;
    case 3: holds = a->v; break;
    case 4: holds = a->c && !a->z; break;
    case 5: holds = a->n == a->v; break;
    case 6: holds = a->n == a->v && !a->z; break;
    default: return true;
    }
    return holds != (condition & 1);
}

struct store *ahead_stored(struct ahead *a, const uint8_t *bytes)
{
    for (unsigned i = 0; i < a->stores; i++)
        if (a->store[i].bytes == bytes)
            return &a->store[i];
    return NULL;
}

/* The word around an address within memory; NULL: something else is there. */
static uint8_t *word_at(struct ahead *a, uint32_t address, bool for_write)
{
    const struct page *page = page_at(a->core, address);
    if (!page || !page->memory || page->windows)
        return NULL;
    if (for_write && (!page->memory->writable || *page_flags(page) & (PAGE_TRAPPED | PAGE_EXECUTED)))
        return NULL;
    return page->memory->bytes + page->offset + (address & (PAGE_SIZE - 4));
}

static uint32_t lanes(uint32_t value, unsigned width)
{
    return width == 4 ? value : value & ((1u << 8 * width) - 1);
}

static bool load(struct ahead *a, uint32_t address, unsigned width, uint32_t *value)
{
    uint32_t word;
    if (address & (width - 1))
        return false;
    const uint8_t *bytes = word_at(a, address, false);
    if (bytes) {
        const struct store *store = ahead_stored(a, bytes);
        if (store) {
            word = store->now;
            a->loaded |= store->step;
            if (a->loaded && width != 4)
                return false;
        } else {
            memcpy(&word, bytes, 4);
        }
    } else if (!device_peek(a->core, address & ~3u, &word)) {
        return false;
    }
    *value = lanes(word >> 8 * (address & 3), width);
    return true;
}

static bool put(struct ahead *a, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *bytes = word_at(a, address, true);
    if (address & (width - 1) || !bytes)
        return false;
    struct store *store = ahead_stored(a, bytes);
    if (!store) {
        if (a->stores == MOST_STORES)
            return false;
        store = &a->store[a->stores++];
        store->bytes = bytes;
        memcpy(&store->before, bytes, 4);
        store->now = store->before;
        store->step = 0;
    }
    if (width != 4 && (store->step || a->storing))
        return false;
    store->step = a->storing;
    unsigned shift = 8 * (address & 3);
    uint32_t mask = lanes(0xFFFFFFFF, width) << shift;
    store->now = (store->now & ~mask) | (value << shift & mask);
    return true;
}

static bool jump(struct ahead *a, uint32_t target)
{
    a->r[15] = target & ~1u;
    a->jumped = true;
    return true;
}

/* A branch that could change state: only to Thumb code, and not out of a handler. */
static bool jump_exchange(struct ahead *a, uint32_t target)
{
    return target & 1 && target < 0xF0000000 && jump(a, target);
}

static void set_nz(struct ahead *a, uint32_t result)
{
    a->n = result >> 31;
    a->z = result == 0;
}

static uint32_t add(struct ahead *a, uint32_t x, uint32_t y, bool carry, bool flags)
{
    uint64_t sum = (uint64_t)x + y + carry;
    uint32_t result = (uint32_t)sum;
    if (flags) {
        set_nz(a, result);
        a->c = sum >> 32;
        a->v = (~(x ^ y) & (x ^ result)) >> 31;
    }
    return result;
}

enum { LSL, LSR, ASR, ROR };

/* A shift by an immediate, A7.4.2: 0 stands for 32, and for RRX. */
static uint32_t shift_by(const struct ahead *a, unsigned type, uint32_t value, unsigned amount,
                         bool *carry)
{
    *carry = a->c;
    if (type == LSL) {
        if (amount)
            *carry = value >> (32 - amount) & 1;
        return value << amount;
    }
    if (type == ROR && amount == 0) {
        *carry = value & 1;
        return value >> 1 | (uint32_t)a->c << 31;
    }
    if (amount == 0)
        amount = 32;
    *carry = value >> (amount - 1) & 1;
    if (type == ROR)
        return value >> amount | value << (32 - amount);
    if (type == LSR)
        return amount == 32 ? 0 : value >> amount;
    return (uint32_t)((int32_t)value >> (amount == 32 ? 31 : amount));
}

/* A shift by a register's low byte. */
static uint32_t shift_by_register(const struct ahead *a, unsigned type, uint32_t value,
                                  unsigned amount, bool *carry)
{
    if (amount == 0) {
        *carry = a->c;
        return value;
    }
    if (type == ROR) {
        amount &= 31;
        *carry = amount ? value >> (amount - 1) & 1 : value >> 31;
        return amount ? value >> amount | value << (32 - amount) : value;
    }
    if (amount < 32)
        return shift_by(a, type, value, amount, carry);
    *carry = type == ASR ? value >> 31 : amount == 32 && (type == LSL ? value & 1 : value >> 31);
    return type == ASR ? (uint32_t)((int32_t)value >> 31) : 0;
}

static bool push(struct ahead *a, uint32_t list)
{
    uint32_t address = a->r[13];
    for (int i = 15; i >= 0; i--)
        if (list >> i & 1 && !put(a, address -= 4, 4, a->r[i]))
            return false;
    a->r[13] = address;
    return true;
}

/* Loads the registers in `list` from `address` on. */
static bool load_list(struct ahead *a, uint32_t list, uint32_t address)
{
    for (unsigned i = 0; i < 15; i++, list >>= 1)
        if (list & 1) {
            if (!load(a, address, 4, &a->r[i]))
                return false;
            address += 4;
        }
    uint32_t target;
    return !(list & 1) || (load(a, address, 4, &target) && jump_exchange(a, target));
}

static bool store_list(struct ahead *a, uint32_t list, uint32_t address)
{
    for (unsigned i = 0; i < 15; i++)
        if (list >> i & 1) {
            if (!put(a, address, 4, a->r[i]))
                return false;
            address += 4;
        }
    return true;
}

static unsigned count(uint32_t bits)
{
    unsigned n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

static bool load_extended(struct ahead *a, unsigned target, uint32_t address, unsigned width,
                          bool is_signed)
{
    uint32_t value;
    if (!load(a, address, width, &value))
        return false;
    if (is_signed)
        value = width == 1 ? (uint32_t)(int8_t)value : (uint32_t)(int16_t)value;
    a->r[target] = value;
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
    case 0x2: result = shift_by_register(a, LSL, x, y & 0xFF, &carry); break;
    case 0x3: result = shift_by_register(a, LSR, x, y & 0xFF, &carry); break;
    case 0x4: result = shift_by_register(a, ASR, x, y & 0xFF, &carry); break;
    case 0x5: *d = add(a, x, y, a->c, flags); return true;
    case 0x6: *d = add(a, x, ~y, a->c, flags); return true;
    case 0x7: result = shift_by_register(a, ROR, x, y & 0xFF, &carry); break;
    case 0x8: set_nz(a, x & y); return true;
    case 0x9: *d = add(a, ~y, 0, true, flags); return true;
    case 0xA: add(a, x, ~y, true, true); return true;
    case 0xB: add(a, x, y, false, true); return true;
    case 0xC: result = x | y; break;
    case 0xD: result = x * y; break;
    case 0xE: result = x & ~y; break;
    default: result = ~y; break;
    }
    *d = result;
    if (flags) {
        set_nz(a, result);
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
        add(a, x, ~y, true, true);
        return true;
    case 2:
        x = y;
        break;
    default:
        if (code & 7)
            return false;
        if (code & 0x80)
            a->r[14] = a->r[15] | 1;
        return jump_exchange(a, y);
    }
    if (d == 15)
        return jump(a, x);
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
        return !taken || jump(a, a->r[15] + 2 + offset);
    }
    if ((code & 0xF400) == 0xB400 && !(code & 0x1FF))
        return false;
    if ((code & 0xFE00) == 0xB400)
        return push(a, (code & 0xFF) | (code & 0x100) << 6);
    if ((code & 0xFE00) == 0xBC00) {
        uint32_t list = (code & 0xFF) | (code & 0x100) << 7, address = a->r[13];
        a->r[13] += 4 * count(list);
        return load_list(a, list, address);
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

/* An instruction of 16 bits; r[15] is behind it. */
static bool narrow(struct ahead *a, uint16_t code, bool in_it)
{
    static const uint8_t widths[] = {4, 2, 1, 1, 4, 2, 1, 2}; /* of the register-offset forms */
    uint32_t *r = a->r, immediate = code & 0xFF;
    unsigned low = code & 7, base = code >> 3 & 7, offset = code >> 6 & 0x1F, high = code >> 8 & 7;
    bool flags = !in_it, carry;
    switch (code >> 11) {
    case 0x00:
    case 0x01:
    case 0x02:
        r[low] = shift_by(a, code >> 11, r[base], offset, &carry);
        if (flags) {
            set_nz(a, r[low]);
            a->c = carry;
        }
        return true;
    case 0x03: {
        uint32_t y = code & 0x400 ? (code >> 6 & 7u) : r[code >> 6 & 7];
        r[low] = code & 0x200 ? add(a, r[base], ~y, true, flags) : add(a, r[base], y, false, flags);
        return true;
    }
    case 0x04:
        r[high] = immediate;
        if (flags)
            set_nz(a, immediate);
        return true;
    case 0x05: add(a, r[high], ~immediate, true, true); return true;
    case 0x06: r[high] = add(a, r[high], immediate, false, flags); return true;
    case 0x07: r[high] = add(a, r[high], ~immediate, true, flags); return true;
    case 0x08: return code & 0x400 ? narrow_special(a, code) : narrow_data(a, code, flags);
    case 0x09: return load(a, ((r[15] + 2) & ~3u) + 4 * immediate, 4, &r[high]);
    case 0x0A:
    case 0x0B: {
        unsigned kind = code >> 9 & 7;
        uint32_t address = r[base] + r[code >> 6 & 7];
        if (kind < 3)
            return put(a, address, widths[kind], r[low]);
        return load_extended(a, low, address, widths[kind], kind == 3 || kind == 7);
    }
    case 0x0C: return put(a, r[base] + 4 * offset, 4, r[low]);
    case 0x0D: return load(a, r[base] + 4 * offset, 4, &r[low]);
    case 0x0E: return put(a, r[base] + offset, 1, r[low]);
    case 0x0F: return load(a, r[base] + offset, 1, &r[low]);
    case 0x10: return put(a, r[base] + 2 * offset, 2, r[low]);
    case 0x11: return load(a, r[base] + 2 * offset, 2, &r[low]);
    case 0x12: return put(a, r[13] + 4 * immediate, 4, r[high]);
    case 0x13: return load(a, r[13] + 4 * immediate, 4, &r[high]);
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
        if (condition_holds(a, condition))
            r[15] += 2 + 2 * (uint32_t)(int8_t)immediate;
        return true;
    }
    case 0x1C: return jump(a, r[15] + 2 + ((uint32_t)(code & 0x7FF) << 21 >> 20) -
                                  (code & 0x400 ? 0x1000 : 0));
    default: return false; /* LDM and STM */
    }
}

/* A modified immediate constant, A5.3.2. */
uint32_t ahead_immediate(const struct ahead *a, uint16_t first, uint16_t second, bool *carry)
{
    uint32_t code = (first << 1 & 0x800u) | (second >> 4 & 0x700u), byte = second & 0xFF;
    *carry = a->c;
    switch (code >> 8) {
    case 0: return byte;
    case 1: return byte << 16 | byte;
    case 2: return byte << 24 | byte << 8;
    case 3: return byte << 24 | byte << 16 | byte << 8 | byte;
    default: break;
    }
    unsigned turn = code >> 7 & 0x1E, by = turn | byte >> 7;
    uint32_t value = byte | 0x80, result = value >> by | value << (32 - by);
    *carry = result >> 31;
    return result;
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
    case 0x8: result = add(a, x, y, false, flags); goto added;
    case 0xA: result = add(a, x, y, a->c, flags); goto added;
    case 0xB: result = add(a, x, ~y, a->c, flags); goto added;
    case 0xD: result = add(a, x, ~y, true, flags); goto added;
    case 0xE: result = add(a, ~x, y, true, flags); goto added;
    default: return false;
    }
    if (test && operation != 0 && operation != 4)
        return false;
    if (flags) {
        set_nz(a, result);
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
        return jump(a, next + offset);
    }
    if (second & 0x4000)
        return false;
    unsigned condition = first >> 6 & 0xF;
    if (condition >= 14) /* DSB, DMB; the rest reaches further */
        return first == 0xF3BF && ((second & 0xFFE0) == 0x8F40);
    uint32_t offset = -sign << 20 | j2 << 19 | j1 << 18 | (first & 0x3Fu) << 12 |
                      (second & 0x7FFu) << 1;
    a->jumped = true;
    if (condition_holds(a, condition))
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
    if (is_load ? !load_extended(a, t, address, width, is_signed) : !put(a, address, width, a->r[t]))
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
        uint32_t size = 4 * count(second);
        if (before == up || second & 0x2000 || count(second) < 2 || (back && second >> n & 1) ||
            (is_load ? (second & 0xC000) == 0xC000 : second & 0x8000))
            return false;
        address = before ? base - size : base;
        if (back)
            a->r[n] = before ? base - size : base + size;
        return is_load ? load_list(a, second, address) : store_list(a, second, address);
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
        if (!load(a, address, 4, &values[0]) || !load(a, address + 4, 4, &values[1]))
            return false;
        a->r[t] = values[0];
        a->r[t2] = values[1];
        return true;
    }
    return put(a, address, 4, a->r[t]) && put(a, address + 4, 4, a->r[t2]);
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
        result = shift_by_register(a, first >> 5 & 3, x, y & 0xFF, &carry);
        if (first & 0x10) {
            set_nz(a, result);
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

/* An instruction of 32 bits; r[15] is behind it. */
static bool wide(struct ahead *a, uint16_t first, uint16_t second)
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
        uint32_t y = shift_by(a, second >> 4 & 3, a->r[m],
                              (second >> 10 & 0x1C) | (second >> 6 & 3), &carry);
        return wide_data(a, first, d, y, carry);
    }
    if ((first & 0xFF00) == 0xFA00 || (first & 0xFF00) == 0xFB00)
        return wide_register(a, first, second);
    return false;
}

/* Execute one instruction. False: it cannot be foreseen. */
static bool execute(struct ahead *a)
{
    uint16_t first, second = 0;
    uint32_t pc = a->r[15];
    if (!memory_fetch(a->core, pc, &first))
        return false;
    unsigned size = instruction_size(first);
    if (size == 4 && !memory_fetch(a->core, pc + 2, &second))
        return false;
    a->r[15] = pc + size;
    a->jumped = false;
    bool in_it = a->it, skipped = in_it && !condition_holds(a, a->it >> 4);
    if (in_it)
        a->it = a->it & 7 ? (a->it & 0xE0) | (a->it << 1 & 0x1F) : 0;
    if (skipped)
        return first >> 8 != 0xBE; /* BKPT is never skipped */
    a->storing = a->loaded = 0;
    if (a->drifting && !drift_before(a, first, second))
        return false;
    bool known = size == 2 ? narrow(a, first, in_it) : wide(a, first, second);
    return known && !(in_it && a->jumped) && (!a->drifting || drift_after(a));
}

bool ahead_begin(struct ahead *a, struct core *core, uint32_t address)
{
    static const uint8_t regs[] = {R0, R1, R2, R3, R4, R5, R6, R7,
                                   R8, R9, R10, R11, R12, SP, LR, XPSR};
    uint64_t values[16];
    a->core = core;
    a->stores = 0;
    a->it = 0;
    a->drifting = false;
    cpu_read_many(core, regs, values, 16);
    for (unsigned i = 0; i < 15; i++)
        a->r[i] = (uint32_t)values[i];
    a->r[15] = address;
    uint32_t xpsr = (uint32_t)values[15];
    a->n = xpsr >> 31;
    a->z = xpsr >> 30 & 1;
    a->c = xpsr >> 29 & 1;
    a->v = xpsr >> 28 & 1;
    return !(xpsr & 0x0600FC00); /* not within an IT block */
}

/*
 * Execute from the block at `address` until it is entered again, within `most` instructions. The
 * number of instructions of that round; 0: that cannot be told, or isn't so.
 */
uint32_t ahead_round(struct ahead *a, uint32_t address, uint32_t most)
{
    for (uint32_t done = 1; done <= most; done++) {
        if (!execute(a))
            return 0;
        if (a->jumped && block_is_hooked(a->core, a->r[15]))
            return 0;
        /* Only where a block ends does the next one begin, at which rounds are counted. */
        if (a->jumped && a->r[15] == address)
            return done;
    }
    return 0;
}

/* For tests: r0 to r15 and the flags after `count` instructions from here on. */
EXPORT bool core_foresee(struct core *core, uint32_t count, uint32_t *registers)
{
    struct ahead a;
    if (!ahead_begin(&a, core, core->state.pc & ~1u))
        return false;
    while (count--)
        if (!execute(&a))
            return false;
    memcpy(registers, a.r, sizeof a.r);
    registers[16] = (uint32_t)a.n << 31 | (uint32_t)a.z << 30 | (uint32_t)a.c << 29 |
                    (uint32_t)a.v << 28;
    return true;
}
