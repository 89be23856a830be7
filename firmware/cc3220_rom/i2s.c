/* The audio port (McASP) with two data lines. */
#include "rom.h"

#define PDIR 0x014
#define PDIR_CLOCKS 0x14000000u
#define GBLCTL 0x044
#define RXMASK 0x064
#define RXFMT 0x068
#define RXFMCTL 0x06C
#define RXTDM 0x078
#define EVTCTLR 0x07C
#define RXSTAT 0x080
#define RXSTAT_RDATA (1u << 5)
#define TXMASK 0x0A4
#define TXFMT 0x0A8
#define TXFMCTL 0x0AC
#define ACLKXCTL 0x0B0
#define ACLKXCTL_INTERNAL (1u << 5)
#define ACLKXCTL_FALLING (1u << 7)
#define AHCLKXCTL 0x0B4
#define AHCLKXCTL_INTERNAL (1u << 15)
#define TXTDM 0x0B8
#define EVTCTLX 0x0BC
#define TXSTAT 0x0C0
#define TXSTAT_XDATA (1u << 5)
#define XRSRCTL0 0x180
#define TXBUF0 0x200
#define RXBUF0 0x280
#define WFIFOCTL 0x1000
#define WFIFOSTS 0x1004
#define RFIFOCTL 0x1008
#define RFIFOSTS 0x100C
#define FIFO_ENABLE (1u << 16)

#define CONFIG_SLAVE 0x8000u
#define MODE_SEND 1u
#define MODE_RECEIVE 2u
#define SERIALIZER_SEND 1u
/* One bit of delay, most significant bit first. */
#define FORMAT 0x18000u
/* Two slots per frame, of one word each; the master makes the frame itself. */
#define FRAME 0x111u
#define FRAME_INTERNAL 2u
#define BOTH_SLOTS 3u
#define DIVIDER 0xFFFu
#define SECOND_DIVIDER 0x1Fu

/* The DMA flags of the library's words are bits 31 and 30: lines 11 and 10 of the DMA-done ones. */
#define INT_DMA 0xC0000000u
#define DONE_SHIFT 20

static uint32_t offset_of(uint32_t line)
{
    return (line - 1) * 4;
}

/* Each part of the port answers when it has left reset. */
static void release(uint32_t base, uint32_t part)
{
    set_bits(base + GBLCTL, part);
    wait_set(base + GBLCTL, part);
}

void I2SEnable(uint32_t base, uint32_t mode)
{
    /* High-frequency clock, clock, serializer, state machine, frame synchronisation. */
    static const uint16_t receiver[] = {0x002, 0x001, 0x004, 0x008, 0x010};
    if (REG(base + ACLKXCTL) & ACLKXCTL_INTERNAL)
        set_bits(base + PDIR, PDIR_CLOCKS);
    if (mode & MODE_RECEIVE)
        for (unsigned i = 0; i < sizeof receiver / sizeof *receiver; i++)
            release(base, receiver[i]);
    release(base, 0x200);
    release(base, 0x100);
    if (mode & MODE_SEND) {
        release(base, 0x400);
        release(base, 0x800);
    }
    release(base, 0x1000);
}

void I2SDisable(uint32_t base)
{
    REG(base + GBLCTL) = 0;
    wait_clear(base + GBLCTL, 0xFFFFFFFF);
}

void I2SDataPut(uint32_t base, uint32_t line, uint32_t data)
{
    wait_set(base + TXSTAT, TXSTAT_XDATA);
    REG(base + TXBUF0 + offset_of(line)) = data;
}

int32_t I2SDataPutNonBlocking(uint32_t base, uint32_t line, uint32_t data)
{
    if (!(REG(base + TXSTAT) & TXSTAT_XDATA))
        return -1;
    REG(base + TXBUF0 + offset_of(line)) = data;
    return 0;
}

void I2SDataGet(uint32_t base, uint32_t line, uint32_t *data)
{
    wait_set(base + RXSTAT, RXSTAT_RDATA);
    *data = REG(base + RXBUF0 + offset_of(line));
}

int32_t I2SDataGetNonBlocking(uint32_t base, uint32_t line, uint32_t *data)
{
    if (!(REG(base + RXSTAT) & RXSTAT_RDATA))
        return -1;
    *data = REG(base + RXBUF0 + offset_of(line));
    return 0;
}

