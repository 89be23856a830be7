/* What boot loader and application share: registers, the console, the place of the application.
 * Sources: RM0351 (STM32L4x5), sections 6.4, 8.4 and 40.8; UM2153, section 7.11 (USART1 on PB6, PB7). */
#ifndef START_H
#define START_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define RCC_AHB2ENR REGISTER(0x4002104C)
#define RCC_APB2ENR REGISTER(0x40021060)
#define GPIOB_MODER REGISTER(0x48000400)
#define GPIOB_AFRL REGISTER(0x48000420)
#define USART1_CR1 REGISTER(0x40013800)
#define USART1_BRR REGISTER(0x4001380C)
#define USART1_ISR REGISTER(0x4001381C)
#define USART1_TDR REGISTER(0x40013828)
#define SCB_VTOR REGISTER(0xE000ED08)

#define APPLICATION 0x08010000u
#define MAGIC 0x50504121u /* Behind the vector table of a whole application. */

struct vectors {
    uint32_t stack_top;
    void (*reset)(void);
    uint32_t others[14];
    uint32_t magic;
    const char *version;
};

static inline void console_start(void)
{
    RCC_AHB2ENR |= 1u << 1;
    RCC_APB2ENR |= 1u << 14;
    GPIOB_AFRL = (GPIOB_AFRL & ~(0xFFu << 24)) | 0x77u << 24;
    GPIOB_MODER = (GPIOB_MODER & ~(0xFu << 12)) | 0xAu << 12;
    USART1_BRR = 4000000 / 115200; /* The MSI at its 4 MHz after reset. */
    USART1_CR1 = 1u << 0 | 1u << 3;
}

static inline void print(const char *text)
{
    for (; *text; text++) {
        while (!(USART1_ISR & 1u << 7))
            ;
        USART1_TDR = (uint8_t)*text;
    }
}

#endif
