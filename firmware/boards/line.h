/* Lines of the console, over `board_get` and `board_put`. The includer declares `line`, an array. */

static void print(const char *text)
{
    while (*text)
        board_put(*text++);
}

static void read_line(void)
{
    unsigned length = 0;
    for (;;) {
        char character = board_get();
        if (character == '\r' || character == '\n')
            break;
        if (length + 1 < sizeof line) {
            line[length++] = character;
            board_put(character);
        }
    }
    line[length] = 0;
    print("\r\n");
}
