/* The engine for SHA-1, SHA-2 (224 and 256) and MD5, with HMAC. */
#include "crypto.h"

#define ODIGEST_A 0x000
#define IDIGEST_A 0x020
#define DIGEST_COUNT 0x040
#define MODE 0x044
#define MODE_ALGO 0x06u
#define MODE_CONSTANT (1u << 3)
#define MODE_CLOSE_HASH (1u << 4)
#define MODE_HMAC_KEY_PROC (1u << 5)
#define MODE_HMAC_OUTER_HASH (1u << 7)
#define LENGTH 0x048
#define DATA0_IN 0x080
#define SYSCONFIG 0x110
#define SYSCONFIG_PIT_EN (1u << 2)
#define SYSCONFIG_PDMA_EN (1u << 3)
#define SYSCONFIG_PADVANCED (1u << 7)
#define IRQSTATUS 0x118
#define IRQSTATUS_OUTPUT_READY (1u << 0)
#define IRQSTATUS_INPUT_READY (1u << 1)
#define IRQSTATUS_CONTEXT_READY (1u << 3)
#define IRQENABLE 0x11C

#define BLOCK 64
#define WORDS 16

/* Words of a digest, by ALGO / 2. */
static const uint8_t digest_words[] = {4, 5, 7, 8};

/* A message from its start, to its end. */
void SHAMD5ConfigSet(uint32_t base, uint32_t mode)
{
    REG(base + MODE) = mode | MODE_CONSTANT | MODE_CLOSE_HASH;
}

static void put_block(uint32_t base, const uint8_t *from)
{
    load_words(base + DATA0_IN, from, WORDS);
}

bool SHAMD5DataWriteNonBlocking(uint32_t base, uint8_t *from)
{
    if (!(REG(base + IRQSTATUS) & IRQSTATUS_INPUT_READY))
        return false;
    put_block(base, from);
    return true;
}

void SHAMD5DataWrite(uint32_t base, uint8_t *from)
{
    wait_set(base + IRQSTATUS, IRQSTATUS_INPUT_READY);
    put_block(base, from);
}

void SHAMD5ResultRead(uint32_t base, uint8_t *to)
{
    store_words(to, base + IDIGEST_A, digest_words[(REG(base + MODE) & MODE_ALGO) >> 1]);
}

void SHAMD5DataLengthSet(uint32_t base, uint32_t length)
{
    REG(base + LENGTH) = length;
}

/* A whole message; its last block is filled up with zeros, which LENGTH cuts off. */
bool SHAMD5DataProcess(uint32_t base, uint8_t *from, uint32_t length, uint8_t *to)
{
    wait_set(base + IRQSTATUS, IRQSTATUS_CONTEXT_READY);
    SHAMD5DataLengthSet(base, length);
    for (; length >= BLOCK; length -= BLOCK, from += BLOCK)
        SHAMD5DataWrite(base, from);
    if (length) {
        uint8_t block[BLOCK];
        for (unsigned i = 0; i < BLOCK; i++)
            block[i] = i < length ? from[i] : 0;
        SHAMD5DataWrite(base, block);
    }
    wait_set(base + IRQSTATUS, IRQSTATUS_OUTPUT_READY);
    SHAMD5ResultRead(base, to);
    return true;
}

bool SHAMD5HMACProcess(uint32_t base, uint8_t *from, uint32_t length, uint8_t *to)
{
    return SHAMD5DataProcess(base, from, length, to);
}

void SHAMD5HMACKeySet(uint32_t base, uint8_t *key)
{
    load_words(base + ODIGEST_A, key, WORDS);
    set_bits(base + MODE, MODE_HMAC_KEY_PROC | MODE_HMAC_OUTER_HASH | MODE_CLOSE_HASH);
}

/* Both digests that a key leaves behind. */
void SHAMD5HMACPPKeyGenerate(uint32_t base, uint8_t *key, uint8_t *processed)
{
    wait_set(base + IRQSTATUS, IRQSTATUS_CONTEXT_READY);
    load_words(base + ODIGEST_A, key, WORDS);
    set_bits(base + MODE, MODE_HMAC_KEY_PROC);
    REG(base + LENGTH) = 0;
    wait_set(base + IRQSTATUS, IRQSTATUS_OUTPUT_READY);
    store_words(processed, base + ODIGEST_A, WORDS);
}

void SHAMD5HMACPPKeySet(uint32_t base, uint8_t *processed)
{
    load_words(base + ODIGEST_A, processed, WORDS);
    change_bits(base + MODE, MODE_CONSTANT, MODE_HMAC_OUTER_HASH | MODE_CLOSE_HASH);
    /* The key's block counts. */
    REG(base + DIGEST_COUNT) = BLOCK;
}

uint32_t SHAMD5IntStatus(uint32_t base, bool masked)
{
    return crypto_status(base + IRQSTATUS, base + IRQENABLE, DTHE_SHA, masked);
}

void SHAMD5IntEnable(uint32_t base, uint32_t flags)
{
    crypto_enable(base + IRQENABLE, DTHE_SHA, flags);
    set_bits(base + SYSCONFIG, SYSCONFIG_PIT_EN);
}

void SHAMD5IntDisable(uint32_t base, uint32_t flags)
{
    crypto_disable(base + IRQENABLE, DTHE_SHA, flags);
    if (!REG(base + IRQENABLE))
        clear_bits(base + SYSCONFIG, SYSCONFIG_PIT_EN);
}

void SHAMD5IntClear(uint32_t base, uint32_t flags)
{
    (void)base;
    REG(DTHE_SHA + DTHE_IC) = flags >> INT_DMA_SHIFT & 7;
}

void SHAMD5IntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_SHA, function);
}

void SHAMD5IntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_SHA);
}

void SHAMD5DMAEnable(uint32_t base)
{
    set_bits(base + SYSCONFIG, SYSCONFIG_PADVANCED | SYSCONFIG_PDMA_EN);
}

void SHAMD5DMADisable(uint32_t base)
{
    clear_bits(base + SYSCONFIG, SYSCONFIG_PADVANCED | SYSCONFIG_PDMA_EN);
}
