/* The DES engine, single and triple. */
#include "crypto.h"

#define KEY3_L 0x00
#define KEY2_L 0x08
#define KEY1_L 0x10
#define IV_L 0x18
#define CTRL 0x20
#define CTRL_OUTPUT_READY (1u << 0)
#define CTRL_INPUT_READY (1u << 1)
#define CTRL_TDES (1u << 3)
#define CTRL_CONTEXT (1u << 31)
#define LENGTH 0x24
#define DATA_L 0x28
#define SYSCONFIG 0x34
#define IRQSTATUS 0x3C
#define IRQENABLE 0x40

#define BLOCK 8
#define WORDS 2

void DESConfigSet(uint32_t base, uint32_t config)
{
    REG(base + CTRL) = config | (REG(base + CTRL) & CTRL_CONTEXT);
}

void DESKeySet(uint32_t base, uint8_t *key)
{
    load_words(base + KEY1_L, key, WORDS);
    if (REG(base + CTRL) & CTRL_TDES) {
        load_words(base + KEY2_L, key + BLOCK, WORDS);
        load_words(base + KEY3_L, key + 2 * BLOCK, WORDS);
    }
}

bool DESIVSet(uint32_t base, uint8_t *iv)
{
    if (!(REG(base + CTRL) & CTRL_CONTEXT))
        return false;
    load_words(base + IV_L, iv, WORDS);
    return true;
}

void DESDataLengthSet(uint32_t base, uint32_t length)
{
    REG(base + LENGTH) = length;
}

static bool is_block(uint8_t length)
{
    return length && length <= BLOCK;
}

static void get_block(uint32_t base, uint8_t *to, uint8_t length)
{
    uint8_t block[BLOCK];
    store_words(block, base + DATA_L, WORDS);
    for (unsigned i = 0; i < length; i++)
        to[i] = block[i];
}

static void put_block(uint32_t base, const uint8_t *from, uint8_t length)
{
    uint8_t block[BLOCK];
    for (unsigned i = 0; i < BLOCK; i++)
        block[i] = i < length ? from[i] : 0;
    load_words(base + DATA_L, block, WORDS);
}

bool DESDataReadNonBlocking(uint32_t base, uint8_t *to, uint8_t length)
{
    if (!is_block(length) || !(REG(base + CTRL) & CTRL_OUTPUT_READY))
        return false;
    get_block(base, to, length);
    return true;
}

void DESDataRead(uint32_t base, uint8_t *to, uint8_t length)
{
    if (!is_block(length))
        return;
    wait_set(base + CTRL, CTRL_OUTPUT_READY);
    get_block(base, to, length);
}

bool DESDataWriteNonBlocking(uint32_t base, uint8_t *from, uint8_t length)
{
    if (!is_block(length) || !(REG(base + CTRL) & CTRL_INPUT_READY))
        return false;
    put_block(base, from, length);
    return true;
}

void DESDataWrite(uint32_t base, uint8_t *from, uint8_t length)
{
    if (!is_block(length))
        return;
    wait_set(base + CTRL, CTRL_INPUT_READY);
    put_block(base, from, length);
}

bool DESDataProcess(uint32_t base, uint8_t *from, uint8_t *to, uint32_t length)
{
    DESDataLengthSet(base, length);
    for (uint32_t done = 0; done < length; done += BLOCK) {
        uint8_t piece = (uint8_t)(length - done < BLOCK ? length - done : BLOCK);
        DESDataWrite(base, from + done, piece);
        DESDataRead(base, to + done, piece);
    }
    return true;
}

uint32_t DESIntStatus(uint32_t base, bool masked)
{
    return crypto_status(base + IRQSTATUS, base + IRQENABLE, DTHE_DES, masked);
}

void DESIntEnable(uint32_t base, uint32_t flags)
{
    crypto_enable(base + IRQENABLE, DTHE_DES, flags);
}

void DESIntDisable(uint32_t base, uint32_t flags)
{
    crypto_disable(base + IRQENABLE, DTHE_DES, flags);
}

void DESIntClear(uint32_t base, uint32_t flags)
{
    (void)base;
    REG(DTHE_DES + DTHE_IC) = flags >> INT_DMA_SHIFT & 7;
}

void DESIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_DES, function);
}

void DESIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_DES);
}

void DESDMAEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + SYSCONFIG, flags);
}

void DESDMADisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + SYSCONFIG, flags);
}
