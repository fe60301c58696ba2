"""An outside program's view of Odoo: the JSON-2 API with a key, as a person would make one."""

import http.cookiejar
import json
import urllib.error
import urllib.request
from contextlib import contextmanager

_TIMEOUT = 120


class RpcError(Exception):
    """The server refused; ``name`` is its exception, like ``odoo.exceptions.AccessError``."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


class Client:
    """One user of one server."""

    def __init__(self, url, database, login, password):
        self.url = url
        self.login = login
        self._key = _make_key(url, database, login, password)

    def call(self, model, method, ids=(), **kwargs):
        """Call a public method; its arguments by name, records come back as ids."""
        if ids:
            kwargs["ids"] = list(ids)
        headers = {"Authorization": f"Bearer {self._key}"}
        return _post(f"{self.url}/json/2/{model}/{method}", kwargs, headers)

    def ref(self, name):
        """The id of a record of the demo company by its name there."""
        found = self.call(
            "ir.model.data",
            "check_object_reference",
            module="mto_manufacturing",
            xml_id=name,
            raise_on_access_error=True,
        )
        return found[1]

    def create(self, model, **values):
        """The id of a new record."""
        return self.call(model, "create", vals_list=[values])[0]

    def read(self, model, ids, *fields):
        """The records' fields, one dictionary a record, in the order of the ids."""
        return self.call(model, "read", ids, fields=list(fields), load=None) if ids else []

    def search(self, model, domain, *fields):
        """The fields of what the domain finds, ids for related records."""
        ids = self.call(model, "search", domain=domain, order="id")
        return self.read(model, ids, *fields)


@contextmanager
def free_stock(planner, wanted):
    """Have just these quantities free in the workshop, and what there was when it is over.

    :param planner: the Client of somebody who may count stock
    :param wanted: {product's name in the demo company: quantity}
    """
    products = {planner.ref(name): quantity for name, quantity in wanted.items()}
    before = {product: _read_free(planner, product) for product in products}
    _count(planner, products)
    try:
        for product, quantity in products.items():
            assert abs(_read_free(planner, product) - quantity) < 0.001, "somebody waited for it"
        yield
    finally:
        _count(planner, before)


def _read_free(planner, product):
    (stock,) = planner.read("product.product", [product], "free_qty")
    return stock["free_qty"]


def _count(planner, wanted):
    """Enter what was counted: what is reserved stays so, beside the quantity wanted."""
    place = planner.ref("location_oakline_stock")
    for product, quantity in wanted.items():
        free = _read_free(planner, product)
        if abs(free - quantity) < 0.001:
            continue
        domain = [("product_id", "=", product), ("location_id", "=", place)]
        there = sum(
            quant["quantity"] for quant in planner.search("stock.quant", domain, "quantity")
        )
        values = {"product_id": product, "location_id": place}
        values["inventory_quantity"] = there + quantity - free
        counted = {"vals_list": [values], "context": {"inventory_mode": True}}
        quants = planner.call("stock.quant", "create", **counted)
        planner.call("stock.quant", "action_apply_inventory", quants)


def _make_key(url, database, login, password):
    """Log in as in the browser, and make an API key from the user's preferences."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(cookies)

    def web(path, **params):
        answer = _post(url + path, {"jsonrpc": "2.0", "params": params}, opener=opener)
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise RpcError(data.get("name"), data.get("message"))
        return answer["result"]

    def method(model, name, args, **context):
        path = f"/web/dataset/call_kw/{model}/{name}"
        kwargs = {"context": context}
        return web(path, model=model, method=name, args=args, kwargs=kwargs)

    web("/web/session/authenticate", db=database, login=login, password=password)
    description = "res.users.apikeys.description"
    wizard = method(description, "create", [{"name": "Tour", "duration": "1"}])
    check = method(description, "make_key", [[wizard]])
    shown = method(check["res_model"], "run_check", [[check["res_id"]]], password=password)
    return shown["context"]["default_key"]


def _post(url, body, headers=None, opener=None):
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )
    do_open = opener.open if opener else urllib.request.urlopen
    try:
        with do_open(request, timeout=_TIMEOUT) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        try:
            fault = json.loads(text)
        except ValueError:
            fault = {"name": f"HTTP {error.code}", "message": text[:500]}
        raise RpcError(fault.get("name"), fault.get("message")) from error
