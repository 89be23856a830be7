/* CC3220SF: console and tick. The boot code leaves the core at 80 MHz. */
#include "../board.h"
#include "cc3220.h"

const char board_name[] = "cc3220sf_launchxl";

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
