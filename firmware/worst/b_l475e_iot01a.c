/* Blocks of the STM32L475, polled and driven as drivers do. Names as in RM0351. */
#include "worst.h"

#define RCC_AHB1ENR REG(0x40021048)
#define RCC_AHB2ENR REG(0x4002104C)
#define RCC_AHB3ENR REG(0x40021050)
#define RCC_APB1ENR1 REG(0x40021058)
#define RCC_APB2ENR REG(0x40021060)
#define GPIOB 0x48000400u
#define BSRR(port) REG((port) + 0x18)
#define ODR(port) REG((port) + 0x14)
#define MODER(port) REG((port) + 0x00)
#define TIM2 0x40000000u
#define TIM6 0x40001000u
#define CYCCNT REG(0xE0001004)

static void led_output(void)
{
    MODER(GPIOB) = (MODER(GPIOB) & ~(3u << 28)) | 1u << 28;
}

static void toggle_bsrr(void)
{
    led_output();
    for (;;) {
        BSRR(GPIOB) = 1u << 14;
        BSRR(GPIOB) = 1u << 30;
    }
}

static void toggle_odr(void)
{
    led_output();
    for (;;)
        ODR(GPIOB) ^= 1u << 14;
}

static void start_cycles(void)
{
    REG(0xE000EDFC) |= 1u << 24;
    REG(0xE0001000) |= 1;
}

static void bit_bang_uart(void)
{
    led_output();
    start_cycles();
    for (uint32_t at = CYCCNT, byte = 0;; byte++)
        for (uint32_t bits = (byte & 0xFF) << 1 | 0x200, i = 0; i < 10; i++, bits >>= 1) {
            BSRR(GPIOB) = bits & 1 ? 1u << 14 : 1u << 30;
            at += 80000000 / 115200;
            while ((int32_t)(CYCCNT - at) < 0)
                ;
        }
}

static void ws2812(void)
{
    led_output();
    __asm volatile("cpsid i");
    for (uint32_t colour = 0x123456;; colour = colour << 1 | colour >> 23) {
        BSRR(GPIOB) = 1u << 14;
        for (unsigned i = colour & 1 ? 12 : 6; i; i--)
            __asm volatile("nop");
        BSRR(GPIOB) = 1u << 30;
        for (unsigned i = colour & 1 ? 6 : 12; i; i--)
            __asm volatile("nop");
    }
}

static void start_timer(uint32_t timer, uint32_t reload, uint32_t dier)
{
    RCC_APB1ENR1 |= 1u << 0 | 1u << 4;
    REG(timer + 0x28) = 0;
    REG(timer + 0x2C) = reload - 1;
    REG(timer + 0x14) = 1;
    REG(timer + 0x10) = 0;
    REG(timer + 0x0C) = dier;
    REG(timer + 0x00) = 1;
}

static void poll_timer_count(void)
{
    start_timer(TIM2, 0, 0);
    REG(TIM2 + 0x2C) = 0xFFFFFFFF;
    for (;;) {
        uint32_t start = REG(TIM2 + 0x24);
        while (REG(TIM2 + 0x24) - start < 800)
            ;
        counter++;
    }
}

static void poll_timer_update(void)
{
    start_timer(TIM6, 800, 0);
    for (;;) {
        while (!(REG(TIM6 + 0x10) & 1))
            ;
        REG(TIM6 + 0x10) = ~1u;
        counter++;
    }
}

static void on_timer(void)
{
    REG(TIM6 + 0x10) = ~1u;
    counter++;
}

static void interrupts_100_khz(void)
{
    on_interrupt(54, on_timer);
    start_timer(TIM6, 800, 1);
    for (;;)
        __asm volatile("wfi");
}

static void interrupts_500_khz(void)
{
    on_interrupt(54, on_timer);
    start_timer(TIM6, 160, 1);
    for (;;)
        ;
}

static void poll_rtc(void)
{
    RCC_APB1ENR1 |= 1u << 28;
    REG(0x40007000) |= 1u << 8; /* PWR_CR1.DBP */
    REG(0x40021094) |= 1; /* RCC_CSR.LSION */
    while (!(REG(0x40021094) & 2))
        ;
    REG(0x40021090) = 1u << 15 | 2u << 8; /* RCC_BDCR: RTCEN, LSI */
    for (;;) {
        (void)REG(0x40002828);
        uint32_t time = REG(0x40002800);
        counter ^= time ^ REG(0x40002804);
    }
}

static void print_polled(void)
{
    for (;;) {
        board_put((char)('a' + counter++ % 26));
        while (!(REG(0x4001381C) & 1u << 6)) /* TC */
            ;
    }
}

