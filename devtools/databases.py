"""Template databases: Odoo with the host apps, built once and then copied."""

import shutil

from .console import step
from .instance import Instance, scope
from .locks import locked
from .odoo import odoo
from .places import cache, digest
from .pyenv import python

HOST_APPS = (
    *("account", "hr", "point_of_sale", "repair", "sale_management"),
    *("spreadsheet_dashboard", "stock"),
)
RECIPE = 1  # raise it when the same list would give another database
ARGUMENTS = {
    "run": ("--with-demo", "--load-language=en_US,zh_CN"),
    "test": (),
}


def template(server, kind):
    """Return the template for `run` (demo data, Chinese) or `test` (neither)."""
    key = digest(
        *(odoo().identity, python(), RECIPE, HOST_APPS, ARGUMENTS[kind], scope(server))
    )
    name = f"complaint_tpl_{kind}_{key}"
    folder = cache() / "templates" / name
    with locked(folder.parent / f".{name}.lock"):
        done = folder / "complete"
        if not (done.exists() and server.exists(name)):
            _build(server, name, folder, ARGUMENTS[kind])
            done.touch()
    return Instance(server, name, folder)


def _build(server, name, folder, arguments):
    """Install the host apps under another name, and rename when complete."""
    shutil.rmtree(folder, ignore_errors=True)
    server.drop(name)
    building = Instance(server, f"{name}_new", folder)
    building.forget()
    with step(f"Installing Odoo's apps {', '.join(HOST_APPS)} ({name})"):
        building.odoo_or_fail(
            *("-i", ",".join(HOST_APPS), *arguments, "--stop-after-init", "--no-http")
        )
        server.rename(building.database, name)
        target = Instance(server, name, folder)
        target.data.mkdir(exist_ok=True)
        if building.filestore.is_dir():
            building.filestore.rename(target.filestore)
