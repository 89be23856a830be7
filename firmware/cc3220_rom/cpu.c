/* Instructions that C has no words for. */
#include "rom.h"

uint32_t CPUcpsid(void)
{
    uint32_t primask;
    __asm volatile("mrs %0, primask\n cpsid i" : "=r"(primask)::"memory");
    return primask;
}

uint32_t CPUcpsie(void)
{
    uint32_t primask;
    __asm volatile("mrs %0, primask\n cpsie i" : "=r"(primask)::"memory");
    return primask;
}

uint32_t CPUprimask(void)
{
    uint32_t primask;
    __asm volatile("mrs %0, primask" : "=r"(primask));
    return primask;
}

void CPUwfi(void)
{
    __asm volatile("wfi" ::: "memory");
}

uint32_t CPUbasepriGet(void)
{
    uint32_t priority;
    __asm volatile("mrs %0, basepri" : "=r"(priority));
    return priority;
}

void CPUbasepriSet(uint32_t priority)
{
    __asm volatile("msr basepri, %0" ::"r"(priority) : "memory");
}
