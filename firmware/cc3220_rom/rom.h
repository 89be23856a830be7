/* What the functions of the mask ROM share. Registers and bits: CC3220 TRM (SWRU465). Signatures
 * and constants of the functions: the public headers of TI's peripheral driver library. */
#ifndef ROM_H
#define ROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "version.h"

#define REG(address) (*(volatile uint32_t *)(address))
#define REG16(address) (*(volatile uint16_t *)(address))

#define FLASH 0x01000000u
#define APPLICATION (FLASH + 0x800)
#define SRAM 0x20000000u
#define SRAM_SIZE 0x40000u

#define GPIOA0 0x40004000u
#define UARTA0 0x4000C000u
#define UARTA1 0x4000D000u
#define GPIOA4 0x40024000u
#define TIMERA0 0x40030000u
#define TIMERA3 0x40033000u
#define COMMON_REG 0x400F7000u
#define FLASH_CTRL 0x400FD000u
#define UDMA 0x400FF000u
#define SDHOST 0x44010000u
#define CAMERA 0x44018000u
#define I2S 0x4401C000u
#define SSPI 0x44020000u
#define GSPI 0x44021000u
#define LSPI 0x44022000u
#define ARCM 0x44025000u
#define APPS_CONFIG 0x44026000u
#define GPRCM 0x4402D000u
#define OCP_SHARED 0x4402E000u
#define ADC 0x4402E800u
#define HIB1P2 0x4402F000u
#define HIB3P3 0x4402F800u
#define DTHE 0x44030000u
#define SHAMD5 0x44035000u
#define AES 0x44037000u
#define DES 0x44039000u

/* APPS_CONFIG: the end of a DMA transfer, one bit per request line of a peripheral. */
#define DMA_DONE_INT_MASK_SET (APPS_CONFIG + 0x90)
#define DMA_DONE_INT_MASK_CLR (APPS_CONFIG + 0x94)
#define DMA_DONE_INT_ACK (APPS_CONFIG + 0x9C)
#define DMA_DONE_INT_STS_MASKED (APPS_CONFIG + 0xA0)
#define DMA_DONE_INT_STS_RAW (APPS_CONFIG + 0xA4)

/* Exception numbers of interrupts. */
#define INT_GPIOA0 16
#define INT_UARTA0 21
#define INT_UARTA1 22
#define INT_I2CA0 24
#define INT_ADCCH0 30
#define INT_WDT 34
#define INT_TIMERA0A 35
#define INT_FLASH 45
#define INT_TIMERA3A 51
#define INT_SHA 164
#define INT_AES 167
#define INT_DES 169
#define INT_MMCHS 175
#define INT_I2S 177
#define INT_CAMERA 179
#define INT_PRCM 188
#define INT_SSPI 191
#define INT_GSPI 192
#define INT_LSPI 193

typedef void handler(void);

#define LOOP_CYCLES 3
#define CYCLES_PER_US 80

static inline void set_bits(uint32_t address, uint32_t bits)
{
    REG(address) |= bits;
}

static inline void clear_bits(uint32_t address, uint32_t bits)
{
    REG(address) &= ~bits;
}

/* Puts `value` into the bits of `mask`. */
static inline void change_bits(uint32_t address, uint32_t mask, uint32_t value)
{
    REG(address) = (REG(address) & ~mask) | value;
}

static inline void wait_set(uint32_t address, uint32_t bits)
{
    while (!(REG(address) & bits))
        ;
}

static inline void wait_clear(uint32_t address, uint32_t bits)
{
    while (REG(address) & bits)
        ;
}

/* Interrupts that several drivers of the library offer. */
void IntEnable(uint32_t interrupt);
void IntDisable(uint32_t interrupt);
void IntRegister(uint32_t interrupt, handler *function);
void IntUnregister(uint32_t interrupt);

static inline void hook_interrupt(uint32_t interrupt, handler *function)
{
    IntRegister(interrupt, function);
    IntEnable(interrupt);
}

static inline void unhook_interrupt(uint32_t interrupt)
{
    IntDisable(interrupt);
    IntUnregister(interrupt);
}

void UtilsDelay(uint32_t count);

/* Bytes of a buffer that need not be aligned. */
static inline uint32_t load_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline void store_word(uint8_t *bytes, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * i);
}

#endif
