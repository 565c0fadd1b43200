// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The client of a service: storing, reading back, managing, and loading what is stored.
#ifndef BYTEPORT_CLIENT_HPP
#define BYTEPORT_CLIENT_HPP

#include "manage.hpp"
#include "options.hpp"
#include "reading.hpp"
#include "series.hpp"
#include "transfer.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// A client of one host, with its kept connections and its login. Any number of threads may use one client at once; they share its
/// login. Only moving and destroying it need it alone. Its calls block, each within the time-outs of its options.
///
/// Every call can fail as the connection and the HTTP status can: status::dns, connect, proxy, tls, timeout, disconnected,
/// forbidden, not_found, server, status and redirect. What each can fail with besides is said there. status::invalid_argument is
/// for text that is not UTF-8 or holds a NUL, and for a number below 0 where one may be left out; status::not_configured for a
/// namespace, key or device that neither the call nor the options name. Of these, nothing is sent.
class client : public detail::handle<byteport_client_t, byteport_client_free> {
public:
    using handle::handle;

    /// Makes a client with a copy of the settings. Nothing is sent. Errors: status::invalid_argument for settings that make no sense.
    [[nodiscard]] static expected_t<client> open(const options &settings)
    {
        byteport_client_t *made = nullptr;
        return detail::finish(detail::attempt(byteport_client_new, settings.get(), &made), [&made] { return client(made); });
    }

    // ------------------------------------------------------------------------------------------------ storing, by key

    /// Stores a reading, and returns when the service has it. A reading without fields is a heartbeat. After a failure up to
    /// phase::tls nothing was stored; after a later one the service may have it all the same, and storing it again is safe where it
    /// has a time. Errors: status::too_long for a GET over 2,048 bytes of URL.
    expected_t<void> store(const reading &what) const { return detail::call(byteport_client_store, get(), what.get()); }
    /// Tells the service that a device lives: the one named, or the client's own.
    expected_t<void> heartbeat(std::optional<std::string_view> device = {}) const
    {
        return detail::call(byteport_client_heartbeat, get(), detail::text(device));
    }
    /// Stores a message that the service shows in its log, for the device named, or the client's own. The level is not
    /// log_level::off. This has nothing to do with set_log(), which is about the library's own messages.
    expected_t<void> log(log_level level, std::string_view message, std::optional<std::string_view> device = {}) const
    {
        return detail::call(byteport_client_log, get(), level, detail::text(message), detail::text(device));
    }

    // ------------------------------------------------------------------------------------------------ reading, by login

    /// Logs in, which reading needs. A login from before is forgotten. Errors: status::login_failed.
    expected_t<void> login(std::string_view user, std::string_view password) const
    {
        return detail::call(byteport_client_login, get(), detail::text(user), detail::text(password));
    }
    /// Ends the login, here in any case and on the server if it can be reached.
    expected_t<void> logout() const { return detail::call(byteport_client_logout, get()); }

    /// Reads one field's values of a range, oldest first, into memory: pages() is for a range of any length. Errors:
    /// status::invalid_name; status::forbidden without login; status::invalid_answer.
    [[nodiscard]] expected_t<series> read_series(std::string_view field, const time_range &range, const place &of = {}) const
    {
        byteport_series_t *read = nullptr;
        return detail::make<series>(byteport_client_read_series, read, get(), detail::text(of.name_space),
                                    detail::text(of.device), detail::text(field), detail::to_us(range.from),
                                    detail::to_us(range.to));
    }
    /// As read_series() of a range, by a query.
    [[nodiscard]] expected_t<series> read_series(std::string_view field, const query &by, const place &of = {}) const
    {
        byteport_series_t *read = nullptr;
        return detail::make<series>(byteport_client_query_series, read, get(), detail::text(of.name_space),
                                    detail::text(of.device), detail::text(field), by.get());
    }
    /// Walks a range of a field, which may be of any length, in bounded memory. Nothing is sent yet. The query needs a beginning,
    /// else it is status::invalid_argument, and no operation; without an end it is now.
    [[nodiscard]] expected_t<series_pages> pages(std::string_view field, const query &by, const place &of = {}) const
    {
        byteport_series_pages_t *made = nullptr;
        return detail::make<series_pages>(byteport_client_series_pages, made, get(), detail::text(of.name_space),
                                          detail::text(of.device), detail::text(field), by.get());
    }
    /// A single value, whole, as an object with `value`, `timestamp`, `ref` and more. The reference is the `r` of its point in the
    /// service's answer; byteport-server takes `latest`, too. Errors: status::invalid_name.
    [[nodiscard]] expected_t<answer> value(std::string_view field, std::string_view reference, const place &of = {}) const
    {
        return ask(byteport_client_value, detail::text(of.name_space), detail::text(of.device), detail::text(field),
                   detail::text(reference));
    }
    /// What a field holds, as an object: `daily_activity`, `values_in_way_past`, `values_in_future`, and where it is asked for
    /// `calendar`. Errors: status::invalid_name.
    [[nodiscard]] expected_t<answer> statistics(std::string_view field, bool build_calendar = false, const place &of = {}) const
    {
        return ask(byteport_client_statistics, detail::text(of.name_space), detail::text(of.device), detail::text(field),
                   build_calendar);
    }
    /// How far each group of a field's values is from the typical one, as an object: `distances` and `T_med`. Errors:
    /// status::invalid_name; status::invalid_timestamp for a range that cannot be.
    [[nodiscard]] expected_t<answer> distance_to_typical(std::string_view field, const typical &by, const place &of = {}) const
    {
        return ask(byteport_client_distance_to_typical, detail::text(of.name_space), detail::text(of.device),
                   detail::text(field), by.get());
    }

