/* The pull resistors of free pins move the inputs. */
#include "guest.h"

enum { CR1 = 0, SMCR = 8, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20 };
enum { CNT = 0x24, PSC = 0x28, ARR = 0x2C, CCR1 = 0x34, CCR2 = 0x38 };
enum { MODER = 0, PUPDR = 0x0C, AFRL = 0x20 };

/* PA0 is TIM2_CH1 and PA1 TIM2_CH2. */
static void drive(unsigned pin, uint32_t level)
{
    WORD(GPIO_A + PUPDR) = (WORD(GPIO_A + PUPDR) & ~(3u << 2 * pin)) | (level ? 1u : 2u) << 2 * pin;
}

int main(void)
{
    board_start();
    clock_all();
    drive(0, 0);
    drive(1, 0);
    WORD(GPIO_A + AFRL) = (WORD(GPIO_A + AFRL) & ~0xFFu) | 0x11;
    WORD(GPIO_A + MODER) = (WORD(GPIO_A + MODER) & ~0xFu) | 0xA;
    WORD(TIM2 + PSC) = 79;
    WORD(TIM2 + EGR) = 1;
    WORD(TIM2 + SR) = 0;
    WORD(TIM2 + CCMR1) = 1 | 2u << 8;
    WORD(TIM2 + CCER) = 1 | 3u << 4;
    WORD(TIM2 + SMCR) = 5u << 4 | 4;
    WORD(TIM2 + CR1) = 1 | 4;
    for (int i = 0; i < 3; i++) {
        drive(0, 1);
        wait_ms(2);
        drive(0, 0);
        wait_ms(3);
    }
    expect_within("CCR1 has the period of TI1 (31.3.6)", WORD(TIM2 + CCR1), 4900, 5100);
    expect_within("CCR2 how long it is high (31.3.6)", WORD(TIM2 + CCR2), 1900, 2100);
    expect("captures beside one not read are over-captures (31.4.5)", WORD(TIM2 + SR) >> 9 & 1, 1);

    WORD(TIM2 + CR1) = 0;
    WORD(TIM2 + PSC) = 0;
    WORD(TIM2 + EGR) = 1;
    WORD(TIM2 + CCMR1) = 1 | 1u << 8;
    WORD(TIM2 + CCER) = 0;
    WORD(TIM2 + SMCR) = 3;
    WORD(TIM2 + CR1) = 1;
    for (int i = 0; i < 5; i++) {
        drive(0, 1);
        drive(1, 1);
        drive(0, 0);
        drive(1, 0);
    }
    expect("an encoder's four edges count up (31.3.17)", WORD(TIM2 + CNT), 20);
    for (int i = 0; i < 2; i++) {
        drive(1, 1);
        drive(0, 1);
        drive(1, 0);
        drive(0, 0);
    }
    expect("backwards they count down (31.3.17)", WORD(TIM2 + CNT), 12);
    expect("DIR says so (31.4.1)", WORD(TIM2 + CR1) >> 4 & 1, 1);
    done();
}
