/* Macros, sentinel values and bit sets that every floor uses. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#if defined(__GNUC__)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define NOINLINE __attribute__((noinline))
#else
#define UNLIKELY(condition) (condition)
#define NOINLINE
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define NEVER UINT64_MAX /* a cycle that is not reached */
#define NO_ADDRESS 1u /* instructions are at even addresses */

/* Sets of small numbers, 32 to a word. */
static inline bool bit_get(const uint32_t *bits, unsigned n) { return bits[n >> 5] >> (n & 31) & 1; }
static inline void bit_set(uint32_t *bits, unsigned n) { bits[n >> 5] |= 1u << (n & 31); }
static inline void bit_clear(uint32_t *bits, unsigned n) { bits[n >> 5] &= ~(1u << (n & 31)); }

static inline void bit_assign(uint32_t *bits, unsigned n, bool value)
{
    if (value)
        bit_set(bits, n);
    else
        bit_clear(bits, n);
}

static inline unsigned bit_count(uint32_t word)
{
    unsigned count = 0;
    for (; word; word &= word - 1)
        count++;
    return count;
}

/* Take the lowest number out of a word of a set that begins at `first`. False: the word is empty. */
static inline bool bit_next(uint32_t *word, unsigned first, unsigned *number)
{
    if (!*word)
        return false;
    unsigned bit = 0;
#if defined(__GNUC__)
    bit = (unsigned)__builtin_ctz(*word);
#else
    while (!(*word >> bit & 1))
        bit++;
#endif
    *word &= *word - 1;
    *number = first + bit;
    return true;
}

/* The bits of a word that an access of `width` bytes at `address` covers. */
static inline uint32_t byte_lanes(uint32_t address, unsigned width)
{
    return (width == 4 ? 0xFFFFFFFF : (1u << 8 * width) - 1) << 8 * (address & 3);
}

/* The lowest `width` bytes of a value. */
static inline uint32_t low_bytes(uint32_t value, unsigned width)
{
    return width == 4 ? value : value & ((1u << 8 * width) - 1);
}

#endif
