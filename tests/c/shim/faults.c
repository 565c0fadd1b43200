/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * For LD_PRELOAD: hands every system call of certain kinds to the test that started this program, which decides whether it is
 * made or fails (seccomp_unotify(2)). So also those are seen that are made without the C library. Allocations and look-ups of
 * names, which are no system calls, fail here.
 *
 * FAULTS_SOCKET: the descriptor of a Unix socket, on which the test gets the listener's descriptor and the calls' numbers.
 * FAULTS_CALLS: the names of the calls, with a space between them.
 * FAULTS_ALLOCATION=N: the Nth allocation of libbyteport.so fails; -N: that and all after it. FAULTS_LOOKUP=N,ERROR: the Nth
 * look-up of a name fails with that error; -N likewise.
 * FAULTS_COUNT: the file that gets the number of allocations and that of look-ups when the program ends.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <link.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name) {#name, SYS_##name}

static const struct {
    const char *name;
    int number;
} known[] = {
    CALL(socket),    CALL(connect),  CALL(sendto),    CALL(recvfrom),  CALL(sendmsg),  CALL(recvmsg),   CALL(setsockopt),
    CALL(getsockopt), CALL(shutdown), CALL(ppoll),     CALL(openat),    CALL(read),     CALL(write),     CALL(readv),
    CALL(writev),    CALL(pread64),  CALL(pwrite64),  CALL(fsync),     CALL(fdatasync), CALL(ftruncate), CALL(lseek),
    CALL(fallocate), CALL(renameat2), CALL(unlinkat), CALL(mkdirat),   CALL(fcntl),    CALL(flock),     CALL(mmap),
    CALL(mremap),    CALL(mprotect), CALL(brk),       CALL(clone3),    CALL(eventfd2), CALL(getrandom), CALL(fchmod),
    CALL(statx),     CALL(linkat),   CALL(getdents64),
#ifdef SYS_poll /* what newer machines have only in the form above */
    CALL(poll),      CALL(open),     CALL(rename),    CALL(unlink),    CALL(mkdir),    CALL(link),
#endif
#ifdef SYS_renameat
    CALL(renameat),
#endif
};

enum { MOST = 64 };

static long allocations, lookups, fail_allocation, fail_lookup;
static int lookup_error, is_ready;

/* The numbers of the calls that FAULTS_CALLS names. */
static int chosen(unsigned *numbers)
{
    int count = 0;
    char *names = strdup(getenv("FAULTS_CALLS")), *rest = names;
    for (const char *name = strtok_r(names, " ", &rest); name && count < MOST; name = strtok_r(NULL, " ", &rest)) {
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (!strcmp(name, known[i].name)) numbers[count++] = (unsigned)known[i].number;
        }
    }
    free(names);
    return count;
}

/* Lets the kernel ask about these calls, but not about those on one descriptor. */
static int listener_for(const unsigned *numbers, int count, int except)
{
    struct sock_filter filter[2 * MOST + 8];
    unsigned short length = 0;
#define ADD(...) filter[length++] = (struct sock_filter)__VA_ARGS__
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)except, 0, 1));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    for (int i = 0; i < count; i++) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1));
        ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
    }
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* Sends the listener and a text with the calls' names and numbers. */
static int hand_over(int socket, int listener, char *text)
{
    struct iovec part = {text, strlen(text)};
    union {
        char bytes[CMSG_SPACE(sizeof listener)];
        struct cmsghdr align;
    } control = {{0}};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof listener);
    memcpy(CMSG_DATA(head), &listener, sizeof listener);
    return sendmsg(socket, &message, 0) > 0;
}

static size_t library_start, library_end;

/* Notes where the library is, so that its allocations are told from others: the C library ends programs where its own fail. */
static int find_library(struct dl_phdr_info *object, size_t size, void *nothing)
{
    (void)size;
    (void)nothing;
    if (!strstr(object->dlpi_name, "libbyteport")) return 0;
    library_start = object->dlpi_addr;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const size_t end = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr + object->dlpi_phdr[i].p_memsz;
        if (object->dlpi_phdr[i].p_type == PT_LOAD && end > library_end) library_end = end;
    }
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    dl_iterate_phdr(find_library, NULL);
    const char *socket = getenv("FAULTS_SOCKET"), *allocation = getenv("FAULTS_ALLOCATION"), *lookup = getenv("FAULTS_LOOKUP");
    if (allocation) fail_allocation = atol(allocation);
    if (lookup) sscanf(lookup, "%ld,%d", &fail_lookup, &lookup_error);
    if (socket) {
        unsigned numbers[MOST];
        char text[4096] = "";
        const int count = chosen(numbers), to = atoi(socket);
        for (int i = 0; i < count; i++) {
            for (size_t j = 0; j < sizeof known / sizeof known[0]; j++) {
                if ((unsigned)known[j].number != numbers[i]) continue;
                snprintf(text + strlen(text), sizeof text - strlen(text), "%s %u\n", known[j].name, numbers[i]);
            }
        }
        const int listener = listener_for(numbers, count, to);
        if (listener < 0 || !hand_over(to, listener, text)) _exit(126);
        syscall(SYS_close, listener);
        syscall(SYS_close, to);
    }
    is_ready = 1;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULTS_COUNT");
    char text[64];
    is_ready = 0;
    if (!path) return;
    const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int length = snprintf(text, sizeof text, "%ld %ld\n", allocations, lookups);
    if (syscall(SYS_write, file, text, length) != length) _exit(126);
}

/* Counts; says whether this is one that fails. */
static int fails(long *count, long which)
{
    if (!is_ready) return 0;
    const long number = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    return which > 0 ? number == which : which < 0 && number >= -which;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!fails(&lookups, fail_lookup)) return real(node, service, hints, found);
    errno = EMFILE;
    return lookup_error;
}

#ifndef WITHOUT_ALLOCATIONS /* AddressSanitizer has an allocator of its own */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

#define FAILS()                                                                                                        \
    ((size_t)__builtin_return_address(0) - library_start < library_end - library_start &&                             \
     fails(&allocations, fail_allocation))

void *malloc(size_t size) { return FAILS() ? (errno = ENOMEM, NULL) : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return FAILS() ? (errno = ENOMEM, NULL) : __libc_calloc(count, size); }
void *realloc(void *place, size_t size) { return FAILS() ? (errno = ENOMEM, NULL) : __libc_realloc(place, size); }
void *aligned_alloc(size_t alignment, size_t size) { return FAILS() ? (errno = ENOMEM, NULL) : __libc_memalign(alignment, size); }

int posix_memalign(void **place, size_t alignment, size_t size)
{
    void *found = FAILS() ? NULL : __libc_memalign(alignment, size);
    if (!found) return ENOMEM;
    *place = found;
    return 0;
}
#endif
