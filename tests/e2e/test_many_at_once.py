"""Many clients confirm orders for the same scarce parts at once; and a worker dies meanwhile.

MTO_MANY=200 confirms that many orders; `make test` a few.
"""

import os
import queue
import signal
import threading
import time

import psutil
import pytest
from market import Market
from rpc import Client, RpcError
from servers import find_port, serve

CLIENTS = 8
WORKERS = 4
ORDERS = int(os.environ.get("MTO_MANY", "24"))
#: How often a client tries again, beyond what Odoo does by itself.
RETRIES = 2


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    """A server with workers, as in production."""
    if os.environ.get("MTO_E2E_URL"):
        pytest.fail("These tests start a server of their own: run them without MTO_E2E_URL")
    log = tmp_path_factory.mktemp("workers") / "odoo.log"
    limits = ["--limit-time-cpu=600", "--limit-time-real=900"]
    ports = [f"--workers={WORKERS}", f"--gevent-port={find_port()}"]
    with serve(database, log, *ports, *limits) as running:
        yield running
    again = log.read_text(errors="replace").count("tries left, try again in")
    print(f"\nOdoo tried again by itself {again} times.")


@pytest.fixture(scope="module")
def admin(server, database):
    return Client(server.address, database, "admin", "admin")


class Clients:
    """Clients that confirm what is on one list until it is empty."""

    def __init__(self, client, orders):
        self.client = client
        self.retries, self.faults = [], []
        self._orders = queue.SimpleQueue()
        for order in orders:
            self._orders.put(order)

    def run(self):
        threads = [threading.Thread(target=self._work) for _client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self):
        while True:
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return
            self.retries.append(self._confirm(order))

    def _confirm(self, order):
        """How often a client had to try again."""
        for retries in range(RETRIES + 1):
            try:
                self.client.call("sale.order", "action_confirm", [order])
                return retries
            except RpcError as error:
                fault = error
                if "serializ" not in str(error).lower():
                    break
        self.faults.append((order, fault))
        return RETRIES + 1


def test_many_orders_for_scarce_parts_at_once(admin):
    quantities = [1 + n % 3 for n in range(ORDERS)]
    scarce = {"board": ORDERS, "handle": ORDERS // 2, "drawer": ORDERS // 4}
    market = Market(admin, quantities, scarce)
    clients = Clients(admin, market.orders)
    started = time.monotonic()
    clients.run()
    took = time.monotonic() - started
    again = sum(map(bool, clients.retries))
    print(f"\n{ORDERS} orders, {CLIENTS} clients: {took:.1f} s, {again} tried again by a client")
    assert not clients.faults, clients.faults
    states = {order["state"] for order in admin.read("sale.order", market.orders, "state")}
    assert states == {"sale"}
    market.check([admin.call("sale.order", "get_mto_plan", [order]) for order in market.orders])


def test_a_worker_killed_on_the_way_leaves_nothing_behind(admin, server):
    market = Market(admin, [60] * 3, {"board": 5, "handle": 5, "drawer": 5})
    everything = admin.create(
        "sale.order",
        partner_id=admin.create("res.partner", name="Market customer"),
        order_line=[
            (0, 0, {"product_id": market.products[name], "product_uom_qty": 1})
            for name, _quantity in market.lines * 20
        ],
    )
    quants = market._read_quants()
    confirming = threading.Thread(target=_confirm_and_lose, args=(admin, everything))
    before = _get_processor_times(server)
    confirming.start()
    _kill_the_busy_one(server, before)
    confirming.join()

    (order,) = admin.read("sale.order", [everything], "state", "picking_ids")
    assert order == {"id": everything, "state": "draft", "picking_ids": []}
    assert not market._read_ordered()
    assert market._read_quants() == quants
    admin.call("sale.order", "action_confirm", [everything])
    (order,) = admin.read("sale.order", [everything], "state")
    assert order["state"] == "sale"
    assert market._read_ordered()["desk"] == 20


def _confirm_and_lose(admin, order):
    try:
        admin.call("sale.order", "action_confirm", [order])
    except (RpcError, OSError):
        return  # nobody answers any more


def _get_processor_times(server):
    times = {}
    for worker in psutil.Process(server.process.pid).children(recursive=True):
        times[worker.pid] = worker.cpu_times().user
    return times


def _kill_the_busy_one(server, before):
    """Kill the worker that has begun to work on something; it is this test's own."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for pid, used in _get_processor_times(server).items():
            if used - before.get(pid, used) > 0.4:
                os.kill(pid, signal.SIGKILL)
                return
        time.sleep(0.02)
    pytest.fail("No worker had anything to do")
