/* The I2C controller: a master and a slave that share FIFOs. */
#include "rom.h"

#define MSA 0x000
#define MCS 0x004
#define MCS_BUSY (1u << 0)
#define MCS_ERROR (1u << 1)
#define MCS_ADRACK (1u << 2)
#define MCS_ACK (1u << 3)
#define MCS_ARBLST (1u << 4)
#define MCS_BUSBSY (1u << 6)
#define MDR 0x008
#define MTPR 0x00C
#define MTPR_HS (1u << 7)
#define MIMR 0x010
#define MRIS 0x014
#define MMIS 0x018
#define MICR 0x01C
#define MCR 0x020
#define MCR_MFE (1u << 4)
#define MCR_SFE (1u << 5)
#define MCLKOCNT 0x024
#define MBMON 0x02C
#define MBLEN 0x030
#define MBCNT 0x034
#define SOAR 0x800
#define SCSR 0x804
#define SCSR_DA (1u << 0)
#define SDR 0x808
#define SIMR 0x80C
#define SRIS 0x810
#define SMIS 0x814
#define SICR 0x818
#define SOAR2 0x81C
#define SOAR2_OAR2EN (1u << 7)
#define SACKCTL 0x820
#define SACKCTL_ACKOEN (1u << 0)
#define SACKCTL_ACKOVAL (1u << 1)
#define FIFODATA 0xF00
#define FIFOCTL 0xF04
#define FIFOCTL_TXFLUSH (1u << 14)
#define FIFOCTL_RXFLUSH (1u << 30)
#define FIFOSTATUS 0xF08
#define FIFOSTATUS_TXFF (1u << 1)
#define FIFOSTATUS_RXFE (1u << 16)
#define PP 0xFC0
#define PP_HS (1u << 0)

#define INT_DATA 1u
#define STANDARD_HZ 100000u
#define FAST_HZ 400000u
#define HIGH_SPEED_HZ 3400000u
/* Clocks of a bit at divider 0, at up to fast speed and at high speed. */
#define BIT_CLOCKS 20u
#define HIGH_SPEED_BIT_CLOCKS 6u

void I2CIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_I2CA0, function);
}

void I2CIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_I2CA0);
}

/* FIFOs. */

void I2CTxFIFOConfigSet(uint32_t base, uint32_t config)
{
    change_bits(base + FIFOCTL, 0x0000FFFF, config);
}

void I2CTxFIFOFlush(uint32_t base)
{
    set_bits(base + FIFOCTL, FIFOCTL_TXFLUSH);
}

void I2CRxFIFOConfigSet(uint32_t base, uint32_t config)
{
    change_bits(base + FIFOCTL, 0xFFFF0000, config);
}

void I2CRxFIFOFlush(uint32_t base)
{
    set_bits(base + FIFOCTL, FIFOCTL_RXFLUSH);
}

uint32_t I2CFIFOStatus(uint32_t base)
{
    return REG(base + FIFOSTATUS);
}

void I2CFIFODataPut(uint32_t base, uint8_t data)
{
    wait_clear(base + FIFOSTATUS, FIFOSTATUS_TXFF);
    REG(base + FIFODATA) = data;
}

uint32_t I2CFIFODataPutNonBlocking(uint32_t base, uint8_t data)
{
    if (REG(base + FIFOSTATUS) & FIFOSTATUS_TXFF)
        return 0;
    REG(base + FIFODATA) = data;
    return 1;
}

uint32_t I2CFIFODataGet(uint32_t base)
{
    wait_clear(base + FIFOSTATUS, FIFOSTATUS_RXFE);
    return REG(base + FIFODATA);
}

uint32_t I2CFIFODataGetNonBlocking(uint32_t base, uint8_t *data)
{
    if (REG(base + FIFOSTATUS) & FIFOSTATUS_RXFE)
        return 0;
    *data = (uint8_t)REG(base + FIFODATA);
    return 1;
}

/* Master. */

void I2CMasterEnable(uint32_t base)
{
    set_bits(base + MCR, MCR_MFE);
}

void I2CMasterDisable(uint32_t base)
{
    clear_bits(base + MCR, MCR_MFE);
}

/* Divider for at most `rate`. */
static uint32_t period(uint32_t clock, uint32_t bit_clocks, uint32_t rate)
{
    return (clock + bit_clocks * rate - 1) / (bit_clocks * rate) - 1;
}

void I2CMasterInitExpClk(uint32_t base, uint32_t clock, bool fast)
{
    I2CMasterEnable(base);
    REG(base + MTPR) = period(clock, BIT_CLOCKS, fast ? FAST_HZ : STANDARD_HZ);
    if (REG(base + PP) & PP_HS)
        REG(base + MTPR) = MTPR_HS | period(clock, HIGH_SPEED_BIT_CLOCKS, HIGH_SPEED_HZ);
}

void I2CMasterBurstLengthSet(uint32_t base, uint8_t length)
{
    REG(base + MBLEN) = length;
}

uint32_t I2CMasterBurstCountGet(uint32_t base)
{
    return REG(base + MBCNT);
}

void I2CMasterGlitchFilterConfigSet(uint32_t base, uint32_t config)
{
    set_bits(base + MTPR, config);
}

