"""`./dev bench`: build the databases, measure, print the table."""

import argparse
import json
import re
import subprocess
from pathlib import Path

from .. import postgres, pyenv
from ..console import Problem, say, step
from ..databases import template
from ..instance import Instance, own_folder
from ..locks import built_once
from ..places import ROOT, cache, checkout_key, digest, fingerprint
from ..process import run
from . import measure_public

PEERS = ("helpdesk_mgmt", "helpdesk_mgmt_sla")
OURS = ("complaint_management", "complaint_bench_bare")
SIZES = (1_000, 10_000, 100_000)
LOCK = pyenv.REQUIREMENTS / "bench.txt"
CONTENDERS = ("ours", "bare", "oca", "sql")
ROW = re.compile(r'@row\(\s*"([^"]+)"[^@]*?\)\ndef (\w+)')
SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from devtools.bench import {module}
{module}.{call}
"""


def bench_command(arguments):
    """Measure our add-on against OCA's helpdesk, a bare model and plain SQL."""
    options = parse(arguments)
    rows = chosen(options.rows)
    tables = {}
    with postgres.server("test") as server:
        base = base_instance(server)
        for size in options.sizes:
            tables[size] = measure(server, base, size, rows)
    say(table(tables))


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="./dev bench", description=bench_command.__doc__
    )
    parser.add_argument("rows", nargs="*", help="names of rows; without any, all")
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size.replace("_", "")) for size in text.split(",")],
        default=SIZES,
        help="numbers of open cases, separated by commas",
    )
    return parser.parse_args(arguments)


def chosen(words):
    """Return the names of the rows that were asked for, by name or by title."""
    known = {
        name: title
        for path in sorted(Path(__file__).parent.glob("measure*.py"))
        for title, name in ROW.findall(path.read_text())
    }
    names = {title: name for name, title in known.items()} | dict(
        zip(known, known, strict=True)
    )
    for word in words:
        if word not in names:
            lines = "\n".join(f"  {name:24}{title}" for name, title in known.items())
            raise Problem(f"there is no row {word!r}; there are:\n{lines}")
    return [names[word] for word in words]


def peers():
    """Return the folder with the peers' add-ons, from their published packages."""

    def build(target):
        with step("Fetching the peers' add-ons"):
            install = [pyenv.python(), "-m", "pip", "install", "--no-deps"]
            install += ["--require-hashes", "--no-compile", "--target", target]
            run([*install, "-r", LOCK])

    folder = cache() / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    return built_once(folder / digest(LOCK.read_text()), build) / "odoo/addons"


def instance(server, name):
    """Return an instance whose Odoo finds the peers and the bare model."""
    found = Instance(
        server, f"complaint_bench_{checkout_key()}_{name}", own_folder("bench") / name
    )
    folders = (ROOT, peers(), ROOT / "devtools/bench/addons")
    found.options["addons_path"] = ",".join(map(str, folders))
    found.options["limit_time_real"] = 0
    found.options["limit_time_cpu"] = 0
    return found


def base_instance(server):
    """Return a database with all contenders installed and no data."""
    key = digest(fingerprint(OURS[0]), LOCK.read_text())
    base = instance(server, "base")
    mark = base.folder / "key"
    if server.exists(base.database) and mark.exists() and mark.read_text() == key:
        return base
    base.create_from(template(server, "test"))
    with step("Installing the contenders"):
        names = ",".join((*OURS, *PEERS))
        base.odoo_or_fail("-i", names, "--stop-after-init", "--no-http")
    mark.write_text(key)
    return base


def measure(server, base, size, rows):
    """Return the measured rows at one size."""
    bench = instance(server, str(size))
    try:
        bench.create_from(base)
        with step(f"Filling a database with {size:,} open cases of each kind"):
            shell(bench, "fill", f"fill(env, {size})")
        with step(f"Measuring at {size:,}"):
            results = read(shell(bench, "rows", f"main(env, {rows!r})"))
            if pages := measure_public.wanted(rows):
                [facts] = read(shell(bench, "fill_public", "prepare(env)"))
                results += measure_public.main(bench, facts, pages)
    finally:
        bench.forget()
    return results


def read(lines):
    """Return what a script in Odoo's shell has printed for us."""
    return [json.loads(line[5:]) for line in lines if line.startswith("BENCH")]


def shell(bench, module, call):
    """Run a function in Odoo's shell; return what it prints."""
    script = SCRIPT.format(root=str(ROOT), module=module, call=call)
    done = subprocess.run(
        list(map(str, bench.command("shell", "--no-http", "-d", bench.database))),
        env=bench.environment(),
        input=script,
        capture_output=True,
        text=True,
    )
    if "Traceback" in done.stderr or done.returncode:
        raise Problem(f"bench {module}:\n{done.stderr[-4000:]}")
    return done.stdout.splitlines()


def table(tables):
    """Return the results as an RST table: medians, ratios, growth, targets."""
    sizes = list(tables)
    lines = []
    for position, first in enumerate(tables[sizes[0]]):
        results = [tables[size][position] for size in sizes]
        names = sorted(
            first["seconds"],
            key=lambda name: [*CONTENDERS, name].index(name),
        )
        cells = [first["label"], first["target"]]
        cells.append(
            "; ".join(
                f"{name} {' / '.join(_ms(r, name) for r in results)}" for name in names
            )
        )
        cells.append(
            "; ".join(_ratio(results[-1], name) for name in names if name != "ours")
        )
        cells.append(
            f"{results[-1]['seconds']['ours'] / results[0]['seconds']['ours']:.1f} ×"
        )
        cells.append(" / ".join(str(r["queries"]["ours"]) for r in results))
        lines.append(cells)
    heads = ["path", "target", f"median ms at {' / '.join(f'{s:,}' for s in sizes)}"]
    heads += ["ours is … × it", "growth", "our queries"]
    widths = [max(len(line[i]) for line in [heads, *lines]) for i in range(len(heads))]
    rule = "  ".join("=" * width for width in widths)
    rows = [
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True))
        for line in lines
    ]
    head = "  ".join(cell.ljust(w) for cell, w in zip(heads, widths, strict=True))
    return "\n".join([rule, head, rule, *rows, rule])


def _ms(result, name):
    value = 1000 * result["seconds"][name]
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _ratio(result, name):
    seconds = result["seconds"]
    return f"{name} {seconds['ours'] / max(seconds[name], 1e-9):.2f}"
