/* The pull resistors of PC0 and PC2 make the signals of the encoder that LPTIM1 counts. */
#include "guest.h"

enum { LPTIM1 = 0x40007C00, ISR = 0, CFGR = 0x0C, CR = 0x10, ARR = 0x18, CNT = 0x1C };
enum { UP = 1 << 5, DOWN = 1 << 6, ARROK = 16, ENC = 1 << 24, BOTH_EDGES = 2 << 1 };

static void pull(unsigned pin, bool level)
{
    WORD(GPIO_C + 0x0C) = (WORD(GPIO_C + 0x0C) & ~(3u << 2 * pin)) | (level ? 1u : 2u) << 2 * pin;
}

static void turn(int times, unsigned leads, unsigned follows)
{
    while (times--) {
        pull(leads, true);
        pull(follows, true);
        pull(leads, false);
        pull(follows, false);
    }
}

int main(void)
{
    board_start();
    clock_all();
    pull(0, false);
    pull(2, false);
    WORD(GPIO_C + 0x20) = (WORD(GPIO_C + 0x20) & ~0xF0Fu) | 0x101;
    WORD(GPIO_C) = (WORD(GPIO_C) & ~0x33u) | 0x22;
    WORD(LPTIM1 + CFGR) = ENC | BOTH_EDGES;
    WORD(LPTIM1 + CR) = 1;
    WORD(LPTIM1 + ARR) = 999;
    expect("ARROK (34.7.1)", wait_for(LPTIM1 + ISR, ARROK, ARROK), 1);
    WORD(LPTIM1 + CR) = 5;
    turn(3, 0, 2);
    expect("IN1 leads: up by all edges (table 219)", WORD(LPTIM1 + CNT), 12);
    expect("the direction is as at first (34.7.1)", WORD(LPTIM1 + ISR) & (UP | DOWN), 0);
    turn(2, 2, 0);
    expect("IN2 leads: down (table 219)", WORD(LPTIM1 + CNT), 4);
    expect("DOWN is flagged (34.7.1)", WORD(LPTIM1 + ISR) & (UP | DOWN), DOWN);
    turn(2, 2, 0);
    expect("below 0 is ARR (34.4.14)", WORD(LPTIM1 + CNT), 996);
    done();
}
