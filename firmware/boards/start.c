/* Start-up and the millisecond tick, which the boards' Cortex-M4 cores have in common. */
#include "board.h"

extern uint32_t data_load, data_start, data_end, bss_start, bss_end, stack_top;
int main(void);
void on_reset(void);

static volatile uint32_t milliseconds;

void on_reset(void)
{
    uint32_t *from = &data_load;
    for (uint32_t *to = &data_start; to < &data_end;)
        *to++ = *from++;
    for (uint32_t *to = &bss_start; to < &bss_end;)
        *to++ = 0;
    main();
}

static void on_fault(void)
{
    for (;;)
        ;
}

static void on_tick(void)
{
    milliseconds++;
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&stack_top, on_reset, on_fault, on_fault, on_fault, on_fault, on_fault,
    0, 0, 0, 0, on_fault, on_fault, 0, on_fault, on_tick,
};

uint32_t board_ticks(void)
{
    return milliseconds;
}

void board_sleep(void)
{
    __asm volatile("wfi");
}
