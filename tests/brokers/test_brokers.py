# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What every test that uses a broker stands on: logins, rights, TLS, one queue for both protocols."""

from __future__ import annotations

import socket
import ssl
import stat

import pytest

from broker import Broker, address
from peers import Mqtt, Stomp


def names(broker: Broker, user: str) -> list[str]:
    return [user, f"/:{user}", f"{broker.vhost}:{user}"]


def tls(broker: Broker, where: str, cert: str | None = None) -> ssl.SSLSocket:
    """A connection to a broker whose certificate was checked."""
    context = ssl.create_default_context(cafile=broker.ca)
    if cert:
        context.load_cert_chain(cert)
    host, port = address(where)
    return context.wrap_socket(socket.create_connection((host, port), 60), server_hostname=host)


def stomp(broker: Broker, connection: socket.socket, user: str = "", host: str = "/") -> Stomp:
    client = Stomp(connection)
    login = {"login": user or broker.user, "passcode": broker.password, "host": host}
    assert client.ask("CONNECT", accept_version="1.2", **login)[0] == "CONNECTED"
    return client


def test_every_user_name_is_let_in_with_its_password_alone(broker: Broker) -> None:
    for name in names(broker, broker.user) + names(broker, broker.limited) + names(broker, broker.reader):
        assert Mqtt(broker, name, broker.password).code == 0, name
        assert Mqtt(broker, name, broker.password + "x").code != 0, name
    assert Mqtt(broker, "nobody", broker.password).code != 0


def test_a_message_reaches_a_subscriber(broker: Broker) -> None:
    for name in names(broker, broker.user):
        reader = Mqtt(broker, name, broker.password)
        assert reader.subscribe("talk/here") == 1
        Mqtt(broker, name, broker.password).publish("talk/here", "a word")
        assert reader.receive(1) == [b"a word"]


def test_the_limited_user_publishes_to_its_own_topics_alone(broker: Broker) -> None:
    reader = Mqtt(broker, broker.user, broker.password)
    reader.subscribe(broker.queue)
    limited = Mqtt(broker, broker.limited, broker.password)
    assert limited.subscribe("limited/own") == 1
    limited.publish("limited/own", "allowed")
    assert limited.receive(1) == [b"allowed"]
    if broker.kind == "mosquitto":
        limited.publish(
            broker.queue, "not allowed"
        )  # acknowledged and dropped, as MQTT 3.1.1 has no other answer
    else:
        with pytest.raises(ConnectionError):
            limited.publish(broker.queue, "not allowed")
    Mqtt(broker, broker.user, broker.password).publish(broker.queue, "allowed")
    assert reader.receive(1) == [b"allowed"]


def test_the_reader_publishes_nothing(broker: Broker) -> None:
    device = Mqtt(broker, broker.user, broker.password)
    reader = Mqtt(broker, broker.reader, broker.password)
    for client in (device, reader):
        assert client.subscribe("talk/reader") == 1
    if broker.kind == "mosquitto":
        reader.publish("talk/reader", "not allowed")
    else:
        sent = reader.client.publish("talk/reader", "not allowed", qos=1)
        broker.wait_for_log(f"access to exchange 'amq.topic' in vhost '/' refused for user '{broker.reader}'")
        reader.client.loop(0.1)
        assert not sent.is_published()
    device.publish("talk/reader", "allowed")
    assert device.receive(1) == [b"allowed"]


def test_the_outsider_has_no_rights(mosquitto: Broker, rabbitmq: Broker) -> None:
    assert Mqtt(mosquitto, mosquitto.outsider, mosquitto.password).subscribe("talk/here") == 0x80
    assert Mqtt(rabbitmq, rabbitmq.outsider, rabbitmq.password).code != 0


def test_an_unknown_virtual_host_is_refused(broker: Broker) -> None:
    assert Mqtt(broker, f"nowhere:{broker.user}", broker.password).code != 0


