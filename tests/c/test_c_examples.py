# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Examples that show the rest of the header: run plain and with ASan, and compiled as C++; and none is forgotten.

The first examples are in test_c_programs.py, which runs them in every build; those of the outbox and of brokers are beside
their tests, in test_c_outbox.py and test_c_broker.py.
"""

import json
import os
import re
import zlib
from pathlib import Path

import capi
import pytest
from recorders import Request
from test_c_programs import answers, both_builds, example, ok, read_back

# The examples that are tested here, each with arguments that are no wrong use; None for those that do not connect.
EXAMPLES = {
    "version": None,
    "times": None,
    "errors": ["1", "1"],
    "options": ["settings"],
    "import": [],
    "upload": ["picture", "settings"],
    "query": ["ns", "dev", "field", "5"],
    "echo": ["a=b"],
    "replace": ["ns", "1", "dev", "serial"],
    "typical": ["ns", "dev", "field", "2015-05-01", "2015-05-02", "daily"],
    "digest": ["ns", "dev", "field", "1", "1000"],
    "firmware_slot": ["ns", "dev", ".", "1000"],
}
INDEX = (capi.EXAMPLES / "README.md").read_text(encoding="utf-8")


def code(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_every_example_is_run():
    tests = "".join(path.read_text() for path in capi.HERE.glob("test_c_*.py") if path != Path(__file__))
    elsewhere = {name for name in re.findall(r'"(\w+)"', tests) if (capi.EXAMPLES / f"{name}.c").exists()}
    elsewhere |= set(re.findall(r'capi\.EXAMPLES / "(\w+)\.c"', tests))
    assert {path.stem for path in capi.EXAMPLES.glob("*.c")} == elsewhere | set(EXAMPLES)


def test_every_example_is_in_the_index():
    assert re.findall(r"^\| \[(\w+\.[ch])\]\(\1\) \| \S.*\|$", INDEX, re.MULTILINE) == sorted(
        path.name for path in capi.EXAMPLES.glob("*.[ch]")
    )


def test_every_function_is_in_an_example():
    text = "".join(code(path) for path in capi.EXAMPLES.glob("*.[ch]"))
    functions = capi.header_functions()
    assert len(functions) > 200
    assert [name for name in functions if not capi.calls(text, name)] == []


def test_every_example_compiles_as_cpp(tmp_path):
    command = [capi.tool("g++"), "-std=c++17", "-x", "c++", *capi.WARNINGS, f"-I{capi.HEADER.parent}"]
    for path in capi.EXAMPLES.glob("*.c"):
        capi.must([*command, "-fsyntax-only", path], cwd=tmp_path)


@both_builds
@pytest.mark.parametrize("name", [name for name, arguments in EXAMPLES.items() if arguments is not None])
def test_examples_say_what_is_wrong(name, build, settings, tmp_path):
    names = {"host": "HOST", "namespace": "NAMESPACE", "device": "DEVICE", "key": "KEY"}
    gone = {**settings, "BYTEPORT_HOST": settings["BYTEPORT_GONE"]}
    lines = [f"{setting} {gone[f'BYTEPORT_{variable}']}\n" for setting, variable in names.items()]
    (tmp_path / "settings").write_text("".join(lines))
    program = build.compile(capi.EXAMPLES / f"{name}.c", tmp_path)
    done = build.run(program, *EXAMPLES[name], env=gone, given="2015-05-01 dev field 1\n")
    assert done.returncode == 1
    assert f"{name}: no connection to 127.0.0.1:" in done.stderr
    for secret in ("BYTEPORT_KEY", "BYTEPORT_PASSWORD"):
        assert settings[secret] not in done.stderr
    assert build.run(program, *["x"] * 9, env={}).returncode == 2


@both_builds
def test_example_version(build, tmp_path):
    printed = ok(build.run(build.compile(capi.EXAMPLES / "version.c", tmp_path), env={}))
    versions, *parts = printed.splitlines()
    header, library = re.fullmatch(r"header (\d+\.\d+\.\d+), library (\d+\.\d+\.\d+)\S*", versions).groups()
    assert header == library
    assert parts == ["with TLS", "with outbox", "with MQTT", "with STOMP"]


@both_builds
def test_example_times(build, tmp_path):
    program = build.compile(capi.EXAMPLES / "times.c", tmp_path)
    printed = "1430438400500000\t1430438400.5\t2015-05-01T00:00:00.5"
    for text in ("1430438400.5", "2015-05-01T02:00:00.5+02:00"):
        assert ok(build.run(program, text, env={})).startswith(printed)
    now, later = (int(ok(build.run(program, env={})).split()[0]) for _ in range(2))
    assert 0 < now < later
    done = build.run(program, "yesterday", env={})
    assert (done.returncode, done.stdout) == (1, "")
    assert "yesterday" in done.stderr
    assert build.run(program, "1", "2", env={}).returncode == 2


@both_builds
def test_example_errors(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "errors.c", tmp_path)
    assert ok(build.run(program, "1.5", env=settings)) == ""
    assert [value for _, value in read_back(build, settings, tmp_path, "value")] == ["1.5"]
    gone = build.run(program, "2", "3", env={**settings, "BYTEPORT_HOST": settings["BYTEPORT_GONE"]})
    assert gone.returncode == 1
    assert gone.stderr.count("phase connect\n") == 3, "it can help to try again"
    assert gone.stderr.count("because: ") >= 3
    assert gone.stderr.count("has seen nothing") == 3
    refused = build.run(program, "2", "3", env={**settings, "BYTEPORT_KEY": "wrong"})
    assert refused.returncode == 1
    assert refused.stderr.count("HTTP status 403\n") == 1, "it cannot help to try again"
    assert "has seen nothing" not in refused.stderr


@both_builds
def test_example_options(build, recording, certificates, settings, tmp_path):
    servers, env = recording
    program = build.compile(capi.EXAMPLES / "options.c", tmp_path)
    common = "# a comment\n\nnamespace ns\nkey a-secret-key\ndevice dev-1\nconnect_timeout_ms 9000\ntimeout_ms 20000\n"

    def run(more: str):
        (tmp_path / "settings").write_text(common + more)
        return build.run(program, "settings", env={})

    tls = (
        f"host {env['BYTEPORT_TLS']}\nhttps 1\nca_file {env['BYTEPORT_CA']}\nclient_cert {certificates[1]}\n"
    )
    ok(run(tls + "proxy none\nmax_answer 1000\n"))
    assert servers["tls"].first_bytes == [b"\x16"]
    ok(run(f"host device.invalid\nhttps 0\nproxy http://{env['BYTEPORT_PROXY']}\nstore_by_get 1\n"))
    connect, store = servers["proxy"].requests
    assert connect == Request("CONNECT", "device.invalid:80", {}, {})
    assert (store.method, store.path) == ("GET", "/api/v1/timeseries/ns/dev-1/")
    for wrong, said in {
        "timeout 5\n": "settings:8: the setting timeout is wrong",
        "timeout_ms soon\n": "settings:8: the setting timeout_ms is wrong",
        "timeout_ms 0\n": "settings:8: the setting timeout_ms is wrong",
        "store_by_get\n": "settings:8: the setting store_by_get is wrong",
        tls.replace(str(certificates[1]), "nowhere"): "nowhere",
    }.items():
        done = run(wrong)
        assert done.returncode == 1
        assert said in done.stderr
        assert "a-secret-key" not in done.stderr


@both_builds
def test_example_import(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "import.c", tmp_path)
    device = settings["BYTEPORT_DEVICE"]
    lines = (
        f"2015-05-01T02:00:00 {device} speed 12.5\n2015-05-01T02:00:01Z {device} state waits at the gate\n"
    )
    assert ok(build.run(program, env=settings, given=lines)) == "2 stored\n"
    year = "2015-01-01", "2016-01-01"
    [[time, speed]] = read_back(build, settings, tmp_path, "speed", *year)
    assert (time[:19], float(speed)) == ("2015-05-01T02:00:00", 12.5)
    [[_, state]] = read_back(build, settings, tmp_path, "state", *year)
    assert state == "waits at the gate"
    for line in ("soon dev field 1\n", "2015-05-01 dev field\n", "2015-05-01 dev a+b 1\n"):
        done = build.run(program, env=settings, given=lines + line)
        assert (done.returncode, done.stdout) == (1, "2 stored\n")
        assert "import: " in done.stderr


@both_builds
def test_example_upload_and_digest(build, settings, tmp_path):
    data = os.urandom(5000) * 40
    packed = zlib.compress(data)
    (tmp_path / "picture.bin").write_bytes(packed)
    upload = build.compile(capi.EXAMPLES / "upload.c", tmp_path)
    assert ok(build.run(upload, "picture", str(tmp_path / "picture.bin"), env=settings)) == ""
    [[_, name]] = read_back(build, settings, tmp_path, "picture_name")
    [[_, size]] = read_back(build, settings, tmp_path, "picture_size")
    assert (name, float(size)) == ("picture.bin", len(packed))
    where = settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], "picture", "latest"
    printed = example(build, tmp_path, "digest", settings, *where, "1000000")
    assert printed == f"{len(data)} bytes, CRC-32 {zlib.crc32(data):08x}\n"
    digest = tmp_path / "digest"
    too_large = build.run(digest, *where, str(len(data) - 1), env=settings)
    assert (too_large.returncode, too_large.stdout) == (1, "")
    missing = build.run(upload, "picture", "nowhere.bin", env=settings)
    assert missing.returncode == 1
    assert "nowhere.bin" in missing.stderr


@both_builds
def test_example_query(build, settings, tmp_path):
    where = settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"]
    program = build.compile(capi.EXAMPLES / "query.c", tmp_path)
    for number in ("1", "2", "4"):
        example(build, tmp_path, "errors", settings, number)
    example(build, tmp_path, "log", settings, "a text")
    assert ok(build.run(program, *where, "value", "5", env=settings)) == "3 numbers, the last 4\n"
    assert ok(build.run(program, *where, "value", "5", "cum_sum", env=settings)) == "3 numbers, the last 7\n"
    assert (
        ok(build.run(program, *where, "value", "5", "none", "10", env=settings)) == "3 numbers, the last 40\n"
    )
    assert ok(build.run(program, *where, "nothing", "5", env=settings)) == "0 numbers\n"
    assert ok(build.run(program, *where, "info", "5", env=settings)) == "1 texts, the last a text\n"
    assert build.run(program, *where, "value", "5", "sum", env=settings).returncode == 1


@both_builds
def test_example_echo(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "echo.c", tmp_path)
    env = {"BYTEPORT_HOST": settings["BYTEPORT_HOST"]}
    said = json.loads(ok(build.run(program, "who=me", "what=a=b & c", env=env)))
    assert said["who"] == "me"
    assert said["what"] == "a=b & c"
    assert build.run(program, "no pair", env=env).returncode == 2


@both_builds
def test_example_replace(build, settings, tmp_path):
    where = settings["BYTEPORT_NAMESPACE"], "1", f"{settings['BYTEPORT_DEVICE']}-x"
    keys = set()
    example(build, tmp_path, "register", settings, *where, "the first one")
    for serial in ("serial-1", "serial-2"):
        said = answers(example(build, tmp_path, "replace", settings, *where, serial))
        [device] = said["registered"]["registration_result"]["devices"]
        assert device["uid"] == where[2]
        keys.add(device["access_key"])
    assert len(keys) == 2
    unknown = build.run(tmp_path / "replace", where[0], "4711", where[2], "serial", env=settings)
    assert unknown.returncode == 1


@both_builds
def test_example_typical(build, settings, tmp_path):
    device = settings["BYTEPORT_DEVICE"]
    hours = {1: (1, 2, 3), 2: (1, 2, 3), 3: (1, 50, 3)}
    lines = [
        f"2015-05-01T0{hour}:00:0{second} {device} speed {value}\n"
        for hour, values in hours.items()
        for second, value in enumerate(values)
    ]
    ok(build.run(build.compile(capi.EXAMPLES / "import.c", tmp_path), env=settings, given="".join(lines)))
    where = settings["BYTEPORT_NAMESPACE"], device, "speed", "2015-05-01", "2015-05-02"
    said = answers(example(build, tmp_path, "typical", settings, *where, "hourly"))["distances"]
    far = [group["dist"] for group in said["distances"]]
    assert len(far) == 3
    assert far.index(max(far)) == 2
    assert build.run(tmp_path / "typical", *where, "yearly", env=settings).returncode == 1


@both_builds
def test_example_firmware_slot(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "firmware_slot.c", tmp_path)
    (tmp_path / "images").mkdir()
    where = settings["BYTEPORT_NAMESPACE"], "seeded-1", str(tmp_path / "images")
    small = build.run(program, *where, "99999", env=settings)
    assert small.returncode == 1
    assert "larger than the slot" in small.stderr
    assert list((tmp_path / "images").iterdir()) == []
    elsewhere = build.run(program, *where, "100000", "/elsewhere/", env=settings)
    assert elsewhere.returncode == 1
    path = ok(build.run(program, *where, "100000", "/media/", env=settings)).strip()
    assert Path(path).read_bytes() == capi.IMAGES["thermometer-2.0.bin"]
