# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The calls of sequence.c, written from the header: one C function for each of the library's, so that none is left out.

    python3 sequence.py FOLDER

A call takes its arguments from the input: living handles, NULL, texts, numbers. What it has to come to is the header's word,
which the functions of sequence.c that follow it know.
"""

import re
import sys
import zlib
from pathlib import Path

import capi

# How the header says that a pointer may be NULL.
NULLABLE = "BYTEPORT_NULLABLE "
# Results that are written whatever the call comes to.
ALWAYS_WRITTEN = {"byteport_broker_store_all"}
# Handles that a call may leave out though it succeeds.
MAYBE = {"byteport_series_pages_next", "byteport_broker_receive"}
# What a function without a status returns for NULL, where that is not 0, false or NULL.
FOR_NULL = {
    "byteport_error_status": "BYTEPORT_ERROR_INVALID_ARGUMENT",
    "byteport_series_pages_rest": "BYTEPORT_TIME_OPEN",
    "byteport_message_time": "BYTEPORT_TIME_OPEN",
    "byteport_outbox_stats_oldest_age_ms": "-1",
    "byteport_outbox_fd": "-1",
    "byteport_broker_fd": "-1",
}
# These belong to another handle: they are looked at where that is, and never freed.
BELONGING = {"outbox_event", "message"}

# Numbers from here on are no calls; see sequence.c.
LAST = 0xFF00

NUMBERS = {"int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "double", "bool", "int"}


def number_of(function: str) -> int:
    """What an input calls a function: other functions do not change it, so the corpus keeps its meaning."""
    return zlib.crc32(function.encode()) % LAST


def plain(text: str) -> str:
    """C text without what is said to compilers that know nullability."""
    return text.replace(NULLABLE, "")


def declarations() -> dict[str, str]:
    """The type that each of the header's functions returns."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", capi.HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"typedef[^;]*;", "", plain(text))
    found = re.findall(r"^([a-z][\w ]*[ *])(byteport_\w+)\(", text, re.M)
    return {name: kind.strip() for kind, name in found}


class Argument:
    """One parameter: its type, its name, and which it is."""

    def __init__(self, function: str, index: int, text: str):
        self.function, self.index = function, index
        self.is_required = NULLABLE not in text
        self.type, self.name = re.fullmatch(r"(.*?[ *])(\w+)", plain(text)).groups()
        self.type = self.type.strip()

    @property
    def noun(self) -> str:
        """The noun of a pointer to one of the library's handles; empty for everything else."""
        found = re.fullmatch(r"(?:const )?byteport_(\w+)_t \*(\*?)", self.type)
        return found[1] if found and found[1] not in ("status", "durability") else ""

    def value(self) -> str:
        """The C expression of what is passed."""
        needed = int(self.is_required)
        if self.type == "byteport_error_t **":
            return "error_place()"
        if self.type.endswith("**") and self.noun:
            return f"handle_place({needed})"
        if self.noun in BELONGING:
            return f"a_{self.noun}()"
        if self.noun:
            return f"{'first' if self.index == 0 else 'pick'}(NOUN_{self.noun}{'' if self.index == 0 else f', {needed}'})"
        if self.type.startswith("byteport_") and self.type.endswith("callback_t"):
            return f"a_{self.type.removeprefix('byteport_').removesuffix('_t')}({needed})"
        if self.type == "const char *":
            return f'a_text("{self.name}", {needed})'
        if self.type == "const char *const *":
            return f'a_text_list("{self.name}", {needed})'
        if self.type == "const byteport_reading_t *const *":
            return f"a_reading_list({needed})"
        if self.type == "const uint8_t *":
            return f"a_blob({needed})"
        if self.type == "char *":
            return f"a_buffer({needed})"
        if self.name == "userdata":
            return "a_token()"
        if self.name == "statuses":  # one for each item of the list that was made before
            return f"place(list_length * sizeof({self.type.removesuffix('*').strip()}), {needed})"
        if self.type.endswith("*"):
            return f"place(sizeof({self.type.removesuffix('*').strip()}), {needed})"
        return self.number()

    def number(self) -> str:
        assert self.type in NUMBERS, f"{self.function}: sequence.py does not know the type {self.type}"
        before = {"size": "buffer_size", "length": "blob_length", "count": "list_length"}
        if self.name in before and self.type == "size_t":
            return before[self.name]
        if self.name.endswith("_ms") and self.type == "uint32_t":
            return "a_short_time()"
        return f"a_{self.type.removesuffix('_t')}()"


def declare(argument: Argument) -> str:
    space = "" if argument.type.endswith("*") else " "
    return f"    {argument.type}{space}{argument.name} = {argument.value()};\n"