    // ------------------------------------------------------------------------------------------------ managing, by login

    /// Sends pairs that the service gives back as a JSON object: a look whether it answers, which needs no login.
    [[nodiscard]] expected_t<answer> echo(const pairs &given) const
    {
        return ask(byteport_client_echo, names(given), values(given), given.size());
    }
    /// What the service says of the session; the shape is not documented.
    [[nodiscard]] expected_t<answer> session() const { return ask(byteport_client_session); }
    /// The namespaces that the user may see, or the one of that name, as a list of objects.
    [[nodiscard]] expected_t<answer> namespaces(std::optional<std::string_view> name = {}) const
    {
        return ask(byteport_client_namespaces, detail::text(name));
    }
    /// Who stored something in the last 24 hours: an object with the lists `registered_devices` and `unregistered_devices`.
    [[nodiscard]] expected_t<answer> activity(std::optional<std::string_view> name_space = {}) const
    {
        return ask(byteport_client_activity, detail::text(name_space));
    }
    /// The devices of a namespace as a list of objects: all, or the one of that UID, or with a `*` at its end those whose UID begins
    /// so. The depth is 0 for UIDs only, 1 for the devices, 2 or 3 with their types and child devices.
    [[nodiscard]] expected_t<answer> devices(std::optional<std::string_view> uid = {}, std::optional<std::int32_t> depth = {},
                                             std::optional<std::string_view> name_space = {}) const
    {
        return ask(byteport_client_devices, detail::text(name_space), detail::text(uid), detail::number(depth));
    }
    /// The addresses that hold a term, at most so many: an object whose `data` is a list of texts, `NAMESPACE.DEVICE`. A `.` at the
    /// term's end asks for exactly that one, a `*` is a wild card.
    [[nodiscard]] expected_t<answer> search_guids(std::string_view term, std::uint32_t limit) const
    {
        return ask(byteport_client_search_guids, detail::text(term), limit);
    }
    /// As search_guids(), with the devices as objects in `data`.
    [[nodiscard]] expected_t<answer> search_devices(std::string_view term, std::uint32_t limit) const
    {
        return ask(byteport_client_search_devices, detail::text(term), limit);
    }
    /// Changes what the service knows of a device, and gives the device as it is then. The settings are `active`, `offline_alarm`
    /// (True or False); `lat`, `lon` (degrees); `location_hint`, `alias`, `serial`, `description` (text); `timeout_limit`,
    /// `alarm_interval` (seconds), `alarm_repeat_times`. Errors: status::invalid_argument without a setting, and for one that is
    /// unknown or cannot have that value; nothing is sent then.
    expected_t<answer> configure(const pairs &settings, const place &of = {}) const
    {
        return ask(byteport_client_configure, detail::text(of.name_space), detail::text(of.device), names(settings),
                   values(settings), settings.size());
    }
    /// Sets fields of a device: what is told to it, not what it stored. A name is a path such as `Group name.Property`. Errors:
    /// status::invalid_argument without a field, and for one without a name.
    expected_t<answer> set_fields(const pairs &fields, const place &of = {}) const
    {
        return ask(byteport_client_set_fields, detail::text(of.name_space), detail::text(of.device), names(fields),
                   values(fields), fields.size());
    }
    /// The kinds of devices of a namespace as a list of objects: all, or the one of that id. The depth is 0 to 2.
    [[nodiscard]] expected_t<answer> device_types(std::optional<std::int64_t> id = {}, std::optional<std::int32_t> depth = {},
                                                  std::optional<std::string_view> name_space = {}) const
    {
        return ask(byteport_client_device_types, detail::text(name_space), detail::number(id), detail::number(depth));
    }
    /// The programs for a kind of device, which is named by its id, as a list of objects: all, or the one of that id.
    [[nodiscard]] expected_t<answer> firmwares(std::int64_t device_type, std::optional<std::int64_t> id = {},
                                               std::optional<std::string_view> name_space = {}) const
    {
        return ask(byteport_client_firmwares, detail::text(name_space), device_type, detail::number(id));
    }
    /// What the fields of a kind of device mean, as a list of objects; the arguments are those of firmwares().
    [[nodiscard]] expected_t<answer> field_definitions(std::int64_t device_type, std::optional<std::int64_t> id = {},
                                                       std::optional<std::string_view> name_space = {}) const
    {
        return ask(byteport_client_field_definitions, detail::text(name_space), device_type, detail::number(id));
    }
    /// Registers devices, and gives what the service answers: an object whose `registration_result` holds `devices`, each with `uid`
    /// and its secrets `access_key` and `reg_code`. Errors: status::not_allowed with the service's reason where it refuses.
    [[nodiscard]] expected_t<answer> register_devices(const registration &what,
                                                      std::optional<std::string_view> name_space = {}) const
    {
        return ask(byteport_client_register, detail::text(name_space), what.get());
    }
    /// Sends a text to a device, and gives the message as the service keeps it. Errors: status::invalid_argument for an empty text.
    expected_t<answer> send_message(std::string_view message, const place &of = {}) const
    {
        return ask(byteport_client_send_message, detail::text(of.name_space), detail::text(of.device), detail::text(message));
    }
    /// The messages that were sent to a device, as a list of objects, by their index: from the first to the last one, where 0 is the
    /// last one sent. Errors: status::invalid_argument for an index that is none.
    [[nodiscard]] expected_t<answer> messages(std::optional<std::int64_t> from = {}, std::optional<std::int64_t> to = {},
                                              const place &of = {}) const
    {
        return ask(byteport_client_messages, detail::text(of.name_space), detail::text(of.device),
                   detail::number(from), detail::number(to));
    }

