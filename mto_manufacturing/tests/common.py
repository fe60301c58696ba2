from odoo.fields import Command
from odoo.tests import Form, TransactionCase


class MtoCommon(TransactionCase):
    """Builders for what a scenario is made of. Nothing here looks a record up by name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.route_mto = cls.env.ref("stock.route_warehouse0_mto")
        cls.route_mts = cls.env.ref("mto_manufacturing.route_mts")
        cls.route_mts_mto = cls.env.ref("mto_manufacturing.route_mts_mto")

    @classmethod
    def new_product(cls, name, strategy=False, vendor=None, **vals):
        """A storable product, bought from ``vendor`` (a partner, or True for the usual one)."""
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, "supply_strategy": strategy, **vals}
        )
        if vendor:
            cls.new_price(product, cls.vendor if vendor is True else vendor)
        return product

    @classmethod
    def new_price(cls, product, vendor, delay=0, price=1.0, **vals):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "delay": delay,
                "price": price,
                **vals,
            }
        )

    @classmethod
    def new_bom(cls, product, components, **vals):
        """A BoM; ``components`` maps products to the quantity for one of ``product``."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1.0,
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components.items()
                ],
                **vals,
            }
        )

    def new_orderpoint(self, product, minimum=0, **vals):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "location_id": self.stock.id,
                "product_min_qty": minimum,
                "product_max_qty": minimum,
                "trigger": "auto",
                **vals,
            }
        )

    @classmethod
    def put_in_stock(cls, product, quantity, location=None):
        cls.env["stock.quant"]._update_available_quantity(product, location or cls.stock, quantity)

    @classmethod
    def new_order(cls, lines, **vals):
        """A quotation; ``lines`` maps products to quantities, or to the line's values."""
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            **(
                                wanted if isinstance(wanted, dict) else {"product_uom_qty": wanted}
                            ),
                        }
                    )
                    for product, wanted in lines.items()
                ],
                **vals,
            }
        )

    @classmethod
    def form_of(cls, record, view=None):
        return Form(record, view=view)

    @classmethod
    def productions_of(cls, product):
        return cls.env["mrp.production"].search([("product_id", "=", product.id)])

    @classmethod
    def purchase_lines_of(cls, product):
        return cls.env["purchase.order.line"].search([("product_id", "=", product.id)])

    def confirm(self, product, quantity=1, **vals):
        order = self.new_order({product: {"product_uom_qty": quantity, **vals}})
        order.action_confirm()
        return order

    def raw_moves(self, production, component):
        return production.move_raw_ids.filtered(
            lambda move: move.product_id == component and move.state != "cancel"
        )

    def assertParts(self, production, component, reserved=0, ordered=0, waiting=0):
        """The need of a component: one move reserved from stock, one pegged to its supply."""
        moves = self.raw_moves(production, component)
        to_order = moves.filtered(lambda move: move.procure_method == "make_to_order")
        here = moves - to_order
        self.assertEqual(sum(to_order.mapped("product_qty")), ordered)
        self.assertEqual(sum(here.mapped("quantity")), reserved)
        self.assertEqual(sum(here.mapped("product_qty")), reserved + waiting)
        self.assertLessEqual(len(to_order), 1)
        self.assertLessEqual(len(here), 1)
        for move in to_order:
            source = (
                move.created_purchase_line_ids or move.created_production_id or move.move_orig_ids
            )
            self.assertTrue(source, "an ordered part has its own supply")
