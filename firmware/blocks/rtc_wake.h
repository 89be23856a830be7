/* The RTC wakes the chip: its wake-up timer from LSI, through EXTI line 20. */
#ifndef RTC_WAKE_H
#define RTC_WAKE_H

#include "guest.h"

/* In steps of 0.5 ms (RTC clock / 16). */
static inline void wake_after(uint32_t steps)
{
    WORD(PWR + 0x00) |= 1u << 8;
    WORD(RCC + 0x94) |= 1;
    wait_for(RCC + 0x94, 2, 2);
    WORD(RCC + 0x90) = (WORD(RCC + 0x90) & ~(3u << 8)) | 2u << 8 | 1u << 15;
    WORD(RTC + 0x24) = 0xCA;
    WORD(RTC + 0x24) = 0x53;
    WORD(RTC + 0x08) &= ~(1u << 10);
    wait_for(RTC + 0x0C, 1u << 2, 1u << 2);
    WORD(RTC + 0x14) = steps - 1;
    WORD(RTC + 0x0C) = ~(1u << 10 | 1u << 7);
    WORD(RTC + 0x08) = (WORD(RTC + 0x08) & ~7u) | 1u << 14 | 1u << 10;
    WORD(EXTI + 0x08) |= 1u << 20;
    WORD(EXTI + 0x00) |= 1u << 20;
}

static inline void sleep_deeply(uint32_t mode)
{
    WORD(PWR + 0x00) = (WORD(PWR + 0x00) & ~7u) | mode;
    WORD(0xE000ED10) |= 4;
    __asm volatile("dsb\n wfi" ::: "memory");
    WORD(0xE000ED10) &= ~4u;
}

#endif
