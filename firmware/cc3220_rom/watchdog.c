/* The watchdog timer. */
#include "rom.h"

#define LOAD 0x000
#define VALUE 0x004
#define CTL 0x008
#define CTL_INTEN (1u << 0)
#define ICR 0x00C
#define RIS 0x010
#define MIS 0x014
#define TEST 0x418
#define TEST_STALL (1u << 8)
#define LOCK 0xC00
#define LOCKED 1u
#define UNLOCK 0x1ACCE551u

void WatchdogIntClear(uint32_t base)
{
    REG(base + ICR) = 1;
}

bool WatchdogRunning(uint32_t base)
{
    return (REG(base + CTL) & CTL_INTEN) != 0;
}

void WatchdogEnable(uint32_t base)
{
    set_bits(base + CTL, CTL_INTEN);
}

void WatchdogLock(uint32_t base)
{
    REG(base + LOCK) = LOCKED;
}

void WatchdogUnlock(uint32_t base)
{
    REG(base + LOCK) = UNLOCK;
}

bool WatchdogLockState(uint32_t base)
{
    return REG(base + LOCK) == LOCKED;
}

void WatchdogReloadSet(uint32_t base, uint32_t load)
{
    REG(base + LOAD) = load;
}

uint32_t WatchdogReloadGet(uint32_t base)
{
    return REG(base + LOAD);
}

uint32_t WatchdogValueGet(uint32_t base)
{
    return REG(base + VALUE);
}

uint32_t WatchdogIntStatus(uint32_t base, bool masked)
{
    return REG(base + (masked ? MIS : RIS));
}

void WatchdogStallEnable(uint32_t base)
{
    set_bits(base + TEST, TEST_STALL);
}

void WatchdogStallDisable(uint32_t base)
{
    clear_bits(base + TEST, TEST_STALL);
}

void WatchdogIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_WDT, function);
}

void WatchdogIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_WDT);
}
