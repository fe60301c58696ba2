"""The tour of the table over the API: a cascade of stock, productions and purchases.

Every quantity is worked out here a second time, from the recipe and from the stock that
the test has counted. The vendors of what is short have no minimum and no package, so that the
quantities ordered are those that are missing. What the other vendors sell is there in plenty.
"""

import pytest
from dining_table import RECIPE, TABLE, add_orders, net
from rpc import free_stock

PLENTY = {"product_screw": 150, "product_glue": 12, "product_varnish": 8}
#: Everywhere a part of what is needed; brackets are needed twice, on two levels.
SOME = {
    "product_bracket": 6,
    "product_edge": 5,
    "product_lacquer_white": 0.5,
    "product_leg": 2,
    "product_oak_panel": 3,
    "product_rail": 0,
    "product_timber": 1,
}
NOTHING = dict.fromkeys((*RECIPE, *SOME), 0)
#: The requests that come of it, worked out by hand.
MISSING = {
    "product_bracket": ("vendor_ironbridge", 2),
    "product_edge": ("vendor_quickboard", 0.2),
    "product_lacquer_white": ("vendor_colourcraft", 0.25),
    "product_oak_panel": ("vendor_blackwood", 1),
    "product_rail": ("vendor_blackwood", 4.5),
    "product_timber": ("vendor_blackwood", 0.5),
}
#: Who delivers, one after the other, and what can be produced from then on.
ARRIVALS = (
    ("vendor_blackwood", {"product_leg"}),
    ("vendor_quickboard", {"product_leg", "product_top_1_1"}),
    ("vendor_ironbridge", {"product_leg", "product_top_1_1"}),
    ("vendor_colourcraft", {"product_leg", "product_top_1_1"}),
)
#: What is produced, one after the other, and what can be produced then.
FINISHED = (
    ("product_leg", {"product_top_1_1", "product_frame_1"}),
    ("product_top_1_1", {"product_frame_1"}),
    ("product_frame_1", {TABLE}),
    (TABLE, set()),
)
KINDS = ("mrp.production", "purchase.order.line", "stock.move", "stock.picking", "stock.reference")


def test_a_table_from_the_quotation_to_the_delivery(sofia, paul, admin, workshop):
    needs = net({**SOME, **PLENTY})
    order, line = _quote(sofia)
    _check_plan(sofia, paul, order, line, needs)

    delivery = _confirm(sofia, paul, order)
    documents = Documents(paul, line)
    documents.check(needs, delivery)
    documents.check_requests(MISSING)
    documents.check_ready(set())
    _check_documents_in_plan(sofia, paul, order, documents, needs)

    for vendor, ready in ARRIVALS:
        documents.receive(vendor)
        documents.check_ready(ready)
    _check_rival_takes_no_parts(sofia, paul, admin, documents)
    for product, ready in FINISHED:
        documents.produce(product)
        documents.check_ready(ready)
    _check_rival_takes_no_table(sofia, paul, admin, delivery)
    _deliver(sofia, paul, order, line, delivery)


@pytest.fixture
def workshop(paul):
    """The stock that the quantities come of; afterwards it is as it was."""
    with free_stock(paul, {**NOTHING, **SOME, **PLENTY}):
        yield


