#include "guest.h"

enum { MODER = 0, OTYPER = 4, IDR = 0x10, ODR = 0x14, LCKR = 0x1C };
static const uint32_t LCKK = 1u << 16, PIN = 1u << 3;

static void lock(uint32_t pins)
{
    WORD(GPIO_C + LCKR) = LCKK | pins;
    WORD(GPIO_C + LCKR) = pins;
    WORD(GPIO_C + LCKR) = LCKK | pins;
    (void)WORD(GPIO_C + LCKR);
}

int main(void)
{
    board_start();
    clock_all();
    WORD(GPIO_C + MODER) = (WORD(GPIO_C + MODER) & ~(3u << 6)) | 1u << 6;
    WORD(GPIO_C + LCKR) = LCKK | PIN;
    WORD(GPIO_C + LCKR) = LCKK | PIN;
    expect("another sequence doesn't lock (8.5.8)", WORD(GPIO_C + LCKR) & LCKK, 0);
    lock(PIN);
    expect("LCKK says that pins are locked (8.5.8)", WORD(GPIO_C + LCKR), LCKK | PIN);
    WORD(GPIO_C + MODER) &= ~(3u << 6);
    WORD(GPIO_C + OTYPER) |= PIN;
    expect("the mode is frozen (8.4.6)", WORD(GPIO_C + MODER) >> 6 & 3, 1);
    expect("and the type of output (8.4.6)", WORD(GPIO_C + OTYPER) & PIN, 0);
    WORD(GPIO_C + ODR) |= PIN;
    expect("data is not (8.4.6)", WORD(GPIO_C + IDR) & PIN, PIN);
    WORD(GPIO_C + MODER) &= ~(3u << 8);
    expect("other pins are free (8.4.6)", WORD(GPIO_C + MODER) >> 8 & 3, 0);
    WORD(RCC + 0x2C) = 4;
    WORD(RCC + 0x2C) = 0;
    expect("a reset of the port unlocks (8.5.8)", WORD(GPIO_C + LCKR), 0);
    done();
}
