/* The CRC and checksum engine of the crypto block. */
#include "rom.h"

#define CRC_CTRL 0xC00
#define CRC_CTRL_SIZE (1u << 12)
#define CRC_SEED 0xC10
#define CRC_DIN 0xC14
#define CRC_RSLT_PP 0xC18

void CRCConfigSet(uint32_t base, uint32_t config)
{
    REG(base + CRC_CTRL) = config;
}

void CRCSeedSet(uint32_t base, uint32_t seed)
{
    REG(base + CRC_SEED) = seed;
}

void CRCDataWrite(uint32_t base, uint32_t data)
{
    REG(base + CRC_DIN) = data;
}

uint32_t CRCResultRead(uint32_t base)
{
    return REG(base + CRC_RSLT_PP);
}

/* `count` bytes or words, as `config` has it. */
uint32_t CRCDataProcess(uint32_t base, void *data, uint32_t count, uint32_t config)
{
    for (uint32_t i = 0; i < count; i++)
        CRCDataWrite(base, config & CRC_CTRL_SIZE ? ((uint8_t *)data)[i] : ((uint32_t *)data)[i]);
    return CRCResultRead(base);
}
