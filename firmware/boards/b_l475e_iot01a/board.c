/* STM32L475VG: clock, console and tick. Register names and bits: RM0351. */
#include "../board.h"
#include "stm32l4.h"

const char board_name[] = "b_l475e_iot01a";

/* MSI at 48 MHz through the PLL: 48 / 6 * 20 / 2 = 80 MHz. */
static void start_clock(void)
{
    FLASH_ACR = FLASH_ACR_ICEN | FLASH_ACR_DCEN | 4;
    while ((FLASH_ACR & 7) != 4)
        ;
    RCC_CR = (RCC_CR & ~RCC_CR_MSIRANGE_MASK) | RCC_CR_MSIRANGE_48MHZ | RCC_CR_MSIRGSEL;
    while (!(RCC_CR & RCC_CR_MSIRDY))
        ;
    RCC_PLLCFGR = RCC_PLLCFGR_SRC_MSI | (5 << 4) | (20 << 8) | RCC_PLLCFGR_REN;
    RCC_CR |= RCC_CR_PLLON;
    while (!(RCC_CR & RCC_CR_PLLRDY))
        ;
    RCC_CFGR = 3;
    while ((RCC_CFGR & 0xC) != 0xC)
        ;
}

void board_start(void)
{
    start_clock();
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOB | RCC_AHB2ENR_GPIOC | RCC_AHB2ENR_GPIOE;
    RCC_APB1ENR1 |= RCC_APB1ENR1_SPI3;
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
    GPIO_MODER(GPIOB) = (GPIO_MODER(GPIOB) & ~(0xFu << 12)) | (0xAu << 12);
    GPIO_AFRL(GPIOB) = (GPIO_AFRL(GPIOB) & ~(0xFFu << 24)) | (0x77u << 24);
    USART1_BRR = 80000000 / 115200;
    USART1_CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
    SYST_RVR = 80000 - 1;
    SYST_CVR = 0;
    SYST_CSR = 7;
}

void board_put(char character)
{
    while (!(USART1_ISR & USART_ISR_TXE))
        ;
    USART1_TDR = (uint8_t)character;
}

char board_get(void)
{
    while (!(USART1_ISR & USART_ISR_RXNE))
        ;
    return (char)USART1_RDR;
}
