/* What the probe asks of a board. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

extern const char board_name[];
void board_start(void);
void board_put(char character);
/* Waits for a character from the console. */
char board_get(void);
/* Milliseconds since start. */
uint32_t board_ticks(void);
/* Until an interrupt, which is the next millisecond at the latest. */
void board_sleep(void);

/* Between two looks of a loop that waits since `start`: short waits poll, long ones sleep. */
static inline void board_wait(uint32_t start)
{
    if (board_ticks() - start >= 2)
        board_sleep();
}

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);

/* Appends text or a number to a zero-terminated buffer of `size` bytes; never overflows. */
void append(char *buffer, unsigned size, const char *text);
void append_number(char *buffer, unsigned size, unsigned number);
void append_address(char *buffer, unsigned size, const uint8_t address[4]);

#endif
