/* A guest of one block: it prints what it finds beside what RM0351 promises. */
#ifndef GUEST_H
#define GUEST_H

#include "../boards/b_l475e_iot01a/stm32l4.h"
#include "../boards/board.h"

#include <stdbool.h>

#define WORD(address) (*(volatile uint32_t *)(address))
#define HALFWORD(address) (*(volatile uint16_t *)(address))
#define BYTE(address) (*(volatile uint8_t *)(address))

enum {
    RCC = 0x40021000,
    PWR = 0x40007000,
    RTC = 0x40002800,
    EXTI = 0x40010400,
    SYSCFG = 0x40010000,
    FLASH = 0x40022000,
    DMA1 = 0x40020000,
    DMA2 = 0x40020400,
    TIM1 = 0x40012C00,
    TIM2 = 0x40000000,
    TIM3 = 0x40000400,
    TIM6 = 0x40001000,
    TIM7 = 0x40001400,
    TIM16 = 0x40014400,
    I2C2 = 0x40005800,
    SPI1 = 0x40013000,
    DAC = 0x40007400,
    CAN = 0x40006400,
    GPIO_A = 0x48000000,
    GPIO_C = 0x48000800,
};
static const uint32_t ADC1_BASE = 0x50040000, ADC_COMMON = 0x50040300;

static void print(const char *text)
{
    while (*text)
        board_put(*text++);
}

static void print_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        board_put("0123456789ABCDEF"[value >> shift & 15]);
}

/* what: with the section of RM0351 that says so. */
static inline void expect(const char *what, uint32_t found, uint32_t promised)
{
    print(found == promised ? "ok: " : "differs: ");
    print(what);
    if (found != promised) {
        print(": found ");
        print_hex(found);
        print(", promised ");
        print_hex(promised);
    }
    print("\r\n");
}

static inline void expect_within(const char *what, uint32_t found, uint32_t low, uint32_t high)
{
    expect(what, found < low || found > high ? found : low, low);
}

static inline void wait_ms(uint32_t duration)
{
    uint32_t start = board_ticks();
    while (board_ticks() - start < duration)
        ;
}

/* Until bits of a register are as wanted; false: not within 100 ms. */
static inline bool wait_for(uint32_t address, uint32_t mask, uint32_t wanted)
{
    uint32_t start = board_ticks();
    while ((WORD(address) & mask) != wanted)
        if (board_ticks() - start > 100)
            return false;
    return true;
}

/* Clocks for everything. */
static inline void clock_all(void)
{
    for (uint32_t offset = 0x48; offset <= 0x60; offset += 4)
        WORD(RCC + offset) = 0xFFFFFFFF;
}

static volatile uint32_t interrupts[98];
static uint32_t vectors[98] __attribute__((aligned(512)));

static void count_interrupt(void)
{
    uint32_t number;
    __asm volatile("mrs %0, ipsr" : "=r"(number));
    interrupts[number - 16]++;
    WORD(0xE000E180 + 4 * ((number - 16) / 32)) = 1u << ((number - 16) % 32);
}

/* Every interrupt is counted once in `interrupts` and disabled. */
static inline void count_interrupts(void)
{
    for (int i = 0; i < 98; i++)
        vectors[i] = i < 16 ? WORD(0x08000000 + 4 * i) : (uint32_t)count_interrupt;
    WORD(0xE000ED08) = (uint32_t)vectors;
}

static inline void enable_interrupt(unsigned number)
{
    WORD(0xE000E100 + 4 * (number / 32)) = 1u << (number % 32);
}

static inline void __attribute__((noreturn)) done(void)
{
    print("DONE\r\n");
    for (;;)
        board_sleep();
}

#endif
