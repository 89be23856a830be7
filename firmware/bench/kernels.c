/* Compute kernels for speed measurements. The image runs from 0x00000000 with RAM at 0x20000000 and
 * a CMSDK UART at 0x40004000, which is what QEMU's mps2-an386 has too; the runner writes kernel
 * number and rounds into the first two words of RAM before it starts the image. */
#include <stddef.h>
#include <stdint.h>

#define UART_DATA (*(volatile uint32_t *)0x40004000)
#define UART_STATE (*(volatile uint32_t *)0x40004004)
#define UART_CTRL (*(volatile uint32_t *)0x40004008)
#define UART_BAUDDIV (*(volatile uint32_t *)0x40004010)
#define CPACR (*(volatile uint32_t *)0xE000ED88)

extern uint32_t stack_top, bss_start, bss_end;

__attribute__((section(".mailbox"))) volatile uint32_t kernel_number, rounds;

static uint32_t buffer[1024], other[1024];

static uint32_t alu(uint32_t n)
{
    uint32_t a = n, b = 0x9E3779B9, c = 1;
    for (uint32_t i = 0; i < n * 10000; i++) {
        a += b ^ (c << 3);
        b = (b >> 5) | (b << 27);
        c += a & 0xFF;
        __asm volatile("" : "+r"(a), "+r"(b), "+r"(c));
    }
    return a ^ b ^ c;
}

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* The compression function of SHA-256 (FIPS 180-4, 6.2.2) on a changing block. */
static uint32_t sha256(uint32_t n)
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint32_t w[64];
    for (uint32_t block = 0; block < n * 16; block++) {
        uint32_t s[8];
        for (int i = 0; i < 16; i++)
            w[i] = h[i & 7] + block * (uint32_t)i;
        for (int i = 16; i < 64; i++)
            w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
                   w[i - 7] + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
        for (int i = 0; i < 8; i++)
            s[i] = h[i];
        for (int i = 0; i < 64; i++) {
            uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                          ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
            uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + t1;
            s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = t1 + t2;
        }
        for (int i = 0; i < 8; i++)
            h[i] += s[i];
    }
    return h[0];
}

/* Schoolbook product of two 256-bit numbers, the inner loop of RSA and ECDSA. */
static uint32_t bignum(uint32_t n)
{
    uint32_t a[8], b[8], product[16];
    for (int i = 0; i < 8; i++)
        a[i] = 0x12345678u * (uint32_t)(i + 1), b[i] = 0x9ABCDEF1u * (uint32_t)(i + 3);
    for (uint32_t round = 0; round < n * 100; round++) {
        for (int i = 0; i < 16; i++)
            product[i] = 0;
        for (int i = 0; i < 8; i++) {
            uint64_t carry = 0;
            for (int j = 0; j < 8; j++) {
                carry += (uint64_t)a[i] * b[j] + product[i + j];
                product[i + j] = (uint32_t)carry;
                carry >>= 32;
            }
            product[i + 8] = (uint32_t)carry;
        }
        a[round & 7] ^= product[15];
    }
    return product[7];
}

static uint32_t copy(uint32_t n)
{
    for (uint32_t round = 0; round < n * 10; round++) {
        volatile uint32_t *to = other;
        const volatile uint32_t *from = buffer;
        for (int i = 0; i < 1024; i++)
            to[i] = from[i];
        buffer[round & 1023]++;
    }
    return other[1];
}

static uint32_t multiply_accumulate(uint32_t n)
{
    float sum = 0, x = 1.0f, y = 0.5f;
    for (uint32_t i = 0; i < n * 10000; i++) {
        sum = sum * 0.5f + x * y;
        x = y + 0.25f;
        y = sum * 0.125f;
    }
    return (uint32_t)sum;
}

static uint32_t add_one(uint32_t x) { return x + 1; }
static uint32_t add_two(uint32_t x) { return x + 2; }
static uint32_t flip(uint32_t x) { return ~x; }

static uint32_t calls(uint32_t n)
{
    static uint32_t (*const table[4])(uint32_t) = {add_one, add_two, flip, add_two};
    uint32_t x = 0;
    for (uint32_t i = 0; i < n * 10000; i++) {
        uint32_t index = i & 3;
        __asm volatile("" : "+r"(index));
        x = table[index](x);
    }
    return x;
}

static uint32_t (*const kernels[])(uint32_t) = {alu, sha256, bignum, copy, multiply_accumulate, calls};

void on_reset(void)
{
    uint32_t value;
    for (uint32_t *word = &bss_start; word < &bss_end;)
        *word++ = 0;
    CPACR |= 0xF << 20;
    __asm volatile("dsb\n\tisb");
    UART_BAUDDIV = 16;
    UART_CTRL = 1;
    value = kernels[kernel_number](rounds);
    for (int shift = 28; shift >= 0; shift -= 4)
        UART_DATA = (uint32_t)"0123456789abcdef"[value >> shift & 15];
    UART_DATA = '\n';
    for (;;)
        __asm volatile("wfi");
}

__attribute__((section(".vectors"), used)) static void (*const vectors[4])(void) = {
    (void (*)(void))&stack_top, on_reset, on_reset, on_reset,
};
