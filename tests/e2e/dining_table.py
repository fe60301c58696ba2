"""What the demo company's table is made of, and what an order for one has to come to.

Nothing here is read from Odoo: it is the tests' own word, beside the addon's.
"""

from typing import NamedTuple

TABLE = "product_table_1_1"  # 160 cm, oak; the colour is chosen on the order line: white
#: What one of each takes: the line of its bill of materials, the part, how much.
RECIPE = {
    TABLE: (
        ("bom_table_top_1_1", "product_top_1_1", 1),
        ("bom_table_frame_1", "product_frame_1", 1),
        ("bom_hardware_kit_screw", "product_screw", 24),
        ("bom_hardware_kit_bracket", "product_bracket", 4),
        ("bom_table_lacquer_white", "product_lacquer_white", 0.75),
    ),
    "product_top_1_1": (
        ("bom_top_oak_panel_size_1_wood_1", "product_oak_panel", 4),
        ("bom_top_edge_size_1", "product_edge", 5.2),
        ("bom_top_glue", "product_glue", 1),
        ("bom_top_varnish", "product_varnish", 0.5),
    ),
    "product_frame_1": (
        ("bom_frame_leg", "product_leg", 4),
        ("bom_frame_rail_size_1", "product_rail", 4.5),
        ("bom_frame_bracket", "product_bracket", 4),
    ),
    "product_leg": (("bom_leg_timber", "product_timber", 0.75),),
}


class Need(NamedTuple):
    """A part of something made: its place in the recipe, and what it is covered by."""

    place: str
    part: str
    stock: float
    ordered: float

    def supplies(self):
        """Yield the kinds of its supplies, with the quantity of each."""
        if self.stock:
            yield "stock", self.stock
        if self.ordered:
            yield "production" if self.part in RECIPE else "purchase", self.ordered


def net(free):
    """{made: needs} of one table: level by level, each part from stock while there is any."""
    left, needs, waiting = dict(free), {}, [(TABLE, 1)]
    while waiting:
        product, quantity = waiting.pop(0)
        needs[product] = []
        for place, part, each in RECIPE[product]:
            stock = min(left.get(part, 0), each * quantity)
            left[part] = left.get(part, 0) - stock
            short = round(each * quantity - stock, 3)
            needs[product].append(Need(place, part, stock, short))
            if short and part in RECIPE:
                waiting.append((part, short))
    return needs


def add_orders(needs):
    """{product: quantity} of all that is ordered, on all levels."""
    ordered = {}
    for need in (need for parts in needs.values() for need in parts if need.ordered):
        ordered[need.part] = ordered.get(need.part, 0) + need.ordered
    return ordered
