/* The general-purpose timers: two halves of 16 bits each, or one of 32. */
#include "rom.h"

#define CFG 0x00
#define TAMR 0x04
#define TBMR 0x08
#define CTL 0x0C
#define CTL_ENABLES 0x0101u
#define CTL_STALL 0x0202u
#define CTL_EVENT 0x0C0Cu
#define CTL_PWML 0x4040u
#define IMR 0x18
#define RIS 0x1C
#define MIS 0x20
#define ICR 0x24
#define TAILR 0x28
#define TAMATCHR 0x30
#define TAPR 0x38
#define TAPMR 0x40
#define TAR 0x48
#define TAV 0x50
#define DMAEV 0x6C
/* A register of the second half is behind that of the first. */
#define B 4

#define GPT_TRIG_SEL (APPS_CONFIG + 0xB0)

#define TIMER_A 0x00FFu
#define TIMER_B 0xFF00u

static void set_halves(uint32_t address, uint32_t halves, uint32_t value)
{
    if (halves & TIMER_A)
        REG(address) = value;
    if (halves & TIMER_B)
        REG(address + B) = value;
}

static uint32_t get_half(uint32_t address, uint32_t half)
{
    return REG(half == TIMER_A ? address : address + B);
}

static uint32_t interrupt_of(uint32_t base)
{
    return base == TIMERA3 ? INT_TIMERA3A : INT_TIMERA0A + 2 * ((base - TIMERA0) >> 12);
}

void TimerEnable(uint32_t base, uint32_t halves)
{
    set_bits(base + CTL, halves & CTL_ENABLES);
}

void TimerDisable(uint32_t base, uint32_t halves)
{
    clear_bits(base + CTL, halves & CTL_ENABLES);
}

void TimerConfigure(uint32_t base, uint32_t config)
{
    /* Capture inputs come from the pins. */
    REG(GPT_TRIG_SEL) = 0xFF;
    clear_bits(base + CTL, CTL_ENABLES);
    REG(base + CFG) = config >> 24;
    REG(base + TAMR) = config & 0xFF;
    REG(base + TBMR) = config >> 8 & 0xFF;
}

void TimerControlLevel(uint32_t base, uint32_t halves, bool invert)
{
    change_bits(base + CTL, halves & CTL_PWML, invert ? halves & CTL_PWML : 0);
}

void TimerControlEvent(uint32_t base, uint32_t halves, uint32_t event)
{
    change_bits(base + CTL, CTL_EVENT, event & halves & CTL_EVENT);
}

void TimerControlStall(uint32_t base, uint32_t halves, bool stall)
{
    change_bits(base + CTL, halves & CTL_STALL, stall ? halves & CTL_STALL : 0);
}

void TimerPrescaleSet(uint32_t base, uint32_t halves, uint32_t value)
{
    set_halves(base + TAPR, halves, value);
}

uint32_t TimerPrescaleGet(uint32_t base, uint32_t half)
{
    return get_half(base + TAPR, half);
}

void TimerPrescaleMatchSet(uint32_t base, uint32_t halves, uint32_t value)
{
    set_halves(base + TAPMR, halves, value);
}

uint32_t TimerPrescaleMatchGet(uint32_t base, uint32_t half)
{
    return get_half(base + TAPMR, half);
}

void TimerLoadSet(uint32_t base, uint32_t halves, uint32_t value)
{
    set_halves(base + TAILR, halves, value);
}

uint32_t TimerLoadGet(uint32_t base, uint32_t half)
{
    return get_half(base + TAILR, half);
}

uint32_t TimerValueGet(uint32_t base, uint32_t half)
{
    return get_half(base + TAR, half);
}

void TimerValueSet(uint32_t base, uint32_t half, uint32_t value)
{
    REG(base + TAV + (half == TIMER_A ? 0 : B)) = value;
}

void TimerMatchSet(uint32_t base, uint32_t halves, uint32_t value)
{
    set_halves(base + TAMATCHR, halves, value);
}

uint32_t TimerMatchGet(uint32_t base, uint32_t half)
{
    return get_half(base + TAMATCHR, half);
}

void TimerIntRegister(uint32_t base, uint32_t halves, handler *function)
{
    if (halves & TIMER_A)
        hook_interrupt(interrupt_of(base), function);
    if (halves & TIMER_B)
        hook_interrupt(interrupt_of(base) + 1, function);
}

void TimerIntUnregister(uint32_t base, uint32_t halves)
{
    if (halves & TIMER_A)
        unhook_interrupt(interrupt_of(base));
    if (halves & TIMER_B)
        unhook_interrupt(interrupt_of(base) + 1);
}

void TimerIntEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + IMR, flags);
}

void TimerIntDisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + IMR, flags);
}

uint32_t TimerIntStatus(uint32_t base, bool masked)
{
    return REG(base + (masked ? MIS : RIS));
}

void TimerIntClear(uint32_t base, uint32_t flags)
{
    REG(base + ICR) = flags;
}

void TimerDMAEventSet(uint32_t base, uint32_t events)
{
    REG(base + DMAEV) = events;
}

uint32_t TimerDMAEventGet(uint32_t base)
{
    return REG(base + DMAEV);
}
