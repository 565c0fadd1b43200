/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Objects and firmware as files, from a real server: to a descriptor, a path and a callback; what is refused, what stops.
 * The device SEEDED has a type with an enabled firmware, see conftest.py. The program runs in a folder of its own.
 */
#include "outcome.h"

#include <fcntl.h>
#include <unistd.h>

#define SEEDED "seeded-1"
#define BAD BYTEPORT_ERROR_INVALID_ARGUMENT
#define SIZE 300000

static uint8_t object[SIZE];

/* What callbacks saw; after `most` calls they say no. */
struct seen {
    unsigned calls, most;
    int freed;
    uint64_t last;
    size_t length;
    int differs;
};

static int take(const uint8_t *data, size_t length, void *userdata)
{
    struct seen *seen = (struct seen *)userdata;
    seen->calls++;
    seen->differs |= seen->length + length > SIZE || memcmp(object + seen->length, data, length) != 0;
    seen->length += length;
    return seen->calls >= seen->most;
}

static int tell(uint64_t so_far, uint64_t total, void *userdata)
{
    struct seen *seen = (struct seen *)userdata;
    seen->calls++;
    seen->differs |= so_far < seen->last || (total != BYTEPORT_SIZE_UNKNOWN && so_far > total);
    seen->last = so_far;
    return seen->calls >= seen->most ? -1 : 0;
}

static void count_free(void *userdata)
{
    ((struct seen *)userdata)->freed++;
}

static int is_object(const char *path)
{
    static uint8_t read_back[SIZE + 1];
    FILE *file = fopen(path, "rb");
    size_t length = file != NULL ? fread(read_back, 1, sizeof read_back, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    return length == SIZE && memcmp(read_back, object, SIZE) == 0;
}

/* Refused before anything is sent: the client's host is one where nobody may come. */
static void bad_arguments(const byteport_client_t *trap)
{
    byteport_download_t *download = byteport_download_new();
    byteport_firmware_t *firmware = byteport_firmware_new();
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_download_to_path(trap, download, "x", &error)); /* no value */
    REFUSED(BAD, byteport_download_set_value(download, NOT_UTF8, NULL, "f", "1", &error));
    REFUSED(BAD, byteport_download_set_value(download, NULL, NOT_UTF8, "f", "1", &error));
    REFUSED(BAD, byteport_download_set_value(download, NULL, NULL, NOT_UTF8, "1", &error));
    REFUSED(BAD, byteport_download_set_value(download, NULL, NULL, "f", NOT_UTF8, &error));
    DONE(byteport_download_set_value(download, NULL, NULL, "f", "../1", &error));
    REFUSED(BAD, byteport_client_download_to_path(trap, download, "x", &error));
    DONE(byteport_download_set_value(download, NULL, NULL, "f", "1", &error));
    REFUSED(BAD, byteport_download_set_unpack(download, 5, &error));
    REFUSED(BAD, byteport_download_set_unpack(download, -1, &error));
    int closed = dup(1);
    CHECK(closed >= 0 && close(closed) == 0);
    REFUSED(BAD, byteport_client_download_to_fd(trap, download, closed, &error));
    REFUSED(BAD, byteport_client_download_to_fd(trap, download, -1, &error));
    REFUSED(BAD, byteport_client_download_to_fd(trap, download, INT32_MIN, &error));
    REFUSED(BAD, byteport_client_download_to_path(trap, download, NOT_UTF8, &error));
    REFUSED(BYTEPORT_ERROR_FILE, byteport_client_download_to_path(trap, download, "no-folder/x", &error));
    REFUSED(BYTEPORT_ERROR_FILE, byteport_client_download_to_path(trap, download, ".", &error));
    REFUSED(BAD, byteport_firmware_set_device(firmware, NOT_UTF8, NULL, &error));
    REFUSED(BAD, byteport_firmware_set_device(firmware, NULL, NOT_UTF8, &error));
    REFUSED(BAD, byteport_firmware_set_folder(firmware, NOT_UTF8, &error));
    REFUSED(BAD, byteport_firmware_set_media_prefix(firmware, NOT_UTF8, &error));
    REFUSED(BAD, byteport_firmware_set_current_version(firmware, NOT_UTF8, &error));
    REFUSED(BAD, byteport_client_fetch_firmware(trap, firmware, &error)); /* no folder */
    DONE(byteport_firmware_set_folder(firmware, "no-folder", &error));
    REFUSED(BYTEPORT_ERROR_FILE, byteport_client_fetch_firmware(trap, firmware, &error));
    DONE(byteport_firmware_set_folder(firmware, ".", &error));
    DONE(byteport_firmware_set_media_prefix(firmware, "media", &error));
    REFUSED(BAD, byteport_client_fetch_firmware(trap, firmware, &error));
    CHECK(byteport_firmware_outcome(firmware) == BYTEPORT_FIRMWARE_NOT_ASKED);
    byteport_firmware_free(firmware);
    byteport_download_free(download);
}

