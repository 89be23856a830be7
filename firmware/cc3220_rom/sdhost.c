/* The host controller for memory cards (MMCHS). */
#include "rom.h"

#define SYSCONFIG 0x110
#define SYSCONFIG_SOFTRESET (1u << 1)
#define SYSSTATUS 0x114
#define SYSSTATUS_RESETDONE (1u << 0)
#define CSRE 0x124
#define CON 0x12C
#define CON_SDMA_LNE (1u << 21)
#define BLK 0x204
#define ARG 0x208
#define CMD 0x20C
#define RSP10 0x210
#define DATA 0x220
#define PSTATE 0x224
#define PSTATE_CMDI (1u << 0)
#define PSTATE_BWE (1u << 10)
#define PSTATE_BRE (1u << 11)
#define HCTL 0x228
#define HCTL_SDBP (1u << 8)
#define HCTL_SDVS_3V (7u << 9)
#define SYSCTL 0x22C
#define SYSCTL_ICE (1u << 0)
#define SYSCTL_ICS (1u << 1)
#define SYSCTL_CEN (1u << 2)
#define SYSCTL_CLKD_SHIFT 6
#define SYSCTL_CLKD 0xFFC0u
#define SYSCTL_DTO 0x000E0000u
#define SYSCTL_SRA (1u << 24)
#define SYSCTL_SRC (1u << 25)
#define STAT 0x230
#define IE 0x234
#define ISE 0x238
#define CAPA 0x240
#define CAPA_VOLTAGES (7u << 24)

/* The DMA flags of the library's words are bits 31 and 30: lines 1 and 0 of the DMA-done ones. */
#define DONE_SHIFT 30
#define INT_OWN 0x3FFFFFFFu

void SDHostCmdReset(uint32_t base)
{
    set_bits(base + SYSCTL, SYSCTL_SRC);
    wait_clear(base + SYSCTL, SYSCTL_SRC);
}

void SDHostInit(uint32_t base)
{
    set_bits(base + SYSCONFIG, SYSCONFIG_SOFTRESET);
    wait_set(base + SYSSTATUS, SYSSTATUS_RESETDONE);
    set_bits(base + SYSCTL, SYSCTL_SRA);
    wait_clear(base + SYSCTL, SYSCTL_SRA);
    REG(base + CAPA) = CAPA_VOLTAGES;
    set_bits(base + HCTL, HCTL_SDVS_3V);
    set_bits(base + HCTL, HCTL_SDBP);
    wait_set(base + HCTL, HCTL_SDBP);
    set_bits(base + CON, CON_SDMA_LNE);
    REG(base + IE) = 0xFFFFFFFF;
}

int32_t SDHostCmdSend(uint32_t base, uint32_t command, unsigned argument)
{
    set_bits(base + SYSCTL, SYSCTL_DTO);
    if (REG(base + PSTATE) & PSTATE_CMDI)
        return -1;
    REG(base + ARG) = argument;
    REG(base + CMD) = command;
    return 0;
}

void SDHostIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_MMCHS, function);
}

void SDHostIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_MMCHS);
}

void SDHostIntEnable(uint32_t base, uint32_t flags)
{
    REG(DMA_DONE_INT_MASK_CLR) = flags >> DONE_SHIFT;
    set_bits(base + ISE, flags & INT_OWN);
}

void SDHostIntDisable(uint32_t base, uint32_t flags)
{
    REG(DMA_DONE_INT_MASK_SET) = flags >> DONE_SHIFT;
    clear_bits(base + ISE, flags & INT_OWN);
}

uint32_t SDHostIntStatus(uint32_t base)
{
    return REG(DMA_DONE_INT_STS_RAW) << DONE_SHIFT | (REG(base + STAT) & INT_OWN);
}

void SDHostIntClear(uint32_t base, uint32_t flags)
{
    REG(DMA_DONE_INT_ACK) = flags >> DONE_SHIFT;
    REG(base + STAT) = flags & INT_OWN;
}

void SDHostRespGet(uint32_t base, uint32_t response[4])
{
    for (unsigned i = 0; i < 4; i++)
        response[i] = REG(base + RSP10 + 4 * i);
}

void SDHostBlockSizeSet(uint32_t base, uint16_t size)
{
    change_bits(base + BLK, 0xFFF, size & 0xFFF);
}

void SDHostBlockCountSet(uint32_t base, uint16_t count)
{
    change_bits(base + BLK, 0xFFFF0000, (uint32_t)count << 16);
}

bool SDHostDataNonBlockingWrite(uint32_t base, uint32_t data)
{
    if (!(REG(base + PSTATE) & PSTATE_BWE))
        return false;
    REG(base + DATA) = data;
    return true;
}

bool SDHostDataNonBlockingRead(uint32_t base, uint32_t *data)
{
    if (!(REG(base + PSTATE) & PSTATE_BRE))
        return false;
    *data = REG(base + DATA);
    return true;
}

void SDHostDataWrite(uint32_t base, uint32_t data)
{
    wait_set(base + PSTATE, PSTATE_BWE);
    REG(base + DATA) = data;
}

void SDHostDataRead(uint32_t base, uint32_t *data)
{
    wait_set(base + PSTATE, PSTATE_BRE);
    *data = REG(base + DATA);
}

void SDHostSetExpClk(uint32_t base, uint32_t clock, uint32_t card_clock)
{
    clear_bits(base + SYSCTL, SYSCTL_CEN);
    set_bits(base + SYSCTL, SYSCTL_ICE);
    change_bits(base + SYSCTL, SYSCTL_CLKD, (clock / card_clock & 0x3FF) << SYSCTL_CLKD_SHIFT);
    wait_set(base + SYSCTL, SYSCTL_ICS);
    set_bits(base + SYSCTL, SYSCTL_CEN);
}

void SDHostCardErrorMaskSet(uint32_t base, uint32_t mask)
{
    REG(base + CSRE) = mask;
}

uint32_t SDHostCardErrorMaskGet(uint32_t base)
{
    return REG(base + CSRE);
}