class Documents:
    """What was made and bought for an order line, and a planner who works with it."""

    def __init__(self, planner, line):
        self._planner = planner
        self._line = line
        served = [("mto_sale_line_ids", "in", [line])]
        fields = "product_id", "product_qty", "state", "mto_sale_line_ids"
        links = "move_raw_ids", "move_finished_ids"
        productions = planner.search("mrp.production", served, *fields, *links)
        self.made = {production["product_id"]: production for production in productions}
        assert len(self.made) == len(productions), "one production of each"
        fields = "product_id", "product_qty", "product_uom_qty", "mto_sale_line_ids"
        links = "order_id", "move_dest_ids"
        self.bought = planner.search("purchase.order.line", served, *fields, *links)

    def parts(self):
        """The moves of all components, on all levels."""
        moves = [move for made in self.made.values() for move in made["move_raw_ids"]]
        fields = "product_id", "product_qty", "quantity", "state", "procure_method"
        return self._planner.read("stock.move", moves, *fields, "raw_material_production_id")

    def reserved(self):
        """{move: quantity} that every component has now."""
        return {move["id"]: move["quantity"] for move in self.parts()}

    # -- what the confirmation made ----------------------------------------------------

    def check(self, needs, delivery):
        """The productions, their parts and the purchases are what the needs say, and tied."""
        tied, ordered = self._check_parts(needs), add_orders(needs)
        tied[TABLE], ordered[TABLE] = {delivery}, 1
        assert set(self.made) == {self._planner.ref(product) for product in needs}
        for product in needs:
            production = self.made[self._planner.ref(product)]
            assert production["product_qty"] == pytest.approx(ordered.pop(product)), product
            assert production["state"] == "confirmed", product
            assert production["mto_sale_line_ids"] == [self._line], product
            links = production["move_finished_ids"], "move_dest_ids"
            (finished,) = self._planner.read("stock.move", *links)
            assert set(finished["move_dest_ids"]) == tied[product], product
        assert {line["product_id"] for line in self.bought} == set(map(self._planner.ref, ordered))
        for product, quantity in ordered.items():
            lines = self._lines_of(product)
            total = sum(line["product_qty"] for line in lines)
            assert total == pytest.approx(quantity), product
            pegs = {move for line in lines for move in line["move_dest_ids"]}
            assert pegs == tied[product], product
            assert all(line["mto_sale_line_ids"] == [self._line] for line in lines), product

    def _check_parts(self, needs):
        """{product: moves} that wait for what is ordered; the others have their goods."""
        moves, tied = self.parts(), {}
        for product, parts in needs.items():
            production = self.made[self._planner.ref(product)]["id"]
            here = [move for move in moves if move["raw_material_production_id"] == production]
            assert {move["product_id"] for move in here} == {
                self._planner.ref(need.part) for need in parts
            }
            for need in parts:
                own = [move for move in here if move["product_id"] == self._planner.ref(need.part)]
                short = [move for move in own if move["procure_method"] == "make_to_order"]
                there = [move for move in own if move not in short]
                assert _total(there, "product_qty") == pytest.approx(need.stock), need
                assert _total(there, "quantity") == pytest.approx(need.stock), need
                assert {move["state"] for move in there} <= {"assigned"}, need
                assert _total(short, "product_qty") == pytest.approx(need.ordered), need
                assert _total(short, "quantity") == 0, need
                assert {move["state"] for move in short} <= {"waiting"}, need
                tied.setdefault(need.part, set()).update(move["id"] for move in short)
        return tied

    def check_requests(self, wanted):
        """One request for each vendor, with exactly the quantities wanted."""
        vendors = {}
        for product, (vendor, quantity) in wanted.items():
            (line,) = self._lines_of(product)
            (rfq,) = self._planner.read("purchase.order", [line["order_id"]], *_RFQ)
            vendors.setdefault(vendor, set()).add(rfq["id"])
            assert (rfq["state"], rfq["partner_id"]) == ("draft", self._planner.ref(vendor))
            assert line["product_qty"] == pytest.approx(quantity), product
        assert {len(orders) for orders in vendors.values()} == {1}
        assert len(self.bought) == len(wanted)

    def _lines_of(self, product):
        wanted = self._planner.ref(product)
        return [line for line in self.bought if line["product_id"] == wanted]

    # -- what happens afterwards -------------------------------------------------------

    def check_ready(self, wanted):
        """These productions have all their components, and no other that is still to be done."""
        ids = [production["id"] for production in self.made.values()]
        fields = "product_id", "state", "reservation_state"
        ready = {
            production["product_id"]
            for production in self._planner.read("mrp.production", ids, *fields)
            if (production["state"], production["reservation_state"]) == ("confirmed", "assigned")
        }
        assert ready == {self._planner.ref(product) for product in wanted}

    def receive(self, vendor):
        """Confirm the request to a vendor, and receive all of it."""
        orders = list({line["order_id"] for line in self.bought})
        wanted = self._planner.ref(vendor)
        found = self._planner.read("purchase.order", orders, *_RFQ)
        (rfq,) = [order["id"] for order in found if order["partner_id"] == wanted]
        self._planner.call("purchase.order", "button_confirm", [rfq])
        (bought,) = self._planner.read("purchase.order", [rfq], "picking_ids")
        receipts = bought["picking_ids"]
        assert self._planner.call("stock.picking", "button_validate", receipts) is True
        (receipt,) = self._planner.read("stock.picking", receipts, "state")
        assert receipt["state"] == "done"

    def produce(self, product):
        """Produce the whole quantity: of each part as much as the recipe says is used up."""
        production = self.made[self._planner.ref(product)]
        self._planner.call("mrp.production", "button_mark_done", [production["id"]])
        fields = "state", "qty_produced", "move_raw_ids"
        (done,) = self._planner.read("mrp.production", [production["id"]], *fields)
        assert (done["state"], done["qty_produced"]) == ("done", production["product_qty"])
        moves = self._planner.read("stock.move", done["move_raw_ids"], "product_id", "quantity")
        used = {}
        for move in moves:
            used[move["product_id"]] = used.get(move["product_id"], 0) + move["quantity"]
        each = {self._planner.ref(part): quantity for _place, part, quantity in RECIPE[product]}
        assert used == pytest.approx(
            {part: quantity * done["qty_produced"] for part, quantity in each.items()}
        )

    def cancel(self):
        """Cancel whatever is still alive."""
        for production in self.made.values():
            self._planner.call("mrp.production", "action_cancel", [production["id"]])
        orders = list({line["order_id"] for line in self.bought})
        self._planner.call("purchase.order", "button_cancel", orders)