def arguments(function: str, texts: list[str]) -> list[Argument]:
    return [] if texts == ["void"] else [Argument(function, index, text) for index, text in enumerate(texts)]


def has_status(given: list[Argument]) -> bool:
    """Whether the function says by a status what it came to."""
    return bool(given) and given[-1].type == "byteport_error_t **"


def after(function: str, returns: str, given: list[Argument]) -> str:
    """What is checked after the call."""
    if has_status(given):
        outs = [argument for argument in given if argument.type.endswith("**") and argument.name != "error"]
        noun = f"NOUN_{outs[0].noun}" if outs else "NOUNS"
        return f"    after(got, {noun}, {int(function in MAYBE)}, {int(function in ALWAYS_WRITTEN)});\n"
    if function.endswith("_new"):
        noun = function.removeprefix("byteport_").removesuffix("_new")
        return f"    keep(NOUN_{noun}, got);\n"
    null = FOR_NULL.get(function, "0")
    check = f"    check({given[0].name} != NULL || got == {null});\n" if given and given[0].noun else ""
    return check + ("    see_text(got);\n" if returns == "const char *" else "    (void)got;\n")


def call(number: int, function: str, returns: str, given: list[Argument]) -> str:
    """The C function that makes one call."""
    if function.endswith("_free"):
        noun = given[0].noun
        return f"static void call_{number}(void)\n{{\n    {function}(take(NOUN_{noun}));\n}}\n\n"
    # a length or a count comes from what it counts, which so has to be made first
    made = sorted(given, key=lambda argument: argument.type in NUMBERS)
    body = "".join(declare(argument) for argument in made)
    passed = ", ".join(argument.name for argument in given)
    space = "" if returns.endswith("*") else " "
    body += f"    {returns}{space}got = {function}({passed});\n" + after(function, returns, given)
    return f"static void call_{number}(void)\n{{\n{body}}}\n\n"


def look(noun: str, functions: dict[str, list[Argument]], returns: dict[str, str]) -> str:
    """The C function that reads all that a handle tells."""
    body = ""
    for name, given in functions.items():
        if not given or given[0].noun != noun or has_status(given) or returns[name] == "void":
            continue
        if any(argument.type not in ("size_t", "int32_t", "size_t *") for argument in given[1:]):
            continue
        numbers = any(argument.type in NUMBERS for argument in given[1:])
        passed = ["handle"] + ["NULL" if "*" in argument.type else "i" for argument in given[1:]]
        text = f"{name}({', '.join(passed)})"
        text = f"see_text({text})" if returns[name] == "const char *" else f"(void){text}"
        body += f"    for (int i = 0; i < {3 if numbers else 1}; i++)\n        {text};\n"
    head = f"    const byteport_{noun}_t *handle = what;\n    (void)handle;\n"
    return f"static void look_{noun}(const void *what)\n{{\n{head}{body}}}\n\n"


def generated() -> str:
    returns = declarations()
    functions = {name: arguments(name, texts) for name, texts in capi.header_functions().items()}
    assert returns.keys() == functions.keys()
    nouns = sorted({given[0].noun for name, given in functions.items() if name.endswith("_free")})
    text = "/* Generated by sequence.py. */\n\n"
    text += "".join(look(noun, functions, returns) for noun in [*sorted(BELONGING), *nouns])
    for noun in nouns:
        text += f"static void free_{noun}(void *handle)\n{{\n    byteport_{noun}_free(handle);\n}}\n\n"
    text += "static const struct noun nouns[NOUNS] = {\n"
    text += "".join(f'    {{ "{noun}", look_{noun}, free_{noun} }},\n' for noun in nouns) + "};\n\n"
    names = sorted(functions, key=number_of)
    assert len({number_of(name) for name in names}) == len(names), "two functions with one number"
    text += "".join(call(number, name, returns[name], functions[name]) for number, name in enumerate(names))
    text += "static const struct call calls[] = {\n"
    for number, name in enumerate(names):
        text += f'    {{ "{name}", call_{number}, {number_of(name)}, {int(has_status(functions[name]))} }},\n'
    return text + "};\n"


def nouns_header() -> str:
    """The numbers of the nouns, which sequence.c needs before the calls."""
    functions = capi.header_functions()
    nouns = sorted(
        name.removeprefix("byteport_").removesuffix("_free") for name in functions if name.endswith("_free")
    )
    return "enum { " + ", ".join(f"NOUN_{noun}" for noun in nouns) + ", NOUNS };\n"


def write(folder: Path) -> None:
    """Writes what sequence.c includes."""
    (folder / "sequence_nouns.h").write_text(nouns_header())
    (folder / "sequence_calls.h").write_text(generated())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
