/* Single-precision arithmetic as the host has it, A2.5 and A7.7; FPSCR's flag of inexact results. False,
 * of all: an operand or the result is a denormal number or a NaN, or a result overflows, and nothing
 * has changed. */
#ifndef SEMANTICS_FP_H
#define SEMANTICS_FP_H

#include "state/registers.h"

#include <string.h>

#define FP_SIGN 0x80000000u
#define FP_INFINITY 0x7F800000u
#define FP_MIN 0x1p-126 /* normal number */
enum { FP_MIN_NORMAL = 0x00800000, FPSCR_FLAGS_SHIFT = 28 };

static inline bool fp_is_plain(uint32_t bits)
{
    bits &= ~FP_SIGN;
    return bits == 0 || (bits >= FP_MIN_NORMAL && bits <= FP_INFINITY);
}

static inline double fp_value(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline bool fp_is_infinite(double value)
{
    return value - value != 0 && value == value;
}

/* `value` rounded; it differs from the exact result by a rounding of its own if `inexact`. */
static inline bool fp_result(uint32_t *fpscr, double value, bool inexact, uint32_t *result)
{
    float rounded = (float)value;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    bool tiny = value != 0 && value < FP_MIN && value > -FP_MIN; /* before it is rounded */
    bool infinite = fp_is_infinite(value), overflows = fp_is_infinite((double)rounded) && !infinite;
    if (tiny || overflows || !fp_is_plain(bits))
        return false;
    if ((inexact || (double)rounded != value) && !infinite)
        *fpscr |= FPSCR_IXC;
    *result = bits;
    return true;
}

/* A product of two has 48 bits: it is exact. */
static inline bool fp_product(uint32_t *fpscr, uint32_t x, uint32_t y, uint32_t *result)
{
    return fp_is_plain(x) && fp_is_plain(y) &&
           fp_result(fpscr, fp_value(x) * fp_value(y), false, result);
}

/* Rounding to 53 bits first doesn't change the sum of 24, nor the quotient. */
static inline bool fp_sum(uint32_t *fpscr, uint32_t x, uint32_t y, uint32_t *result)
{
    double a = fp_value(x), b = fp_value(y), sum = a + b, part = sum - a;
    bool inexact = (a - (sum - part)) + (b - part) != 0;
    return fp_is_plain(x) && fp_is_plain(y) && fp_result(fpscr, sum, inexact, result);
}

static inline bool fp_quotient(uint32_t *fpscr, uint32_t x, uint32_t y, uint32_t *result)
{
    double divisor = fp_value(y);
    if (!fp_is_plain(x) || !fp_is_plain(y) || divisor == 0 || fp_is_infinite(divisor))
        return false;
    double quotient = fp_value(x) / divisor;
    return fp_result(fpscr, quotient, (double)(float)quotient * divisor != fp_value(x), result);
}

/* x * y, rounded, + z. */
static inline bool fp_multiply_add(uint32_t *fpscr, uint32_t x, uint32_t y, uint32_t z,
                                   uint32_t *result)
{
    uint32_t flags = *fpscr, product;
    if (!fp_product(&flags, x, y, &product) || !fp_sum(&flags, z, product, result))
        return false;
    *fpscr = flags;
    return true;
}

static inline bool fp_from_integer(uint32_t *fpscr, int64_t value, uint32_t *result)
{
    return fp_result(fpscr, (double)value, false, result);
}

/* Towards 0, if it fits. */
static inline bool fp_to_integer(uint32_t *fpscr, uint32_t x, int64_t least, int64_t greatest,
                                 uint32_t *result)
{
    double value = fp_value(x);
    if (!fp_is_plain(x) || value < (double)least || value > (double)greatest)
        return false;
    int64_t integer = (int64_t)value;
    if ((double)integer != value)
        *fpscr |= FPSCR_IXC;
    *result = (uint32_t)integer;
    return true;
}

/* VCMP: N, Z, C, V. */
static inline bool fp_compare(uint32_t *fpscr, uint32_t x, uint32_t y)
{
    double a = fp_value(x), b = fp_value(y);
    if (!fp_is_plain(x) || !fp_is_plain(y))
        return false;
    uint32_t flags = a == b ? 6 : a < b ? 8 : 2;
    *fpscr = (*fpscr & 0x0FFFFFFF) | flags << FPSCR_FLAGS_SHIFT;
    return true;
}

/* VMRS APSR_nzcv, FPSCR. */
static inline void fp_flags(struct registers *registers, uint32_t fpscr)
{
    registers->n = fpscr;
    registers->z = ~fpscr & 1u << 30;
    registers->c = fpscr >> 29 & 1;
    registers->v = fpscr << 3;
}

#endif
