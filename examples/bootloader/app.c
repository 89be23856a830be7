/* The application, which expects that a boot loader has started it. */
#include "start.h"

static void start(void)
{
    console_start();
    print("app: running\r\n");
    for (;;)
        __asm volatile("wfi");
}

__attribute__((section(".vectors"), used)) const struct vectors vectors = {0x20018000, start, {0}, MAGIC,
                                                                           "1.2"};
