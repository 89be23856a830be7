/* CC3220SF start-up, console and tick. The boot code leaves the core at 80 MHz. */
#include "../board.h"
#include "cc3220.h"

const char board_name[] = "cc3220sf_launchxl";

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

void board_start(void)
{
    UART_A0_CLK_GATING = RUN_CLOCK;
    while (!(UART_A0_SOFT_RESET & ENABLED))
        ;
    /* Pins 55 and 57: GPIO 1 and 2. */
    GPIO_PAD_CONFIG(1) = PAD_MODE_UART | PAD_STRENGTH_2MA;
    GPIO_PAD_CONFIG(2) = PAD_MODE_UART | PAD_STRENGTH_2MA;
    /* 80 MHz / (16 * 115200) = 43 + 26 / 64. */
    UARTA0_IBRD = 43;
    UARTA0_FBRD = 26;
    UARTA0_LCRH = UART_LCRH_WLEN_8 | UART_LCRH_FEN;
    UARTA0_CTL = UART_CTL_UARTEN | UART_CTL_TXE | UART_CTL_RXE;
    SYST_RVR = 80000 - 1;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

void board_put(char character)
{
    while (UARTA0_FR & UART_FR_TXFF)
        ;
    UARTA0_DR = (uint8_t)character;
}

char board_get(void)
{
    while (UARTA0_FR & UART_FR_RXFE)
        ;
    return (char)UARTA0_DR;
}

uint32_t board_ticks(void)
{
    return milliseconds;
}

void board_sleep(void)
{
    __asm volatile("wfi");
}
