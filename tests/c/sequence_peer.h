/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What sequence.c connects to: one thread that answers HTTP as it is told, and that is a small MQTT or STOMP broker for
 * whoever says CONNECT. It checks nothing: what is sent is the business of other tests.
 */
#ifndef SEQUENCE_PEER_H
#define SEQUENCE_PEER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERIES "{\"data\":{\"ts_data\":[{\"t\":\"2015-05-01T00:00:00\",\"v\":1.5},{\"t\":\"2015-05-01T00:00:01\",\"v\":\"on\"}]}}"
#define COOKIES "Set-Cookie: csrftoken=C\r\nSet-Cookie: sessionid=S\r\n"

/* A status, further headers and a body. No status: the text as it is. */
static const struct answer {
    const char *status, *headers, *body;
} answers[] = {
    { "200 OK", "", "{}" },
    { "200 OK", COOKIES, SERIES },
    { "200 OK", COOKIES, "[{\"uid\":\"dev\",\"namespace\":\"ns\",\"id\":\"1\",\"device_type\":{\"id\":\"1\",\"name\":\"t\"}}]" },
    { "200 OK", "", "{\"data\":{\"ts_data\":[{\"t\":\"2015-05-01T00:00:00\",\"v\":1.5}]}}" },
    { "200 OK", "Content-Type: text/plain\r\n", "aGVsbG8=" },
    { "400 Bad Request", "", "no" },
    { "403 Forbidden", "", "no" },
    { "307 Temporary Redirect", "Location: /again/\r\n", "" },
    { "500 Internal Server Error", "Retry-After: 1\r\n", "" },
    { NULL, "", "220 mail.example ESMTP\r\n" },
    { NULL, "", "" },
};

enum { ANSWERS = sizeof answers / sizeof *answers, GUESTS = 32 };

static atomic_int peer_answer;
static char peer_address[32]; /* HOST:PORT of the thread */
static char dead_address[32]; /* of a socket that does not listen: a connection is refused */

struct guest {
    int fd;
    size_t have;
    unsigned char bytes[16384];
};

static struct guest guests[GUESTS];

