# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every example and every C test program: compiled as C99 and as C++17, run plain, under valgrind and with ASan."""

import base64
import json
import re
from urllib.parse import parse_qsl

import capi
import pytest
from recorders import Request

PROGRAMS = ["null", "manage_null", "behaviour", "answers", "transfers", "threads", "fork"]
PROGRAMS += ["outbox", "outbox_null", "outbox_events", "outbox_fork", "outbox_threads", "broker_null"]
# Children of these end with an open outbox whose threads are gone: what only they pointed to is no leak, but looks like one.
# The other programs check what these do for leaks.
LEAVING = {"outbox_events", "outbox_fork"}

# The examples, each with arguments that are no wrong use.
EXAMPLES = {
    "store": [],
    "machine": ["1"],
    "read": ["ns", "dev", "field"],
    "log": ["m"],
    "manage": ["ns"],
    "register": ["ns", "1", "dev", "a device"],
    "message": ["ns", "dev", "send", "hello"],
    "statistics": ["ns", "dev", "field", "7"],
    "pages": ["ns", "dev", "field", "2015-05-01"],
    "download": ["ns", "dev", "field", "1", "file"],
    "firmware": ["ns", "dev", "."],
}
every_build = pytest.mark.parametrize("build", capi.BUILDS, indirect=True)
# ASan looks for leaks as valgrind does, at a tenth of its time: enough where programs of tests/c make these calls, too.
both_builds = pytest.mark.parametrize("build", ["c99", "asan"], indirect=True)


def ok(done) -> str:
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def passed(done, program: str) -> None:
    """A test program ended well; neither it nor the library has said anything else."""
    assert re.fullmatch(rf"{program}: [1-9]\d* checks, 0 failed\n", ok(done)), done.stdout
    # but for valgrind, of a child that is killed
    assert not [line for line in done.stderr.splitlines() if not line.startswith("==")], done.stderr


def read_back(build, settings, work, field, *span) -> list[list[str]]:
    """A field's points as times and values, by the example that reads."""
    program = build.compile(capi.EXAMPLES / "read.c", work)
    where = (settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], field)
    return [line.split("\t") for line in ok(build.run(program, *where, *span, env=settings)).splitlines()]


def test_every_program_is_run_here():
    programs = {path.stem for path in capi.HERE.glob("*.c")}
    brokers = {
        "broker",
        "broker_listen",
        "broker_fork",
        "broker_outbox",
        "broker_restart",
    }  # in test_c_broker.py
    citizens = {
        "signals",
        "exits",
        "many",
        "descriptors",
        "unload",
        "locales",
        "limits",
        "stack",
    }  # in test_c_citizen.py
    others = {"settings", "broken", "idle", "sequence"}  # the last one in test_c_sequence.py
    assert programs == {*PROGRAMS, *brokers, *citizens, *others}


@every_build
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program, build, settings, vector_table, tmp_path):
    path = build.compile(capi.HERE / f"{program}.c", tmp_path, vectors=vector_table)
    if program in LEAVING:
        build.wrapper = [part.replace("leak-check=full", "leak-check=no") for part in build.wrapper]
    passed(build.run(path, env=settings), program)


# valgrind and ASan wake threads of their own accord
@pytest.mark.parametrize("build", ["c99"], indirect=True)
def test_idle(build, settings, tmp_path):
    program = build.compile(capi.HERE / "idle.c", tmp_path)
    passed(build.run(program, env=settings), "idle")


def store(device: str, fields: str = "", method: str = "POST", time: str = "1430438400.012345"):
    """What a store of settings.c looks like on the wire; without a time, the server takes its own."""
    form = {"_key": "a-key", **({"_ts": time} if time else {}), **dict(parse_qsl(fields))}
    query, form = (form, {}) if method == "GET" else ({}, form)
    return Request(method, f"/api/v1/timeseries/ns/{device}/", query, form)


def ask(method: str, where: str):
    return Request(method, where, {}, {})


@every_build
def test_settings(build, recording, tmp_path):
    servers, env = recording
    program = build.compile(capi.HERE / "settings.c", tmp_path)
    assert re.fullmatch(r"settings: [1-9]\d* checks, 0 failed\n", ok(build.run(program, env=env)))
    came = {name: server.requests for name, server in servers.items()}
    direct = env["BYTEPORT_DIRECT"]
    # two clients call at once: either may be first
    assert sorted(came["plain"][-4:-1]) == [store("barrier"), store("hasty"), store("patient")]
    assert came["plain"][:-4] == [
        store("dev-1", "x=1"),
        store("dev-2", "x=2"),
        store("dev-2", "x=3", time=""),
        store("dev-2", "x=4", time="-0.000001"),
        store("by-get", "x=1", method="GET"),
        store("by-post", "x=1"),
        store("by-http"),
        store("direct"),
        store("limited"),
        ask("GET", "/api/v1/timeseries/ns/limited/x/"),
        ask("GET", "/api/v1/timeseries/ns/limited/x/"),
    ]
    assert came["plain"][-1] == store("done")
    assert came["tls"] == [store("by-https")]
    assert servers["tls"].first_bytes == [b"\x16", b"\x16"]  # a TLS handshake, with the CA file and without
    assert came["env_proxy"] == [ask("CONNECT", direct), store("by-environment")]
    assert came["proxy"][:4] == [
        ask("CONNECT", "device.invalid:80"),
        store("by-connect"),
        ask("SOCKS5", "device.invalid:8000"),
        store("by-socks5"),
    ]
    connects = [request for request in came["proxy"][4:] if request.method == "CONNECT"]
    names = ("barrier", "done", "hasty", "patient")
    assert sorted(connects) == [ask("CONNECT", f"{name}.invalid:80") for name in names]
    stored = [request for request in came["proxy"][4:] if request.method != "CONNECT"]
    assert sorted(stored) == [store(name) for name in names if name != "hasty"]


