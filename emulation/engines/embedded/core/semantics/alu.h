/* Sums, shifts, flags and conditions. */
#ifndef SEMANTICS_ALU_H
#define SEMANTICS_ALU_H

#include "state/micro_op.h"
#include "state/registers.h"

/* For each condition (A7.3) the values of NZCV, as a set of numbers, at which it holds. */
static const uint16_t condition_sets[16] = {
    0xF0F0, 0x0F0F, 0xCCCC, 0x3333, 0xFF00, 0x00FF, 0xAAAA, 0x5555,
    0x0C0C, 0xF3F3, 0xAA55, 0x55AA, 0x0A05, 0xF5FA, 0xFFFF, 0xFFFF,
};

static inline uint32_t flags_of(const struct registers *cpu)
{
    return (cpu->n >> 31) << 3 | (cpu->z == 0) << 2 | cpu->c << 1 | cpu->v >> 31;
}

static inline bool condition_holds(unsigned condition, unsigned nzcv)
{
    return condition_sets[condition] >> nzcv & 1;
}

static inline bool holds(const struct registers *cpu, unsigned condition)
{
    return condition_holds(condition, flags_of(cpu));
}

static inline uint32_t flagged(struct registers *cpu, uint32_t result)
{
    cpu->n = cpu->z = result;
    return result;
}

static inline uint32_t add(struct registers *cpu, uint32_t x, uint32_t y, uint32_t carry)
{
    uint64_t sum = (uint64_t)x + y + carry;
    uint32_t result = (uint32_t)sum;
    cpu->c = (uint32_t)(sum >> 32);
    cpu->v = ~(x ^ y) & (x ^ result);
    return flagged(cpu, result);
}

/* A shift by an immediate, A7.4.2: 0 stands for 32, and for RRX. */
static inline uint32_t shift(unsigned type, uint32_t value, unsigned amount, uint32_t *carry)
{
    switch (type) {
    case LSL:
        *carry = value >> (32 - amount) & 1;
        return value << amount;
    case LSR:
    case ASR:
        *carry = value >> ((amount - 1) & 31) & 1;
        if (type == ASR)
            return (uint32_t)((int32_t)value >> (amount ? amount : 31));
        return amount ? value >> amount : 0;
    default:
        if (!amount) {
            uint32_t before = *carry;
            *carry = value & 1;
            return value >> 1 | before << 31;
        }
        *carry = value >> (amount - 1) & 1;
        return value >> amount | value << (32 - amount);
    }
}

/* A shift by a register's low byte. */
static inline uint32_t shift_by(unsigned type, uint32_t value, unsigned amount, uint32_t *carry)
{
    if (type == ROR && amount) {
        amount &= 31;
        if (!amount)
            *carry = value >> 31;
    }
    if (!amount)
        return value;
    if (amount < 32)
        return shift(type, value, amount, carry);
    if (type == ASR) {
        *carry = value >> 31;
        return (uint32_t)((int32_t)value >> 31);
    }
    *carry = amount == 32 && (type == LSL ? value & 1 : value >> 31);
    return 0;
}

static inline void set_carry(struct registers *cpu, unsigned how, uint32_t shifted)
{
    if (how != CARRY_KEPT)
        cpu->c = how == CARRY_SHIFTED ? shifted : how == CARRY_SET;
}

static inline uint32_t reverse_bits(uint32_t value)
{
    uint32_t result = 0;
    for (int i = 0; i < 32; i++, value >>= 1)
        result = result << 1 | (value & 1);
    return result;
}

static inline uint32_t reverse_bytes(uint32_t value)
{
    return value << 24 | (value & 0xFF00) << 8 | (value >> 8 & 0xFF00) | value >> 24;
}

static inline uint32_t leading_zeros(uint32_t value)
{
    uint32_t count = 32;
    for (; value; value >>= 1)
        count--;
    return count;
}

static inline int32_t quotient(int32_t x, int32_t y)
{
    if (!y)
        return 0;
    return y == -1 ? (int32_t)-(uint32_t)x : x / y;
}

/* Sums or differences of bytes, with GE where they don't overflow: A7.7.187, A7.7.200. */
static inline uint32_t bytewise(struct registers *cpu, uint32_t x, uint32_t y, bool minus)
{
    uint32_t result = 0;
    cpu->xpsr &= ~(uint32_t)XPSR_GE;
    for (int i = 0; i < 32; i += 8) {
        uint32_t a = x >> i & 0xFF, b = y >> i & 0xFF, value = minus ? a - b : a + b;
        result |= (value & 0xFF) << i;
        if (minus ? a >= b : value > 0xFF)
            cpu->xpsr |= 1u << (16 + i / 8);
    }
    return result;
}

static inline uint32_t selected(const struct registers *cpu, uint32_t x, uint32_t y)
{
    uint32_t mask = 0;
    for (int i = 0; i < 4; i++)
        if (cpu->xpsr >> (16 + i) & 1)
            mask |= 0xFFu << 8 * i;
    return (x & mask) | (y & ~mask);
}

#endif
