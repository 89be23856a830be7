/* Blocks of the CC3220SF, polled and driven as drivers do. Names as in SWRU465. */
#include "worst.h"

#define ARCM 0x44025000u
#define GPIOA1 0x40005000u
#define TIMERA0 0x40030000u
#define GSPI 0x44021000u

static void clock(unsigned offset)
{
    REG(ARCM + offset) = 1;
    while (!(REG(ARCM + offset + 4) & 2))
        ;
}

static void toggle_gpio(void)
{
    clock(0x58);
    REG(GPIOA1 + 0x400) |= 2;
    for (;;) {
        REG(GPIOA1 + (2 << 2)) = 2;
        REG(GPIOA1 + (2 << 2)) = 0;
    }
}

static void start_timer(uint32_t cycles, uint32_t mask)
{
    clock(0x90);
    REG(TIMERA0 + 0x0C) = 0;
    REG(TIMERA0 + 0x00) = 0;
    REG(TIMERA0 + 0x04) = 2; /* periodic */
    REG(TIMERA0 + 0x28) = cycles - 1;
    REG(TIMERA0 + 0x18) = mask;
    REG(TIMERA0 + 0x0C) = 1;
}

static void poll_timer(void)
{
    start_timer(0, 0);
    for (;;) {
        uint32_t start = REG(TIMERA0 + 0x48);
        while (start - REG(TIMERA0 + 0x48) < 800)
            ;
        counter++;
    }
}

static void on_timer(void)
{
    REG(TIMERA0 + 0x24) = 1;
    counter++;
}

static void interrupts_100_khz(void)
{
    on_interrupt(19, on_timer);
    start_timer(800, 1);
    for (;;)
        __asm volatile("wfi");
}

static void print_polled(void)
{
    for (;;) {
        board_put((char)('a' + counter++ % 26));
        while (REG(0x4000C018) & 8) /* BUSY */
            ;
    }
}

static void poll_gspi(void)
{
    clock(0x30);
    REG(GSPI + 0x110) = 2;
    while (!(REG(GSPI + 0x114) & 1))
        ;
    REG(GSPI + 0x128) = 1;
    REG(GSPI + 0x12C) = 1u << 16 | 7u << 7 | 1u << 2;
    REG(GSPI + 0x134) = 1;
    for (;;) {
        while (!(REG(GSPI + 0x130) & 2))
            ;
        REG(GSPI + 0x138) = 0x5A;
        while (!(REG(GSPI + 0x130) & 1))
            ;
        counter += REG(GSPI + 0x13C);
    }
}

/* Channel 3 takes a sample every 16 us. */
static void convert(void)
{
    const uint32_t adc = 0x4402E800;
    REG(adc + 0xB8) = 1u << 4; /* ADC_CH_ENABLE */
    REG(adc) = 1;
    for (;;) {
        while (!REG(adc + 0xAC)) /* FIFO_LVL6 */
            ;
        counter += 1 + REG(adc + 0x8C);
    }
}

static void poll_slow_clock(void)
{
    REG(0x4402F804) = 1; /* MEM_HIB_RTC_TIMER_ENABLE */
    for (;;) {
        counter ^= REG(0x4402F0CC); /* HIB_RTC_TIMER_LSW_1P2 */
        counter ^= REG(0x4402F0D0);
        counter++;
    }
}

static void encrypt(void)
{
    const uint32_t aes = 0x44037000;
    clock(0xB8);
    for (unsigned i = 0; i < 4; i++)
        REG(aes + 0x20 + 4 * i) = i;
    REG(aes + 0x50) = 1u << 3 | 1u << 2;
    REG(aes + 0x54) = 0x7FFFFFF0;
    for (;;) {
        while (!(REG(aes + 0x50) & 2)) /* INPUT_READY */
            ;
        for (unsigned i = 4; i--;)
            REG(aes + 0x60 + 4 * i) = counter++;
        while (!(REG(aes + 0x50) & 1)) /* OUTPUT_READY */
            ;
        for (unsigned i = 4; i--;)
            counter ^= REG(aes + 0x60 + 4 * i);
    }
}

/* 16 periods of the slow clock; the boot code goes on at the entry that it finds. */
static void cycle_lpds(void)
{
    const uint32_t gprcm = 0x4402D000, shared = 0x4402E000;
    counter++;
    REG(gprcm + 0x04) = 1; /* APPS_LPDS_WAKEUP_CFG: the timer */
    REG(gprcm + 0x20) = 16;
    REG(shared + 0x160) = 0x20030000;
    REG(shared + 0x198) = (uint32_t)(uintptr_t)cycle_lpds;
    REG(ARCM + 0xE4) = 1;
    for (;;)
        __asm volatile("wfi");
}

static void idle_tick(void)
{
    for (;;)
        board_sleep();
}

const struct guest board_guests[] = {
    {"idle, tick of 1 kHz (CC3220SF)", idle_tick},
    {"GPIO toggled", toggle_gpio},
    {"poll GPT TAR", poll_timer},
    {"GPT interrupts, 100 kHz", interrupts_100_khz},
    {"UARTA0 polled, FR", print_polled},
    {"GSPI polled", poll_gspi},
    {"ADC enabled, FIFO read", convert},
    {"poll the slow clock", poll_slow_clock},
    {"AES by words", encrypt},
    {"LPDS cycles of 500 us", cycle_lpds},
};
const unsigned board_guest_count = sizeof board_guests / sizeof *board_guests;
const struct guest core_guests[1];
const unsigned core_guest_count = 0;