@pytest.mark.parametrize("build", ["c99"], indirect=True)
def test_static_library(build, settings, tmp_path):
    path = build.compile(capi.HERE / "null.c", tmp_path, static=True)
    ok(build.run(path, env=settings))


@every_build
def test_example_store(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "store.c", tmp_path)
    assert ok(build.run(program, env=settings)) == ""
    [[_, load]] = read_back(build, settings, tmp_path, "load1")
    assert float(load) >= 0


@every_build
def test_example_machine(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "machine.c", tmp_path)
    assert ok(build.run(program, "2", env=settings)) == ""
    assert len(ok(build.run(program, "-v", "1", env=settings)).splitlines()) == 1
    fields = ["load1", "load5", "load15", "mem_total_bytes", "mem_used_bytes", "net_rx_bytes", "net_tx_bytes"]
    series = {name: read_back(build, settings, tmp_path, name) for name in fields}
    assert {len(points) for points in series.values()} == {3}
    assert len({tuple(time for time, _ in points) for points in series.values()}) == 1
    used, total = float(series["mem_used_bytes"][0][1]), float(series["mem_total_bytes"][0][1])
    assert 0 < used < total


@every_build
def test_example_log(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "log.c", tmp_path)
    done = build.run(program, "tab\there, back\\slash", env=settings)
    assert ok(done) == ""
    assert re.search(r"^debug byteport::http: .*: 200$", done.stderr, re.MULTILINE)
    assert re.search(r"^[1-9]\d* messages$", done.stderr, re.MULTILINE)
    assert settings["BYTEPORT_KEY"] not in done.stderr
    for level in ("debug", "info", "warn", "error"):
        [[_, text]] = read_back(build, settings, tmp_path, level)
        assert text == "tab\\x09here, back\\x5cslash"


def example(build, work, name, settings, *arguments) -> str:
    """What an example prints."""
    return ok(build.run(build.compile(capi.EXAMPLES / f"{name}.c", work), *arguments, env=settings))


def answers(printed: str) -> dict:
    """The JSON answers that an example prints, by their names."""
    return {name: json.loads(text) for name, text in (line.split("\t") for line in printed.splitlines())}


@every_build
def test_example_manage(build, settings, tmp_path):
    namespace = settings["BYTEPORT_NAMESPACE"]
    said = answers(example(build, tmp_path, "manage", settings, namespace))
    assert [one["name"] for one in said["namespace"]] == [namespace]
    [seeded] = [device for device in said["devices"] if device["uid"] == "seeded-1"]
    assert seeded["device_type"]["name"] == "thermometer"
    assert said["session"]
    matches = said["matches"]["data"]
    assert 0 < len(matches) <= 10
    assert all(device["uid"] for device in matches)
    found = said["found"]["data"]
    assert 0 < len(found) <= 10
    assert all(guid.startswith(f"{namespace}.") for guid in found)
    [kind] = said["types"]
    said = answers(example(build, tmp_path, "manage", settings, namespace, str(kind["id"])))
    assert [field["name"] for field in said["fields"]] == ["temperature"]
    assert {firmware["version"] for firmware in said["firmwares"]} == {"1.0", "2.0", "3.0"}


@every_build
def test_example_register(build, settings, tmp_path):
    namespace, uid = settings["BYTEPORT_NAMESPACE"], f"{settings['BYTEPORT_DEVICE']}-r"
    said = answers(example(build, tmp_path, "register", settings, namespace, "1", uid, "by the door"))
    [device] = said["registered"]["registration_result"]["devices"]
    assert device["uid"] == uid
    assert device["access_key"]
    assert len(device["reg_code"]) == 8
    [configured] = [said["configured"]] if isinstance(said["configured"], dict) else said["configured"]
    assert (configured["uid"], configured["description"]) == (uid, "by the door")
    several = answers(
        example(build, tmp_path, "register", settings, namespace, "1", f"{uid.replace('-', '_')}_08-10", "")
    )
    assert len(several["registered"]["registration_result"]["devices"]) == 3
    program = tmp_path / "register"
    again = build.run(program, namespace, "1", uid, "x", env=settings)
    assert again.returncode == 1
    assert "the service did not register" in again.stderr