static void poll_spi(void)
{
    RCC_APB2ENR |= 1u << 12;
    REG(0x40013004) = 7u << 8 | 1u << 12;
    REG(0x40013000) = 1u << 9 | 1u << 8 | 1u << 6 | 1u << 2; /* 40 MHz */
    for (;;) {
        while (!(REG(0x40013008) & 2))
            ;
        *(volatile uint8_t *)0x4001300C = 0x5A;
        while (!(REG(0x40013008) & 1))
            ;
        counter += *(volatile uint8_t *)0x4001300C;
    }
}

/* WHO_AM_I of the HTS221. */
static void poll_i2c(void)
{
    const uint32_t i2c = 0x40005800;
    RCC_AHB2ENR |= 1u << 1;
    RCC_APB1ENR1 |= 1u << 22;
    MODER(GPIOB) = (MODER(GPIOB) & ~(0xFu << 20)) | 0xAu << 20;
    REG(GPIOB + 0x04) |= 3u << 10;
    REG(GPIOB + 0x24) = (REG(GPIOB + 0x24) & ~(0xFFu << 8)) | 0x44u << 8;
    REG(i2c + 0x10) = 0x00702681;
    REG(i2c) = 1;
    for (;;) {
        REG(i2c + 0x04) = 0xBE | 1u << 16 | 1u << 13;
        while (!(REG(i2c + 0x18) & 1u << 1))
            ;
        REG(i2c + 0x28) = 0x0F;
        while (!(REG(i2c + 0x18) & 1u << 6))
            ;
        REG(i2c + 0x04) = 0xBE | 1u << 16 | 1u << 13 | 1u << 10 | 1u << 25;
        while (!(REG(i2c + 0x18) & 1u << 2))
            ;
        counter += REG(i2c + 0x24);
        while (!(REG(i2c + 0x18) & 1u << 5))
            ;
        REG(i2c + 0x1C) = 1u << 5;
    }
}

static void poll_random(void)
{
    REG(0x40021088) = (REG(0x40021088) & ~(3u << 26)) | 3u << 26;
    RCC_AHB2ENR |= 1u << 18;
    REG(0x50060800) = 4;
    for (;;) {
        while (!(REG(0x50060804) & 1))
            ;
        counter ^= REG(0x50060808);
    }
}

static void feed_crc(void)
{
    RCC_AHB1ENR |= 1u << 12;
    REG(0x40023008) = 1;
    for (;;)
        REG(0x40023000) = counter++;
}

static void on_exti(void)
{
    REG(0x40010414) = 1;
    counter++;
}

static void software_interrupts(void)
{
    on_interrupt(6, on_exti);
    REG(0x40010408) |= 1;
    REG(0x40010400) |= 1;
    for (;;)
        REG(0x40010410) = 1;
}

static void copy_by_dma(void)
{
    static uint32_t from[64], to[64];
    RCC_AHB1ENR |= 1;
    for (;;) {
        REG(0x40020008) = 0;
        REG(0x4002000C) = 64;
        REG(0x40020010) = (uint32_t)(uintptr_t)to;
        REG(0x40020014) = (uint32_t)(uintptr_t)from;
        REG(0x40020008) = 1 | 1u << 6 | 1u << 7 | 2u << 8 | 2u << 10 | 1u << 14;
        while (!(REG(0x40020000) & 2))
            ;
        REG(0x40020004) = 0xF;
        counter++;
    }
}

static void poll_flash(void)
{
    for (;;) {
        while (REG(0x40022010) & 1u << 16)
            ;
        counter++;
    }
}

static void poll_pin(void)
{
    RCC_AHB2ENR |= 1u << 2;
    MODER(0x48000800) &= ~(3u << 26);
    for (;;) {
        counter += 1 + (REG(0x48000810) >> 13 & 1); /* the button */
        led_output();
    }
}

static void idle_tick(void)
{
    for (;;)
        board_sleep();
}

static void poll_quadspi(void)
{
    const uint32_t quadspi = 0xA0001000;
    RCC_AHB3ENR |= 1u << 8;
    REG(quadspi) = 1u << 24 | 1;
    REG(quadspi + 0x04) = 22u << 16;
    for (;;) {
        while (REG(quadspi + 0x08) & 1u << 5)
            ;
        REG(quadspi + 0x10) = 0;
        REG(quadspi + 0x14) = 1u << 26 | 1u << 24 | 1u << 8 | 0x05; /* RDSR */
        while (!(REG(quadspi + 0x08) & 2))
            ;
        counter += 1 + *(volatile uint8_t *)(quadspi + 0x20);
        REG(quadspi + 0x0C) = 2;
    }
}

