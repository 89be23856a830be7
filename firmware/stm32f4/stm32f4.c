/* A guest for Renode's stock description of the STM32F4: it starts the clocks as ST's HAL does, tries
   the blocks that such descriptions name, and then sends back what it receives. Registers: RM0090. */
#include "../boards/board.h"

#include <stdbool.h>

#define WORD(address) (*(volatile uint32_t *)(address))

enum {
    TIM6 = 0x40001000,
    PWR = 0x40007000,
    SPI1 = 0x40013000,
    EXTI = 0x40013C00,
    USART1 = 0x40011000,
    RCC = 0x40023800,
    FLASH = 0x40023C00,
    GPIO_A = 0x40020000,
    SECTOR_11 = 0x080E0000,
    OPTION_BYTES = 0x1FFFC000,
    RNG = 0x50060800,
};
enum { EXTI0 = 6, USART1_IRQ = 37, TIM6_DAC = 54, VECTORS = 16 + 82 };

static uint32_t vectors[VECTORS] __attribute__((aligned(512)));
static volatile uint32_t updates, edges;

static void on_update(void)
{
    WORD(TIM6 + 0x10) = 0;
    updates++;
}

static void on_edge(void)
{
    WORD(EXTI + 0x14) = 1;
    edges++;
}

static void on_byte(void)
{
    if (WORD(USART1) & 1 << 5)
        WORD(USART1 + 4) = WORD(USART1 + 4);
}

static void handle(unsigned number, void (*handler)(void))
{
    vectors[16 + number] = (uint32_t)handler;
    WORD(0xE000E100 + 4 * (number / 32)) = 1u << (number % 32);
}

static void put(char character)
{
    while (!(WORD(USART1) & 1 << 7))
        ;
    WORD(USART1 + 4) = (uint8_t)character;
}

static void print(const char *text)
{
    while (*text)
        put(*text++);
}

static void expect(const char *what, bool holds)
{
    print(holds ? "ok: " : "differs: ");
    print(what);
    print("\r\n");
}

static bool becomes(uint32_t address, uint32_t mask, uint32_t wanted)
{
    for (int turn = 0; turn < 10000; turn++)
        if ((WORD(address) & mask) == wanted)
            return true;
    return false;
}

/* HSE through the PLL, with the regulator and the latency that 168 MHz need. */
static bool start_clocks(void)
{
    WORD(RCC + 0x40) |= 1u << 28;
    WORD(PWR) |= 3 << 14;
    bool ready = becomes(PWR + 4, 1 << 14, 1 << 14);
    WORD(RCC) |= 1 << 16;
    ready &= becomes(RCC, 1 << 17, 1 << 17);
    WORD(RCC + 4) = 0x07405408;
    WORD(RCC) |= 1 << 24;
    ready &= becomes(RCC, 1 << 25, 1 << 25);
    WORD(FLASH) = 0x705;
    ready &= becomes(FLASH, 15, 5);
    WORD(RCC + 8) = 0x940A;
    return ready & becomes(RCC + 8, 12, 8);
}

static void try_flash(void)
{
    WORD(FLASH + 0x10) = 1 << 1 | 11 << 3 | 1 << 16;
    expect("a locked controller erases nothing", WORD(FLASH + 0x10) >> 31);
    WORD(FLASH + 4) = 0x45670123;
    WORD(FLASH + 4) = 0xCDEF89AB;
    expect("two keys unlock it", !(WORD(FLASH + 0x10) >> 31));
    WORD(FLASH + 0x10) = 1 | 2 << 8;
    WORD(SECTOR_11) = 0x12345678;
    WORD(SECTOR_11 + 0x1FFFC) = 0;
    expect("a word is programmed", WORD(SECTOR_11) == 0x12345678);
    WORD(FLASH + 0x10) = 1 << 1 | 11 << 3 | 2 << 8;
    WORD(FLASH + 0x10) |= 1 << 16;
    becomes(FLASH + 0xC, 1 << 16, 0);
    expect("a sector is erased",
           WORD(SECTOR_11) == 0xFFFFFFFF && WORD(SECTOR_11 + 0x1FFFC) == 0xFFFFFFFF);
    WORD(FLASH + 0x10) |= 1u << 31;
    expect("the read-out protection is off", (WORD(OPTION_BYTES) & 0xFF00) == 0xAA00);
}

int main(void)
{
    for (int i = 0; i < 16; i++)
        vectors[i] = WORD(0x08000000 + 4 * i);
    WORD(0xE000ED08) = (uint32_t)vectors;
    bool started = start_clocks();
    WORD(RCC + 0x30) |= 1;
    WORD(RCC + 0x34) |= 1 << 6;
    WORD(RCC + 0x40) |= 1 << 4;
    WORD(RCC + 0x44) |= 1 << 4 | 1 << 12;
    WORD(USART1 + 8) = 8000000 / 115200;
    WORD(USART1 + 0xC) = 1 << 13 | 1 << 5 | 1 << 3 | 1 << 2;
    expect("the clocks start", started);
    handle(USART1_IRQ, on_byte);

    try_flash();

    WORD(RNG) = 4;
    bool random = becomes(RNG + 4, 1, 1);
    uint32_t first = WORD(RNG + 8);
    expect("random numbers", random && becomes(RNG + 4, 1, 1) && WORD(RNG + 8) != first);

    WORD(SPI1) = 1 << 9 | 1 << 8 | 1 << 6 | 1 << 2;
    WORD(SPI1 + 0xC) = 0x5A;
    expect("a frame goes out", becomes(SPI1 + 8, 3, 3));

    handle(EXTI0, on_edge);
    WORD(EXTI + 0x08) = 1;
    WORD(EXTI) = 1;
    WORD(GPIO_A) |= 1;
    WORD(GPIO_A + 0x18) = 1;
    WORD(GPIO_A + 0x18) = 1 << 16;
    for (int turn = 0; turn < 1000 && !edges; turn++)
        ;
    expect("one edge at a pin", edges == 1);

    handle(TIM6_DAC, on_update);
    WORD(TIM6 + 0x28) = 9;
    WORD(TIM6 + 0x2C) = 9999;
    WORD(TIM6 + 0x14) = 1;
    WORD(TIM6 + 0x10) = 0;
    WORD(TIM6 + 0x0C) = 1;
    WORD(TIM6) = 1;
    while (updates < 5)
        board_sleep();
    print("DONE\r\n");
    for (;;)
        board_sleep();
}
