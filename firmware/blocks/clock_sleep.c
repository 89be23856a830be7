/* Which blocks have their clocks while the core sleeps (RM0351 sections 6.4.22 to 6.4.27). */
#include "guest.h"

enum { APB1SMENR1 = RCC + 0x78, LPTIM1 = 0x40007C00, TIM2SMEN = 1, LPTIM1SMEN = 1u << 31 };
enum { CNT = 0x24, PSC = 0x28, EGR = 0x14, DIER = 0x0C, ARR = 0x2C, SR = 0x10 };

static void sleep_ms(uint32_t duration)
{
    uint32_t ticks = board_ticks();
    while (board_ticks() - ticks < duration)
        __asm volatile("wfi");
}

static void start(uint32_t timer)
{
    WORD(timer + PSC) = 79;
    WORD(timer + EGR) = 1;
    WORD(timer + SR) = 0;
    WORD(timer) = 1;
}

static uint32_t low_power_count(void)
{
    return WORD(LPTIM1 + 0x1C);
}

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    expect("in Sleep everything has its clock after reset (6.4.25)", WORD(APB1SMENR1), 0xF2FECA3F);
    start(TIM2);
    start(TIM3);
    /* LPTIM1 counts the LSI. */
    WORD(RCC + 0x94) |= 1;
    WORD(RCC + 0x88) |= 1u << 18;
    WORD(LPTIM1 + 0x10) = 1;
    WORD(LPTIM1 + 0x18) = 0xFFFF;
    WORD(LPTIM1 + 0x10) = 5;
    WORD(APB1SMENR1) &= ~(uint32_t)(TIM2SMEN | LPTIM1SMEN);
    uint32_t second = WORD(TIM2 + CNT), third = WORD(TIM3 + CNT), low = low_power_count();
    sleep_ms(50);
    expect_within("TIM2SMEN is 0: it stands still (6.4.25)", WORD(TIM2 + CNT) - second, 1, 1000);
    expect_within("TIM3 runs (5.3.5)", WORD(TIM3 + CNT) - third, 49000, 51100);
    expect_within("LPTIM1SMEN is 0 (6.4.25)", low_power_count() - low, 0, 100);

    /* The interrupt of a timer without clock does not come. */
    WORD(TIM2) = 0;
    WORD(TIM2 + ARR) = 19999;
    WORD(TIM2 + EGR) = 1;
    WORD(TIM2 + SR) = 0;
    WORD(TIM2 + DIER) = 1;
    enable_interrupt(28);
    WORD(TIM2) = 1;
    sleep_ms(100);
    expect("no interrupt of TIM2 in Sleep (6.4.25)", interrupts[28], 0);
    WORD(APB1SMENR1) |= TIM2SMEN | LPTIM1SMEN;
    low = low_power_count();
    sleep_ms(50);
    expect("with TIM2SMEN it wakes the core (6.4.25)", interrupts[28], 1);
    expect_within("and LPTIM1 counts (6.4.25)", low_power_count() - low, 1500, 1700);
    done();
}