    // ------------------------------------------------------------------------------------------------ loading, by login

    /// Writes an object to a file descriptor, from where it stands, in memory that does not grow with the object. The descriptor
    /// stays open, and must block. What was written before an error is no whole object. The answer's beginning comes within the
    /// total time-out; after that only the time without a byte is limited, by the same length.
    ///
    /// Errors: status::invalid_name; status::forbidden without login; status::file where it cannot be written;
    /// status::answer_too_large above the limit; status::stopped; status::invalid_value where what the library unpacks is damaged.
    expected_t<void> download_to_fd(download &what, int descriptor) const
    {
        return transfer(what, byteport_client_download_to_fd, what.get(), descriptor);
    }
    /// Writes an object to a file, which has its name only when it is whole and on the disk. A file that was there is replaced. Else
    /// as download_to_fd().
    expected_t<void> download_to_path(download &what, std::string_view path) const
    {
        return transfer(what, byteport_client_download_to_path, what.get(), detail::text(path));
    }
    /// Gives an object to a callback, piece by piece. Else as download_to_fd(). Errors also: status::invalid_argument for an empty
    /// callback.
    expected_t<void> download_to_callback(download &what, const data_callback &take) const
    {
        if (!take) {
            return detail::finish(detail::no_callback(), [] {});
        }
        detail::box<data_callback> boxed{take, what.slot_};
        return transfer(what, byteport_client_download_to_callback, what.get(), take_piece, static_cast<void *>(&boxed));
    }
    /// Finds the newest enabled firmware of the device's type, and fetches its image into the folder, going on with what an earlier
    /// call left of it. Size and MD5 digest find an image that is damaged on its way; they do not protect from an attacker: let the
    /// device check a signature of your own before it runs an image.
    ///
    /// Errors: status::not_found without such a device, or where it has no type; status::invalid_answer for an image whose path leads
    /// elsewhere, or that has no digest; status::answer_too_large above the largest size; status::integrity where size or digest is
    /// wrong; status::file where the folder fails; status::stopped.
    expected_t<void> fetch_firmware(firmware &what) const
    {
        return transfer(what, byteport_client_fetch_firmware, what.get());
    }

private:
    static detail::texts names(const pairs &given) { return {given, &pairs::value_type::first}; }
    static detail::texts values(const pairs &given) { return {given, &pairs::value_type::second}; }

    template <typename Function, typename... Arguments>
    expected_t<answer> ask(Function function, const Arguments &...arguments) const
    {
        byteport_result_t *said = nullptr;
        return detail::make<answer>(function, said, get(), arguments...);
    }

    /// A call that may call back: what a callback threw comes before what the call says of it.
    template <typename What, typename Function, typename... Arguments>
    expected_t<void> transfer(const What &what, Function function, const Arguments &...arguments) const
    {
        auto failure = detail::attempt(function, get(), arguments...);
        detail::rethrow(what.slot_);
        return detail::finish(std::move(failure), [] {});
    }

    static int take_piece(const std::uint8_t *data, std::size_t length, void *userdata) noexcept
    {
        auto &taker = detail::box<data_callback>::of(userdata);
        return taker.slot->run(1, [&] { return taker.callable(bytes(data, length)) ? 0 : 1; });
    }
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
