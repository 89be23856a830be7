#include "guest.h"

enum { CR1 = 0, CR2 = 4, DIER = 0x0C, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20 };
enum { ARR = 0x2C, CCR1 = 0x34, BDTR = 0x44, GPIO_E = 0x48001000, MODER = 0, IDR = 0x10 };
enum { PUPDR = 0x0C, AFRH = 0x24, BIF = 1u << 7 };
static const uint32_t BKE = 1u << 12, BKP = 1u << 13, AOE = 1u << 14, MOE = 1u << 15, OSSI = 1u << 10;

/* PE9 is TIM1_CH1, PE15 TIM1_BKIN. */
static void pull(uint32_t level)
{
    WORD(GPIO_E + PUPDR) = (WORD(GPIO_E + PUPDR) & ~(3u << 30)) | (level ? 1u : 2u) << 30;
}

static uint32_t output(void)
{
    return WORD(GPIO_E + IDR) >> 9 & 1;
}

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    pull(0);
    WORD(GPIO_E + AFRH) = (WORD(GPIO_E + AFRH) & 0x0FFFFF0Fu) | 0x10000010u;
    WORD(GPIO_E + MODER) = (WORD(GPIO_E + MODER) & ~(3u << 18 | 3u << 30)) | 2u << 18 | 2u << 30;
    WORD(TIM1 + ARR) = 7999;
    WORD(TIM1 + CCMR1) = 5u << 4;
    WORD(TIM1 + CCER) = 1;
    WORD(TIM1 + BDTR) = BKE | BKP | OSSI | MOE;
    WORD(TIM1 + SR) = 0;
    WORD(TIM1 + DIER) = BIF;
    enable_interrupt(24);
    WORD(TIM1 + CR1) = 1;
    expect("with MOE the channel drives its pin (30.4.20)", output(), 1);
    pull(1);
    expect("break clears MOE (30.3.16)", WORD(TIM1 + BDTR) & MOE, 0);
    expect("the output has its idle level (30.3.16)", output(), 0);
    expect("BIF (30.4.5)", WORD(TIM1 + SR) & BIF, BIF);
    expect("TIM1_BRK interrupts (table 58)", interrupts[24], 1);
    WORD(TIM1 + CR2) = 1u << 8;
    expect("OIS1 is that level (30.4.2)", output(), 1);
    WORD(TIM1 + CR2) = 0;
    pull(0);
    WORD(TIM1 + BDTR) |= AOE;
    wait_ms(1);
    expect("AOE sets MOE at an update (30.4.20)", WORD(TIM1 + BDTR) & MOE, MOE);
    expect("and the pin is driven again (30.3.16)", output(), 1);
    WORD(TIM1 + BDTR) &= ~AOE;
    WORD(TIM1 + EGR) = 1u << 7;
    expect("BG breaks, too (30.4.6)", WORD(TIM1 + BDTR) & MOE, 0);
    done();
}