static void store_object(const byteport_client_t *client)
{
    for (size_t i = 0; i < SIZE; i++) {
        object[i] = (uint8_t)((i * i) >> 7);
    }
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_bytes(reading, "object", object, SIZE, &error));
    DONE(byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
}

static void to_files(const byteport_client_t *client, byteport_download_t *download)
{
    int fd = open("by-fd", O_CREAT | O_WRONLY | O_TRUNC, 0600);
    CHECK(fd >= 0);
    DONE(byteport_client_download_to_fd(client, download, fd, &error));
    CHECK(close(fd) == 0 && is_object("by-fd"));
    CHECK(byteport_download_bytes(download) == SIZE);
    const char *name = byteport_download_file_name(download);
    CHECK(name != NULL && strchr(name, '/') == NULL && strstr(name, ".object.") != NULL);
    DONE(byteport_download_set_unpack(download, BYTEPORT_UNPACK_HERE, &error));
    DONE(byteport_client_download_to_path(client, download, "by-path", &error));
    CHECK(is_object("by-path"));
    DONE(byteport_download_set_unpack(download, BYTEPORT_UNPACK_NOTHING, &error));
    DONE(byteport_client_download_to_path(client, download, "as-text", &error));
    CHECK(byteport_download_bytes(download) == SIZE / 3 * 4);
    DONE(byteport_download_set_unpack(download, BYTEPORT_UNPACK_THERE, &error));
    fd = open("by-fd", O_RDONLY);
    REFUSED(BYTEPORT_ERROR_FILE, byteport_client_download_to_fd(client, download, fd, &error));
    CHECK(close(fd) == 0);
    fd = open("/dev/full", O_WRONLY);
    REFUSED(BYTEPORT_ERROR_FILE, byteport_client_download_to_fd(client, download, fd, &error));
    CHECK(close(fd) == 0);
    CHECK(byteport_download_bytes(download) == SIZE / 3 * 4); /* a call that failed changes nothing */
}

static void to_callbacks(const byteport_client_t *client, byteport_download_t *download)
{
    struct seen whole = {0, 1000000, 0, 0, 0, 0}, part = {0, 1, 0, 0, 0, 0}, told = {0, 1000000, 0, 0, 0, 0};
    DONE(byteport_download_set_progress(download, tell, &told, count_free, &error));
    DONE(byteport_client_download_to_callback(client, download, take, &whole, &error));
    CHECK(whole.length == SIZE && !whole.differs && whole.calls > 1);
    CHECK(told.last == SIZE && !told.differs && told.freed == 0);
    REFUSED(BYTEPORT_ERROR_STOPPED, byteport_client_download_to_callback(client, download, take, &part, &error));
    CHECK(part.calls == 1 && part.length < SIZE && !part.differs);
    told.most = 0;
    told.last = 0;
    REFUSED(BYTEPORT_ERROR_STOPPED, byteport_client_download_to_path(client, download, "stopped", &error));
    CHECK(access("stopped", F_OK) != 0); /* never a part under the name */
    DONE(byteport_download_set_progress(download, NULL, &whole, count_free, &error));
    CHECK(told.freed == 1 && whole.freed == 1);
    DONE(byteport_download_set_limit(download, SIZE - 1, &error));
    REFUSED(BYTEPORT_ERROR_ANSWER_TOO_LARGE, byteport_client_download_to_path(client, download, "limited", &error));
    DONE(byteport_download_set_limit(download, SIZE, &error));
    DONE(byteport_client_download_to_path(client, download, "limited", &error));
    CHECK(is_object("limited"));
}

