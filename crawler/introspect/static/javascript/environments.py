"""What libraries that check the environment give where nobody sets anything: the defaults that they are told."""

import re

from crawler.introspect.static.javascript.values import MISSING, External, Made, Zod, plain
from crawler.introspect.static.unknown import Setting, Value

#: Names of functions of other packages that hold the environment against a schema which they are given.
_OF_ENVIRONMENT = re.compile(r"(?i)^(?:parse|load|read|validate)\w*env|env\w*(?:parse|config)$")


def of_environment(shape: dict[str, Value], name: str) -> dict[str, Value]:
    """What checking the environment by a schema, with the method of that name, gives."""
    items = {key: item for key, item in shape.items() if isinstance(item, Zod)}
    unset = {key: Setting(item.unset) for key, item in items.items()}
    if not name.startswith("safe"):
        return unset
    return {"success": Setting(all(item.optional for item in items.values())), "data": unset}


def checked(callee: Value, args: list[Value]) -> Value:
    """What `createEnv({server: {...}})`, `cleanEnv(process.env, {...})` and `parseEnvConfig(schema, ...)` give.

    `MISSING` if it is another function.
    """
    name, given = callee.last if isinstance(callee, External) else "", [plain(arg) for arg in args]
    if name == "createEnv" and "env" in callee.package and given and isinstance(given[0], dict):
        parts = [plain(given[0].get(key)) for key in ("server", "client", "shared")]
        return {
            key: item
            for part in parts
            if isinstance(part, dict)
            for key, item in of_environment(part, "").items()
        }
    if name == "cleanEnv" and callee.package == "envalid" and len(given) > 1 and isinstance(given[1], dict):
        return {key: Setting(_default(item)) for key, item in given[1].items()}
    if _OF_ENVIRONMENT.search(name):
        shapes = (one.shape for one in given if isinstance(one, Zod) and one.shape is not None)
        return next((of_environment(shape, "") for shape in shapes), MISSING)
    return MISSING


def _default(validator: Value) -> Value:
    """The default of `bool({default: false})`."""
    options = plain(validator.args[0]) if isinstance(validator, Made) and validator.args else None
    return plain(options.get("default")) if isinstance(options, dict) else None
