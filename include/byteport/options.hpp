// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The settings of a client.
#ifndef BYTEPORT_OPTIONS_HPP
#define BYTEPORT_OPTIONS_HPP

#include "time.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// The settings of a client, with a default for each. For one thread at a time. Each setter gives this object, so that calls can
/// be chained; one that fails changes nothing, and fails with status::invalid_argument unless it says otherwise.
class options : public detail::handle<byteport_options_t, byteport_options_free> {
public:
    /// Each setting at its default.
    options() : handle(byteport_options_new()) {}

    /// Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with `http://` or `https://` before it or not. Default:
    /// `api.byteport.se`. Without a scheme, a loopback host is called by http, every other by https. client::open() checks it.
    expected_t<options &> set_host(std::string_view host)
    {
        return detail::call_on(*this, byteport_options_set_host, detail::text(host));
    }
    /// Calls by https, or by http, where the host's text names no scheme.
    expected_t<options &> set_https(bool https) { return detail::call_on(*this, byteport_options_set_https, https); }
    /// Sets the namespace that is stored to. Errors: status::invalid_name.
    expected_t<options &> set_namespace(std::string_view name)
    {
        return detail::call_on(*this, byteport_options_set_namespace, detail::text(name));
    }
    /// Sets the API key: the namespace's write key or the device's access key. It must not be empty. It appears in no log message
    /// and no error text.
    expected_t<options &> set_key(std::string_view key)
    {
        return detail::call_on(*this, byteport_options_set_key, detail::text(key));
    }
    /// Sets the UID of the device that stores where a call names no other. Errors: status::invalid_name.
    expected_t<options &> set_device(std::string_view uid)
    {
        return detail::call_on(*this, byteport_options_set_device, detail::text(uid));
    }
    /// Connects through a proxy, whatever the environment says: `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]` with the scheme `http`,
    /// `socks4`, `socks4a` or `socks5`, user and password percent-encoded where need be.
    expected_t<options &> set_proxy(std::string_view url)
    {
        return detail::call_on(*this, byteport_options_set_proxy, detail::text(url));
    }
    /// Connects directly, whatever the environment says.
    expected_t<options &> set_no_proxy() { return detail::call_on(*this, byteport_options_set_no_proxy); }
    /// Sets the longest time for making a connection, above 0. Default: 10 s.
    expected_t<options &> set_connect_timeout(std::chrono::milliseconds timeout)
    {
        return detail::call_on(*this, byteport_options_set_connect_timeout_ms, detail::ms32(timeout));
    }
    /// Sets the longest time for a whole call, connecting included, above 0. Default: 30 s.
    expected_t<options &> set_timeout(std::chrono::milliseconds timeout)
    {
        return detail::call_on(*this, byteport_options_set_timeout_ms, detail::ms32(timeout));
    }
    /// Sets the largest answer that is taken, in bytes, above 0; a larger one is status::answer_too_large. Default: 64 MiB.
    expected_t<options &> set_max_answer(std::uint64_t size)
    {
        return detail::call_on(*this, byteport_options_set_max_answer, size);
    }
    /// Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS
    /// connection is made; then an unreadable one is status::tls.
    expected_t<options &> set_ca_file(std::string_view path)
    {
        return detail::call_on(*this, byteport_options_set_ca_file, detail::text(path));
    }
    /// Names a PEM file with the certificate that this client shows to the service, the rest of its chain, and its private key. It
    /// is read as set_ca_file() says.
    expected_t<options &> set_client_cert(std::string_view path)
    {
        return detail::call_on(*this, byteport_options_set_client_cert, detail::text(path));
    }
    /// Sets how readings are stored. Default: method::post.
    expected_t<options &> set_store_method(method how)
    {
        return detail::call_on(*this, byteport_options_set_store_method, how);
    }
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
