/* Starts the application if there is a whole one. */
#include "start.h"

static void start(void)
{
    const struct vectors *application = (const struct vectors *)APPLICATION;
    console_start();
    if (application->magic != MAGIC) {
        print("boot: no application\r\n");
        for (;;)
            __asm volatile("wfi");
    }
    print("boot: starting version ");
    print(application->version);
    print("\r\n");
    SCB_VTOR = APPLICATION;
    __asm volatile("msr msp, %0\n bx %1" ::"r"(application->stack_top), "r"(application->reset));
}

__attribute__((section(".vectors"), used)) const struct vectors vectors = {0x20018000, start, {0}, 0, 0};
