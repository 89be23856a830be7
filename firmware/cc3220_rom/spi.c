/* The SPI controllers (McSPI), of which channel 0 is used. */
#include "rom.h"

#define SYSCONFIG 0x110
#define SYSCONFIG_SOFTRESET (1u << 1)
#define SYSSTATUS 0x114
#define SYSSTATUS_RESETDONE (1u << 0)
#define IRQSTATUS 0x118
#define IRQENABLE 0x11C
#define MODULCTRL 0x128
#define MODULCTRL_SINGLE (1u << 0)
#define MODULCTRL_MS (1u << 2)
#define CH0CONF 0x12C
#define CH0CONF_DIVIDER_SHIFT 2
#define CH0CONF_WL 0xF80u
#define CH0CONF_DPE0 (1u << 16)
#define CH0CONF_DPE1 (1u << 17)
#define CH0CONF_IS (1u << 18)
#define CH0CONF_FORCE (1u << 20)
#define CH0CONF_CLKG (1u << 29)
#define CH0STAT 0x130
#define CH0STAT_RXS (1u << 0)
#define CH0STAT_TXS (1u << 1)
#define CH0CTRL 0x134
#define CH0CTRL_EN (1u << 0)
#define CH0CTRL_EXTCLK_SHIFT 8
#define TX0 0x138
#define RX0 0x13C
#define XFERLEVEL 0x17C

#define MODE_MASTER 0u
/* Turbo, DMA, width, polarity and phase of a configuration word are where CH0CONF has them. */
#define CONFIG_FIELDS 0x0008FFFFu
#define CONFIG_MODULCTRL_SHIFT 24
#define WIDTH_8 0x380u
#define WIDTH_16 0x780u
#define WIDTH_32 0xF80u
#define CS_ENABLE 1u
#define CS_DISABLE 2u
#define INT_OWN 0x0003000Fu
#define INT_DMATX 0x20000000u
#define INT_DMARX 0x10000000u

/* The receive line of a controller in the DMA-done registers; transmit is the next one. */
static uint32_t done_lines(uint32_t base, uint32_t flags)
{
    uint32_t receive = base == SSPI ? 6 : base == LSPI ? 4 : 2;
    return (flags & INT_DMARX ? 1u << receive : 0) | (flags & INT_DMATX ? 2u << receive : 0);
}

static uint32_t interrupt_of(uint32_t base)
{
    return base == SSPI ? INT_SSPI : base == GSPI ? INT_GSPI : INT_LSPI;
}

void SPIEnable(uint32_t base)
{
    set_bits(base + CH0CTRL, CH0CTRL_EN);
}

void SPIDisable(uint32_t base)
{
    clear_bits(base + CH0CTRL, CH0CTRL_EN);
}

void SPIReset(uint32_t base)
{
    set_bits(base + SYSCONFIG, SYSCONFIG_SOFTRESET);
    wait_set(base + SYSSTATUS, SYSSTATUS_RESETDONE);
}

void SPIConfigSetExpClk(uint32_t base, uint32_t clock, uint32_t rate, uint32_t mode,
                        uint32_t sub_mode, uint32_t config)
{
    uint32_t divider = clock / rate - 1;
    /* A master sends on line 0 and receives on line 1, a slave the other way round. */
    uint32_t wires = mode == MODE_MASTER ? CH0CONF_DPE0 : CH0CONF_DPE1 | CH0CONF_IS;
    change_bits(base + MODULCTRL, MODULCTRL_SINGLE | MODULCTRL_MS,
                (config >> CONFIG_MODULCTRL_SHIFT) | mode);
    REG(base + CH0CTRL) = (divider >> 4 & 0xFF) << CH0CTRL_EXTCLK_SHIFT;
    REG(base + CH0CONF) = CH0CONF_CLKG | (divider & 0xF) << CH0CONF_DIVIDER_SHIFT | wires |
                          sub_mode | (config & CONFIG_FIELDS);
}

int32_t SPIDataGetNonBlocking(uint32_t base, uint32_t *data)
{
    if (!(REG(base + CH0STAT) & CH0STAT_RXS))
        return 0;
    *data = REG(base + RX0);
    return 1;
}

void SPIDataGet(uint32_t base, uint32_t *data)
{
    wait_set(base + CH0STAT, CH0STAT_RXS);
    *data = REG(base + RX0);
}

int32_t SPIDataPutNonBlocking(uint32_t base, uint32_t data)
{
    if (!(REG(base + CH0STAT) & CH0STAT_TXS))
        return 0;
    REG(base + TX0) = data;
    return 1;
}

