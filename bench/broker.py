# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Publishing by MQTT at QoS 1 to Mosquitto: small payloads, all acknowledged, over the loopback.

From C: libbyteport beside paho's asynchronous client, with the same window of unacknowledged messages, and one by one.
From Python: the Byteport client beside paho-mqtt, in the same two ways.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

from common import BUILD, ROOT, ROUNDS, Round, median, once, ratio, verdict

sys.path.insert(0, str(ROOT / "tests" / "brokers"))
from broker import Broker

COUNT = int(os.environ.get("BENCH_PUBLISHED", "50000"))
#: Of those that are published one by one, each after the acknowledgement of the one before.
FEW = COUNT // 20
WINDOW = 1000
PYTHON_GOAL, C_GOAL = 5.0, 1.0


def payload(i: int) -> str:
    """What the C programs publish."""
    return f"number={i};temp=20.25;state=rolling;"


def byteport(broker: list[str], count: int, window: int) -> Callable[[], None]:
    """What publishes so many with the Byteport client."""
    from byteport.mqtt_client import ByteportMQTTClient

    host, user, password = broker
    client = ByteportMQTTClient(
        "bench", "device", user, password, host, explicit_vhost="/", clean_session=True
    )

    def publish() -> None:
        for i in range(count):
            client.publish("bench", payload(i), wait=window == 1)
        if client.flush(60):
            raise RuntimeError("not all are acknowledged")

    return publish


def paho(broker: list[str], count: int, window: int) -> Callable[[], None]:
    """The same with paho-mqtt."""
    from paho.mqtt.client import CallbackAPIVersion, Client

    address, user, password = broker
    host, _, port = address.partition(":")
    client = Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(f"/:{user}", password)
    client.max_inflight_messages_set(window)
    client.max_queued_messages_set(0)
    client.connect(host, int(port))
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.001)

    def publish() -> None:
        if window == 1:
            for i in range(count):
                client.publish("bench", payload(i), qos=1).wait_for_publish(60)
            return
        published = [client.publish("bench", payload(i), qos=1) for i in range(count)]
        for one in published:
            one.wait_for_publish(60)

    return publish


WORKERS = {"byteport": byteport, "paho-mqtt": paho}


def work(name: str, broker: list[str], count: int, window: int) -> None:
    """Runs one Python client and prints what it took."""
    publish = WORKERS[name](broker, count, window)
    wall, cpu = time.perf_counter(), time.process_time()
    publish()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"calls": count, "wall": wall / count, "cpu": cpu / count}), flush=True)
    os._exit(0)


def one_round(broker: list[str]) -> Round:
    """Each client once, in both ways."""
    results: Round = {}
    for way, count, window in (("window", COUNT, WINDOW), ("one by one", FEW, 1)):
        for name in ("broker_byteport", "broker_paho"):
            figures = once([str(BUILD / name), *broker, str(count), str(window)])
            for what in ("wall", "cpu"):
                figures[what] = float(str(figures[what])) / count
            results[f"C {name.removeprefix('broker_')}, {way}"] = figures
        for name in WORKERS:
            command = [sys.executable, __file__, name, *broker, str(count), str(window)]
            results[f"Python {name}, {way}"] = once(command)
    return results


def report(rounds: list[Round]) -> None:
    """Messages per second, and the ratios."""
    print(f"\n{ROUNDS} rounds; QoS 1 to Mosquitto, medians")
    for way in ("window", "one by one"):
        for language, peer, goal in (("C", "paho", C_GOAL), ("Python", "paho-mqtt", PYTHON_GOAL)):
            ours, theirs = f"{language} byteport, {way}", f"{language} {peer}, {way}"
            faster, cpu = (ratio(rounds, theirs, ours, what) for what in ("wall", "cpu"))
            rates = [1 / median(rounds, name, "wall") for name in (ours, theirs)]
            print(
                f"{ours}: {rates[0]:,.0f} a second, {peer} {rates[1]:,.0f}; ratio {faster:.2f}, goal {goal}  "
                f"{verdict(faster >= goal)}; CPU {cpu:.2f}"
            )


def main() -> None:
    """Without arguments: everything. With NAME HOST USER PASSWORD COUNT WINDOW: one Python client."""
    if len(sys.argv) > 1:
        name, host, user, password, count, window = sys.argv[1:]
        work(name, [host, user, password], int(count), int(window))
        return
    rounds = []
    with Broker("mosquitto") as broker:
        for i in range(ROUNDS):
            rounds.append(one_round([broker.mqtt, broker.user, broker.password]))
            print(f"round {i + 1} of {ROUNDS} done", flush=True)
    report(rounds)


if __name__ == "__main__":
    main()
