"""For each code, two blocks of Python: the first brings the code about in a lab, the second mends the lab.

The first block ends with the call that is refused. After the second, every project of the lab is registered. A test
runs both from the finished page.
"""

from __future__ import annotations

from typing import NamedTuple


class Blocks(NamedTuple):
    """What to run to meet the code, and what to run then."""

    reproduce: str
    mend: str


_BEGIN = 'from fanlic import Lab\nfrom fanlic.lab import ready\n\nlab = Lab(engine="inline")\n'
_TERMS = (
    "from dataclasses import replace\n\nfrom fanlic import Lab\nfrom fanlic.lab import ready\n\n"
    'lab = Lab(engine="inline")\nlab.sign(replace(lab.customer.contract, {terms}))\n'
    "server = ready.activated(lab)\n"
)

BLOCKS = {
    "10000": Blocks(
        f"{_BEGIN}server, sales = ready.registered(lab, 'sales')\n"
        'page = {"content": b"<html>", "headers": {"Content-Type": "application/json"}}  # as a proxy would send it\n'
        'raise server.send("PUT", "/license/v1/registrations/sales", **page).refusal()',
        "sales.register(server.address)  # straight to the server, past the proxy",
    ),
    "10001": Blocks(
        f'{_BEGIN}server = ready.activated(lab)\nsales = lab.project("sales", version="six")\n'
        "sales.register(server.address)",
        'sales.configure(version="6.0.5")\nsales.register(server.address)',
    ),
    "20000": Blocks(
        f'{_BEGIN}server, sales = ready.registered(lab, "sales")\nsales.unbind()\n'
        "sales.nodes[0].unbind()  # a second time",
        "sales.register(server.address)",
    ),
    "30000": Blocks(
        f'{_TERMS.format(terms="days=2")}sales = lab.project("sales")\nlab.clock.advance(days=2)\n'
        "sales.register(server.address)",
        "lab.sign(replace(lab.customer.contract, email='it2@acme.example', days=365))  # a new contract\n"
        'lab.new_host("host-2")\nserver = ready.activated(lab, port="-P")\nsales.register(server.address)',
    ),
    "30001": Blocks(
        f'{_BEGIN}server = ready.activated(lab)\nsales = lab.project("sales", version="7.0.1")\n'
        "sales.register(server.address)",
        'sales.configure(version="6.0.5")  # or ask for a license that covers 7.0.1\nsales.register(server.address)',
    ),
    "30002": Blocks(
        f'{_BEGIN}server, sales = ready.registered(lab, "sales")\nname = lab.host.container()\n'
        'lab.host.docker(f"stop {name}")\nlab.clock.advance(hours=25)\nlab.host.docker(f"start {name}")\n'
        "server = lab.host.server()\nsales.register(server.address)",
        "server.submit(lab.phone.scan(server.refresh()))  # a new QR code, a new six-digit code\n"
        "sales.register(server.address)",
    ),
    "30003": Blocks(
        f"""{_TERMS.format(terms='networks=("10.1.0.0/16",)')}sales = lab.project("sales")\n"""
        "sales.register(server.address)  # the lab's projects come from 127.0.0.1",
        'lab.sign(replace(lab.customer.contract, email="it2@acme.example", networks=("127.0.0.0/8",)))\n'
        'lab.new_host("host-2")\nserver = ready.activated(lab, port="-P")  # licensed for 127.0.0.1\n'
        "sales.register(server.address)",
    ),
    "30004": Blocks(
        f"""{_TERMS.format(terms='domains=("bi.acme.example",)')}"""
        'sales = lab.project("sales", domain="172.16.63.20")\nsales.register(server.address)',
        'sales.configure(domain="bi.acme.example")\nsales.register(server.address)',
    ),
    "30005": Blocks(
        f"""{_TERMS.format(terms='app_names=("webroot",)')}"""
        'sales = lab.project("sales", app_name="decision")\nsales.register(server.address)',
        'sales.configure(app_name="webroot")\nsales.register(server.address)',
    ),
    "30007": Blocks(
        f'{_TERMS.format(terms="seats=1")}sales, stock = lab.project("sales"), lab.project("stock")\n'
        "sales.register(server.address)\nstock.register(server.address)",
        "lab.projects.remove(sales)\nsales.unbind()  # it is no longer used\nstock.register(server.address)",
    ),
}
