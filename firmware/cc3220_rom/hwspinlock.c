/* Locks between the two processors: two bits each, of which a processor sets its own. */
#include "rom.h"

/* A lock's number has the register in bits 3:0, the bit in 27:16, its owner's record in 31:24. */
static const uint32_t locks[] = {COMMON_REG + 0x00, COMMON_REG + 0x04};
#define PREVIOUS_OWNER_1 (COMMON_REG + 0xD4)
#define PREVIOUS_OWNER_2 (COMMON_REG + 0xD8)

static uint32_t register_of(uint32_t lock)
{
    return locks[lock & 1];
}

static bool take(uint32_t lock)
{
    uint32_t bit = lock >> 16 & 0xFF;
    REG(register_of(lock)) = ~(2u << bit);
    return REG(register_of(lock)) >> bit & 1;
}

void HwSpinLockAcquire(uint32_t lock)
{
    while (!take(lock))
        ;
}

int32_t HwSpinLockTryAcquire(uint32_t lock, uint32_t tries)
{
    do
        if (take(lock))
            return 0;
    while (tries && --tries);
    return -1;
}

void HwSpinLockRelease(uint32_t lock)
{
    uint32_t bit = lock >> 16 & 0xFF;
    if (REG(register_of(lock)) >> bit & 1)
        REG(register_of(lock)) = ~(3u << bit);
}

uint32_t HwSpinLockTest(uint32_t lock, bool current)
{
    if (current)
        return REG(register_of(lock)) >> (lock >> 16 & 0xFF) & 3;
    return REG((lock & 0xF) > 4 ? PREVIOUS_OWNER_1 : PREVIOUS_OWNER_2) >> (lock >> 24) & 3;
}
