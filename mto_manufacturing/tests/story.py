import random

from odoo.exceptions import UserError


class Story:
    """What happens to the orders of one network, by chance; the same seed, the same story."""

    def __init__(self, env, seed, spec, order):
        self.env = env
        self.rng = random.Random(seed * 31 + 7)
        self.spec = spec
        self.template = order
        self.orders = order.browse()
        self.told = []
        self.events = []

    def step(self):
        """Let one thing happen; tell what."""
        event = self.rng.choice(self.get_events()) if self.orders else self.add
        self.told.append(event.__name__)
        what = event()
        self.told[-1] = what
        self.events.append(event.__name__ if what != "nothing" else what)
        return what

    def get_events(self):
        """What may happen next, each as often as it is likely."""
        events = [self.add, self.increase, self.increase, self.decrease, self.decrease]
        return [*events, self.cancel, self.reconfirm]

    def _pick(self, state):
        orders = self.orders.filtered(lambda order: order.state == state)
        return self.rng.choice(orders) if orders else None

    def add(self):
        if len(self.orders) >= 3:
            return "nothing"
        order = self.template if not self.orders else self.template.copy()
        if not self._confirm(order):
            return "refused"
        self.orders |= order
        return f"{order.id} confirmed"

    def _confirm(self, order):
        try:
            with self.env.cr.savepoint():
                order.action_confirm()
        except UserError:
            return False
        return True

    def increase(self):
        return self._change(lambda quantity: quantity + self.rng.choice((1, 2, 3.5, 10)))

    def decrease(self):
        return self._change(lambda quantity: round(quantity * self.rng.choice((0, 0.3, 0.5, 0.9))))

    def _change(self, function):
        order = self._pick("sale")
        if not order:
            return "nothing"
        line = self.rng.choice(order.order_line)
        before, after = line.product_uom_qty, function(line.product_uom_qty)
        try:
            with self.env.cr.savepoint():
                line.product_uom_qty = after
        except UserError:
            return f"{order.id}: {before} to {after} refused"
        return f"{order.id}: {before} to {after}"

    def cancel(self):
        order = self._pick("sale")
        if not order:
            return "nothing"
        order._action_cancel()
        return f"{order.id} cancelled"

    def reconfirm(self):
        order = self._pick("cancel")
        if not order:
            return "nothing"
        order.action_draft()
        if not self._confirm(order):
            order._action_cancel()
            return "refused"
        return f"{order.id} confirmed again"
