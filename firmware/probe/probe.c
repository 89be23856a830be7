/* Joins, resolves, and echoes over TCP, TLS and UDP; one result line for each step.
 * The names and ports are those of platforms/worlds/home.yaml. */
#include "../boards/board.h"
#include "../boards/net.h"

#define SSID "renode-wifi"
#define PASSPHRASE "no-board-farm"
#define ECHO_NAME "echo.home.test"
#define UNTRUSTED_NAME "untrusted.home.test"
#define TCP_PORT 7
#define UDP_PORT 7
#define TLS12_PORT 9012
#define TLS13_PORT 9013
#define TLS_PORT 9000

#define ROUNDS 10
#define MAX_SIZE 1200
#define TIMEOUT 5000

static uint8_t sent[MAX_SIZE], received[MAX_SIZE];
static int failures;

static void print(const char *text)
{
    while (*text)
        board_put(*text++);
}

static void result(const char *step, int good, const char *detail)
{
    print(step);
    print(good ? ": ok " : ": FAILED ");
    print(detail);
    print("\r\n");
    if (!good)
        failures++;
}

/* Sends a pattern and holds what comes back against it; returns the bytes that were right. */
static unsigned echo(int handle, unsigned size, unsigned seed)
{
    unsigned done = 0, out = 0;
    for (unsigned i = 0; i < size; i++)
        sent[i] = (uint8_t)(seed + i * 7 + (i >> 8));
    while (out < size) {
        int n = net_send(handle, sent + out, size - out);
        if (n <= 0)
            return 0;
        out += (unsigned)n;
    }
    while (done < size) {
        int n = net_receive(handle, received + done, size - done, TIMEOUT);
        if (n <= 0)
            break;
        done += (unsigned)n;
    }
    return memcmp(sent, received, done) ? 0 : done;
}

static void echo_step(const char *step, enum net_kind kind, const uint8_t address[4], uint16_t port)
{
    static const unsigned sizes[ROUNDS] = {1, 2, 3, 16, 100, 255, 256, 777, 1199, MAX_SIZE};
    char detail[64] = "";
    unsigned bytes = 0, rounds = 0;
    int handle = net_open(kind, address, port);
    if (handle < 0) {
        result(step, 0, "no connection");
        return;
    }
    for (; rounds < ROUNDS && echo(handle, sizes[rounds], rounds) == sizes[rounds]; rounds++)
        bytes += sizes[rounds];
    append_number(detail, sizeof detail, rounds);
    append(detail, sizeof detail, " echoes, ");
    append_number(detail, sizeof detail, bytes);
    append(detail, sizeof detail, " bytes");
    result(step, net_close(handle) >= 0 && rounds == ROUNDS, detail);
}

/* A server whose certificate another root signed must be refused. */
static void refusal_step(const uint8_t address[4])
{
    int handle = net_open(NET_TLS, address, TLS_PORT);
    if (handle >= 0)
        net_close(handle);
    result("tls-untrusted", handle < 0, handle < 0 ? "refused" : "accepted a foreign root");
}

/* Every socket of the radio open at once, each with data of its own; one more must fail. */
static void all_sockets_step(const uint8_t address[4])
{
    int handles[16], open = 0, good = 0, surplus;
    char detail[64] = "";
    while (open < net_sockets && (handles[open] = net_open(NET_TCP, address, TCP_PORT)) >= 0)
        open++;
    surplus = net_open(NET_TCP, address, TCP_PORT);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < open; i++)
            good += echo(handles[i], 64 + (unsigned)i, (unsigned)(i * 31 + round)) == 64 + (unsigned)i;
    for (int i = 0; i < open; i++)
        net_close(handles[i]);
    append_number(detail, sizeof detail, (unsigned)open);
    append(detail, sizeof detail, " at once, one more refused");
    result("sockets", open == net_sockets && good == 3 * open && surplus < 0, detail);
}

int main(void)
{
    char text[96] = "";
    uint8_t address[4], untrusted[4];

    board_start();
    print("probe: ");
    print(board_name);
    print("\r\n");
    result("radio", net_start(text, sizeof text) >= 0, text);
    text[0] = 0;
    result("join", net_join(SSID, PASSPHRASE, text, sizeof text) >= 0, text);
    text[0] = 0;
    if (net_resolve(ECHO_NAME, address) < 0) {
        result("dns", 0, ECHO_NAME);
    } else {
        append(text, sizeof text, ECHO_NAME " is ");
        append_address(text, sizeof text, address);
        result("dns", net_resolve("missing.home.test", untrusted) < 0, text);
        echo_step("tcp", NET_TCP, address, TCP_PORT);
        echo_step("udp", NET_UDP, address, UDP_PORT);
        echo_step("tls1.2", NET_TLS, address, TLS12_PORT);
        echo_step("tls1.3", NET_TLS, address, TLS13_PORT);
        if (net_resolve(UNTRUSTED_NAME, untrusted) >= 0)
            refusal_step(untrusted);
        else
            result("tls-untrusted", 0, "no such name");
        all_sockets_step(address);
    }
    print(failures ? "probe: FAILED\r\n" : "probe: PASSED\r\n");
    for (;;)
        board_sleep();
}
