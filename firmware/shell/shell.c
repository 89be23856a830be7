/* A command line over the console that drives the radio: what robot suites type, the board does.
 *
 *   start | join SSID PASSPHRASE | resolve NAME | open tcp|udp|tls|mutual ADDRESS PORT | offer 0|1
 *   listen PORT | accept HANDLE TIMEOUT
 *   send HANDLE TEXT | receive HANDLE SIZE TIMEOUT | close HANDLE
 *   sendhex HANDLE DIGITS | receivehex HANDLE SIZE TIMEOUT
 *
 * `mutual` is TLS that shows the radio's certificate; `offer` says whether TLS offers HTTP/1.1. Each
 * command answers one line: `ok` or `error`, its outcome (a handle, a count, the radio's
 * error), and the milliseconds it took. */
#include "../boards/board.h"
#include "../boards/net.h"

static char line[320], answer[1600];

#include "../boards/line.h"

/* Cuts the next word off `*rest`. */
static char *word(char **rest)
{
    char *start = *rest, *end;
    while (*start == ' ')
        start++;
    end = start;
    while (*end && *end != ' ')
        end++;
    *rest = *end ? end + 1 : end;
    *end = 0;
    return start;
}

static int same(const char *left, const char *right)
{
    size_t length = strlen(left);
    return length == strlen(right) && !memcmp(left, right, length);
}

static unsigned number(const char *text)
{
    unsigned value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (unsigned)(*text - '0');
    return value;
}

static void parse_address(const char *text, uint8_t address[4])
{
    for (int i = 0; i < 4; i++) {
        address[i] = (uint8_t)number(text);
        while (*text && *text != '.')
            text++;
        if (*text)
            text++;
    }
}

static int open_command(char *rest)
{
    static const char *const kinds[] = {
        [NET_TCP] = "tcp", [NET_UDP] = "udp", [NET_TLS] = "tls", [NET_MUTUAL_TLS] = "mutual"};
    const char *name = word(&rest);
    unsigned kind = NET_MUTUAL_TLS;
    uint8_t address[4];
    while (kind > NET_TCP && !same(name, kinds[kind]))
        kind--;
    parse_address(word(&rest), address);
    return net_open((enum net_kind)kind, address, (uint16_t)number(word(&rest)));
}

static unsigned hex_digit(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10) & 0xF;
}

static int send_hex_command(char *rest)
{
    int handle = (int)number(word(&rest));
    unsigned size = 0;
    for (; rest[2 * size] && rest[2 * size + 1]; size++)
        rest[size] = (char)(hex_digit(rest[2 * size]) << 4 | hex_digit(rest[2 * size + 1]));
    return net_send(handle, rest, size);
}

static int receive_command(char *rest)
{
    int handle = (int)number(word(&rest));
    unsigned size = number(word(&rest)), timeout = number(word(&rest));
    int count = net_receive(handle, answer, size < sizeof answer ? size : sizeof answer - 1, timeout);
    answer[count > 0 ? count : 0] = 0;
    return count;
}

/* The answer in hexadecimal takes two characters for a byte: it is widened from its end. */
static int receive_hex_command(char *rest)
{
    static const char digits[] = "0123456789abcdef";
    int handle = (int)number(word(&rest));
    unsigned size = number(word(&rest)), timeout = number(word(&rest)), limit = sizeof answer / 2 - 1;
    int count = net_receive(handle, answer, size < limit ? size : limit, timeout);
    answer[count > 0 ? 2 * count : 0] = 0;
    for (int i = count - 1; i >= 0; i--) {
        uint8_t byte = (uint8_t)answer[i];
        answer[2 * i] = digits[byte >> 4];
        answer[2 * i + 1] = digits[byte & 0xF];
    }
    return count;
}

static int execute(char *command, char *rest)
{
    uint8_t address[4];
    answer[0] = 0;
    if (same(command, "start"))
        return net_start(answer, sizeof answer);
    if (same(command, "join")) {
        const char *ssid = word(&rest);
        return net_join(ssid, word(&rest), answer, sizeof answer);
    }
    if (same(command, "resolve")) {
        int outcome = net_resolve(word(&rest), address);
        if (outcome >= 0)
            append_address(answer, sizeof answer, address);
        return outcome;
    }
    if (same(command, "open"))
        return open_command(rest);
    if (same(command, "listen"))
        return net_listen((uint16_t)number(rest));
    if (same(command, "accept")) {
        int handle = (int)number(word(&rest));
        return net_accept(handle, number(word(&rest)));
    }
    if (same(command, "send")) {
        int handle = (int)number(word(&rest));
        return net_send(handle, rest, (unsigned)strlen(rest));
    }
    if (same(command, "receive"))
        return receive_command(rest);
    if (same(command, "sendhex"))
        return send_hex_command(rest);
    if (same(command, "receivehex"))
        return receive_hex_command(rest);
    if (same(command, "offer"))
        return net_offer_http((int)number(rest));
    if (same(command, "close"))
        return net_close((int)number(word(&rest)));
    append(answer, sizeof answer, "unknown command");
    return -1;
}

int main(void)
{
    board_start();
    print("shell: ");
    print(board_name);
    print("\r\n");
    for (;;) {
        char digits[12] = "";
        char *rest = line;
        uint32_t started;
        int outcome;
        print("> ");
        read_line();
        started = board_ticks();
        outcome = execute(word(&rest), rest);
        append_number(digits, sizeof digits, (unsigned)(outcome < 0 ? -outcome : outcome));
        print(outcome < 0 ? "error -" : "ok ");
        print(digits);
        print(" ");
        print(answer);
        digits[0] = 0;
        append_number(digits, sizeof digits, board_ticks() - started);
        print(" in ");
        print(digits);
        print(" ms\r\n");
    }
}
