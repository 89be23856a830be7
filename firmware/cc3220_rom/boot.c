/* From reset to the application: what the chip does before the first instruction of an image. */
#include "rom.h"

#define VTOR REG(0xE000ED08u)
#define APPS_RESET_CAUSE REG(GPRCM + 0x0C)
#define CAUSE_POWER_ON 0
#define CAUSE_LPDS_EXIT 1
#define RESUME_STACK REG(OCP_SHARED + 0x160)
#define SPARE_REG_8 (OCP_SHARED + 0x188)
#define RESUME_ENTRY REG(OCP_SHARED + 0x198)
#define MEM_HIB_WAKE_STATUS REG(HIB3P3 + 0x468)
#define WAKE_CAUSE 0x1Cu
/* A port of the emulation: hibernation and LPDS, during which the core has no power. */
#define ASLEEP REG(0x00080008u)

/* The boot loader has the first 16 KiB of SRAM: TI's linker files for images in RAM begin behind them.
 * Firmware that reads through a NULL pointer gets this word, and then what lies at that address. */
#define BOOT_STACK (SRAM + 0x4000u)

void on_reset(void);

static void on_fault(void)
{
    for (;;)
        ;
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))BOOT_STACK, on_reset, on_fault, on_fault, on_fault, on_fault, on_fault,
    0, 0, 0, 0, on_fault, on_fault, 0, on_fault, on_fault,
};

__attribute__((naked, noreturn)) static void enter(uint32_t stack, uint32_t entry)
{
    (void)stack;
    (void)entry;
    __asm volatile("msr msp, r0\n"
                   "bx r1\n");
}

/* An application in flash has its vectors behind the 2 KiB of the boot header. It is there from the
 * start: what copies it from the serial flash, and checks its signature, is not modelled. */
void on_reset(void)
{
    const uint32_t *application = (const uint32_t *)APPLICATION;
    uint32_t cause;
    while (ASLEEP)
        __asm volatile("wfi");
    cause = APPS_RESET_CAUSE & 0xFF;
    if (cause == CAUSE_LPDS_EXIT && RESUME_ENTRY)
        enter(RESUME_STACK, RESUME_ENTRY | 1);
    if (cause == CAUSE_POWER_ON)
        /* Why the hibernation ended, where applications look for it. */
        change_bits(SPARE_REG_8, WAKE_CAUSE,
                    MEM_HIB_WAKE_STATUS & 1 ? MEM_HIB_WAKE_STATUS << 1 & WAKE_CAUSE : 0);
    VTOR = APPLICATION;
    enter(application[0], application[1]);
}
