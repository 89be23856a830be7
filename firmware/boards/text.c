/* The few library functions the probe needs; it is linked without a C library. */
#include "board.h"

void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    while (size--)
        *target++ = *source++;
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    uint8_t *target = to;
    while (size--)
        *target++ = (uint8_t)byte;
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const uint8_t *a = left, *b = right;
    for (; size; size--, a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

void append(char *buffer, unsigned size, const char *text)
{
    size_t length = strlen(buffer);
    while (*text && length + 1 < size)
        buffer[length++] = *text++;
    buffer[length] = 0;
}

void append_number(char *buffer, unsigned size, unsigned number)
{
    char digits[11];
    int first = 10;
    digits[first] = 0;
    do
        digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    append(buffer, size, digits + first);
}

void append_address(char *buffer, unsigned size, const uint8_t address[4])
{
    for (int i = 0; i < 4; i++) {
        if (i)
            append(buffer, size, ".");
        append_number(buffer, size, address[i]);
    }
}
