#include "worst.h"

volatile uint32_t counter;
static void (*vectors[256])(void) __attribute__((aligned(1024)));

void on_exception(unsigned exception, void (*handler)(void))
{
    vectors[exception] = handler;
}

void on_interrupt(unsigned irq, void (*handler)(void))
{
    vectors[16 + irq] = handler;
    REG(0xE000E100 + irq / 32 * 4) = 1u << (irq & 31);
}

static void print(const char *text)
{
    while (*text)
        board_put(*text++);
    board_put('\n');
}

int main(void)
{
    void (*const *table)(void) = (void (*const *)(void))REG(0xE000ED08);
    for (unsigned i = 0; i < 16; i++)
        vectors[i] = table[i];
    REG(0xE000ED08) = (uint32_t)(uintptr_t)vectors;
    board_start();
    for (unsigned i = 0; i < core_guest_count; i++)
        print(core_guests[i].name);
    for (unsigned i = 0; i < board_guest_count; i++)
        print(board_guests[i].name);
    print("choose");
    unsigned choice = (unsigned)board_get() - 'A';
    if (choice < core_guest_count)
        core_guests[choice].run();
    else if (choice - core_guest_count < board_guest_count)
        board_guests[choice - core_guest_count].run();
    return 0;
}
