"""Laws 1, 2, 9 and 10, read off the source: a pure rulebook, imports that go one way, one clock, one randomness.

Each finding says what to do instead.
"""

import ast
import builtins
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from fanlic.model.refusals import Refusal

ROOT = Path(__file__).resolve().parents[2]
FANLIC = ROOT / "fanlic"
MODEL = sorted((FANLIC / "model").glob("*.py"))

# -- law 1: what the rulebook may use, all of it without a world outside

PURE = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "fanlic",
    "functools",
    "hashlib",
    "hmac",
    "ipaddress",
    "itertools",
    "math",
    "re",
    "typing",
}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}

# -- law 9: what each part may import of fanlic; None is everything

BELOW_FACES = {"here", "model", "ports", "texts", "service", "desk", "door", "mailroom", "version"}
LAYERS: dict[str, set[str] | None] = {
    "model": set(),
    "docker": set(),
    "texts": {"here", "model"},
    "mailform": {"model"},
    "ports": {"model"},
    "here": set(),
    "adapters": {"here", "model", "docker", "ports", "texts", "mailform"},
    "tally": {"ports"},
    "service": {"model", "ports", "texts", "tally"},
    "desk": {"model", "ports", "texts", "tally"},
    "door": {"model", "ports"},
    "mailroom": {"desk", "model", "texts"},
    "web": BELOW_FACES,
    "troubleshoot": {"here", "model", "docker", "texts", "mailform", "version"},
    "tour": {"model", "texts"},
    "lab": BELOW_FACES | {"web", "wiring"},
    "show": BELOW_FACES | {"web", "lab"},
    "notebook": BELOW_FACES | {"web", "wiring", "lab", "troubleshoot", "docker"},
    "cli": BELOW_FACES | {"web", "wiring", "lab", "troubleshoot", "tour", "notebook", "commands"},
    "commands": BELOW_FACES | {"web", "wiring", "lab", "show", "troubleshoot", "notebook"},
    "__main__": {"cli"},
    "": {"lab", "version"},
    "version": set(),
    "wiring": None,
}
ONE_WAY = (
    "imports go model <- ports <- adapters and model, ports <- services <- faces; "
    "take what is needed as an argument of a port's type, and let fanlic.wiring pass the adapter in"
)


class Rule(NamedTuple):
    """What must not be named, except in these files (each with its reason), and what to do instead."""

    forbidden: tuple[str, ...]
    allowed: dict[str, str]
    instead: str


# -- law 10: one of each in the whole program

RULES = {
    "time": Rule(
        (
            "datetime.datetime.now",
            "datetime.datetime.utcnow",
            "datetime.datetime.today",
            "datetime.date.today",
            "time.time",
            "time.time_ns",
            "time.localtime",
            "time.gmtime",
            "time.ctime",
            "time.asctime",
            "email.utils.localtime",
            "email.utils.make_msgid",
        ),
        {
            "fanlic/adapters/clocks.py": "is the one source of time",
            "fanlic/troubleshoot/today.py": "is the same for what ships alone, without the adapters",
        },
        "take `now` as an argument, or ask the Clock port",
    ),
    "stopwatches": Rule(
        ("time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "time.process_time"),
        {
            "fanlic/adapters/engines/process.py": "bounds its wait for a process of the real world",
            "fanlic/adapters/https.py": "bounds its wait for connections of the real world",
            "fanlic/troubleshoot/look/probe.py": "bounds a whole look at a server of the real world",
        },
        "take `now` as an argument; for a bounded wait use a timeout of the thing waited for",
    ),
    "randomness": Rule(
        (
            "random",
            "secrets",
            "os.urandom",
            "os.getrandom",
            "uuid.uuid1",
            "uuid.uuid4",
            "ssl.RAND_bytes",
            "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PrivateKey.generate",
        ),
        {"fanlic/adapters/entropy.py": "is the one source of randomness"},
        "take bytes as an argument, or ask the Entropy port",
    ),
    "HTTP clients": Rule(
        (
            *(
                f"httpx.{name}"
                for name in ("Client", "AsyncClient", "get", "post", "put", "delete", "request", "stream")
            ),
            "http.client.HTTPConnection",
            "http.client.HTTPSConnection",
            "urllib.request",
            "requests",
            "urllib3",
            "aiohttp",
        ),
        {"fanlic/adapters/http.py": "is the one client, with proxies off"},
        "use fanlic.adapters.http, which leaves proxies out",
    ),
}


# -- reading the source


parse = cache(ast.parse)  # a source is read by many tests and changed by none


def sources() -> list[Path]:
    return sorted(FANLIC.rglob("*.py"))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 1)}"


def package_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])