static void say(int fd, const void *bytes, size_t length)
{
    (void)!send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void bye(struct guest *guest)
{
    close(guest->fd);
    guest->fd = -1;
}

static void forget(struct guest *guest, size_t length)
{
    guest->have -= length;
    memmove(guest->bytes, guest->bytes + length, guest->have);
}

/* Answers a request that is whole; whether it was. */
static int serve_http(struct guest *guest)
{
    char text[sizeof guest->bytes + 1], line[1024];
    memcpy(text, guest->bytes, guest->have);
    text[guest->have] = 0;
    const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\nContent-Length:");
    size_t whole = end == NULL ? SIZE_MAX : (size_t)(end - text) + 4;
    if (end != NULL && length != NULL && length < end)
        whole += strtoul(length + 17, NULL, 10);
    if (whole > guest->have)
        return 0;
    const struct answer *answer = &answers[atomic_load(&peer_answer) % ANSWERS];
    if (answer->status == NULL) {
        say(guest->fd, answer->body, strlen(answer->body));
        bye(guest);
        return 0;
    }
    int size = snprintf(line, sizeof line, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", answer->status,
                        strlen(answer->body), answer->headers, answer->body);
    say(guest->fd, line, (size_t)size);
    forget(guest, whole);
    return 1;
}

static void deliver(int fd)
{
    static const char body[] = "[{\"data\":\"on\",\"namespace\":\"ns\",\"uid\":\"dev\",\"timestamp\":\"1430438400\"},{\"data\":\"\",\"uid\":\"d\"}]";
    unsigned char head[] = { 0x32, 0, 0, 6, 'n', 's', '/', 'd', 'e', 'v', 0, 9 };
    head[1] = (unsigned char)(sizeof head - 2 + sizeof body - 1);
    say(fd, head, sizeof head);
    say(fd, body, sizeof body - 1);
}

/* Answers an MQTT packet that is whole; whether it was. */
static int serve_mqtt(struct guest *guest)
{
    const unsigned char *bytes = guest->bytes;
    size_t length = 0, at = 1;
    for (int shift = 0; at < guest->have && shift < 28; shift += 7) {
        length |= (size_t)(bytes[at] & 127) << shift;
        if (bytes[at++] < 128)
            break;
    }
    size_t topic = at + 1 < guest->have ? (size_t)bytes[at] << 8 | bytes[at + 1] : 0;
    if (guest->have < at + length || guest->have < 2)
        return 0;
    switch (bytes[0] >> 4) {
    case 1:
        say(guest->fd, "\x20\2\0\0", 4);
        break;
    case 3:
        if (bytes[0] & 6 && topic + 4 <= length)
            say(guest->fd, (unsigned char[]){ 0x40, 2, bytes[at + 2 + topic], bytes[at + 3 + topic] }, 4);
        break;
    case 8:
        say(guest->fd, (unsigned char[]){ 0x90, 3, bytes[at], bytes[at + 1], 1 }, 5);
        deliver(guest->fd);
        break;
    case 12:
        say(guest->fd, "\xd0\0", 2);
        break;
    default:
        bye(guest); /* nonsense */
        return 0;
    }
    forget(guest, at + length);
    return 1;
}

/* The value of a header of a STOMP frame; empty where there is none. */
static const char *header(const char *frame, const char *name, char value[64])
{
    const char *at = strstr(frame, name);
    value[0] = 0;
    if (at != NULL)
        sscanf(at + strlen(name), "%63[^\n]", value);
    return value;
}

/* Answers a STOMP frame that is whole; whether it was. */
static int serve_stomp(struct guest *guest)
{
    const char *frame = (const char *)guest->bytes, *end = memchr(frame, 0, guest->have);
    char line[512], value[64];
    int size = 0;
    if (end == NULL)
        return 0;
    while (*frame == '\n')
        frame++;
    if (strncmp(frame, "CONNECT", 7) == 0 || strncmp(frame, "STOMP", 5) == 0)
        size = snprintf(line, sizeof line, "CONNECTED\nversion:1.2\n\n%c", 0);
    else if (*header(frame, "\nreceipt:", value) != 0)
        size = snprintf(line, sizeof line, "RECEIPT\nreceipt-id:%s\n\n%c", value, 0);
    say(guest->fd, line, (size_t)size);
    if (strncmp(frame, "SUBSCRIBE", 9) == 0) {
        size = snprintf(line, sizeof line, "MESSAGE\nsubscription:%s\nmessage-id:1\nack:1\ndestination:ns/dev\nx:y\n\non%c",
                        header(frame, "\nid:", value), 0);
        say(guest->fd, line, (size_t)size);
    }
    forget(guest, (size_t)(end + 1 - (const char *)guest->bytes));
    return 1;
}

static int serve(struct guest *guest)
{
    switch (guest->bytes[0]) {
    case 'G':
    case 'P':
        return serve_http(guest);
    case 'A':
    case 'C':
    case 'D':
    case 'N':
    case 'S':
    case 'U':
    case '\n':
        return serve_stomp(guest);
    default:
        return serve_mqtt(guest);
    }
}

static void hear(struct guest *guest)
{
    ssize_t got = recv(guest->fd, guest->bytes + guest->have, sizeof guest->bytes - guest->have, 0);
    if (got <= 0) {
        bye(guest);
        return;
    }
    guest->have += (size_t)got;
    while (guest->fd >= 0 && guest->have > 0 && serve(guest))
        ;
    if (guest->fd >= 0 && guest->have == sizeof guest->bytes)
        bye(guest); /* more than anybody here says at once, or nonsense */
}

/* Until nobody listens any more. */
static void *peer_run(void *listener)
{
    for (;;) {
        struct pollfd polls[GUESTS + 1] = { { *(int *)listener, POLLIN, 0 } };
        for (int i = 0; i < GUESTS; i++)
            polls[i + 1] = (struct pollfd){ guests[i].fd, POLLIN, 0 };
        poll(polls, GUESTS + 1, -1);
        for (int i = 0; i < GUESTS; i++)
            if (polls[i + 1].revents != 0)
                hear(&guests[i]);
        if (polls[0].revents == 0)
            continue;
        int fd = accept(polls[0].fd, NULL, NULL), i = 0;
        if (fd < 0)
            return NULL;
        while (i < GUESTS - 1 && guests[i].fd >= 0)
            i++;
        if (guests[i].fd >= 0)
            bye(&guests[i]);
        guests[i] = (struct guest){ .fd = fd };
    }
}

static int bound(char *address)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof to;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&to, size) != 0 || getsockname(fd, (struct sockaddr *)&to, &size) != 0)
        abort();
    snprintf(address, 32, "127.0.0.1:%d", ntohs(to.sin_port));
    return fd;
}

static int listener;
static pthread_t peer;

static void peer_start(void)
{
    for (int i = 0; i < GUESTS; i++)
        guests[i].fd = -1;
    bound(dead_address);
    listener = bound(peer_address);
    if (listen(listener, 64) != 0 || pthread_create(&peer, NULL, peer_run, &listener) != 0)
        abort();
}

#endif
