/* UARTA0 and UARTA1: an ARM PL011 with end-of-transmission interrupt and DMA-done flags. */
#include "rom.h"

#define DR 0x00
#define RSR_ECR 0x04
#define FR 0x18
#define FR_CTS (1u << 0)
#define FR_BUSY (1u << 3)
#define FR_RXFE (1u << 4)
#define FR_TXFF (1u << 5)
#define IBRD 0x24
#define FBRD 0x28
#define LCRH 0x2C
#define LCRH_BRK (1u << 0)
#define LCRH_PARITY 0x86u
#define LCRH_FEN (1u << 4)
#define LCRH_FORMAT 0xEEu
#define CTL 0x30
#define CTL_UARTEN (1u << 0)
#define CTL_EOT (1u << 4)
#define CTL_HSE (1u << 5)
#define CTL_TXE (1u << 8)
#define CTL_RXE (1u << 9)
#define CTL_RTS (1u << 11)
#define CTL_FLOW 0xC000u
#define IFLS 0x34
#define IFLS_TX 0x07u
#define IFLS_RX 0x38u
#define IM 0x38
#define RIS 0x3C
#define MIS 0x40
#define ICR 0x44
#define DMACTL 0x48

#define ENABLES (CTL_UARTEN | CTL_TXE | CTL_RXE)

static uint32_t interrupt_of(uint32_t base)
{
    return base == UARTA0 ? INT_UARTA0 : INT_UARTA1;
}

void UARTParityModeSet(uint32_t base, uint32_t parity)
{
    change_bits(base + LCRH, LCRH_PARITY, parity);
}

uint32_t UARTParityModeGet(uint32_t base)
{
    return REG(base + LCRH) & LCRH_PARITY;
}

void UARTFIFOLevelSet(uint32_t base, uint32_t transmit, uint32_t receive)
{
    REG(base + IFLS) = transmit | receive;
}

void UARTFIFOLevelGet(uint32_t base, uint32_t *transmit, uint32_t *receive)
{
    *transmit = REG(base + IFLS) & IFLS_TX;
    *receive = REG(base + IFLS) & IFLS_RX;
}

void UARTEnable(uint32_t base)
{
    set_bits(base + LCRH, LCRH_FEN);
    set_bits(base + CTL, ENABLES);
}

void UARTDisable(uint32_t base)
{
    wait_clear(base + FR, FR_BUSY);
    clear_bits(base + LCRH, LCRH_FEN);
    clear_bits(base + CTL, ENABLES);
}

void UARTConfigSetExpClk(uint32_t base, uint32_t clock, uint32_t baud, uint32_t config)
{
    uint32_t divider;
    UARTDisable(base);
    if (baud * 16 > clock) {
        /* Eight samples per bit instead of sixteen. */
        set_bits(base + CTL, CTL_HSE);
        baud /= 2;
    } else {
        clear_bits(base + CTL, CTL_HSE);
    }
    /* In 1/64, rounded. */
    divider = (clock * 8 / baud + 1) / 2;
    REG(base + IBRD) = divider >> 6;
    REG(base + FBRD) = divider & 63;
    REG(base + LCRH) = config;
    UARTEnable(base);
}

void UARTConfigGetExpClk(uint32_t base, uint32_t clock, uint32_t *baud, uint32_t *config)
{
    uint32_t divider = REG(base + IBRD) << 6 | REG(base + FBRD);
    *baud = divider ? clock * 4 / divider : 0;
    if (REG(base + CTL) & CTL_HSE)
        *baud *= 2;
    *config = REG(base + LCRH) & LCRH_FORMAT;
}

void UARTFIFOEnable(uint32_t base)
{
    set_bits(base + LCRH, LCRH_FEN);
}

void UARTFIFODisable(uint32_t base)
{
    clear_bits(base + LCRH, LCRH_FEN);
}

bool UARTCharsAvail(uint32_t base)
{
    return !(REG(base + FR) & FR_RXFE);
}

bool UARTSpaceAvail(uint32_t base)
{
    return !(REG(base + FR) & FR_TXFF);
}

int32_t UARTCharGetNonBlocking(uint32_t base)
{
    return UARTCharsAvail(base) ? (int32_t)REG(base + DR) : -1;
}

int32_t UARTCharGet(uint32_t base)
{
    wait_clear(base + FR, FR_RXFE);
    return (int32_t)REG(base + DR);
}

bool UARTCharPutNonBlocking(uint32_t base, uint8_t data)
{
    if (!UARTSpaceAvail(base))
        return false;
    REG(base + DR) = data;
    return true;
}

void UARTCharPut(uint32_t base, uint8_t data)
{
    wait_clear(base + FR, FR_TXFF);
    REG(base + DR) = data;
}

void UARTBreakCtl(uint32_t base, bool state)
{
    change_bits(base + LCRH, LCRH_BRK, state ? LCRH_BRK : 0);
}

bool UARTBusy(uint32_t base)
{
    return (REG(base + FR) & FR_BUSY) != 0;
}

void UARTIntRegister(uint32_t base, handler *function)
{
    hook_interrupt(interrupt_of(base), function);
}

void UARTIntUnregister(uint32_t base)
{
    unhook_interrupt(interrupt_of(base));
}

void UARTIntEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + IM, flags);
}

void UARTIntDisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + IM, flags);
}

uint32_t UARTIntStatus(uint32_t base, bool masked)
{
    return REG(base + (masked ? MIS : RIS));
}

void UARTIntClear(uint32_t base, uint32_t flags)
{
    REG(base + ICR) = flags;
}

void UARTDMAEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + DMACTL, flags);
}

void UARTDMADisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + DMACTL, flags);
}

uint32_t UARTRxErrorGet(uint32_t base)
{
    return REG(base + RSR_ECR) & 0xF;
}

void UARTRxErrorClear(uint32_t base)
{
    REG(base + RSR_ECR) = 0;
}

void UARTModemControlSet(uint32_t base, uint32_t control)
{
    set_bits(base + CTL, control & CTL_RTS);
}

void UARTModemControlClear(uint32_t base, uint32_t control)
{
    clear_bits(base + CTL, control & CTL_RTS);
}

uint32_t UARTModemControlGet(uint32_t base)
{
    return REG(base + CTL) & CTL_RTS;
}

uint32_t UARTModemStatusGet(uint32_t base)
{
    return REG(base + FR) & FR_CTS;
}

void UARTFlowControlSet(uint32_t base, uint32_t mode)
{
    change_bits(base + CTL, CTL_FLOW, mode);
}

uint32_t UARTFlowControlGet(uint32_t base)
{
    return REG(base + CTL) & CTL_FLOW;
}

void UARTTxIntModeSet(uint32_t base, uint32_t mode)
{
    change_bits(base + CTL, CTL_EOT, mode);
}

uint32_t UARTTxIntModeGet(uint32_t base)
{
    return REG(base + CTL) & CTL_EOT;
}
