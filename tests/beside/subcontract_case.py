"""A receipt of what a subcontractor makes of our cloth, beside Odoo's module for it."""

from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.mto_manufacturing.tests.chain import ChainCase


class SubcontractCase(ChainCase):
    """Cushions that are bought of a maker, to whom cloth is sent for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls.env["res.partner"].create({"name": "Maker"})
        route = cls.env.ref("mrp_subcontracting.route_resupply_subcontractor_mto")
        cls.cloth = cls.new_product("Cloth", vendor=True, route_ids=route.ids)

    @property
    def vendors(self):
        return self.vendor | self.maker

    def start(self, quantity, each, **vals):
        """An order of cushions that is bought; the cloth for them waits to be sent."""
        self.cushion = self.new_product("Cushion", "mto", vendor=self.maker, **vals)
        bom = self.new_bom(self.cushion, {self.cloth: each}, type="subcontract")
        bom.subcontractor_ids = self.maker
        order = self.confirm(self.cushion, quantity)
        purchase = self.purchase_lines_of(self.cushion).order_id
        purchase.button_confirm()
        self.receipt = purchase.picking_ids
        return order

    def supplies(self):
        """What is alive of what brings cloth: transfers and purchases, by quantity."""
        moves = self.env["stock.move"].search(
            [("product_id", "=", self.cloth.id), ("state", "!=", "cancel")]
        )
        sent = moves.filtered(lambda move: not move.raw_material_production_id)
        bought = self.purchase_lines_of(self.cloth).filtered(lambda line: line.state != "cancel")
        return sent, bought, sum(sent.mapped("product_qty")), sum(bought.mapped("product_qty"))

    def consumed(self):
        """What is to be consumed for the cushions, and what of it is there."""
        raws = self.productions_of(self.cushion).move_raw_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return sum(raws.mapped("product_qty")), sum(raws.mapped("quantity"))

    def notes(self):
        return self.env["mail.activity"].search([("note", "ilike", "Cloth")])

    def type_in(self, *quantities):
        """A storekeeper writes on the receipt how much has come, and thinks better of it."""
        for quantity in quantities:
            with Form(self.receipt) as form:
                with form.move_ids.edit(0) as line:
                    line.quantity = quantity

    def move_cloth(self):
        """Validate the transfers of cloth that are ready; return how many there were."""
        ready = self.env["stock.move"].search(
            [("product_id", "=", self.cloth.id), ("state", "=", "assigned")]
        )
        ready = ready.filtered(lambda move: not move.raw_material_production_id)
        ready.picked = True
        ready.picking_id._action_done()
        return len(ready)

    def sent_there(self):
        """How much cloth is sent to the subcontractor, or waits to be."""
        sent = self.supplies()[0].filtered(
            lambda move: move.location_dest_id == self.company.subcontracting_location_id
        )
        return sum(sent.mapped("product_qty"))

    def amounts(self):
        """How much cloth is sent, and bought."""
        return self.sent_there(), self.supplies()[3]

    def say_lots(self, *quantities):
        """Say how much has come of each lot, in one save: the first line is there already."""
        move = self.receipt.move_ids
        vals = move._prepare_move_line_vals()
        commands = []
        for name, quantity in quantities:
            known = self.cushion.env["stock.lot"].search([("name", "=", name)])
            lot = known or known.create({"name": name, "product_id": self.cushion.id})
            commands.append(Command.create({**vals, "lot_id": lot.id, "quantity": quantity}))
        lines = move.move_line_ids
        first = Command.update(lines[0].id, commands[0][2])
        rest = [Command.delete(line.id) for line in lines[1:]]
        move.write({"move_line_ids": [first, *rest, *commands[1:]]})

    def name_serials(self, quantity):
        self.receipt.move_ids._generate_serial_numbers("C1", quantity)