void SPIDataPut(uint32_t base, uint32_t data)
{
    wait_set(base + CH0STAT, CH0STAT_TXS);
    REG(base + TX0) = data;
}

void SPIFIFOEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + CH0CONF, flags);
}

void SPIFIFODisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + CH0CONF, flags);
}

void SPIFIFOLevelSet(uint32_t base, uint32_t transmit, uint32_t receive)
{
    change_bits(base + XFERLEVEL, 0xFFFF, (receive - 1) << 8 | (transmit - 1));
}

void SPIFIFOLevelGet(uint32_t base, uint32_t *transmit, uint32_t *receive)
{
    uint32_t levels = REG(base + XFERLEVEL);
    *transmit = levels & 0xFF;
    *receive = levels >> 8 & 0xFF;
}

void SPIWordCountSet(uint32_t base, uint32_t count)
{
    change_bits(base + XFERLEVEL, 0xFFFF0000, count << 16);
}

void SPIIntRegister(uint32_t base, handler *function)
{
    hook_interrupt(interrupt_of(base), function);
}

void SPIIntUnregister(uint32_t base)
{
    unhook_interrupt(interrupt_of(base));
}

void SPIIntEnable(uint32_t base, uint32_t flags)
{
    if (flags & (INT_DMATX | INT_DMARX))
        REG(DMA_DONE_INT_MASK_CLR) = done_lines(base, flags);
    set_bits(base + IRQENABLE, flags & INT_OWN);
}

void SPIIntDisable(uint32_t base, uint32_t flags)
{
    if (flags & (INT_DMATX | INT_DMARX))
        REG(DMA_DONE_INT_MASK_SET) = done_lines(base, flags);
    clear_bits(base + IRQENABLE, flags & INT_OWN);
}

uint32_t SPIIntStatus(uint32_t base, bool masked)
{
    uint32_t status = REG(base + IRQSTATUS) & INT_OWN;
    uint32_t lines = REG(masked ? DMA_DONE_INT_STS_MASKED : DMA_DONE_INT_STS_RAW);
    if (masked)
        status &= REG(base + IRQENABLE);
    if (lines & done_lines(base, INT_DMATX))
        status |= INT_DMATX;
    if (lines & done_lines(base, INT_DMARX))
        status |= INT_DMARX;
    return status;
}

void SPIIntClear(uint32_t base, uint32_t flags)
{
    if (flags & (INT_DMATX | INT_DMARX))
        REG(DMA_DONE_INT_ACK) = done_lines(base, flags);
    REG(base + IRQSTATUS) = flags & INT_OWN;
}

void SPIDmaEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + CH0CONF, flags);
}

void SPIDmaDisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + CH0CONF, flags);
}

void SPICSEnable(uint32_t base)
{
    set_bits(base + CH0CONF, CH0CONF_FORCE);
}

void SPICSDisable(uint32_t base)
{
    clear_bits(base + CH0CONF, CH0CONF_FORCE);
}

/* Item `index` of a buffer of 1, 2 or 4 byte items. */
static uint32_t load_item(const uint8_t *buffer, uint32_t index, uint32_t width)
{
    if (width == 4)
        return ((const uint32_t *)buffer)[index];
    return width == 2 ? ((const uint16_t *)buffer)[index] : buffer[index];
}

static void store_item(uint8_t *buffer, uint32_t index, uint32_t width, uint32_t item)
{
    if (width == 4)
        ((uint32_t *)buffer)[index] = item;
    else if (width == 2)
        ((uint16_t *)buffer)[index] = (uint16_t)item;
    else
        buffer[index] = (uint8_t)item;
}

int32_t SPITransfer(uint32_t base, uint8_t *out, uint8_t *in, uint32_t size, uint32_t flags)
{
    uint32_t code = REG(base + CH0CONF) & CH0CONF_WL;
    uint32_t width = code == WIDTH_8 ? 1 : code == WIDTH_16 ? 2 : code == WIDTH_32 ? 4 : 0;
    if (!width || size % width)
        return -1;
    if (flags & CS_ENABLE)
        SPICSEnable(base);
    for (uint32_t i = 0; i < size / width; i++) {
        uint32_t item;
        SPIDataPut(base, out ? load_item(out, i, width) : 0xFFFFFFFF);
        SPIDataGet(base, &item);
        if (in)
            store_item(in, i, width, item);
    }
    if (flags & CS_DISABLE)
        SPICSDisable(base);
    return 0;
}
