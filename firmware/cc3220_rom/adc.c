/* The analogue-to-digital converter. Channels are numbered by the distance of their registers. */
#include "rom.h"

#define CTRL 0x000
#define CTRL_EN (1u << 0)
#define IRQ_EN 0x024
#define IRQ_STATUS 0x044
#define DMA_MODE_EN 0x064
#define TIMER_CONFIGURATION 0x068
#define TIMER_RESET (1u << 24)
#define TIMER_EN (1u << 25)
#define TIMER_PERIOD 0x1FFFFu
#define TIMER_CURRENT_COUNT 0x070
#define FIFO_DATA 0x074
#define FIFO_LVL 0x094
#define FIFO_LVL_M 7u
#define CH_ENABLE 0x0B8

#define INT_OWN 0xFu
#define INT_DMA_DONE 0x10u
#define DONE_SHIFT 12

/* 0 to 3, of a channel's distance of 8 to its neighbour. */
static uint32_t index_of(uint32_t channel)
{
    return channel / 8 & 3;
}

static uint32_t done_line(uint32_t channel)
{
    return 1u << (DONE_SHIFT + index_of(channel));
}

void ADCEnable(uint32_t base)
{
    set_bits(base + CTRL, CTRL_EN);
}

void ADCDisable(uint32_t base)
{
    clear_bits(base + CTRL, CTRL_EN);
}

void ADCChannelEnable(uint32_t base, uint32_t channel)
{
    set_bits(base + CH_ENABLE, 2u << index_of(channel));
}

void ADCChannelDisable(uint32_t base, uint32_t channel)
{
    clear_bits(base + CH_ENABLE, 2u << index_of(channel));
}

void ADCIntRegister(uint32_t base, uint32_t channel, handler *function)
{
    (void)base;
    hook_interrupt(INT_ADCCH0 + index_of(channel), function);
}

void ADCIntUnregister(uint32_t base, uint32_t channel)
{
    (void)base;
    unhook_interrupt(INT_ADCCH0 + index_of(channel));
}

void ADCIntEnable(uint32_t base, uint32_t channel, uint32_t flags)
{
    if (flags & INT_DMA_DONE)
        REG(DMA_DONE_INT_MASK_CLR) = done_line(channel);
    set_bits(base + IRQ_EN + channel, flags & INT_OWN);
}

void ADCIntDisable(uint32_t base, uint32_t channel, uint32_t flags)
{
    if (flags & INT_DMA_DONE)
        REG(DMA_DONE_INT_MASK_SET) = done_line(channel);
    clear_bits(base + IRQ_EN + channel, flags & INT_OWN);
}

/* The end of DMA is shown by its line's own bit, 12 to 15. */
uint32_t ADCIntStatus(uint32_t base, uint32_t channel)
{
    return (REG(DMA_DONE_INT_STS_MASKED) & done_line(channel)) |
           (REG(base + IRQ_STATUS + channel) & INT_OWN);
}

void ADCIntClear(uint32_t base, uint32_t channel, uint32_t flags)
{
    if (flags & INT_DMA_DONE)
        REG(DMA_DONE_INT_ACK) = done_line(channel);
    REG(base + IRQ_STATUS + channel) = flags & ~INT_DMA_DONE;
}

void ADCDMAEnable(uint32_t base, uint32_t channel)
{
    set_bits(base + DMA_MODE_EN, 1u << 2 * index_of(channel));
}

void ADCDMADisable(uint32_t base, uint32_t channel)
{
    clear_bits(base + DMA_MODE_EN, 1u << 2 * index_of(channel));
}

void ADCTimerConfig(uint32_t base, uint32_t value)
{
    change_bits(base + TIMER_CONFIGURATION, TIMER_PERIOD, value & TIMER_PERIOD);
}

void ADCTimerEnable(uint32_t base)
{
    set_bits(base + TIMER_CONFIGURATION, TIMER_EN);
}

void ADCTimerDisable(uint32_t base)
{
    clear_bits(base + TIMER_CONFIGURATION, TIMER_EN);
}

void ADCTimerReset(uint32_t base)
{
    set_bits(base + TIMER_CONFIGURATION, TIMER_RESET);
}

uint32_t ADCTimerValueGet(uint32_t base)
{
    return REG(base + TIMER_CURRENT_COUNT);
}

uint8_t ADCFIFOLvlGet(uint32_t base, uint32_t channel)
{
    return REG(base + FIFO_LVL + channel) & FIFO_LVL_M;
}

uint32_t ADCFIFORead(uint32_t base, uint32_t channel)
{
    return REG(base + FIFO_DATA + channel);
}