void I2SConfigSetExpClk(uint32_t base, uint32_t clock, uint32_t bit_clock, uint32_t config)
{
    uint32_t divider = clock / bit_clock - 1, second = 0;
    uint32_t slot_bits = ((config >> 4 & 0xF) + 1) * 2;
    uint32_t mask = 0xFFFFFFFFu >> (32 - slot_bits);
    uint32_t frame = config & CONFIG_SLAVE ? FRAME : FRAME | FRAME_INTERNAL;
    if (divider > DIVIDER) {
        divider = DIVIDER;
        second = clock / (bit_clock * (DIVIDER + 1)) & SECOND_DIVIDER;
    }
    REG(base + ACLKXCTL) =
        ACLKXCTL_FALLING | (config & CONFIG_SLAVE ? 0 : ACLKXCTL_INTERNAL | second);
    REG(base + AHCLKXCTL) = AHCLKXCTL_INTERNAL | divider;
    REG(base + TXFMT) = FORMAT | (config & 0x7FFF);
    REG(base + RXFMT) = FORMAT | (config >> 16 & 0x7FFF);
    REG(base + TXFMCTL) = frame;
    REG(base + RXFMCTL) = frame;
    REG(base + TXMASK) = mask;
    REG(base + RXMASK) = mask;
    REG(base + TXTDM) = BOTH_SLOTS;
    REG(base + RXTDM) = BOTH_SLOTS;
}

void I2STxFIFOEnable(uint32_t base, uint32_t level, uint32_t words)
{
    REG(base + WFIFOCTL) = FIFO_ENABLE | (level & 0xFF) << 8 | (words & 0x1F);
}

void I2STxFIFODisable(uint32_t base)
{
    REG(base + WFIFOCTL) = 0;
}

void I2SRxFIFOEnable(uint32_t base, uint32_t level, uint32_t words)
{
    REG(base + RFIFOCTL) = FIFO_ENABLE | (level & 0xFF) << 8 | (words & 0x1F);
}

void I2SRxFIFODisable(uint32_t base)
{
    REG(base + RFIFOCTL) = 0;
}

uint32_t I2STxFIFOStatusGet(uint32_t base)
{
    return REG(base + WFIFOSTS);
}

uint32_t I2SRxFIFOStatusGet(uint32_t base)
{
    return REG(base + RFIFOSTS);
}

void I2SSerializerConfig(uint32_t base, uint32_t line, uint32_t mode, uint32_t idle)
{
    change_bits(base + PDIR, line, mode == SERIALIZER_SEND ? line : 0);
    REG(base + XRSRCTL0 + offset_of(line)) = mode | idle;
}

void I2SIntEnable(uint32_t base, uint32_t flags)
{
    REG(DMA_DONE_INT_MASK_CLR) = (flags & INT_DMA) >> DONE_SHIFT;
    set_bits(base + EVTCTLX, flags & 0xFF);
    set_bits(base + EVTCTLR, flags >> 16 & 0xFF);
}

void I2SIntDisable(uint32_t base, uint32_t flags)
{
    REG(DMA_DONE_INT_MASK_SET) = (flags & INT_DMA) >> DONE_SHIFT;
    clear_bits(base + EVTCTLX, flags & 0xFF);
    clear_bits(base + EVTCTLR, flags >> 16 & 0xFF);
}

uint32_t I2SIntStatus(uint32_t base)
{
    return (REG(DMA_DONE_INT_STS_RAW) << DONE_SHIFT & INT_DMA) | REG(base + TXSTAT) |
           REG(base + RXSTAT) << 16;
}

void I2SIntClear(uint32_t base, uint32_t flags)
{
    REG(DMA_DONE_INT_ACK) = (flags & INT_DMA) >> DONE_SHIFT;
    REG(base + TXSTAT) = flags & 0x1FF;
    REG(base + RXSTAT) = flags >> 16 & 0x1FF;
}

void I2SIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_I2S, function);
}

void I2SIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_I2S);
}

void I2STxActiveSlotSet(uint32_t base, uint32_t slots)
{
    REG(base + TXTDM) = slots;
}

void I2SRxActiveSlotSet(uint32_t base, uint32_t slots)
{
    REG(base + RXTDM) = slots;
}