bool I2CMasterBusBusy(uint32_t base)
{
    return (REG(base + MCS) & MCS_BUSBSY) != 0;
}

bool I2CMasterBusy(uint32_t base)
{
    return (REG(base + MCS) & MCS_BUSY) != 0;
}

void I2CMasterControl(uint32_t base, uint32_t command)
{
    REG(base + MCS) = command;
}

uint32_t I2CMasterDataGet(uint32_t base)
{
    return REG(base + MDR);
}

void I2CMasterDataPut(uint32_t base, uint8_t data)
{
    REG(base + MDR) = data;
}

uint32_t I2CMasterErr(uint32_t base)
{
    uint32_t status = REG(base + MCS);
    if (status & MCS_BUSY || !(status & (MCS_ERROR | MCS_ARBLST)))
        return 0;
    return status & (MCS_ARBLST | MCS_ACK | MCS_ADRACK);
}

void I2CMasterIntClear(uint32_t base)
{
    REG(base + MICR) = INT_DATA;
}

void I2CMasterIntDisable(uint32_t base)
{
    REG(base + MIMR) = 0;
}

void I2CMasterIntEnable(uint32_t base)
{
    REG(base + MIMR) = INT_DATA;
}

bool I2CMasterIntStatus(uint32_t base, bool masked)
{
    return REG(base + (masked ? MMIS : MRIS)) != 0;
}

void I2CMasterIntEnableEx(uint32_t base, uint32_t flags)
{
    set_bits(base + MIMR, flags);
}

void I2CMasterIntDisableEx(uint32_t base, uint32_t flags)
{
    clear_bits(base + MIMR, flags);
}

uint32_t I2CMasterIntStatusEx(uint32_t base, bool masked)
{
    return REG(base + (masked ? MMIS : MRIS));
}

void I2CMasterIntClearEx(uint32_t base, uint32_t flags)
{
    REG(base + MICR) = flags;
}

void I2CMasterTimeoutSet(uint32_t base, uint32_t value)
{
    REG(base + MCLKOCNT) = value;
}

uint32_t I2CMasterLineStateGet(uint32_t base)
{
    return REG(base + MBMON);
}

void I2CMasterSlaveAddrSet(uint32_t base, uint8_t address, bool receive)
{
    REG(base + MSA) = (uint32_t)address << 1 | receive;
}

/* Slave. */

void I2CSlaveEnable(uint32_t base)
{
    set_bits(base + MCR, MCR_SFE);
    REG(base + SCSR) = SCSR_DA;
}

void I2CSlaveDisable(uint32_t base)
{
    REG(base + SCSR) = 0;
    clear_bits(base + MCR, MCR_SFE);
}

void I2CSlaveInit(uint32_t base, uint8_t address)
{
    I2CSlaveEnable(base);
    REG(base + SOAR) = address;
}

void I2CSlaveAddressSet(uint32_t base, uint8_t number, uint8_t address)
{
    if (number == 0)
        REG(base + SOAR) = address;
    else if (number == 1)
        REG(base + SOAR2) = SOAR2_OAR2EN | address;
}

void I2CSlaveFIFOEnable(uint32_t base, uint32_t config)
{
    REG(base + SCSR) = config | SCSR_DA;
}

void I2CSlaveFIFODisable(uint32_t base)
{
    REG(base + SCSR) = SCSR_DA;
}

void I2CSlaveACKOverride(uint32_t base, bool enable)
{
    change_bits(base + SACKCTL, SACKCTL_ACKOEN, enable ? SACKCTL_ACKOEN : 0);
}

void I2CSlaveACKValueSet(uint32_t base, bool acknowledge)
{
    change_bits(base + SACKCTL, SACKCTL_ACKOVAL, acknowledge ? 0 : SACKCTL_ACKOVAL);
}

uint32_t I2CSlaveDataGet(uint32_t base)
{
    return REG(base + SDR);
}

void I2CSlaveDataPut(uint32_t base, uint8_t data)
{
    REG(base + SDR) = data;
}

void I2CSlaveIntClear(uint32_t base)
{
    REG(base + SICR) = INT_DATA;
}

void I2CSlaveIntDisable(uint32_t base)
{
    clear_bits(base + SIMR, INT_DATA);
}

void I2CSlaveIntEnable(uint32_t base)
{
    set_bits(base + SIMR, INT_DATA);
}

void I2CSlaveIntClearEx(uint32_t base, uint32_t flags)
{
    REG(base + SICR) = flags;
}

void I2CSlaveIntDisableEx(uint32_t base, uint32_t flags)
{
    clear_bits(base + SIMR, flags);
}

void I2CSlaveIntEnableEx(uint32_t base, uint32_t flags)
{
    set_bits(base + SIMR, flags);
}

bool I2CSlaveIntStatus(uint32_t base, bool masked)
{
    return REG(base + (masked ? SMIS : SRIS)) != 0;
}

uint32_t I2CSlaveIntStatusEx(uint32_t base, bool masked)
{
    return REG(base + (masked ? SMIS : SRIS));
}

uint32_t I2CSlaveStatus(uint32_t base)
{
    return REG(base + SCSR);
}
