from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .. import planner
from .common import MtoCommon

NOW = "2025-03-03 08:00:00"


def at(days=0, hours=0):
    return fields.Datetime.to_datetime(NOW) + timedelta(days=days, hours=hours)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPromise(MtoCommon):
    """When the customer can have the goods, kept with the order and its lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wood = cls.new_product("Wood")
        cls.price = cls.new_price(cls.wood, cls.vendor, delay=10)
        cls.table = cls.new_product("Table", "mto", sale_delay=1)
        cls.new_bom(cls.table, {cls.wood: 1}, produce_delay=3)
        cls.oil = cls.new_product("Oil", sale_delay=2)
        cls.put_in_stock(cls.oil, 100)

    def test_the_promise_follows_the_quotation(self):
        order = self.new_order({self.table: 1, self.oil: 1})
        table, oil = order.order_line
        self.assertEqual(order.mto_promise_date, at(14))
        self.assertEqual(table.mto_promise_date, at(14))
        self.assertFalse(oil.mto_promise_date)
        self.put_in_stock(self.wood, 5)
        table.product_uom_qty = 2
        self.assertEqual(order.mto_promise_date, at(4))
        table.product_uom_qty = 6
        self.assertEqual(order.mto_promise_date, at(14))
        table.customer_lead = 5
        self.assertEqual(order.mto_promise_date, at(18))
        table.product_uom_qty = 0
        self.assertFalse(table.mto_promise_date)

    def test_the_expected_date_is_the_promise(self):
        order = self.new_order({self.table: 1, self.oil: 1}, picking_policy="one")
        self.assertEqual(order.expected_date, at(14))
        order.picking_policy = "direct"
        self.assertEqual(order.expected_date, at(2))
        self.assertEqual(order.mto_promise_date, at(14), "when all of it is there")
        self.assertEqual(self.new_order({self.oil: 1}).expected_date, at(2))
        self.assertFalse(self.new_order({self.oil: 1}).mto_promise_date)

    def test_a_form_shows_it_while_it_is_filled_in(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.table
            self.assertEqual(form.mto_promise_date, at(14))
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 3
            self.assertEqual(form.mto_promise_date, at(14))
        self.assertEqual(form.record.order_line.mto_promise_date, at(14))

    def test_an_edit_plans_once_whatever_the_number_of_lines(self):
        order = self.new_order({self.table: 1})
        order.order_line.copy({"order_id": order.id})
        snapshot = self.env.registry["mto.snapshot"]
        taken = []
        take = snapshot._take

        def count(reader, one, *lines):
            taken.append(one)
            return take(reader, one, *lines)

        with patch.object(snapshot, "_take", count):
            for line in order.order_line:
                line.product_uom_qty = 4
            self.assertTrue(order.order_line.mapped("mto_promise_date")[0])
            self.assertTrue(order.mto_promise_date)
            self.assertEqual(len(taken), 1)

    def test_a_confirmed_order_keeps_its_promise(self):
        order = self.new_order({self.table: 1})
        self.price.delay = 30
        order.action_confirm()
        self.assertEqual(order.mto_promise_date, at(34), "planned when it is confirmed")
        self.assertEqual(order.mto_forecast_date, at(34))
        self.price.delay = 50
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.mto_promise_date, at(34))
        self.assertEqual(order.expected_date, at(34))
        self.assertEqual(order.order_line.mto_promise_date, at(34))

    def test_a_quotation_again_is_planned_again(self):
        order = self.new_order({self.table: 1})
        order.action_confirm()
        order._action_cancel()
        self.price.delay = 20
        order.action_draft()
        self.assertEqual(order.mto_promise_date, at(24))

    def test_commit_with_one_click(self):
        order = self.new_order({self.table: 1})
        self.price.delay = 12
        order.action_commit_promise()
        self.assertEqual(order.commitment_date, at(16))
        with self.assertRaises(UserError):
            self.new_order({self.oil: 1}).action_commit_promise()

    def test_nothing_to_commit_to_while_something_is_missing(self):
        order = self.new_order({self.table: 1})
        self.price.unlink()
        with self.assertRaisesRegex(UserError, "missing"):
            order.action_commit_promise()
        self.assertFalse(order.commitment_date)

    def test_a_plain_salesperson_quotes_and_commits(self):
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id).with_user(seller)
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.mto_promise_date, at(14))
        order.action_commit_promise()
        order.action_confirm()
        self.assertEqual(order.mto_promise_date, at(14))

    def test_every_night_quotations_are_planned_again(self):
        order = self.new_order({self.table: 1})
        self.assertEqual(order.mto_promise_date, at(14))
        self.price.delay = 20
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.env["mto.promise"]._cron_refresh()
        self.assertEqual(order.mto_promise_date, at(24))
        self.assertEqual(order.order_line.mto_promise_date, at(24))

    def test_an_opened_quotation_is_planned_again(self):
        """Whoever may read it has that done, at most every five minutes."""
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id)
        mine = order.with_user(seller)
        self.assertFalse(mine.mto_refresh_promise(), "nothing has changed")
        self.price.delay = 15
        self.assertFalse(mine.mto_refresh_promise(), "it was done just now")
        with freeze_time(at(hours=1)):
            self.assertTrue(mine.mto_refresh_promise())
            self.assertEqual(order.mto_promise_date, at(19, 1))
            self.assertEqual(order.order_line.mto_promise_date, at(19, 1))
        order.action_confirm()
        with freeze_time(at(3)):
            self.assertFalse(mine.mto_refresh_promise(), "an order keeps its promise")
        self.assertEqual(order.mto_promise_date, at(19))
        other = new_test_user(self.env, "mto_other", groups="sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            order.with_user(other).mto_refresh_promise()

    @mute_logger("odoo.addons.mto_manufacturing.models.mto_promise")
    def test_what_cannot_be_planned_can_be_opened(self):
        order = self.new_order({self.table: 1})
        self.env.flush_all()
        with patch.object(type(order), "_mto_make_plan", autospec=True, side_effect=KeyError):
            self.assertFalse(order.mto_refresh_promise())
        self.assertEqual(order.mto_promise_date, at(14))

    def test_the_night_goes_on_where_its_time_ended(self):
        first, second = (self.new_order({self.table: 1}) for _number in range(2))
        first.mto_planned_at = at(-1)
        self.env.flush_all()
        self.price.delay = 20
        promise = self.env["mto.promise"]
        others = self.env["sale.order"].search([("state", "=", "draft")]) - first - second
        others.mto_planned_at = at(-1)
        with (
            patch.object(self.env.registry["ir.cron"], "_commit_progress", return_value=0.0),
            patch("odoo.addons.mto_manufacturing.models.mto_promise._BATCH", 1),
        ):
            promise._cron_refresh()
        self.assertEqual(second.mto_promise_date, at(24))
        self.assertEqual(first.mto_promise_date, at(14))

    def test_searched_and_grouped(self):
        order = self.new_order({self.table: 1})
        orders = self.env["sale.order"]
        self.assertIn(order, orders.search([("mto_promise_date", "=", at(14))]))
        groups = orders._read_group([("id", "=", order.id)], ["mto_promise_date:day"])
        self.assertEqual(len(groups), 1)

    # -- earlier than the promise ------------------------------------------------------

    def test_an_early_date_is_warned_of_by_default(self):
        order = self.new_order({self.table: 1})
        order.commitment_date = at(10)
        self.assertIn("warning", order._onchange_commitment_date())
        self.company.mto_early_commitment = "allow"
        self.assertFalse(order._onchange_commitment_date())

    def test_an_early_date_is_forbidden(self):
        self.company.mto_early_commitment = "forbid"
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id).with_user(seller)
        with self.assertRaises(UserError):
            order.commitment_date = at(10)
        order.commitment_date = at(20)
        self.price.delay = 40
        order.order_line.product_uom_qty = 2
        with self.assertRaises(UserError):  # to confirm is to commit
            order.action_confirm()

    def test_what_is_forbidden_goes_by_the_plan_that_is_carried_out(self):
        """The vendor has become slower, or quicker, since the quotation was looked at."""
        self.company.mto_early_commitment = "forbid"
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id).with_user(seller)
        promised = order.mto_promise_date
        order.commitment_date = promised
        self.price.delay += 20
        self.assertEqual(order.mto_promise_date, promised, "nobody has looked again")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.env["mto.promise"]._refresh(order)
        self.price.delay -= 20
        with self.count_plans() as plans:
            order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(plans), 1)

    @contextmanager
    def count_plans(self):
        """The plans that are made meanwhile."""
        plans, make = [], planner.make_plan

        def count(*args, **kwargs):
            plans.append(make(*args, **kwargs))
            return plans[-1]

        with patch.object(planner, "make_plan", count):
            yield plans

    def test_a_customer_who_signs_is_not_refused_and_it_is_logged(self):
        self.company.mto_early_commitment = "forbid"
        order = self.new_order({self.table: 1})
        order.commitment_date = order.mto_promise_date
        self.price.delay += 20
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo().action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("Committed to", "".join(order.message_ids.mapped("body")))

    def test_a_manager_confirms_what_is_late_by_now_and_it_is_logged(self):
        self.company.mto_early_commitment = "forbid"
        manager = new_test_user(self.env, "mto_manager", groups="sales_team.group_sale_manager")
        order = self.new_order({self.table: 1}).with_user(manager)
        order.write({"commitment_date": order.mto_promise_date, "mto_early_reason": "A fair"})
        self.assertFalse(self.find_exceptions(order))
        self.price.delay += 20
        order.action_confirm()
        self.assertEqual(len(self.find_exceptions(order)), 1)

    def find_exceptions(self, order):
        return order.message_ids.filtered(lambda message: "Reason: A fair" in message.body)

    def test_a_manager_gives_a_reason_and_it_is_logged(self):
        self.company.mto_early_commitment = "forbid"
        manager = new_test_user(self.env, "mto_manager", groups="sales_team.group_sale_manager")
        order = self.new_order({self.table: 1}).with_user(manager)
        with self.assertRaises(UserError):
            order.commitment_date = at(10)
        order.write({"commitment_date": at(10), "mto_early_reason": "A trade fair"})
        self.assertIn("A trade fair", order.message_ids[0].body)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        told = [body for body in order.message_ids.mapped("body") if "A trade fair" in body]
        self.assertEqual(len(told), 1, "once for one promise")

    def test_a_line_says_whether_its_date_can_be_kept(self):
        order = self.new_order({self.table: 1})
        line = order.order_line
        self.assertEqual(line.mto_promise_status, "fine")
        order.commitment_date = line.mto_promise_date - timedelta(days=1)
        self.assertEqual(line.mto_promise_status, "late")
        order.commitment_date = line.mto_promise_date
        self.assertEqual(line.mto_promise_status, "fine")
        stone = self.new_product("Stone", "mto")
        line.product_id.bom_ids.bom_line_ids[:1].copy({"product_id": stone.id})
        self.env["mto.promise"]._refresh(order)
        order.invalidate_recordset()
        self.assertEqual(line.mto_promise_status, "blocked")

    def test_nobody_knows_the_date_of_a_quotation_while_something_is_missing(self):
        """Once confirmed, what was promised stays, whatever is missing later."""
        fine, blocked = self.new_order({self.table: 1}), self.new_order({self.table: 1})
        stone = self.new_product("Stone", "mto")
        fine.action_confirm()
        fine.picking_ids.action_cancel()
        self.table.bom_ids.bom_line_ids[:1].copy({"product_id": stone.id})
        self.env["mto.promise"]._refresh(fine | blocked)
        (fine | blocked).invalidate_recordset()
        for order, is_known in ((fine, True), (blocked, False)):
            self.assertEqual(order.mto_promise_status, "blocked")
            self.assertEqual(order.mto_promise_is_known, is_known)
            self.assertEqual(order.order_line.mto_promise_is_known, is_known)
            answer = order.get_mto_plan()
            self.assertEqual((answer["feasible"], answer["promise_is_known"]), (False, is_known))
            self.assertEqual(answer["lines"][0]["promise_is_known"], is_known)
        lamp = self.new_product("Lamp", "mto", vendor=True)
        both = self.new_order({self.table: 1, lamp: 1})
        known = [line["promise_is_known"] for line in both.get_mto_plan()["lines"]]
        self.assertEqual(known, [False, True])

    def test_what_a_manager_has_excepted_anybody_confirms(self):
        """With that date, or a later one; an earlier one is as forbidden as before."""
        self.company.mto_early_commitment = "forbid"
        manager = new_test_user(self.env, "mto_manager", groups="sales_team.group_sale_manager")
        seller = new_test_user(self.env, "mto_seller", groups="sales_team.group_sale_salesman")
        order = self.new_order({self.table: 1}, user_id=seller.id)
        order.with_user(manager).write({"commitment_date": at(10), "mto_early_reason": "A fair"})
        own = order.with_user(seller)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            own.commitment_date = at(9)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            own.mto_excepted_date = at(1)
        own.commitment_date = at(11)
        own.commitment_date = at(10)
        self.assertEqual(len(self.find_exceptions(order)), 3, "once for each date")
        own.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(self.find_exceptions(order)), 3)
