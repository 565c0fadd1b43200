// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// For LD_PRELOAD: writes down, in their order, the file operations below one folder; and makes them fail when told to.
//
// PROOF_FOLDER: the folder, as an absolute path without links.
// PROOF_TRACE: the file that gets the records, which src/trace.rs reads. PROOF_MARKER: a write to this file becomes a marker.
// PROOF_REFUSE: while this file exists, whatever changes the folder fails with the error number that the file holds.
//
// Invariant: an operation and its record are one step under one lock, so the records are in the order of what they record.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { CREATE = 1, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, UNLINK, RENAME, MARKER };

struct head {
    uint32_t kind;
    uint32_t name_length;
    uint64_t inode;
    uint64_t offset;
    uint64_t length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX], marker[PATH_MAX], refuse[PATH_MAX];
static int trace = -1;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("PROOF_FOLDER"), *to = getenv("PROOF_TRACE");
    if (path) snprintf(folder, sizeof folder, "%s", path);
    if (getenv("PROOF_MARKER")) snprintf(marker, sizeof marker, "%s", getenv("PROOF_MARKER"));
    if (getenv("PROOF_REFUSE")) snprintf(refuse, sizeof refuse, "%s", getenv("PROOF_REFUSE"));
    if (to) trace = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// The name below the folder; "" for the folder itself; NULL for whatever lies elsewhere.
static const char *inside(const char *path) {
    size_t length = strlen(folder);
    if (!length || strncmp(path, folder, length)) return NULL;
    if (!path[length]) return "";
    if (path[length] != '/' || strchr(path + length + 1, '/')) return NULL;
    return path + length + 1;
}

static int is_marker(const char *path) { return marker[0] && !strcmp(path, marker); }

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    char *gone = strstr(path, " (deleted)");
    if (gone) *gone = 0;
    return 1;
}

static uint64_t inode_of(int fd) {
    struct stat about;
    return fstat(fd, &about) ? 0 : (uint64_t)about.st_ino;
}

// The error that a change is to fail with; 0 where none.
static int refused(void) {
    if (!refuse[0]) return 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, refuse, O_RDONLY | O_CLOEXEC), number = 0;
    if (fd < 0) return 0;
    char text[16] = "";
    if (syscall(SYS_read, fd, text, sizeof text - 1) > 0) number = atoi(text);
    syscall(SYS_close, fd);
    return number;
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length) {
        long done = syscall(SYS_write, trace, at, length);
        if (done <= 0) abort();
        at += done;
        length -= (size_t)done;
    }
}

static void record(enum kind kind, const char *name, uint64_t inode, uint64_t offset, const void *data, uint64_t length) {
    if (trace < 0) return;
    struct head head = {kind, (uint32_t)strlen(name), inode, offset, length};
    put(&head, sizeof head);
    put(name, head.name_length);
    if (data) put(data, length);
}

// Runs one change of a descriptor: `real` under the lock, refused where that is told. `path` gets its name.
#define CHANGE(fd, result, real, done)                                                                                    \
    do {                                                                                                                  \
        char path[PATH_MAX];                                                                                              \
        if (!path_of(fd, path) || !(is_marker(path) || inside(path))) return real;                                        \
        pthread_mutex_lock(&lock);                                                                                        \
        int wrong = is_marker(path) ? 0 : refused();                                                                      \
        if (wrong) {                                                                                                      \
            pthread_mutex_unlock(&lock);                                                                                  \
            errno = wrong;                                                                                                \
            return -1;                                                                                                    \
        }                                                                                                                 \
        result = real;                                                                                                    \
        int kept = errno;                                                                                                 \
        if (result >= 0) done;                                                                                            \
        pthread_mutex_unlock(&lock);                                                                                      \
        errno = kept;                                                                                                     \
    } while (0)

static void written(int fd, const char *path, const void *data, off_t offset, ssize_t length) {
    if (is_marker(path)) record(MARKER, "", 0, 0, data, (uint64_t)length);
    else record(WRITE, "", inode_of(fd), (uint64_t)offset, data, (uint64_t)length);
}