_RFQ = ("state", "partner_id")


def _total(records, field):
    return sum(record[field] for record in records)


def _quote(sofia, **line):
    """The ids of a quotation for one table in white, and of its line."""
    values = {"product_id": sofia.ref(TABLE), "product_uom_qty": 1, **line}
    white = sofia.ref("table_colour_2")
    values["product_no_variant_attribute_value_ids"] = [(6, 0, [white])]
    customer = sofia.ref("customer_lindqvist")
    order = sofia.create("sale.order", partner_id=customer, order_line=[(0, 0, values)])
    (quoted,) = sofia.read("sale.order", [order], "order_line", "state")
    assert quoted["state"] == "draft"
    return order, quoted["order_line"][0]


def _check_plan(sofia, paul, order, line, needs):
    """The plan says what will be made and bought, and reading it writes nothing."""
    before = _snapshot(sofia, paul, order)
    plan = sofia.call("sale.order", "get_mto_plan", [order])
    again = sofia.call("sale.order", "get_mto_plan", [order])
    assert _timeless(again) == _timeless(plan), "the same once more"
    assert _snapshot(sofia, paul, order) == before
    assert (plan["order_id"], plan["feasible"]) == (order, True)
    assert plan["blockers"] == plan["gaps"] == []
    assert (plan["lines"][0]["line_id"], plan["lines"][0]["quantity"]) == (line, 1)
    nodes = _check_nodes(paul, plan, needs)
    assert not [node["key"] for node in nodes if node["document"]], "nothing is there yet"


#: What moves on with the clock.
_MOMENTS = ("computed_at", "promise_date", "ship_date", "lead_days", "late_days", "start", "end")
_MOMENTS += ("earliest_start", "slack_days")


def _timeless(part):
    """A plan without what depends on the moment at which it is asked for."""
    if isinstance(part, list):
        return [_timeless(item) for item in part]
    if isinstance(part, dict):
        return {key: _timeless(item) for key, item in part.items() if key not in _MOMENTS}
    return part


def _check_nodes(paul, plan, needs):
    """The plan's nodes, which are what the needs say, each below what it is for."""
    (line,) = plan["lines"]
    pairs = list(_walk(line["supplies"]))
    wanted = _expect_nodes(paul, line["line_id"], needs)
    assert sorted(node["key"] for _parent, node in pairs) == sorted(wanted)
    for parent, node in pairs:
        above, product, quantity = wanted[node["key"]]
        assert (parent, node["product_id"]) == (above, product), node["key"]
        assert (node["quantity"], node["surplus"]) == (pytest.approx(quantity), 0), node["key"]
    return [node for _parent, node in pairs]


