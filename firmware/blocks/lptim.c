#include "guest.h"

enum { LPTIM1 = 0x40007C00 };

int main(void)
{
    board_start();
    clock_all();
    count_interrupts();
    WORD(RCC + 0x94) |= 1;
    wait_for(RCC + 0x94, 2, 2);
    WORD(RCC + 0x88) = (WORD(RCC + 0x88) & ~(3u << 18)) | 1u << 18;
    WORD(LPTIM1 + 0x08) = 3;
    WORD(LPTIM1 + 0x10) = 1;
    WORD(LPTIM1 + 0x18) = 319;
    expect("ARROK (34.7.1)", wait_for(LPTIM1, 1u << 4, 1u << 4), 1);
    WORD(LPTIM1 + 0x04) = 0x7F;
    enable_interrupt(65);
    uint32_t start = board_ticks();
    WORD(LPTIM1 + 0x10) = 5;
    expect("ARRM (34.7.1)", wait_for(LPTIM1, 2, 2), 1);
    expect_within("320 cycles of LSI are 10 ms (34.4.7)", board_ticks() - start, 9, 12);
    expect("LPTIM1 is 65 (table 58)", interrupts[65], 1);
    done();
}
