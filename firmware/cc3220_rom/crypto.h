/* What AES, DES and SHA/MD5 have in common: interrupts by their own registers, and DMA's in DTHE. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include "rom.h"

/* Of a block of four registers in DTHE. */
#define DTHE_IM 0x0
#define DTHE_RIS 0x4
#define DTHE_MIS 0x8
#define DTHE_IC 0xC
#define DTHE_SHA (DTHE + 0x810)
#define DTHE_AES (DTHE + 0x820)
#define DTHE_DES (DTHE + 0x830)

#define INT_OWN 0xFFFFu
#define INT_DMA_SHIFT 16

static inline uint32_t crypto_status(uint32_t status, uint32_t enables, uint32_t dthe, bool masked)
{
    uint32_t own = REG(status), dma = REG(dthe + (masked ? DTHE_MIS : DTHE_RIS));
    return (masked ? own & REG(enables) : own) | (dma & 0xF) << INT_DMA_SHIFT;
}

static inline void crypto_enable(uint32_t enables, uint32_t dthe, uint32_t flags)
{
    clear_bits(dthe + DTHE_IM, flags >> INT_DMA_SHIFT);
    set_bits(enables, flags & INT_OWN);
}

static inline void crypto_disable(uint32_t enables, uint32_t dthe, uint32_t flags)
{
    set_bits(dthe + DTHE_IM, flags >> INT_DMA_SHIFT);
    clear_bits(enables, flags & INT_OWN);
}

static inline void load_words(uint32_t address, const uint8_t *bytes, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        REG(address + 4 * i) = load_word(bytes + 4 * i);
}

static inline void store_words(uint8_t *bytes, uint32_t address, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        store_word(bytes + 4 * i, REG(address + 4 * i));
}

#endif
