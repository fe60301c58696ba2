"""Products that share scarce parts, orders for them, and what has to come of the orders.

Nothing of what must be is read from Odoo: it follows from the recipes and the order lines.
"""

from collections import Counter

#: What one of each takes. The drawer is made too, the rest is bought.
RECIPE = {
    "desk": {"drawer": 1, "board": 1},
    "shelf": {"board": 3},
    "chest": {"drawer": 2, "handle": 1},
    "drawer": {"board": 2, "handle": 1},
}
SOLD = ("desk", "shelf", "chest")
BOUGHT = ("board", "handle")


class Market:
    """Made anew for each test, so that nothing else has a claim on its stock."""

    def __init__(self, admin, quantities, stock):
        """``quantities``: one per order, of each product in turn; ``stock``: what is there."""
        self.admin = admin
        self.stock = stock
        self.lines = [(SOLD[n % len(SOLD)], qty) for n, qty in enumerate(quantities)]
        self._create_products()
        self.orders = self._create_orders()
        self._fill_stock()

    def _create_products(self):
        partner = self.admin.create("res.partner", name="Sawmill")
        names = (*SOLD, "drawer", *BOUGHT)
        vals_list = [
            {
                "name": f"Market {name}",
                "is_storable": True,
                "supply_strategy": "mto" if name in SOLD else False,
                "seller_ids": [(0, 0, {"partner_id": partner, "price": 1})] * (name in BOUGHT),
            }
            for name in names
        ]
        products = self.admin.call("product.product", "create", vals_list=vals_list)
        self.products = dict(zip(names, products, strict=True))
        self.names = {product: name for name, product in self.products.items()}
        templates = self.admin.read("product.product", products, "product_tmpl_id")
        for product in templates:
            recipe = RECIPE.get(self.names[product["id"]])
            if recipe:
                lines = [
                    (0, 0, {"product_id": self.products[part], "product_qty": quantity})
                    for part, quantity in recipe.items()
                ]
                template = product["product_tmpl_id"]
                self.admin.create("mrp.bom", product_tmpl_id=template, bom_line_ids=lines)

    def _fill_stock(self):
        (order,) = self.admin.read("sale.order", self.orders[:1], "warehouse_id")
        warehouses = self.admin.read("stock.warehouse", [order["warehouse_id"]], "lot_stock_id")
        (warehouse,) = warehouses
        for name, quantity in self.stock.items():
            values = {
                "product_id": self.products[name],
                "location_id": warehouse["lot_stock_id"],
                "inventory_quantity": quantity,
            }
            counted = {"vals_list": [values], "context": {"inventory_mode": True}}
            quants = self.admin.call("stock.quant", "create", **counted)
            self.admin.call("stock.quant", "action_apply_inventory", quants)

    def _create_orders(self):
        partner = self.admin.create("res.partner", name="Market customer")
        return self.admin.call(
            "sale.order",
            "create",
            vals_list=[
                {
                    "partner_id": partner,
                    "order_line": [
                        (0, 0, {"product_id": self.products[name], "product_uom_qty": quantity})
                    ],
                }
                for name, quantity in self.lines
            ],
        )

    # -- what must be ------------------------------------------------------------------

    def sum_nodes(self, plans):
        """{(product's name, supply): quantity} of all nodes; each demand is covered in full."""
        found = Counter()
        for plan, (name, quantity) in zip(plans, self.lines, strict=True):
            assert not plan["gaps"], plan["gaps"]
            (line,) = plan["lines"]
            self._sum_demand(line["supplies"], {name: quantity}, found)
        return found

    def _sum_demand(self, nodes, wanted, found):
        """I3: what covers each demand comes to what is demanded."""
        covered = Counter()
        for node in nodes:
            name = self.names[node["product_id"]]
            covered[name] += node["quantity"]
            found[name, node["supply"]] += node["quantity"]
            assert not node["surplus"], node
            parts = {part: each * node["quantity"] for part, each in RECIPE.get(name, {}).items()}
            is_made = node["supply"] == "production"
            self._sum_demand(node["supplies"], parts if is_made else {}, found)
        assert covered == wanted, (covered, wanted)

    def check(self, plans):
        """Nothing is reserved twice, nothing is lost, and just the shortage is ordered."""
        nodes = self.sum_nodes(plans)
        ordered = self._read_ordered()
        shortage = self._get_shortage()
        assert ordered == shortage, (ordered, shortage)
        for name, quantity in ordered.items():
            assert nodes[name, "purchase"] + nodes[name, "production"] == quantity, name
        for quant in self._read_quants():
            name = self.names[quant["product_id"]]
            assert quant["reserved_quantity"] <= quant["quantity"], quant
            assert quant["reserved_quantity"] == nodes[name, "stock"] == self.stock[name], quant

    def _get_shortage(self):
        """{name: quantity} to be made or bought, where all that is in stock is used up."""
        wanted = Counter()
        for name, quantity in self.lines:
            wanted[name] += quantity
        for name in (*SOLD, "drawer"):
            wanted[name] -= self.stock.get(name, 0)
            for part, each in RECIPE[name].items():
                wanted[part] += each * wanted[name]
        for name in BOUGHT:
            wanted[name] -= self.stock.get(name, 0)
        assert min(wanted.values()) > 0, "the stock is not scarce"
        return wanted

    def _read_ordered(self):
        ids = list(self.products.values())
        mine = [("product_id", "in", ids), ("state", "!=", "cancel")]
        ordered = Counter()
        for model in ("mrp.production", "purchase.order.line"):
            for record in self.admin.search(model, mine, "product_id", "product_qty"):
                ordered[self.names[record["product_id"]]] += record["product_qty"]
        return ordered

    def _read_quants(self):
        domain = [
            ("product_id", "in", list(self.products.values())),
            ("location_id.usage", "=", "internal"),
        ]
        return self.admin.search(
            "stock.quant", domain, "product_id", "quantity", "reserved_quantity"
        )
