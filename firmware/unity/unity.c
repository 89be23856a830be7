/* A suite that prints as Unity's fixture does, for tests of what reads it. The last test decides how
 * the run ends: LAST is `finishes`, `crashes` or `hangs`. */
#include "../boards/board.h"

/* Nothing answers here: a peripheral region without a peripheral. */
#define NOWHERE (*(volatile uint32_t *)0x5FFFFFF0)

#define LABEL(name) LABEL_(name)
#define LABEL_(name) #name

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

__attribute__((unused)) static void finishes(void)
{
    wait(10);
    print(" PASS\n-----------------------\n4 Tests 1 Failures 1 Ignored \nFAIL\n");
    print("-------ALL TESTS FINISHED-------\n");
}

__attribute__((unused)) static void crashes(void)
{
    NOWHERE = 1;
}

__attribute__((unused)) static void hangs(void)
{
    for (;;)
        board_ticks();
}

int main(void)
{
    board_start();
    print("---------STARTING TESTS---------\n");
    print("TEST(Suite, passes)");
    wait(250);
    print(" PASS\nTEST(Suite, fails)");
    wait(500);
    print("unity.c:12::FAIL: Expected 1 Was 2\nIGNORE_TEST(Suite, is_ignored)\n");
    print("TEST(Suite, " LABEL(LAST) ")");
    LAST();
    for (;;)
        board_sleep();
}