def imports(tree: ast.Module, package: str) -> Iterator[tuple[ast.stmt, str, str]]:
    """Each import at any depth: the statement, what is imported in full, and the name it gets here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, alias.asname or alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *filter(None, [node.module])])
            for alias in node.names:
                yield node, f"{base}.{alias.name}", alias.asname or alias.name


def named(tree: ast.Module, package: str) -> Iterator[tuple[ast.AST, str]]:
    """Everything imported, and every dotted name that begins with something imported, in full; types aside."""
    known: dict[str, str] = {}
    for node, full, local in imports(tree, package):
        yield node, full
        # `import a.b` makes `a` known; everything else makes the whole known under its name here.
        known[local] = local if isinstance(node, ast.Import) and full.split(".")[0] == local else full
    for attribute in set(ast.walk(tree)) - annotations(tree):
        if isinstance(attribute, ast.Attribute):
            head, _, rest = ast.unparse(attribute).partition(".")
            if head in known:
                yield attribute, f"{known[head]}.{rest}"


def annotations(tree: ast.Module) -> set[ast.AST]:
    roots = (getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns"))
    return {inner for root in roots if root is not None for inner in ast.walk(root)}


def breaches(source: str, rule: Rule, package: str = "fanlic") -> list[tuple[int, str]]:
    found = {
        (getattr(node, "lineno", 1), forbidden)
        for node, name in named(parse(source), package)
        for forbidden in rule.forbidden
        if name == forbidden or name.startswith(f"{forbidden}.")
    }
    return sorted(found)


def layer(module: str) -> str:
    """The part of fanlic that a module belongs to; empty for fanlic itself. `fanlic.Lab` comes from `fanlic.lab`."""
    return [*module.split("."), ""][1].lower()


# -- law 1


def test_the_rulebook_imports_pure_modules_and_itself_only() -> None:
    found = [
        f"{place(path, node)} imports {full}: facts of the world are arguments of a rule; the service asks for them"
        for path in MODEL
        for node, full, _ in imports(parse(path.read_text("utf-8")), package_of(path))
        if full.split(".")[0] not in PURE or (full.startswith("fanlic") and layer(full) != "model")
    ]
    assert [] == found


def test_the_rulebook_reads_and_writes_nothing() -> None:
    found = [
        f"{place(path, node)} calls {node.func.id}: return a value and let a face show it"
        for path in MODEL
        for node in ast.walk(parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS
    ]
    assert [] == found
    assert all(hasattr(builtins, name) for name in IMPURE_CALLS)


def test_the_rulebook_is_imported_with_nothing_installed() -> None:
    names = [f"fanlic.model.{path.stem}" for path in MODEL if path.stem != "__init__"]
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!a}); import {', '.join(names)}; "
        "print(sorted(name for name in sys.modules if name.startswith('fanlic') and 'model' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert ("['fanlic', 'fanlic.version']\n", "") == (done.stdout, done.stderr)


# -- law 2


def test_rules_return_refusals_and_do_not_raise_them() -> None:
    found = [
        f"{place(path, node)} raises: return the new state and the refusal; the service saves, then raises"
        for path in MODEL
        for node in ast.walk(parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise)
    ]
    assert [] == found


def test_state_is_frozen() -> None:
    modules = [import_module(f"fanlic.model.{path.stem}") for path in MODEL if path.stem != "__init__"]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    states = {one for one in classes if is_dataclass(one) and not issubclass(one, Refusal)}
    assert len(states) > 15
    assert [] == sorted(one.__qualname__ for one in states if not vars(one)["__dataclass_params__"].frozen)


# -- law 9


def test_imports_go_one_way() -> None:
    found = []
    for path in sources():
        here = layer(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        assert here in LAYERS, f"{path}: give this part of fanlic its place in LAYERS"
        allowed = LAYERS[here]
        for node, full, _ in imports(parse(path.read_text("utf-8")), package_of(path)):
            there = layer(full)
            own = there == here or (there.startswith("__") and there.endswith("__"))
            if full.split(".")[0] == "fanlic" and not own and allowed is not None and there not in allowed:
                found.append(f"{place(path, node)} imports {full}: {ONE_WAY}")
    assert not found, "\n".join(found)


def test_no_modules_import_each_other_in_a_circle() -> None:
    circles = [" <-> ".join(sorted(circle)) for circle in circles_in(module_graph())]
    assert not circles, f"move what both need into a module of its own, or pass it as an argument: {circles}"


def module_graph() -> dict[str, set[str]]:
    """Each module of fanlic and those it imports at any depth, functions included; types aside.

    The packages above an imported module count only if they are named: a package that collects its modules' names
    is no circle.
    """
    trees = {module_of(path): (path, parse(path.read_text("utf-8"))) for path in sources()}
    graph: dict[str, set[str]] = {}
    for module, (path, tree) in trees.items():
        package = ".".join(path.relative_to(ROOT).parts[:-1])
        types = {inner for node in ast.walk(tree) if for_types_only(node) for inner in ast.walk(node)}
        targets = {full for node, full, _ in imports(tree, package) if node not in types}
        # `from a import b` names the module a.b where there is one, and else the module a.
        graph[module] = {full if full in trees else full.rpartition(".")[0] for full in targets} & set(trees) - {module}
    return graph


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).removeprefix("typing.") == "TYPE_CHECKING"


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def circles_in(graph: dict[str, set[str]]) -> list[frozenset[str]]:
    """The sets of modules of which each reaches each other one."""
    reached = {module: reachable(graph, module) for module in graph}
    together = {module: frozenset(other for other in reached[module] if module in reached[other]) for module in graph}
    return sorted({circle for circle in together.values() if circle}, key=sorted)


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        following = graph[waiting.pop()] - seen
        seen |= following
        waiting += following
    return seen


# -- one word a thing


def test_a_public_class_name_stands_once() -> None:
    places: dict[str, list[str]] = {}
    for path in sources():
        if path.parent.name == "pure":  # each module there has the names of the one that it stands in for
            continue
        for node in parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(place(path, node))
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert not twice, f"name each by its subject: {twice}"


# -- law 10


@pytest.mark.parametrize("what", RULES)
def test_there_is_one_source_of(what: str) -> None:
    rule = RULES[what]
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line} names {name}: {rule.instead}"
        for path in sources()
        if path.relative_to(ROOT).as_posix() not in rule.allowed
        for line, name in breaches(path.read_text("utf-8"), rule, package_of(path))
    ]
    assert not found, "\n".join(found)


# -- the readers above see what they should


@pytest.mark.parametrize(
    ("what", "source", "name"),
    [
        ("time", "from datetime import datetime\ndatetime.now()", "datetime.datetime.now"),
        ("time", "from datetime import datetime as moment, UTC\nmoment.now(UTC)", "datetime.datetime.now"),
        ("time", "import datetime\nf = datetime.datetime.now", "datetime.datetime.now"),
        ("time", "import datetime as dt\ndt.date.today()", "datetime.date.today"),
        ("time", "def f():\n    import time as t\n    return t.time()", "time.time"),
        ("time", "\nfrom time import time_ns as ns", "time.time_ns"),
        ("time", "import email.utils\nemail.utils.make_msgid()", "email.utils.make_msgid"),
        ("stopwatches", "\nfrom time import monotonic", "time.monotonic"),
        ("randomness", "\nimport random", "random"),
        ("randomness", "\nfrom random import Random", "random"),
        ("randomness", "import os\nos.urandom(8)", "os.urandom"),
        ("randomness", "import uuid\nuuid.uuid4().hex", "uuid.uuid4"),
        ("HTTP clients", "import httpx\nwith httpx.Client() as c: pass", "httpx.Client"),
        ("HTTP clients", "\nimport urllib.request", "urllib.request"),
        ("HTTP clients", "\nfrom urllib import request", "urllib.request"),
        ("HTTP clients", "\nimport requests as r", "requests"),
    ],
)
def test_a_breach_is_seen_whatever_its_name_here(what: str, source: str, name: str) -> None:
    assert name in [found for line, found in breaches(source, RULES[what]) if line >= 2]


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("time", "def f(clock):\n    return clock.now()"),
        ("time", "from datetime import datetime\ndatetime.fromisoformat('x')"),
        ("time", "import time\ntime.sleep(0)"),
        ("randomness", "def f(entropy, random):\n    return entropy.token(8), random.choice"),
        ("HTTP clients", "import httpx\nhttpx.HTTPError\nfrom urllib.parse import quote"),
        ("HTTP clients", "import httpx\ndef f(client: httpx.Client) -> httpx.Client: pass"),
    ],
)
def test_what_only_looks_like_a_breach_is_none(what: str, source: str) -> None:
    assert [] == breaches(source, RULES[what])


def test_a_circle_is_seen_however_long_it_is() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert [frozenset("abc"), frozenset("de")] == circles_in(graph)


def test_imports_for_types_only_make_no_circle() -> None:
    tree = parse("if TYPE_CHECKING:\n    import a\nif ready:\n    import b")
    assert [True, False] == [for_types_only(node) for node in tree.body]


def test_relative_imports_are_read_in_full() -> None:
    tree = parse("from . import a\nfrom .b import c\nfrom ..model import d")
    expected = ["fanlic.web.a", "fanlic.web.b.c", "fanlic.model.d"]
    assert expected == [full for _, full, _ in imports(tree, "fanlic.web")]