ssize_t write(int fd, const void *data, size_t length) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = next("write");
    ssize_t result;
    CHANGE(fd, result, real(fd, data, length), written(fd, path, data, lseek(fd, 0, SEEK_CUR) - result, result));
    return result;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real) real = next("pwrite64");
    ssize_t result;
    CHANGE(fd, result, real(fd, data, length, offset), written(fd, path, data, offset, result));
    return result;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

// What this does not know would be missing in the record: better to stop.
ssize_t writev(int fd, const struct iovec *parts, int count) {
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real) real = next("writev");
    char path[PATH_MAX];
    if (path_of(fd, path) && (is_marker(path) || inside(path))) abort();
    return real(fd, parts, count);
}

int ftruncate64(int fd, off_t length) {
    static int (*real)(int, off_t);
    if (!real) real = next("ftruncate64");
    int result;
    CHANGE(fd, result, real(fd, length), record(TRUNCATE, "", inode_of(fd), (uint64_t)length, NULL, 0));
    return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static void synced(int fd, const char *path) {
    if (is_marker(path)) return;
    record(*inside(path) ? SYNC : SYNC_FOLDER, "", inode_of(fd), 0, NULL, 0);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = next("fsync");
    int result;
    CHANGE(fd, result, real(fd), synced(fd, path));
    return result;
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = next("fdatasync");
    int result;
    CHANGE(fd, result, real(fd), synced(fd, path));
    return result;
}

static int opened(int (*real)(int, const char *, int, ...), int at, const char *path, int flags, mode_t mode) {
    const char *name = path[0] == '/' ? inside(path) : NULL;
    if (!name || !*name || !(flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR))) return real(at, path, flags, mode);
    pthread_mutex_lock(&lock);
    struct stat about;
    int is_new = stat(path, &about) != 0, wrong = refused();
    if (wrong) {
        pthread_mutex_unlock(&lock);
        errno = wrong;
        return -1;
    }
    int fd = real(at, path, flags, mode), kept = errno;
    if (fd >= 0 && is_new) record(CREATE, name, inode_of(fd), 0, NULL, 0);
    else if (fd >= 0 && (flags & O_TRUNC)) record(TRUNCATE, "", inode_of(fd), 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = kept;
    return fd;
}

static mode_t mode_of(int flags, va_list more) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; }

#define OPEN(name, ...)                                                                                                   \
    va_list more;                                                                                                         \
    va_start(more, flags);                                                                                                \
    mode_t mode = mode_of(flags, more);                                                                                   \
    va_end(more);                                                                                                         \
    return opened(next("openat64"), __VA_ARGS__, mode)

int open(const char *path, int flags, ...) { OPEN("open", AT_FDCWD, path, flags); }
int open64(const char *path, int flags, ...) { OPEN("open64", AT_FDCWD, path, flags); }
int openat(int at, const char *path, int flags, ...) { OPEN("openat", at, path, flags); }
int openat64(int at, const char *path, int flags, ...) { OPEN("openat64", at, path, flags); }

// Runs one change of a name in the folder.
#define RENAMING(result, name, real, done)                                                                                \
    do {                                                                                                                  \
        if (!(name)) return real;                                                                                         \
        pthread_mutex_lock(&lock);                                                                                        \
        int wrong = refused();                                                                                            \
        if (wrong) {                                                                                                      \
            pthread_mutex_unlock(&lock);                                                                                  \
            errno = wrong;                                                                                                \
            return -1;                                                                                                    \
        }                                                                                                                 \
        result = real;                                                                                                    \
        if (!result) done;                                                                                                \
        pthread_mutex_unlock(&lock);                                                                                      \
    } while (0)

int unlink(const char *path) {
    static int (*real)(const char *);
    if (!real) real = next("unlink");
    int result;
    RENAMING(result, inside(path), real(path), record(UNLINK, inside(path), 0, 0, NULL, 0));
    return result;
}

int unlinkat(int at, const char *path, int flags) {
    static int (*real)(int, const char *, int);
    if (!real) real = next("unlinkat");
    int result;
    RENAMING(result, inside(path), real(at, path, flags), record(UNLINK, inside(path), 0, 0, NULL, 0));
    return result;
}

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = next("rename");
    if (!inside(from) != !inside(to)) abort(); // into the folder or out of it: not known here
    int result;
    RENAMING(result, inside(to), real(from, to), record(RENAME, inside(from), 0, 0, inside(to), strlen(inside(to))));
    return result;
}
