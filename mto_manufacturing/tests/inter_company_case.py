from odoo.fields import Command
from odoo.tests import new_test_user

from .chain import ChainCase


class InterCompanyCase(ChainCase):
    """One company sells to another what it makes, with routes over the place between them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls.env["res.company"].create({"name": "Maker"})
        cls.env.user.company_ids |= cls.maker
        cls.factory = cls.env["stock.warehouse"].search([("company_id", "=", cls.maker.id)])
        cls.between = cls.env.ref("stock.stock_location_inter_company")
        cls.between.active = True
        cls.part = cls.new_product("Part")
        cls.new_price(cls.part, cls.vendor, company_id=False)
        cls.product = cls.new_product("Thing", "mto")
        cls.new_bom(cls.product, {cls.part: 2}, company_id=cls.maker.id)

    def new_route(self, warehouse, source, destination, method, **vals):
        operation = warehouse.in_type_id if source == self.between else warehouse.out_type_id
        rule = {
            "name": f"{source.name} to {destination.name}",
            "action": "pull",
            "location_src_id": source.id,
            "location_dest_id": destination.id,
            "procure_method": method,
            "picking_type_id": operation.id,
            "company_id": warehouse.company_id.id,
        }
        return self.env["stock.route"].create(
            {
                "name": rule["name"],
                "company_id": warehouse.company_id.id,
                "product_selectable": True,
                "rule_ids": [Command.create({**rule, **vals})],
            }
        )

    def connect(self, method):
        """The product's routes: the shop takes it from between, the factory brings it there."""
        take = self.new_route(self.warehouse, self.between, self.stock, "make_to_order")
        bring = self.new_route(self.factory, self.factory.lot_stock_id, self.between, method)
        self.product.route_ids |= take | bring

    def connect_directly(self):
        """The shop's customers get it from between, and it never lies in the shop's own stock."""
        customers = self.env.ref("stock.stock_location_customers")
        vals = {"picking_type_id": self.warehouse.out_type_id.id}
        take = self.new_route(self.warehouse, self.between, customers, "make_to_order", **vals)
        home = self.factory.lot_stock_id
        bring = self.new_route(self.factory, home, self.between, "make_to_order")
        self.product.route_ids |= take | bring

    def moves_of(self, product, company):
        moves = self.env["stock.move"].search([("product_id", "=", product.id)])
        return moves.filtered(lambda move: move.company_id == company)

    def as_seller(self, order, works_there=False):
        """An order as a salesperson sees it who sees nothing of the other company.

        :param works_there: whether that is so because it has only the first company chosen
        """
        companies = self.company | self.maker if works_there else self.company
        seller = new_test_user(
            self.env,
            f"mto_shop_{order.id}",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[Command.set(companies.ids)],
        )
        self.env.invalidate_all()
        return order.with_user(seller).with_company(self.company)
