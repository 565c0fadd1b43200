# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Reads a recipe by BitBake's own parser and prints, as JSON, variables that are expanded.

usage: recipe.py RECIPE BBPATH NAME=VALUE... -- VARIABLE...
"""

import json
import sys
import types


def main(recipe: str, path: str, *rest: str) -> None:
    # The parser imports a client for a server of hashes, which the package leaves out, and never uses it.
    for name in ("hashserv", "hashserv.client"):
        sys.modules[name] = types.ModuleType(name)
    import bb.data
    import bb.parse
    import bb.siggen

    given, wanted = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
    data = bb.data.init()
    data.setVar("BBPATH", path)
    name, version, _ = bb.parse.vars_from_file(recipe, data)
    for key, value in [
        ("PN", name),
        ("PV", version),
        ("__bbclasstype", "recipe"),
        *(pair.split("=", 1) for pair in given),
    ]:
        data.setVar(key, value)
    bb.parse.siggen = bb.siggen.init(data)
    bb.parse.init_parser(data)
    parsed = bb.parse.handle(recipe, data)[""]
    print(json.dumps({key: parsed.getVar(key) for key in wanted}))


main(*sys.argv[1:])