/* Channel n of DMA1 moves the same 64 items for ever, for a request. */
static void start_circular_dma(unsigned channel, unsigned request, uint32_t peripheral, uint32_t settings)
{
    static uint16_t items[64];
    const uint32_t dma = 0x40020000 + 20 * (channel - 1);
    RCC_AHB1ENR |= 1;
    REG(0x400200A8) |= request << 4 * (channel - 1);
    REG(dma + 0x0C) = 64;
    REG(dma + 0x10) = peripheral;
    REG(dma + 0x14) = (uint32_t)(uintptr_t)items;
    REG(dma + 0x08) = settings | 1u << 7 | 1u << 5 | 1; /* MINC, CIRC, EN */
}

enum { FROM_MEMORY = 1u << 4, HALFWORDS = 1u << 8 | 1u << 10 };
#define ADC1 0x50040000u

/* VREFINT, with 2.5 cycles of 80 MHz to sample. */
static void start_adc(uint32_t settings)
{
    RCC_AHB2ENR |= 1u << 13;
    REG(0x50040308) = 1u << 16 | 1u << 22; /* CKMODE: HCLK; VREFEN */
    REG(ADC1 + 0x08) = 0;
    REG(ADC1 + 0x08) = 1u << 28;
    for (volatile unsigned wait = 0; wait < 400; wait++)
        ;
    REG(ADC1 + 0x08) |= 1;
    while (!(REG(ADC1) & 1)) /* ADRDY */
        ;
    REG(ADC1 + 0x30) = 0;
    REG(ADC1 + 0x0C) = settings;
}

static void poll_adc(void)
{
    start_adc(1u << 31);
    for (;;) {
        REG(ADC1 + 0x08) |= 4; /* ADSTART */
        while (!(REG(ADC1) & 4)) /* EOC */
            ;
        counter += REG(ADC1 + 0x40);
    }
}

static void sleep_for_good(void)
{
    for (;;)
        __asm volatile("wfi");
}

static void adc_by_dma(void)
{
    start_circular_dma(1, 0, ADC1 + 0x40, HALFWORDS);
    start_adc(1u << 31 | 1u << 13 | 1u << 12 | 3); /* CONT, OVRMOD, DMACFG, DMAEN */
    REG(ADC1 + 0x08) |= 4;
    sleep_for_good();
}

static void dac_by_dma(void)
{
    RCC_APB1ENR1 |= 1u << 29;
    start_circular_dma(3, 6, 0x40007408, FROM_MEMORY | HALFWORDS);
    REG(0x40007400) = 1u << 12 | 1u << 2 | 1; /* DMAEN1, TEN1 by TIM6, EN1 */
    RCC_APB1ENR1 |= 1u << 4;
    REG(TIM6 + 0x04) = 2u << 4;
    start_timer(TIM6, 80, 0);
    sleep_for_good();
}

static void print_by_dma(void)
{
    start_circular_dma(4, 2, 0x40013828, FROM_MEMORY);
    REG(0x40013808) |= 1u << 7; /* DMAT */
    sleep_for_good();
}

static void spi_by_dma(void)
{
    RCC_APB2ENR |= 1u << 12;
    start_circular_dma(3, 1, 0x4001300C, FROM_MEMORY);
    REG(0x40013004) = 7u << 8 | 1u << 12 | 2; /* TXDMAEN */
    REG(0x40013000) = 1u << 9 | 1u << 8 | 1u << 6 | 1u << 2;
    sleep_for_good();
}

const struct guest board_guests[] = {
    {"idle, tick of 1 kHz", idle_tick},
    {"GPIO toggled by BSRR", toggle_bsrr},
    {"GPIO toggled by ODR", toggle_odr},
    {"poll a pin, set MODER", poll_pin},
    {"bit-banged UART", bit_bang_uart},
    {"bit-banged WS2812", ws2812},
    {"poll TIM2 CNT", poll_timer_count},
    {"poll TIM6 UIF", poll_timer_update},
    {"TIM6 interrupts, 100 kHz", interrupts_100_khz},
    {"TIM6 interrupts, 500 kHz", interrupts_500_khz},
    {"poll RTC SSR, TR, DR", poll_rtc},
    {"USART1 polled, TXE and TC", print_polled},
    {"SPI1 polled at 40 MHz", poll_spi},
    {"I2C2 polled at 400 kHz", poll_i2c},
    {"QUADSPI status polled", poll_quadspi},
    {"RNG polled", poll_random},
    {"CRC fed", feed_crc},
    {"EXTI by software", software_interrupts},
    {"DMA of 64 words", copy_by_dma},
    {"ADC1 polled, EOC", poll_adc},
    {"ADC1 by circular DMA, 5.3 MHz", adc_by_dma},
    {"DAC1 by circular DMA, 1 MHz", dac_by_dma},
    {"USART1 by circular DMA", print_by_dma},
    {"SPI1 by circular DMA, 5 MHz", spi_by_dma},
    {"poll FLASH BSY", poll_flash},
};
const unsigned board_guest_count = sizeof board_guests / sizeof *board_guests;