static void firmware_is_fetched(const byteport_client_t *client)
{
    struct seen told = {0, 1000000, 0, 0, 0, 0};
    byteport_firmware_t *firmware = byteport_firmware_new();
    DONE(byteport_firmware_set_folder(firmware, ".", &error));
    DONE(byteport_firmware_set_device(firmware, NULL, SEEDED, &error));
    DONE(byteport_firmware_set_progress(firmware, tell, &told, count_free, &error));
    DONE(byteport_firmware_set_max_size(firmware, 10, &error));
    REFUSED(BYTEPORT_ERROR_ANSWER_TOO_LARGE, byteport_client_fetch_firmware(client, firmware, &error));
    DONE(byteport_firmware_set_max_size(firmware, 1 << 20, &error));
    DONE(byteport_firmware_set_allow_unchecked(firmware, false, &error));
    DONE(byteport_client_fetch_firmware(client, firmware, &error));
    CHECK(byteport_firmware_outcome(firmware) == BYTEPORT_FIRMWARE_FETCHED);
    CHECK(equal(byteport_firmware_version(firmware), "2.0") && byteport_firmware_received(firmware) == told.last);
    const char *path = byteport_firmware_path(firmware);
    CHECK(path != NULL && access(path, R_OK) == 0 && !told.differs && told.last > 0);
    DONE(byteport_client_fetch_firmware(client, firmware, &error)); /* it is there */
    CHECK(byteport_firmware_outcome(firmware) == BYTEPORT_FIRMWARE_UP_TO_DATE);
    CHECK(byteport_firmware_path(firmware) != NULL && byteport_firmware_received(firmware) == 0);
    DONE(byteport_firmware_set_current_version(firmware, "2.0", &error));
    DONE(byteport_client_fetch_firmware(client, firmware, &error)); /* it runs */
    CHECK(byteport_firmware_path(firmware) == NULL);
    DONE(byteport_firmware_set_device(firmware, NULL, "no-such-device", &error));
    REFUSED(BYTEPORT_ERROR_NOT_FOUND, byteport_client_fetch_firmware(client, firmware, &error));
    byteport_firmware_free(firmware);
    CHECK(told.freed == 1);
}

int main(void)
{
    const char *name_space = setting("BYTEPORT_NAMESPACE"), *key = setting("BYTEPORT_KEY");
    const char *device = setting("BYTEPORT_DEVICE");
    byteport_client_t *trap = new_client(setting("BYTEPORT_TRAP"), name_space, key, device, BYTEPORT_METHOD_POST);
    bad_arguments(trap);
    byteport_client_free(trap);

    byteport_client_t *client = new_client(setting("BYTEPORT_HOST"), name_space, key, device, BYTEPORT_METHOD_POST);
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    store_object(client);
    byteport_download_t *download = byteport_download_new();
    DONE(byteport_download_set_value(download, NULL, NULL, "object", "latest", &error));
    to_files(client, download);
    to_callbacks(client, download);
    byteport_download_free(download);
    firmware_is_fetched(client);
    byteport_client_free(client);
    return check_end("transfers");
}
