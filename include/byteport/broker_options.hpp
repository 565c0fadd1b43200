// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The settings of a broker's client.
#ifndef BYTEPORT_BROKER_OPTIONS_HPP
#define BYTEPORT_BROKER_OPTIONS_HPP

#include "time.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// The settings of a broker's client. Everything but the login has a default. For one thread at a time. Each setter gives this
/// object, so that calls can be chained; one that fails changes nothing, and fails with status::invalid_argument; broker::open()
/// checks what the setters do not.
class broker_options : public detail::handle<byteport_broker_options_t, byteport_broker_options_free> {
public:
    using handle::handle;

    /// For the service's broker that speaks this protocol, each setting at its default.
    [[nodiscard]] static expected_t<broker_options> of(protocol speaks)
    {
        byteport_broker_options_t *made = nullptr;
        return detail::make<broker_options>(byteport_broker_options_new, made, speaks);
    }
    /// For the broker at an address: `mqtt://HOST`, `mqtts://HOST`, `stomp://HOST` or `stomps://HOST`, with `:PORT` or without. Login and
    /// password are no part of it. Errors: status::invalid_argument for another scheme, or none.
    [[nodiscard]] static expected_t<broker_options> from_url(std::string_view url)
    {
        byteport_broker_options_t *made = nullptr;
        return detail::make<broker_options>(byteport_broker_options_from_url, made, detail::text(url));
    }

