/* The registers of the STM32L475 that the probe uses, named as in RM0351. */
#ifndef STM32L4_H
#define STM32L4_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define REGISTER16(address) (*(volatile uint16_t *)(address))

#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define SYST_CVR REGISTER(0xE000E018)

#define FLASH_ACR REGISTER(0x40022000)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)

#define RCC_CR REGISTER(0x40021000)
#define RCC_CR_MSIRDY (1u << 1)
#define RCC_CR_MSIRGSEL (1u << 3)
#define RCC_CR_MSIRANGE_MASK (0xFu << 4)
#define RCC_CR_MSIRANGE_48MHZ (11u << 4)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_CFGR REGISTER(0x40021008)
#define RCC_PLLCFGR REGISTER(0x4002100C)
#define RCC_PLLCFGR_SRC_MSI 1u
#define RCC_PLLCFGR_REN (1u << 24)
#define RCC_AHB2ENR REGISTER(0x4002104C)
#define RCC_AHB2ENR_GPIOB (1u << 1)
#define RCC_AHB2ENR_GPIOC (1u << 2)
#define RCC_AHB2ENR_GPIOE (1u << 4)
#define RCC_APB1ENR1 REGISTER(0x40021058)
#define RCC_APB1ENR1_SPI3 (1u << 15)
#define RCC_APB2ENR REGISTER(0x40021060)
#define RCC_APB2ENR_USART1 (1u << 14)

#define GPIOB 0x48000400u
#define GPIOC 0x48000800u
#define GPIOE 0x48001000u
#define GPIO_MODER(port) REGISTER((port) + 0x00)
#define GPIO_IDR(port) REGISTER((port) + 0x10)
#define GPIO_BSRR(port) REGISTER((port) + 0x18)
#define GPIO_AFRL(port) REGISTER((port) + 0x20)
#define GPIO_AFRH(port) REGISTER((port) + 0x24)

#define USART1_CR1 REGISTER(0x40013800)
#define USART_CR1_UE (1u << 0)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART1_BRR REGISTER(0x4001380C)
#define USART1_ISR REGISTER(0x4001381C)
#define USART_ISR_RXNE (1u << 5)
#define USART_ISR_TXE (1u << 7)
#define USART1_RDR REGISTER(0x40013824)
#define USART1_TDR REGISTER(0x40013828)

#define SPI3_CR1 REGISTER(0x40003C00)
#define SPI_CR1_MSTR (1u << 2)
#define SPI_CR1_BR_DIV8 (2u << 3)
#define SPI_CR1_SPE (1u << 6)
#define SPI_CR1_SSI (1u << 8)
#define SPI_CR1_SSM (1u << 9)
#define SPI3_CR2 REGISTER(0x40003C04)
#define SPI_CR2_DS_16BIT (15u << 8)
#define SPI3_SR REGISTER(0x40003C08)
#define SPI_SR_RXNE (1u << 0)
#define SPI_SR_TXE (1u << 1)
#define SPI3_DR REGISTER16(0x40003C0C)

#endif
