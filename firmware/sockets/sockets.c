/* A command line over the console that calls Secure Sockets, so that a suite sees what the API of a
 * port returns.
 *
 *   on | join SSID PASSPHRASE | resolve NAME
 *   socket | tls HANDLE | option HANDLE NUMBER VALUE
 *   connect HANDLE ADDRESS PORT [LENGTH DOMAIN]
 *   send HANDLE TEXT | receive HANDLE SIZE | shutdown HANDLE HOW | close HANDLE
 *
 * Each command answers one line: `= `, what the function returned, what was received, and the
 * milliseconds it took.
 *
 * With another port, PORT_HEADER names a header that declares its API and `board_get`, `board_put` and
 * `board_ticks` as board.h does, and a task calls `sockets_console`. */
#ifdef PORT_HEADER
#include PORT_HEADER
#else
#include "../boards/board.h"
#include "secure_sockets.h"
#endif

#define LINE 200
#define BUFFER 1400

static char line[LINE], buffer[BUFFER];

#include "../boards/line.h"

/* Cuts the next word off `*rest`. */
static char *word(char **rest)
{
    char *start = *rest, *end = start;
    while (*end && *end != ' ')
        end++;
    *rest = *end ? end + 1 : end;
    *end = 0;
    return start;
}

static int same(const char *left, const char *right)
{
    while (*left && *left == *right)
        left++, right++;
    return *left == *right;
}

static unsigned length_of(const char *text)
{
    unsigned length = 0;
    while (text[length])
        length++;
    return length;
}

static unsigned number(char **rest)
{
    unsigned value = 0;
    for (const char *digit = word(rest); *digit >= '0' && *digit <= '9'; digit++)
        value = value * 10 + (unsigned)(*digit - '0');
    return value;
}

static uint32_t address(const char *text)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        unsigned octet = 0;
        for (; *text >= '0' && *text <= '9'; text++)
            octet = octet * 10 + (unsigned)(*text - '0');
        value |= octet << shift;
        if (*text)
            text++;
    }
    return value;
}

static int32_t join(char *rest)
{
    WIFINetworkParams_t network = {0};
    network.pcSSID = word(&rest);
    network.ucSSIDLength = (uint8_t)length_of(network.pcSSID);
    network.pcPassword = rest;
    network.ucPasswordLength = (uint8_t)length_of(rest);
    network.xSecurity = 3; /* eWiFiSecurityWPA2 */
    return (int32_t)WIFI_ConnectAP(&network);
}

static int32_t connect(Socket_t socket, char *rest)
{
    SocketsSockaddr_t to = {0};
    unsigned port;
    to.ulAddress = address(word(&rest));
    port = number(&rest);
    to.usPort = (uint16_t)(port >> 8 | port << 8);
    if (*rest) {
        to.ucLength = (uint8_t)number(&rest);
        to.ucSocketDomain = (uint8_t)number(&rest);
    }
    return SOCKETS_Connect(socket, &to, sizeof to);
}

static int32_t option(Socket_t socket, char *rest)
{
    int32_t name = (int32_t)number(&rest);
    uint32_t value = number(&rest);
    return SOCKETS_SetSockOpt(socket, 0, name, &value, sizeof value);
}

static int32_t receive(Socket_t socket, char *rest)
{
    unsigned size = number(&rest);
    int32_t count = SOCKETS_Recv(socket, buffer, size < BUFFER ? size : BUFFER - 1, 0);
    buffer[count > 0 ? count : 0] = 0;
    return count;
}

static int32_t execute(const char *command, char *rest)
{
    Socket_t socket;
    buffer[0] = 0;
    if (same(command, "on"))
        return (int32_t)WIFI_On();
    if (same(command, "join"))
        return join(rest);
    if (same(command, "resolve"))
        return SOCKETS_GetHostByName(rest) != 0;
    if (same(command, "socket"))
        return (int32_t)SOCKETS_Socket(SOCKETS_AF_INET, SOCKETS_SOCK_STREAM, SOCKETS_IPPROTO_TCP);
    socket = (Socket_t)(uintptr_t)number(&rest);
    if (same(command, "tls"))
        return SOCKETS_SetSockOpt(socket, 0, SOCKETS_SO_REQUIRE_TLS, 0, 0);
    if (same(command, "option"))
        return option(socket, rest);
    if (same(command, "connect"))
        return connect(socket, rest);
    if (same(command, "send"))
        return SOCKETS_Send(socket, rest, length_of(rest), 0);
    if (same(command, "receive"))
        return receive(socket, rest);
    if (same(command, "shutdown"))
        return SOCKETS_Shutdown(socket, number(&rest));
    if (same(command, "close"))
        return SOCKETS_Close(socket);
    return -9999;
}

static void print_number(int32_t value)
{
    char digits[12];
    unsigned place = sizeof digits - 1, rest = value < 0 ? 0u - (unsigned)value : (unsigned)value;
    digits[place] = 0;
    do
        digits[--place] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0)
        digits[--place] = '-';
    print(digits + place);
}

__attribute__((noreturn)) void sockets_console(void)
{
    print("sockets: ready\r\n");
    for (;;) {
        char *rest = line;
        uint32_t started;
        int32_t result;
        print("> ");
        read_line();
        started = board_ticks();
        result = execute(word(&rest), rest);
        started = board_ticks() - started;
        print("= ");
        print_number(result);
        print(" ");
        print(buffer);
        print(" in ");
        print_number((int32_t)started);
        print(" ms\r\n");
    }
}

#ifndef PORT_HEADER
int main(void)
{
    board_start();
    sockets_console();
}
#endif
