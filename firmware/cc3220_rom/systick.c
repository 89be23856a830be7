/* The system tick timer of the core (ARMv7-M Architecture Reference Manual B3.3). */
#include "rom.h"

#define CSR 0xE000E010u
#define CSR_ENABLE (1u << 0)
#define CSR_TICKINT (1u << 1)
#define CSR_CLKSOURCE (1u << 2)
#define RVR 0xE000E014u
#define CVR 0xE000E018u
#define EXCEPTION 15

void SysTickEnable(void)
{
    set_bits(CSR, CSR_CLKSOURCE | CSR_ENABLE);
}

void SysTickDisable(void)
{
    clear_bits(CSR, CSR_ENABLE);
}

void SysTickIntRegister(handler *function)
{
    IntRegister(EXCEPTION, function);
    set_bits(CSR, CSR_TICKINT);
}

void SysTickIntUnregister(void)
{
    clear_bits(CSR, CSR_TICKINT);
    IntUnregister(EXCEPTION);
}

void SysTickIntEnable(void)
{
    set_bits(CSR, CSR_TICKINT);
}

void SysTickIntDisable(void)
{
    clear_bits(CSR, CSR_TICKINT);
}

void SysTickPeriodSet(uint32_t period)
{
    REG(RVR) = period - 1;
}

uint32_t SysTickPeriodGet(void)
{
    return REG(RVR) + 1;
}

uint32_t SysTickValueGet(void)
{
    return REG(CVR);
}