def _expect_nodes(paul, line, needs):
    """{key: (the key above it, product, quantity)}: keys go from BoM line to BoM line."""
    places = {TABLE: str(line)}
    wanted = {f"{line}:production": (None, paul.ref(TABLE), 1)}
    for product, parts in needs.items():
        for need in parts:
            place = f"{places[product]}/{paul.ref(need.place)}"
            for supply, quantity in need.supplies():
                above = f"{places[product]}:production"
                wanted[f"{place}:{supply}"] = (above, paul.ref(need.part), quantity)
            places[need.part] = place
    return wanted


def _walk(supplies, parent=None):
    """Every node of a plan with the key of the one above it."""
    for node in supplies:
        yield parent, node
        yield from _walk(node["supplies"], node["key"])


def _snapshot(sofia, paul, order):
    """What a plan must leave alone: the newest documents, and the order itself."""
    newest = [max(paul.call(kind, "search", domain=[]), default=0) for kind in KINDS]
    return newest, sofia.read("sale.order", [order], "write_date", "state", "order_line")


def _confirm(sofia, paul, order):
    """The id of the delivery's move, which waits for the table."""
    sofia.call("sale.order", "action_confirm", [order])
    (sold,) = sofia.read("sale.order", [order], "state", "picking_ids")
    assert sold["state"] == "sale"
    (picking,) = paul.read("stock.picking", sold["picking_ids"], "state", "move_ids")
    (move,) = paul.read("stock.move", picking["move_ids"], "quantity", "product_qty")
    assert (picking["state"], move["quantity"], move["product_qty"]) == ("waiting", 0, 1)
    return move["id"]


def _check_documents_in_plan(sofia, paul, order, documents, needs):
    """What happened is what was planned: the salesperson reads the same tree with documents."""
    plan = sofia.call("sale.order", "get_mto_plan", [order])
    assert plan["blockers"] == plan["gaps"] == []
    nodes = _check_nodes(paul, plan, needs)
    assert all((node["document"] is None) == (node["supply"] == "stock") for node in nodes)
    told = [node["document"] for node in nodes if node["document"]]
    made = {("mrp.production", production["id"]) for production in documents.made.values()}
    bought = {("purchase.order", line["order_id"]) for line in documents.bought}
    assert {(document["model"], document["id"]) for document in told} == made | bought


def _check_rival_takes_no_parts(sofia, paul, admin, documents):
    """A second table, while the first one's parts lie in stock: all of it is ordered anew."""
    before = documents.reserved()
    order, line = _quote(sofia)
    needs = net({**dict.fromkeys(SOME, 0), **PLENTY})
    _check_plan(sofia, paul, order, line, needs)
    delivery = _confirm(sofia, paul, order)
    rival = Documents(paul, line)
    rival.check(needs, delivery)
    for production in rival.made.values():
        paul.call("mrp.production", "action_assign", [production["id"]])
    rival.check_ready(set())
    assert documents.reserved() == before, "they are still the first table's"
    # To cancel it, Odoo reads the purchases, and so refuses a salesperson.
    admin.call("sale.order", "action_cancel", [order])
    rival.cancel()
    assert documents.reserved() == before


def _check_rival_takes_no_table(sofia, paul, admin, delivery):
    """The table is reserved for its order; a line that says "from stock" goes without."""
    (move,) = paul.read("stock.move", [delivery], "state", "quantity")
    assert (move["state"], move["quantity"]) == ("assigned", 1)
    rival, _line = _quote(sofia, supply_strategy="mts")
    sofia.call("sale.order", "action_confirm", [rival])
    (sold,) = sofia.read("sale.order", [rival], "picking_ids")
    paul.call("stock.picking", "action_assign", sold["picking_ids"])
    (picking,) = paul.read("stock.picking", sold["picking_ids"], "state")
    assert picking["state"] == "confirmed"
    admin.call("sale.order", "action_cancel", [rival])
    (move,) = paul.read("stock.move", [delivery], "state", "quantity")
    assert (move["state"], move["quantity"]) == ("assigned", 1)


def _deliver(sofia, paul, order, line, delivery):
    (move,) = paul.read("stock.move", [delivery], "picking_id")
    assert paul.call("stock.picking", "button_validate", [move["picking_id"]]) is True
    (sold,) = sofia.read("sale.order", [order], "delivery_status")
    (sold_line,) = sofia.read("sale.order.line", [line], "qty_delivered")
    assert (sold["delivery_status"], sold_line["qty_delivered"]) == ("full", 1)
