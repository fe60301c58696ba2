from odoo import api, fields, models
from odoo.fields import Command

STRATEGIES = [
    ("mts", "Make to stock"),
    ("mts_mto", "Stock first, then make to order"),
    ("mto", "Make to order"),
]


class MtoStrategyMixin(models.AbstractModel):
    """What has routes and, through them, a strategy.

    The routes are the truth, because core reads them: the strategy is computed from the
    strategy routes among ``route_ids`` and writes them. A model that inherits this redeclares
    ``supply_strategy`` to choose whether it is stored and what its help says.
    """

    _name = "mto.strategy.mixin"
    _description = "Supply Strategy through Routes"

    supply_strategy = fields.Selection(
        selection=STRATEGIES,
        compute="_compute_supply_strategy",
        inverse="_inverse_supply_strategy",
        help="How this is supplied: from stock, to order, or from stock first and the rest to "
        "order.",
    )
    mto_archived_route_names = fields.Char(
        string="Archived Routes",
        compute="_compute_mto_archived_route_names",
        help="Archived routes that are set here. Odoo passes over them without a word.",
    )

    @api.depends("route_ids", "route_ids.supply_strategy", "route_ids.sequence")
    def _compute_supply_strategy(self):
        stored = self._origin.with_context(active_test=False).filtered("route_ids")
        routed = self.filtered(lambda record: record.route_ids or record._origin in stored)
        (self - routed).supply_strategy = False  # most of them
        for record in routed:
            routes = record._mto_get_strategy_routes().sorted(lambda r: (not r.active, r.sequence))
            record.supply_strategy = routes[:1].supply_strategy

    def _inverse_supply_strategy(self):
        for record in self:
            commands = record._mto_prepare_strategy_commands()
            if commands:
                record.route_ids = commands

    @api.onchange("supply_strategy")
    def _onchange_supply_strategy(self):
        """Show at once which routes the strategy stands for."""
        for record in self:
            commands = record._mto_prepare_strategy_commands()
            if commands:
                record.route_ids = commands

    @api.depends("route_ids", "route_ids.active")
    def _compute_mto_archived_route_names(self):
        relying = self._mto_filter_relying()
        (self - relying).mto_archived_route_names = ""
        for record in relying:
            archived = record._mto_get_archived_routes()
            record.mto_archived_route_names = ", ".join(archived.mapped("name"))

    def _mto_prepare_strategy_commands(self):
        """The x2many commands that bring ``route_ids`` in line with the strategy.

        :return: a list, empty where the routes already say what the strategy says
        :raises UserError: if the strategy has no route any more
        """
        self.ensure_one()
        current = self._mto_get_strategy_routes()
        if current[:1].supply_strategy == self.supply_strategy and len(current) <= 1:
            return []
        wanted = self.env["stock.route"]
        if self.supply_strategy:
            wanted = wanted._mto_get_strategy_route(self.supply_strategy, self._mto_get_company())
        unlinked = [Command.unlink(route.id) for route in current - wanted]
        return unlinked + [Command.link(route.id) for route in wanted - current]

    def _mto_get_strategy_routes(self):
        """The strategy routes set here, the archived ones too."""
        self.ensure_one()
        return self._mto_get_all_routes().filtered("supply_strategy")

    def _mto_get_all_routes(self):
        """The routes set here with the archived ones, which a plain read leaves out."""
        self.ensure_one()
        stored = self._origin.with_context(active_test=False).route_ids
        archived = stored.filtered(lambda route: not route.active)
        return self.route_ids._origin | archived

    def _mto_get_archived_routes(self):
        """Archived routes that this record relies on. Hook that aims to be extended."""
        return self._mto_get_all_routes().filtered(lambda route: not route.active)

    def _mto_filter_relying(self):
        """Those of these records that may rely on archived routes. Hook to be overridden."""
        return self

    def _mto_get_company(self):
        """The company whose strategy routes are meant. Hook that aims to be overridden."""
        return self.env.company

    def action_mto_unarchive_routes(self):
        """Make the archived routes that these records rely on work again."""
        routes = self.env["stock.route"]
        for record in self:
            routes |= record._mto_get_archived_routes()
        routes.action_unarchive()
