/* Conditions, sums, shifts and branches, for instructions of either size. */
#include "ahead.h"

bool ahead_holds(const struct ahead *a, unsigned condition)
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

void ahead_set_nz(struct ahead *a, uint32_t result)
{
    a->n = result >> 31;
    a->z = result == 0;
}

uint32_t ahead_add(struct ahead *a, uint32_t x, uint32_t y, bool carry, bool flags)
{
    uint64_t sum = (uint64_t)x + y + carry;
    uint32_t result = (uint32_t)sum;
    if (flags) {
        ahead_set_nz(a, result);
        a->c = sum >> 32;
        a->v = (~(x ^ y) & (x ^ result)) >> 31;
    }
    return result;
}

/* A shift by an immediate, A7.4.2: 0 stands for 32, and for RRX. */
uint32_t ahead_shift(const struct ahead *a, unsigned type, uint32_t value, unsigned amount,
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
uint32_t ahead_shift_by_register(const struct ahead *a, unsigned type, uint32_t value,
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
        return ahead_shift(a, type, value, amount, carry);
    *carry = type == ASR ? value >> 31 : amount == 32 && (type == LSL ? value & 1 : value >> 31);
    return type == ASR ? (uint32_t)((int32_t)value >> 31) : 0;
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

bool ahead_jump(struct ahead *a, uint32_t target)
{
    a->r[15] = target & ~1u;
    a->jumped = true;
    return true;
}

/* A branch that could change state: only to Thumb code, and not out of a handler. */
bool ahead_jump_exchange(struct ahead *a, uint32_t target)
{
    return target & 1 && target < 0xF0000000 && ahead_jump(a, target);
}