    /// Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with the protocol's scheme before it or not. Default: the service's own.
    /// Without a scheme, a loopback host is called plainly, every other by TLS.
    expected_t<broker_options &> set_host(std::string_view host)
    {
        return detail::call_on(*this, byteport_broker_options_set_host, detail::text(host));
    }
    /// Connects by TLS, or not, where the host's text names no scheme.
    expected_t<broker_options &> set_tls(bool tls) { return detail::call_on(*this, byteport_broker_options_set_tls, tls); }
    /// Sets the namespace of the device and of all readings.
    expected_t<broker_options &> set_namespace(std::string_view name)
    {
        return detail::call_on(*this, byteport_broker_options_set_namespace, detail::text(name));
    }
    /// Sets the device's UID: the device is sent messages, and stores readings that name no other.
    expected_t<broker_options &> set_device(std::string_view uid)
    {
        return detail::call_on(*this, byteport_broker_options_set_device, detail::text(uid));
    }
    /// Sets the broker login, which is not the one of the web pages, and its password, which appears in no log message and no error
    /// text.
    expected_t<broker_options &> set_login(std::string_view login, std::string_view password)
    {
        return detail::call_on(*this, byteport_broker_options_set_login, detail::text(login), detail::text(password));
    }
    /// Sets the virtual host. Default: the namespace for MQTT, `/` for STOMP.
    expected_t<broker_options &> set_vhost(std::string_view vhost)
    {
        return detail::call_on(*this, byteport_broker_options_set_vhost, detail::text(vhost));
    }
    /// Sets the MQTT client identifier, by which the broker knows the session again; a second client with the same takes the first one's
    /// place. Default: `NAMESPACE.UID`.
    expected_t<broker_options &> set_client_id(std::string_view client_id)
    {
        return detail::call_on(*this, byteport_broker_options_set_client_id, detail::text(client_id));
    }
    /// Sets whether the broker forgets the session when the connection ends: what is sent to the device meanwhile is lost then, and no
    /// client identifier is needed. MQTT only. Default: no.
    expected_t<broker_options &> set_clean_session(bool clean)
    {
        return detail::call_on(*this, byteport_broker_options_set_clean_session, clean);
    }
    /// Sets whether the broker confirms what is published. Without it nobody knows whether anything arrives. Default: yes.
    expected_t<broker_options &> set_confirm(bool confirm)
    {
        return detail::call_on(*this, byteport_broker_options_set_confirm, confirm);
    }
    /// Sets from which kind of STOMP destination the device's messages come. Default: channel::topic.
    expected_t<broker_options &> set_channel(channel kind)
    {
        return detail::call_on(*this, byteport_broker_options_set_channel, kind);
    }
    /// Adds an MQTT topic filter or STOMP destination to those that are listened to from the start. With at least one, the device's own
    /// messages are listened to only where broker::subscribe() says so.
    expected_t<broker_options &> add_destination(std::string_view destination)
    {
        return detail::call_on(*this, byteport_broker_options_add_destination, detail::text(destination));
    }
    /// Sets the last will: what the broker publishes, confirmed, when this client is gone without a farewell; `retain` has the broker
    /// keep it for those who subscribe later. MQTT only.
    expected_t<broker_options &> set_will(std::string_view topic, bytes data, bool retain)
    {
        return detail::call_on(*this, byteport_broker_options_set_will, detail::text(topic), data.data(), data.size(), retain);
    }
    /// Connects through a proxy, written as for options::set_proxy(). Default: directly.
    expected_t<broker_options &> set_proxy(std::string_view url)
    {
        return detail::call_on(*this, byteport_broker_options_set_proxy, detail::text(url));
    }
    /// Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS connection is
    /// made; then an unreadable one is status::tls.
    expected_t<broker_options &> set_ca_file(std::string_view path)
    {
        return detail::call_on(*this, byteport_broker_options_set_ca_file, detail::text(path));
    }
    /// Names a PEM file with the certificate that this client shows to the broker, the rest of its chain, and its private key.
    expected_t<broker_options &> set_client_cert(std::string_view path)
    {
        return detail::call_on(*this, byteport_broker_options_set_client_cert, detail::text(path));
    }
    /// Sets whether a connection that is lost, or cannot be made, is made again by itself, and what was not confirmed sent again.
    /// Otherwise it is made when something is published, and fails that where it cannot be made. Default: yes.
    expected_t<broker_options &> set_reconnect(bool reconnect)
    {
        return detail::call_on(*this, byteport_broker_options_set_reconnect, reconnect);
    }
    /// Sets the longest time for making a connection, login included, above 0. Default: 10 s.
    expected_t<broker_options &> set_connect_timeout(std::chrono::milliseconds timeout)
    {
        return detail::call_on(*this, byteport_broker_options_set_connect_timeout_ms, detail::ms32(timeout));
    }
    /// Sets how long a call waits for the broker's answer at the most, above 0. Default: 30 s.
    expected_t<broker_options &> set_timeout(std::chrono::milliseconds timeout)
    {
        return detail::call_on(*this, byteport_broker_options_set_timeout_ms, detail::ms32(timeout));
    }
    /// Sets how often a sign of life goes each way at the least, up to 65,535 s; 0 for never. Default: 60 s.
    expected_t<broker_options &> set_keep_alive(std::chrono::milliseconds interval)
    {
        return detail::call_on(*this, byteport_broker_options_set_keep_alive_ms, detail::ms32(interval));
    }
    /// Sets the largest message that is taken, in bytes; not 0. A broker that announces a larger one is left. Default: 16 MiB.
    expected_t<broker_options &> set_max_message(std::size_t size)
    {
        return detail::call_on(*this, byteport_broker_options_set_max_message, size);
    }
    /// Sets how long, in bytes, what broker::store_all() publishes at once may be where it holds more than one reading. Default: 128 KiB.
    expected_t<broker_options &> set_max_list(std::size_t size)
    {
        return detail::call_on(*this, byteport_broker_options_set_max_list, size);
    }
    /// Sets how many publications may wait for the broker's answer at once, 1 to 65,535. Default: 1,000.
    expected_t<broker_options &> set_max_in_flight(std::size_t count)
    {
        return detail::call_on(*this, byteport_broker_options_set_max_in_flight, count);
    }
    /// Sets how many messages the broker delivers before it is told what became of the first; not 0. STOMP only, and only RabbitMQ heeds
    /// it. Default: 100.
    expected_t<broker_options &> set_prefetch(std::size_t count)
    {
        return detail::call_on(*this, byteport_broker_options_set_prefetch, count);
    }
    /// Sets how old messages may be when they arrive: older ones are counted and not handed on. Default: unlimited.
    expected_t<broker_options &> set_max_age(std::chrono::milliseconds age)
    {
        return detail::call_on(*this, byteport_broker_options_set_max_age_ms, detail::ms64(age));
    }
    /// Sets how far in the future a message's time may be when it arrives: others are counted and not handed on. Default: unlimited.
    expected_t<broker_options &> set_max_ahead(std::chrono::milliseconds ahead)
    {
        return detail::call_on(*this, byteport_broker_options_set_max_ahead_ms, detail::ms64(ahead));
    }
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
