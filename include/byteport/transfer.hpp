// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What is loaded from the service piece by piece: stored objects, and programs for devices.
#ifndef BYTEPORT_TRANSFER_HPP
#define BYTEPORT_TRANSFER_HPP

#include "callback.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// Which device a call is about: the client's own, and in the client's own namespace, unless named.
struct place {
    std::optional<std::string_view> name_space = std::nullopt;
    std::optional<std::string_view> device = std::nullopt;
};

/// Takes one piece of an object, which is gone when it returns. It is called on the thread of the call; it must not use the
/// download. It returns true to go on, and false to end the call with status::stopped. What it throws ends the call, too, and is
/// thrown by it.
using data_callback = std::function<bool(bytes piece)>;

/// Which stored object is loaded and how; and, after a call that succeeded, what came. For one thread at a time. A setter that fails
/// changes nothing, and fails with status::invalid_argument.
class download : public detail::handle<byteport_download_t, byteport_download_free> {
public:
    /// Of nothing.
    download() : handle(byteport_download_new()) {}

    /// Sets which object is loaded: its field, and the `r` of its point in the service's answer; byteport-server takes `latest`, too.
    expected_t<download &> set_value(std::string_view field, std::string_view reference, const place &of = {})
    {
        return detail::call_on(*this, byteport_download_set_value, detail::text(of.name_space), detail::text(of.device),
                               detail::text(field), detail::text(reference));
    }
    /// Sets what is undone of the encoding and where. Default: unpack::there.
    expected_t<download &> set_unpack(unpack what) { return detail::call_on(*this, byteport_download_set_unpack, what); }
    /// Sets the most bytes that are written; above it is status::answer_too_large. Default: any number. A few compressed bytes can
    /// stand for gigabytes.
    expected_t<download &> set_limit(std::uint64_t size)
    {
        return detail::call_on(*this, byteport_download_set_limit, size);
    }
    /// Sets who is told as the bytes come in, which are those of the transfer: more or fewer than are written where the library
    /// unpacks them. An empty callback is for nobody.
    expected_t<download &> set_progress(progress_callback callback)
    {
        return detail::set_progress(*this, byteport_download_set_progress, std::move(callback), slot_);
    }

    /// How many bytes the last call that succeeded has written; 0 before.
    [[nodiscard]] std::uint64_t size() const noexcept { return byteport_download_bytes(get()); }
    /// The file name that the service proposed in the last call that succeeded: a name only, without folders, control characters and
    /// points at its beginning. The text belongs to the download and is gone after its next call.
    [[nodiscard]] std::optional<std::string_view> file_name() const noexcept
    {
        return detail::optional_text(byteport_download_file_name(get()));
    }

private:
    friend class client;
    std::shared_ptr<detail::exception_slot> slot_ = std::make_shared<detail::exception_slot>();
};

/// Which device asks for a new program, and where its image is to be put; and, after a call that succeeded, what came of it. For one
/// thread at a time. A setter that fails changes nothing, and fails with status::invalid_argument.
class firmware : public detail::handle<byteport_firmware_t, byteport_firmware_free> {
public:
    /// Of the client's own device.
    firmware() : handle(byteport_firmware_new()) {}

    /// Sets for which device a program is fetched.
    expected_t<firmware &> set_device(const place &of)
    {
        return detail::call_on(*this, byteport_firmware_set_device, detail::text(of.name_space), detail::text(of.device));
    }
    /// Sets the folder in which the image is put, by the name that it has on the server. It must be there.
    expected_t<firmware &> set_folder(std::string_view path)
    {
        return detail::call_on(*this, byteport_firmware_set_folder, detail::text(path));
    }
    /// Sets the path under which the server has its images; it begins and ends with `/`. Default: `/media/`.
    expected_t<firmware &> set_media_prefix(std::string_view prefix)
    {
        return detail::call_on(*this, byteport_firmware_set_media_prefix, detail::text(prefix));
    }
    /// Sets the version that the device runs, which is not fetched again; nothing for none, which is the default.
    expected_t<firmware &> set_current_version(std::optional<std::string_view> running)
    {
        return detail::call_on(*this, byteport_firmware_set_current_version, detail::text(running));
    }
    /// Sets the largest image that is fetched, in bytes. Default: 1 GiB.
    expected_t<firmware &> set_max_size(std::uint64_t size)
    {
        return detail::call_on(*this, byteport_firmware_set_max_size, size);
    }
    /// Sets whether an image is fetched that has no digest, and so cannot be checked. Default: no.
    expected_t<firmware &> set_allow_unchecked(bool allow)
    {
        return detail::call_on(*this, byteport_firmware_set_allow_unchecked, allow);
    }
    /// Sets who is told as the image comes in, what an earlier call left of it included. An empty callback is for nobody.
    expected_t<firmware &> set_progress(progress_callback callback)
    {
        return detail::set_progress(*this, byteport_firmware_set_progress, std::move(callback), slot_);
    }

    /// What came of the last call that succeeded; firmware_outcome::not_asked before.
    [[nodiscard]] firmware_outcome outcome() const noexcept
    {
        return static_cast<firmware_outcome>(byteport_firmware_outcome(get()));
    }
    /// The version of the newest firmware, by the last call that succeeded; nothing where there is none or it has no version, and
    /// before. The text belongs to the request and is gone after its next call.
    [[nodiscard]] std::optional<std::string_view> version() const noexcept
    {
        return detail::optional_text(byteport_firmware_version(get()));
    }
    /// The image's path in the folder, by the last call that succeeded; nothing where the image is not there, as the device runs that
    /// version, and before. The text belongs to the request and is gone after its next call.
    [[nodiscard]] std::optional<std::string_view> path() const noexcept
    {
        return detail::optional_text(byteport_firmware_path(get()));
    }
    /// How many bytes came over the network in the last call that succeeded: fewer than the image has where an earlier one had begun.
    [[nodiscard]] std::uint64_t received() const noexcept { return byteport_firmware_received(get()); }

private:
    friend class client;
    std::shared_ptr<detail::exception_slot> slot_ = std::make_shared<detail::exception_slot>();
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
