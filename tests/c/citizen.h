/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the tests of the library's manners share: each of its parts in use, over HTTP, TLS and MQTT, and what /proc tells of this
 * process. The environment names a server, a TLS server that takes every store, and a broker.
 */
#ifndef CITIZEN_H
#define CITIZEN_H

#include "outbox.h"

#include <dirent.h>

static inline byteport_client_t *plain_client(void)
{
    return client_of(setting("BYTEPORT_HOST"), setting("BYTEPORT_KEY"));
}

/* A client of the TLS server. */
static inline byteport_client_t *tls_client(void)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    DONE(byteport_options_set_host(options, setting("BYTEPORT_TLS"), &error));
    DONE(byteport_options_set_https(options, true, &error));
    DONE(byteport_options_set_ca_file(options, setting("BYTEPORT_CA"), &error));
    DONE(byteport_options_set_namespace(options, "ns", &error));
    DONE(byteport_options_set_key(options, setting("BYTEPORT_KEY"), &error));
    DONE(byteport_options_set_device(options, "dev", &error));
    DONE(byteport_options_set_no_proxy(options, &error));
    DONE(byteport_client_new(options, &client, &error));
    byteport_options_free(options);
    return client;
}

/* A client of the broker, over TLS, that is let in. */
static inline byteport_broker_t *mqtt_client(void)
{
    byteport_broker_options_t *options = NULL;
    byteport_broker_t *broker = NULL;
    DONE(byteport_broker_options_from_url(setting("BYTEPORT_BROKER"), &options, &error));
    DONE(byteport_broker_options_set_ca_file(options, setting("BYTEPORT_BROKER_CA"), &error));
    DONE(byteport_broker_options_set_login(options, setting("BYTEPORT_BROKER_LOGIN"), setting("BYTEPORT_BROKER_PASSWORD"), &error));
    DONE(byteport_broker_options_set_namespace(options, setting("BYTEPORT_BROKER_NAMESPACE"), &error));
    DONE(byteport_broker_options_set_device(options, setting("BYTEPORT_DEVICE"), &error));
    DONE(byteport_broker_open(options, &broker, &error));
    byteport_broker_options_free(options);
    DONE(byteport_broker_wait_open(broker, LONG, &error));
    return broker;
}

static inline void store_number(const byteport_client_t *client, const char *field, int64_t number)
{
    byteport_reading_t *reading = numbered(field, number);
    DONE(byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
}

static inline void use_client(byteport_client_t *client)
{
    store_number(client, "used", 1);
    byteport_client_free(client);
}

static inline void use_outbox(const char *path)
{
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), path, NULL);
    put(outbox, "used", 2, BYTEPORT_DURABILITY_DISK);
    put(outbox, "used", 3, BYTEPORT_DURABILITY_SYNCED);
    flush(outbox);
    close_outbox(outbox, 0);
}

static inline void use_broker(void)
{
    size_t missing = 77;
    byteport_broker_t *broker = mqtt_client();
    byteport_reading_t *reading = numbered("used", 4);
    DONE(byteport_broker_store(broker, reading, &error));
    byteport_reading_free(reading);
    DONE(byteport_broker_close(broker, LONG, &missing, &error));
    byteport_broker_free(broker);
}

/* Fetches the seeded device's firmware into this folder, with a callback or NULL. */
static inline void use_firmware(byteport_progress_callback_t progress, void *userdata)
{
    byteport_client_t *client = client_of(setting("BYTEPORT_HOST"), NULL);
    byteport_firmware_t *firmware = byteport_firmware_new();
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    DONE(byteport_firmware_set_device(firmware, setting("BYTEPORT_NAMESPACE"), "seeded-1", &error));
    DONE(byteport_firmware_set_folder(firmware, ".", &error));
    DONE(byteport_firmware_set_progress(firmware, progress, userdata, NULL, &error));
    DONE(byteport_client_fetch_firmware(client, firmware, &error));
    byteport_firmware_free(firmware);
    byteport_client_free(client);
}

/* The address of a server under the name of this machine, which has to be looked up. The text is good until the next call. */
static inline const char *by_name(const char *address)
{
    static char text[64];
    const char *port = strrchr(address, ':');
    snprintf(text, sizeof text, "localhost%s", port != NULL ? port : "");
    return text;
}

static inline void use_everything(void)
{
    use_client(plain_client());
    use_client(client_of(by_name(setting("BYTEPORT_HOST")), setting("BYTEPORT_KEY")));
    use_client(tls_client());
    use_outbox("everything.outbox");
    use_broker();
    use_firmware(NULL, NULL);
}

/* A number of /proc/self/status, such as the kilobytes in VmRSS. */
static inline long status_number(const char *name)
{
    char line[256];
    long found = -1;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            found = atol(line + strlen(name) + 1);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    CHECK(found >= 0);
    return found;
}

/* How many descriptors this process has open. */
static inline int open_descriptors(void)
{
    int count = -1; /* the one that looks */
    DIR *folder = opendir("/proc/self/fd");
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

#endif
