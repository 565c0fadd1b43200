// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Objects and firmware as files, from a real server: to a descriptor, a path and a callback; what is refused, what stops. The device
// `seeded-1` has a type with an enabled firmware, see tests/c/conftest.py. The program runs in a folder of its own.
#include "check.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

const auto bad = status::invalid_argument;
constexpr std::size_t size = 300000;

std::vector<std::uint8_t> new_object()
{
    std::vector<std::uint8_t> object(size);
    for (std::size_t i = 0; i < size; i++) {
        object[i] = static_cast<std::uint8_t>((i * i) >> 7U);
    }
    return object;
}

const std::vector<std::uint8_t> object = new_object();

bool is_object(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string read_back(std::istreambuf_iterator<char>(file), {});
    return std::equal(read_back.begin(), read_back.end(), object.begin(), object.end(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// Refused before anything is sent: the client's host is one where nobody may come.
void bad_arguments(const byteport::client &trap)
{
    byteport::download download;
    byteport::firmware firmware;
    REFUSED(status::invalid_name, trap.download_to_path(download, "x")); // no value
    REFUSED(bad, download.set_value("f", "1", {not_utf8, {}}));
    REFUSED(bad, download.set_value("f", "1", {{}, not_utf8}));
    REFUSED(bad, download.set_value(not_utf8, "1"));
    REFUSED(bad, download.set_value("f", not_utf8));
    DONE(download.set_value("f", "../1"));
    REFUSED(bad, trap.download_to_path(download, "x"));
    DONE(download.set_value("f", "1"));
    REFUSED(bad, download.set_unpack(static_cast<byteport::unpack>(5)));
    REFUSED(bad, trap.download_to_fd(download, -1));
    REFUSED(bad, trap.download_to_path(download, not_utf8));
    REFUSED(bad, trap.download_to_callback(download, nullptr));
    REFUSED(status::file, trap.download_to_path(download, "no-folder/x"));
    REFUSED(bad, firmware.set_device({not_utf8, {}}));
    REFUSED(bad, firmware.set_folder(not_utf8));
    REFUSED(bad, firmware.set_media_prefix(not_utf8));
    REFUSED(bad, firmware.set_current_version(not_utf8));
    REFUSED(bad, trap.fetch_firmware(firmware)); // no folder
    DONE(firmware.set_folder("no-folder"));
    REFUSED(status::file, trap.fetch_firmware(firmware));
    DONE(firmware.set_folder("."));
    DONE(firmware.set_media_prefix("media"));
    REFUSED(bad, trap.fetch_firmware(firmware));
    CHECK(firmware.outcome() == byteport::firmware_outcome::not_asked && !firmware.version() && !firmware.path());
    CHECK(download.size() == 0 && !download.file_name());
}

void to_files(const byteport::client &client, byteport::download &download)
{
    int descriptor = open("by-fd", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    DONE(client.download_to_fd(download, descriptor));
    CHECK(close(descriptor) == 0 && is_object("by-fd") && download.size() == size);
    CHECK(holds(download.file_name().value_or(""), ".object.") && !holds(download.file_name().value_or("/"), "/"));
    DONE(download.set_unpack(byteport::unpack::here));
    DONE(client.download_to_path(download, "by-path"));
    CHECK(is_object("by-path"));
    DONE(download.set_unpack(byteport::unpack::nothing));
    DONE(client.download_to_path(download, "as-text"));
    CHECK(download.size() == size / 3 * 4);
    DONE(download.set_unpack(byteport::unpack::there));
    descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC);
    REFUSED(status::file, client.download_to_fd(download, descriptor));
    CHECK(close(descriptor) == 0 && download.size() == size / 3 * 4); // a call that failed changes nothing
}

void to_callbacks(const byteport::client &client, byteport::download &download)
{
    std::vector<std::uint8_t> came;
    std::uint64_t told = 0;
    bool go_on = true;
    const auto life = std::make_shared<int>(0);
    DONE(download.set_progress([&, life](std::uint64_t so_far, std::optional<std::uint64_t> total) {
        CHECK(so_far >= told && so_far <= total.value_or(so_far));
        told = so_far;
        return go_on;
    }));
    DONE(client.download_to_callback(download, [&came](byteport::bytes piece) {
        came.insert(came.end(), piece.begin(), piece.end());
        return true;
    }));
    CHECK(came == object && told == size && life.use_count() == 2);
    told = 0;
    unsigned calls = 0;
    REFUSED(status::stopped, client.download_to_callback(download, [&calls](byteport::bytes) {
        calls++;
        return false;
    }));
    CHECK(calls == 1);
    go_on = false;
    told = 0;
    REFUSED(status::stopped, client.download_to_path(download, "stopped"));
    CHECK(!std::filesystem::exists("stopped")); // never a part under the name
    DONE(download.set_progress(nullptr));
    CHECK(life.use_count() == 1); // the callback is destroyed
    DONE(download.set_limit(size - 1));
    REFUSED(status::answer_too_large, client.download_to_path(download, "limited"));
    DONE(download.set_limit(size));
    DONE(client.download_to_path(download, "limited"));
    CHECK(is_object("limited"));
}

void firmware_is_fetched(const byteport::client &client)
{
    std::uint64_t told = 0;
    byteport::firmware firmware;
    DONE(firmware.set_folder("."));
    DONE(firmware.set_device({{}, "seeded-1"}));
    DONE(firmware.set_progress([&told](std::uint64_t so_far, auto) {
        told = so_far;
        return true;
    }));
    DONE(firmware.set_max_size(10));
    REFUSED(status::answer_too_large, client.fetch_firmware(firmware));
    DONE(firmware.set_max_size(1U << 20U));
    DONE(firmware.set_allow_unchecked(false));
    DONE(client.fetch_firmware(firmware));
    CHECK(firmware.outcome() == byteport::firmware_outcome::fetched && firmware.version() == "2.0");
    CHECK(told > 0 && firmware.received() == told && std::filesystem::exists(firmware.path().value_or("")));
    DONE(client.fetch_firmware(firmware)); // it is there
    CHECK(firmware.outcome() == byteport::firmware_outcome::up_to_date && firmware.path() && firmware.received() == 0);
    DONE(firmware.set_current_version("2.0"));
    DONE(client.fetch_firmware(firmware)); // it runs
    CHECK(!firmware.path());
    DONE(firmware.set_device({{}, "no-such-device"}));
    REFUSED(status::not_found, client.fetch_firmware(firmware));
}

} // namespace

int main()
{
    const std::string key = setting("BYTEPORT_KEY");
    bad_arguments(client_of(setting("BYTEPORT_TRAP"), key));

    const auto client = client_of(setting("BYTEPORT_HOST"), key);
    DONE(client.login(setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD")));
    byteport::reading reading;
    DONE(reading.set_bytes("object", object));
    DONE(client.store(reading));
    byteport::download download;
    DONE(download.set_value("object", "latest"));
    to_files(client, download);
    to_callbacks(client, download);
    firmware_is_fetched(client);
    return check_end("transfers");
}
