/* The AES engine. Words of a key stand in pairs, from the last to the first. */
#include "crypto.h"

#define KEY2 0x00
#define KEY1 0x20
#define IV_IN_0 0x40
#define CTRL 0x50
#define CTRL_OUTPUT_READY (1u << 0)
#define CTRL_INPUT_READY (1u << 1)
#define CTRL_SAVE_CONTEXT (1u << 29)
#define CTRL_SVCTXTRDY (1u << 30)
#define C_LENGTH_0 0x54
#define C_LENGTH_1 0x58
#define AUTH_LENGTH 0x5C
#define DATA_IN_0 0x60
#define TAG_OUT_0 0x70
#define SYSCONFIG 0x84
#define IRQSTATUS 0x8C
#define IRQENABLE 0x90

#define BLOCK 16
#define WORDS 4

static unsigned key_words(uint32_t size)
{
    /* 1, 2 and 3 in bits 4:3. */
    return 2 + 2 * (size >> 3 & 3);
}

static void set_key(uint32_t address, const uint8_t *key, unsigned first, unsigned words)
{
    for (unsigned i = first; i < first + words; i++, key += 4)
        REG(address + 4 * (i ^ 6)) = load_word(key);
}

static uint32_t data_register(uint32_t base, unsigned word)
{
    return base + DATA_IN_0 + 4 * (WORDS - 1 - word);
}

void AESConfigSet(uint32_t base, uint32_t config)
{
    REG(base + CTRL) = config | (REG(base + CTRL) & CTRL_SAVE_CONTEXT);
}

void AESKey1Set(uint32_t base, uint8_t *key, uint32_t size)
{
    set_key(base + KEY1, key, 0, key_words(size));
}

void AESKey2Set(uint32_t base, uint8_t *key, uint32_t size)
{
    set_key(base + KEY2, key, 0, key_words(size));
}

/* The third key is the upper half of the second. */
void AESKey3Set(uint32_t base, uint8_t *key)
{
    set_key(base + KEY2, key, 4, 4);
}

void AESIVSet(uint32_t base, uint8_t *iv)
{
    load_words(base + IV_IN_0, iv, WORDS);
}

void AESIVGet(uint32_t base, uint8_t *iv)
{
    store_words(iv, base + IV_IN_0, WORDS);
}

void AESTagRead(uint32_t base, uint8_t *tag)
{
    store_words(tag, base + TAG_OUT_0, WORDS);
}

void AESDataLengthSet(uint32_t base, uint64_t length)
{
    REG(base + C_LENGTH_0) = (uint32_t)length;
    REG(base + C_LENGTH_1) = (uint32_t)(length >> 32);
}

void AESAuthDataLengthSet(uint32_t base, uint32_t length)
{
    REG(base + AUTH_LENGTH) = length;
}

static bool is_block(uint8_t length)
{
    return length && length <= BLOCK;
}

static void get_block(uint32_t base, uint8_t *to, uint8_t length)
{
    uint8_t block[BLOCK];
    for (unsigned i = 0; i < WORDS; i++)
        store_word(block + 4 * i, REG(data_register(base, i)));
    for (unsigned i = 0; i < length; i++)
        to[i] = block[i];
}

/* What is missing in a block is zero. */
static void put_block(uint32_t base, const uint8_t *from, uint8_t length)
{
    uint8_t block[BLOCK];
    for (unsigned i = 0; i < BLOCK; i++)
        block[i] = i < length ? from[i] : 0;
    for (unsigned i = 0; i < WORDS; i++)
        REG(data_register(base, i)) = load_word(block + 4 * i);
}

bool AESDataReadNonBlocking(uint32_t base, uint8_t *to, uint8_t length)
{
    if (!is_block(length) || !(REG(base + CTRL) & CTRL_OUTPUT_READY))
        return false;
    get_block(base, to, length);
    return true;
}

void AESDataRead(uint32_t base, uint8_t *to, uint8_t length)
{
    if (!is_block(length))
        return;
    wait_set(base + CTRL, CTRL_OUTPUT_READY);
    get_block(base, to, length);
}

bool AESDataWriteNonBlocking(uint32_t base, uint8_t *from, uint8_t length)
{
    if (!is_block(length) || !(REG(base + CTRL) & CTRL_INPUT_READY))
        return false;
    put_block(base, from, length);
    return true;
}

void AESDataWrite(uint32_t base, uint8_t *from, uint8_t length)
{
    if (!is_block(length))
        return;
    wait_set(base + CTRL, CTRL_INPUT_READY);
    put_block(base, from, length);
}

/* Runs `length` bytes through the engine; without `to` nothing comes out. */
static void process(uint32_t base, uint8_t *from, uint8_t *to, uint32_t length)
{
    for (uint32_t done = 0; done < length; done += BLOCK) {
        uint8_t piece = (uint8_t)(length - done < BLOCK ? length - done : BLOCK);
        AESDataWrite(base, from + done, piece);
        if (to)
            AESDataRead(base, to + done, piece);
    }
}

bool AESDataProcess(uint32_t base, uint8_t *from, uint8_t *to, uint32_t length)
{
    AESDataLengthSet(base, length);
    process(base, from, to, length);
    return true;
}

bool AESDataMAC(uint32_t base, uint8_t *from, uint32_t length, uint8_t *tag)
{
    AESDataLengthSet(base, length);
    process(base, from, 0, length);
    wait_set(base + CTRL, CTRL_SVCTXTRDY);
    AESTagRead(base, tag);
    return true;
}

bool AESDataProcessAE(uint32_t base, uint8_t *from, uint8_t *to, uint32_t length, uint8_t *header,
                      uint32_t header_length, uint8_t *tag)
{
    AESDataLengthSet(base, length);
    AESAuthDataLengthSet(base, header_length);
    process(base, header, 0, header_length);
    process(base, from, to, length);
    wait_set(base + CTRL, CTRL_SVCTXTRDY);
    AESTagRead(base, tag);
    return true;
}

uint32_t AESIntStatus(uint32_t base, bool masked)
{
    return crypto_status(base + IRQSTATUS, base + IRQENABLE, DTHE_AES, masked);
}

void AESIntEnable(uint32_t base, uint32_t flags)
{
    crypto_enable(base + IRQENABLE, DTHE_AES, flags);
}

void AESIntDisable(uint32_t base, uint32_t flags)
{
    crypto_disable(base + IRQENABLE, DTHE_AES, flags);
}

void AESIntClear(uint32_t base, uint32_t flags)
{
    (void)base;
    REG(DTHE_AES + DTHE_IC) = flags >> INT_DMA_SHIFT & 0xF;
}

void AESIntRegister(uint32_t base, handler *function)
{
    (void)base;
    hook_interrupt(INT_AES, function);
}

void AESIntUnregister(uint32_t base)
{
    (void)base;
    unhook_interrupt(INT_AES);
}

void AESDMAEnable(uint32_t base, uint32_t flags)
{
    set_bits(base + SYSCONFIG, flags);
}

void AESDMADisable(uint32_t base, uint32_t flags)
{
    clear_bits(base + SYSCONFIG, flags);
}