def test_mqtt_over_tls(broker: Broker) -> None:
    assert Mqtt(broker, broker.user, broker.password, where=broker.mqtts).code == 0
    with tls(broker, f"127.0.0.1:{address(broker.mqtts)[1]}") as connection:
        names = {value for _, value in connection.getpeercert()["subjectAltName"]}
    assert names == {"localhost", "127.0.0.1"}


def test_a_listener_that_wants_a_certificate(mosquitto: Broker) -> None:
    client = Mqtt(
        mosquitto,
        mosquitto.user,
        mosquitto.password,
        where=mosquitto.mqtts_client,
        cert=mosquitto.client_cert,
    )
    assert client.code == 0
    with pytest.raises(ssl.SSLError, match="certificate required"):
        # TLS 1.3 tells of the refusal with the first read
        tls(mosquitto, mosquitto.mqtts_client).recv(1)


def test_stomp_and_stomp_over_tls(rabbitmq: Broker) -> None:
    for host in ("/", rabbitmq.vhost):
        for connection in (socket.create_connection(address(rabbitmq.stomp)), tls(rabbitmq, rabbitmq.stomps)):
            with stomp(rabbitmq, connection, host=host) as client:
                told = client.ask("SEND", "hello", destination="/topic/nobody", receipt="r1")
                assert told == ("RECEIPT", "receipt-id:r1\n\n")


def test_stomp_refuses(rabbitmq: Broker) -> None:
    for login in (
        {"login": rabbitmq.user, "passcode": "wrong", "host": "/"},
        {"login": rabbitmq.user, "passcode": rabbitmq.password, "host": "nowhere"},
        {"login": rabbitmq.outsider, "passcode": rabbitmq.password, "host": "/"},
    ):
        with Stomp(socket.create_connection(address(rabbitmq.stomp))) as client:
            assert client.ask("CONNECT", accept_version="1.2", **login)[0] == "ERROR", login
    for place in (f"/queue/{rabbitmq.queue}", "/topic/talk"):
        for user in (rabbitmq.limited, rabbitmq.reader):
            with stomp(rabbitmq, socket.create_connection(address(rabbitmq.stomp)), user) as client:
                told = client.ask("SEND", "no", destination=place, receipt="r1")
                assert told[0] == "ERROR", (user, place)


@pytest.mark.parametrize("vhost", ["/", "my_garage"])
def test_both_protocols_store_into_one_queue(rabbitmq: Broker, vhost: str) -> None:
    before = rabbitmq.depth(rabbitmq.queue, vhost)
    Mqtt(rabbitmq, f"{vhost}:{rabbitmq.user}", rabbitmq.password).publish(rabbitmq.queue, "by MQTT")
    place = f"/queue/{rabbitmq.queue}"
    with stomp(rabbitmq, socket.create_connection(address(rabbitmq.stomp)), host=vhost) as client:
        assert (
            client.ask("SEND", "by STOMP", destination=place, receipt="r1", persistent="true")[0] == "RECEIPT"
        )
        assert rabbitmq.depth(rabbitmq.queue, vhost) == before + 2
        frames = [client.ask("SUBSCRIBE", id="0", destination=place, ack="client-individual")]
        frames += [client.read() for _ in range(before + 1)]
        for command, text in frames:
            assert command == "MESSAGE"
            number = next(line[4:] for line in text.splitlines() if line.startswith("ack:"))
            client.connection.sendall(f"ACK\nid:{number}\n\n\0".encode())
        bodies = [text.partition("\n\n")[2] for _, text in frames]
        assert bodies[-2:] == ["by MQTT", "by STOMP"]
        assert client.ask("DISCONNECT", receipt="r2")[0] == "RECEIPT"
    assert rabbitmq.depth(rabbitmq.queue, vhost) == 0


def test_nothing_in_the_folder_is_for_others(broker: Broker) -> None:
    paths = [broker.folder, *broker.folder.rglob("*")]
    assert len(paths) > 10
    open_to_others = [path for path in paths if path.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    assert open_to_others == []
