/* The interrupt controller, by exception numbers (ARMv7-M Architecture Reference Manual B3). */
#include "rom.h"

#define SYST_CSR 0xE000E010u
#define SYST_CSR_TICKINT (1u << 1)
#define NVIC_ISER 0xE000E100u
#define NVIC_ICER 0xE000E180u
#define NVIC_ISPR 0xE000E200u
#define NVIC_ICPR 0xE000E280u
#define NVIC_IPR 0xE000E400u
#define ICSR 0xE000ED04u
#define ICSR_NMIPENDSET (1u << 31)
#define ICSR_PENDSVSET (1u << 28)
#define ICSR_PENDSVCLR (1u << 27)
#define ICSR_PENDSTSET (1u << 26)
#define ICSR_PENDSTCLR (1u << 25)
#define VTOR 0xE000ED08u
#define AIRCR 0xE000ED0Cu
#define AIRCR_VECTKEY 0x05FA0000u
#define AIRCR_PRIGROUP 0x700u
#define SHPR 0xE000ED18u
#define SHCSR 0xE000ED24u

#define NMI 2
#define MEMMANAGE 4
#define USAGE_FAULT 6
#define PENDSV 14
#define SYSTICK 15
#define FIRST_IRQ 16

static void spin(void)
{
    for (;;)
        ;
}

/* Where the enable of a system exception is; 0 for none. */
static uint32_t enable_of(uint32_t exception, uint32_t *bit)
{
    if (exception == SYSTICK) {
        *bit = SYST_CSR_TICKINT;
        return SYST_CSR;
    }
    if (exception < MEMMANAGE || exception > USAGE_FAULT)
        return 0;
    *bit = 1u << (16 + exception - MEMMANAGE);
    return SHCSR;
}

void IntEnable(uint32_t exception)
{
    uint32_t bit, address;
    if (exception >= FIRST_IRQ)
        REG(NVIC_ISER + (exception - FIRST_IRQ) / 32 * 4) = 1u << (exception - FIRST_IRQ) % 32;
    else if ((address = enable_of(exception, &bit)))
        set_bits(address, bit);
}

void IntDisable(uint32_t exception)
{
    uint32_t bit, address;
    if (exception >= FIRST_IRQ)
        REG(NVIC_ICER + (exception - FIRST_IRQ) / 32 * 4) = 1u << (exception - FIRST_IRQ) % 32;
    else if ((address = enable_of(exception, &bit)))
        clear_bits(address, bit);
    __asm volatile("dsb\n isb" ::: "memory");
}

/* PRIMASK as it was, then changed. */
bool IntMasterEnable(void)
{
    uint32_t primask;
    __asm volatile("mrs %0, primask\n cpsie i" : "=r"(primask)::"memory");
    return primask;
}

bool IntMasterDisable(void)
{
    uint32_t primask;
    __asm volatile("mrs %0, primask\n cpsid i" : "=r"(primask)::"memory");
    return primask;
}

/* `bits` of a priority are its group: PRIGROUP counts from the other end of the byte. */
void IntPriorityGroupingSet(uint32_t bits)
{
    REG(AIRCR) = AIRCR_VECTKEY | ((7 - (bits < 7 ? bits : 7)) << 8 & AIRCR_PRIGROUP);
}

uint32_t IntPriorityGroupingGet(void)
{
    uint32_t bits = 7 - ((REG(AIRCR) & AIRCR_PRIGROUP) >> 8);
    return bits;
}

static volatile uint8_t *priority_of(uint32_t exception)
{
    if (exception >= FIRST_IRQ)
        return (volatile uint8_t *)(NVIC_IPR + exception - FIRST_IRQ);
    return (volatile uint8_t *)(SHPR + exception - MEMMANAGE);
}

void IntPrioritySet(uint32_t exception, uint8_t priority)
{
    if (exception >= MEMMANAGE)
        *priority_of(exception) = priority;
}

int32_t IntPriorityGet(uint32_t exception)
{
    return exception >= MEMMANAGE ? *priority_of(exception) : -1;
}

void IntPendSet(uint32_t exception)
{
    if (exception >= FIRST_IRQ)
        REG(NVIC_ISPR + (exception - FIRST_IRQ) / 32 * 4) = 1u << (exception - FIRST_IRQ) % 32;
    else if (exception == NMI)
        REG(ICSR) = ICSR_NMIPENDSET;
    else if (exception == PENDSV)
        REG(ICSR) = ICSR_PENDSVSET;
    else if (exception == SYSTICK)
        REG(ICSR) = ICSR_PENDSTSET;
    __asm volatile("dsb\n isb" ::: "memory");
}

void IntPendClear(uint32_t exception)
{
    if (exception >= FIRST_IRQ)
        REG(NVIC_ICPR + (exception - FIRST_IRQ) / 32 * 4) = 1u << (exception - FIRST_IRQ) % 32;
    else if (exception == PENDSV)
        REG(ICSR) = ICSR_PENDSVCLR;
    else if (exception == SYSTICK)
        REG(ICSR) = ICSR_PENDSTCLR;
}

void IntPriorityMaskSet(uint32_t mask)
{
    __asm volatile("msr basepri, %0" ::"r"(mask) : "memory");
}

uint32_t IntPriorityMaskGet(void)
{
    uint32_t mask;
    __asm volatile("mrs %0, basepri" : "=r"(mask));
    return mask;
}

/* Handlers can only be put into a table that is in RAM. */
void IntRegister(uint32_t exception, handler *function)
{
    uint32_t table = REG(VTOR);
    if (table >= SRAM && table < SRAM + SRAM_SIZE)
        ((handler **)table)[exception] = function;
}

void IntUnregister(uint32_t exception)
{
    IntRegister(exception, spin);
}

void IntVTableBaseSet(uint32_t base)
{
    REG(VTOR) = base;
}