@every_build
def test_example_message(build, settings, tmp_path):
    example(build, tmp_path, "store", settings)  # the device is known from here on
    where = settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"]
    said = answers(example(build, tmp_path, "message", settings, *where, "send", "hello, cart"))
    [kept] = said["messages"]
    [packet] = json.loads(kept["message"])
    assert packet["data"] == "hello, cart"
    said = answers(example(build, tmp_path, "message", settings, *where, "set", "Lights.Front", "on"))
    assert said["set"]["set_fields"] == {"Lights.Front": "on"}


@every_build
def test_example_statistics(build, settings, tmp_path):
    example(build, tmp_path, "store", settings)
    where = settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], "load1"
    said = answers(example(build, tmp_path, "statistics", settings, *where, "7"))
    [[_, count, percent]] = said["statistics"]["daily_activity"]
    assert (float(count), float(percent)) == (1, 100)
    assert float(said["value"]["value"]) >= 0
    [group] = said["distances"]["distances"]
    assert group["dist"] is not None


@every_build
def test_example_pages(build, settings, tmp_path):
    example(build, tmp_path, "machine", settings, "3")
    where = settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], "mem_total_bytes"
    printed = example(build, tmp_path, "pages", settings, *where, "2015-05-01")
    assert re.fullmatch(r"3 points, 3 numbers, [1-3] pages, mean [1-9][0-9.e+]*\n", printed)
    nothing = example(build, tmp_path, "pages", settings, *where, "2015-05-01", "2015-05-02")
    assert nothing == "0 points, 0 numbers, 0 pages, mean 0\n"


@every_build
def test_example_download(build, settings, tmp_path):
    example(
        build, tmp_path, "log", settings, base64.b64encode(b"an object").decode()
    )  # base64 text in the field `info`
    where = settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], "info", "latest"
    assert example(build, tmp_path, "download", settings, *where, "-") == "an object"
    assert example(build, tmp_path, "download", settings, *where, "object.bin") == ""
    assert (tmp_path / "object.bin").read_bytes() == b"an object"


@every_build
def test_example_firmware(build, settings, tmp_path):
    where = settings["BYTEPORT_NAMESPACE"], "seeded-1"
    folder = tmp_path / "images"
    folder.mkdir()
    printed = example(build, tmp_path, "firmware", settings, *where, str(folder))
    path = re.fullmatch(r"version 2.0 is in (.+)\n", printed)[1]
    assert list(folder.iterdir()) == [folder / path]
    assert (folder / path).read_bytes() == capi.IMAGES["thermometer-2.0.bin"]
    again = example(build, tmp_path, "firmware", settings, *where, str(folder))
    assert again == f"version 2.0 is the newest, {path}\n"
    runs = example(build, tmp_path, "firmware", settings, *where, str(folder), "2.0")
    assert runs == "version 2.0 is the newest, and runs\n"


@every_build
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_say_what_is_wrong(example, build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / f"{example}.c", tmp_path)
    arguments = EXAMPLES[example]
    gone = {**settings, "BYTEPORT_HOST": settings["BYTEPORT_GONE"]}
    done = build.run(program, *arguments, env=gone)
    assert done.returncode == 1
    assert f"{example}: no connection to 127.0.0.1:" in done.stderr
    for secret in ("BYTEPORT_KEY", "BYTEPORT_PASSWORD"):
        assert settings[secret] not in done.stderr
    assert build.run(program, *arguments, env={}).returncode == 2


@pytest.mark.parametrize("build", ["asan"], indirect=True)
def test_address_sanitizer_is_really_in(build, tmp_path):
    program = build.compile(capi.HERE / "broken.c", tmp_path)
    nm = capi.tool("nm")
    assert "__asan_report_load" in capi.must(
        [nm, "-D", "--undefined-only", build.libraries / "libbyteport.so"]
    )
    assert "__asan_init" in capi.must([nm, "--undefined-only", program])
    ok(build.run(program, env={}))
    for what, report in {
        "overflow": "heap-buffer-overflow",
        "use": "heap-use-after-free",
        "leak": "LeakSanitizer",
    }.items():
        done = build.run(program, what, env={})
        assert done.returncode == 99, f"{what}: {done.stderr}"
        assert report in done.stderr


@pytest.mark.parametrize("build", ["valgrind"], indirect=True)
def test_valgrind_really_looks(build, tmp_path):
    program = build.compile(capi.HERE / "broken.c", tmp_path)
    ok(build.run(program, env={}))
    for what, report in {
        "overflow": "Invalid write",
        "use": "Invalid read",
        "leak": "definitely lost",
    }.items():
        done = build.run(program, what, env={})
        assert done.returncode == 99, f"{what}: {done.stderr}"
        assert report in done.stderr
