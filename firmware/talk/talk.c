/* A talkative program for tests of consoles and keywords: lines at once, a prompt without a line
 * feed after 200 ms, and then what is typed. It echoes what it reads. */
#include "board.h"
#include "b_l475e_iot01a/stm32l4.h"

#define LED 14 /* LED2 is on PB14 (UM2153, section 7.14). */
#define UNMAPPED REGISTER(0x90000000 - 4)

static void print(const char *text)
{
    while (*text)
        board_put(*text++);
}

static void wait(uint32_t milliseconds)
{
    uint32_t start = board_ticks();
    while (board_ticks() - start < milliseconds)
        board_sleep();
}

static int is(const char *line, const char *word)
{
    return strlen(line) == strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

static void blink(void)
{
    GPIO_MODER(GPIOB) = (GPIO_MODER(GPIOB) & ~(3u << (2 * LED))) | (1u << (2 * LED));
    for (int i = 0; i < 10; i++) {
        GPIO_BSRR(GPIOB) = 1u << LED;
        wait(100);
        GPIO_BSRR(GPIOB) = 1u << (LED + 16);
        wait(300);
    }
}

static void carry_out(const char *line)
{
    if (is(line, "lines")) {
        wait(50);
        print("alpha\r\nbeta\r\ngamma\r\n");
    } else if (is(line, "bytes")) {
        static const char bytes[] = {0x7E, 0x00, 0x01, (char)0xFF, 0x7E};
        wait(50);
        for (unsigned i = 0; i < sizeof bytes; i++)
            board_put(bytes[i]);
    } else if (is(line, "returns")) {
        wait(50);
        print("one\rtwo\r");
    } else if (is(line, "blink")) {
        blink();
    } else if (is(line, "crash")) {
        wait(50);
        (void)UNMAPPED;
    } else {
        print("unknown: ");
        print(line);
        print("\r\n");
    }
}

int main(void)
{
    char line[32];
    board_start();
    print("first\r\nsecond\r\nthird value=42 unit=mV\r\n\x1b[1;32mgreen\x1b[0m line\r\n");
    wait(200);
    for (;;) {
        unsigned length = 0;
        char character;
        print("talk> ");
        while ((character = board_get()) != '\r') {
            board_put(character);
            if (length < sizeof line - 1)
                line[length++] = character;
        }
        line[length] = 0;
        print("\r\n");
        carry_out(line);
    }
}
