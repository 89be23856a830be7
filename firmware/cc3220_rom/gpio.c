/* The general-purpose ports: eight pins each (an ARM PL061). */
#include "rom.h"

/* Data is addressed with the pins that are meant in address bits 9 to 2. */
#define DATA(port, pins) ((port) + ((uint32_t)(pins) << 2))
#define DIR 0x400
#define IS 0x404
#define IBE 0x408
#define IEV 0x40C
#define IM 0x410
#define RIS 0x414
#define MIS 0x418
#define ICR 0x41C

/* Bits of an interrupt type. */
#define BOTH_EDGES 1u
#define LEVEL 2u
#define RISING 4u

/* The port's request line to the DMA controller. */
#define APPS_GPIO_TRIG_EN (COMMON_REG + 0xC8)

static uint32_t index_of(uint32_t port)
{
    return port == GPIOA4 ? 4 : (port - GPIOA0) >> 12;
}

static void choose(uint32_t address, uint8_t pins, bool set)
{
    change_bits(address, pins, set ? pins : 0);
}

void GPIODirModeSet(uint32_t port, uint8_t pins, uint32_t output)
{
    choose(port + DIR, pins, output & 1);
}

uint32_t GPIODirModeGet(uint32_t port, uint8_t pin)
{
    return REG(port + DIR) >> pin & 1;
}

void GPIOIntTypeSet(uint32_t port, uint8_t pins, uint32_t type)
{
    choose(port + IBE, pins, type & BOTH_EDGES);
    choose(port + IS, pins, type & LEVEL);
    choose(port + IEV, pins, type & RISING);
}

uint32_t GPIOIntTypeGet(uint32_t port, uint8_t pin)
{
    uint32_t mask = 1u << pin;
    return (REG(port + IBE) & mask ? BOTH_EDGES : 0) | (REG(port + IS) & mask ? LEVEL : 0) |
           (REG(port + IEV) & mask ? RISING : 0);
}

void GPIODMATriggerEnable(uint32_t port)
{
    set_bits(APPS_GPIO_TRIG_EN, 1u << index_of(port));
}

void GPIODMATriggerDisable(uint32_t port)
{
    clear_bits(APPS_GPIO_TRIG_EN, 1u << index_of(port));
}

void GPIOIntEnable(uint32_t port, uint32_t flags)
{
    set_bits(port + IM, flags);
}

void GPIOIntDisable(uint32_t port, uint32_t flags)
{
    clear_bits(port + IM, flags);
}

int32_t GPIOIntStatus(uint32_t port, bool masked)
{
    return (int32_t)REG(port + (masked ? MIS : RIS));
}

void GPIOIntClear(uint32_t port, uint32_t flags)
{
    REG(port + ICR) = flags;
}

void GPIOIntRegister(uint32_t port, handler *function)
{
    hook_interrupt(INT_GPIOA0 + index_of(port), function);
}

void GPIOIntUnregister(uint32_t port)
{
    unhook_interrupt(INT_GPIOA0 + index_of(port));
}

int32_t GPIOPinRead(uint32_t port, uint8_t pins)
{
    return (int32_t)REG(DATA(port, pins));
}

void GPIOPinWrite(uint32_t port, uint8_t pins, uint8_t value)
{
    REG(DATA(port, pins)) = value;
}
