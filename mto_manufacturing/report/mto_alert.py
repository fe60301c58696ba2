from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: In the order in which they are shown.
CAUSES = [
    ("missing", "Nothing Supplies It"),
    ("vendor", "Vendor Late"),
    ("order", "Not Ordered Yet"),
    ("production", "Production Late"),
    ("transfer", "Transfer Late"),
    ("decision", "Waiting for a Decision"),
    ("date", "Date Cannot Be Kept"),
]
#: The open lines of confirmed orders; what is told is told of them.
_OPEN_LINES = SQL(
    """
    SELECT line.id, line.order_id, line.product_id, line.mto_is_blocked, line.mto_is_undecided,
           line.mto_late_days
      FROM sale_order_line line
      JOIN sale_order sale ON sale.id = line.order_id
     WHERE sale.state = 'sale'
       AND COALESCE(sale.delivery_status, '') != 'full'
       AND line.product_id IS NOT NULL
    """
)


class MtoAlert(models.Model):
    """What is late or blocked today: one row for each document and order that it serves.

    Nothing is planned here: documents are asked for their dates and states, orders for the
    forecast and what is missing, which events and every night bring up to date.
    """

    _name = "mto.alert"
    _description = "Late or Blocked"
    _auto = False
    _order = "severity desc, days desc, id"
    _rec_name = "document"
    _depends = {
        "sale.order": ["state", "delivery_status", "mto_late_days", "partner_id", "user_id"],
        "sale.order.line": ["mto_is_blocked", "mto_is_undecided", "mto_late_days"],
        "purchase.order": ["state", "date_order"],
        "purchase.order.line": ["date_planned", "qty_received", "mto_sale_line_ids"],
        "mrp.production": ["state", "date_start", "date_finished", "mto_sale_line_ids"],
        "stock.move": ["state", "date", "mto_sale_line_id", "move_dest_ids"],
        "stock.picking": ["state", "scheduled_date"],
        "mail.activity": ["active", "date_deadline", "mto_order_id"],
    }

    cause = fields.Selection(
        CAUSES,
        readonly=True,
        group_expand="_expand_causes",
        help="What the order waits for.",
    )
    document = fields.Char(readonly=True, help="The document that has to be looked at.")
    res_model = fields.Char(string="Document Model", readonly=True, help="What to open.")
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", readonly=True, help="What to open."
    )
    product_id = fields.Many2one("product.product", readonly=True, help="What is late or missing.")
    others = fields.Integer(
        string="Further Products",
        readonly=True,
        aggregator=None,
        help="How many further products the same document is late with.",
    )
    summary = fields.Char(readonly=True, help="What somebody has to decide about.")
    words = fields.Char(
        string="What",
        compute="_compute_words",
        help="What is late or missing, or has to be decided, in words.",
    )
    lateness = fields.Char(
        compute="_compute_lateness", help="What it means for the customer, in words."
    )
    order_id = fields.Many2one("sale.order", readonly=True, help="The order that waits.")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="The customer who waits."
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who looks after the order."
    )
    company_id = fields.Many2one("res.company", readonly=True, help="The company of the order.")
    expected_date = fields.Date(string="Expected", readonly=True, help="When it is to be there.")
    needed_date = fields.Date(string="Needed", readonly=True, help="When it is needed.")
    days = fields.Integer(
        string="Days Behind",
        readonly=True,
        aggregator="max",
        help="By how many days the document is behind: after the day on which its goods are "
        "needed, or after the day on which it should have been done.",
    )
    order_late_days = fields.Integer(
        string="Order Days Late",
        readonly=True,
        aggregator="max",
        help="By how many days the customer has the goods too late, by the order's forecast.",
    )

    is_blocked = fields.Boolean(
        readonly=True, help="Whether the order has to wait for ever if nobody does anything."
    )
    severity = fields.Integer(
        readonly=True,
        aggregator=None,
        help="What is looked at first: what never comes, then what comes latest.",
    )

    @api.model
    def _expand_causes(self, causes, _domain):
        """The causes that there are, in the order in which they are to be looked at."""
        return [cause for cause, _label in CAUSES if cause in causes]

    @api.depends("cause", "is_blocked", "product_id", "others", "summary")
    def _compute_words(self):
        blocked = self.filtered("is_blocked").grouped("cause")
        # Of documents only the name is told, also to who may not open them.
        orders = {cause: alerts.order_id.sudo() for cause, alerts in blocked.items()}
        texts = self.env["mto.supply.text"]
        lacking = {
            "missing": orders.get("missing") and texts._list_missing(orders["missing"]),
            "decision": orders.get("decision") and texts._list_undecided(orders["decision"]),
        }
        for alert in self:
            known = alert.is_blocked and lacking[alert.cause]
            told = known.get(alert.order_id.sudo(), ()) if known else ()
            words = next(iter(told), alert.summary or alert.product_id.display_name or "")
            others = max(len(told) - 1, 0) if told else alert.others
            if others:
                words = self.env._("%(words)s and %(count)s more", words=words, count=others)
            alert.words = words

    @api.depends("is_blocked", "order_late_days")
    def _compute_lateness(self):
        for alert in self:
            if alert.is_blocked:
                alert.lateness = self.env._("Blocked")
            elif alert.order_late_days == 1:
                alert.lateness = self.env._("1 day late")
            elif alert.order_late_days:
                alert.lateness = self.env._("%s days late", alert.order_late_days)
            else:
                alert.lateness = self.env._("In time")

    @property
    def _table_query(self):
        found = SQL(" UNION ALL ").join(
            [
                self._query_missing(),
                self._query_activities(),
                self._query_purchases(),
                self._query_productions(),
                self._query_transfers(),
            ]
        )
        # The ids have to stay the same while a person looks at a list and opens a row of it.
        return SQL(
            """
            WITH open_line AS (%s), found AS (%s), told AS (
                SELECT every.*, res_model = 'sale.order' AND product_id IS NOT NULL AS is_blocked
                  FROM (SELECT * FROM found UNION ALL (%s)) every
            )
            SELECT DISTINCT ON (told.cause, told.res_model, told.res_id, sale.id, told.is_blocked)
                   ('x' || substr(md5(concat_ws(
                        ':', told.cause, told.res_model, told.res_id, sale.id, told.is_blocked
                   )), 1, 13))::bit(52)::bigint AS id,
                   told.*, sale.partner_id, sale.user_id, sale.company_id,
                   COALESCE(sale.mto_late_days, 0) AS order_late_days,
                   COALESCE(sale.mto_late_days, 0)
                       + CASE WHEN told.cause = 'missing' THEN 200000
                              WHEN told.is_blocked THEN 100000 ELSE 0 END AS severity
              FROM told
              JOIN sale_order sale ON sale.id = told.order_id
             ORDER BY told.cause, told.res_model, told.res_id, sale.id, told.is_blocked,
                      told.days DESC
            """,
            _OPEN_LINES,
            found,
            self._query_rest(),
        )

    @api.model
    def _get_today(self):
        return SQL("%s::date", fields.Datetime.now())

    # -- the causes: cause, res_model, res_id, document, summary, product_id, others, order_id,
    # -- expected_date, needed_date, days ----------------------------------------------

    def _query_missing(self):
        """Orders with lines that need what nothing supplies: the order says what.

        Those that lack nothing but a purchaser's decision wait for that.
        """
        return SQL(
            """
            SELECT CASE WHEN line.mto_is_undecided THEN 'decision' ELSE 'missing' END AS cause,
                   'sale.order' AS res_model, sale.id AS res_id,
                   sale.name AS document, NULL AS summary,
                   (array_agg(line.product_id ORDER BY line.mto_late_days DESC, line.id))[1]
                       AS product_id,
                   COUNT(DISTINCT line.product_id) - 1 AS others,
                   sale.id AS order_id, NULL::date AS expected_date,
                   COALESCE(sale.commitment_date, sale.mto_promise_date)::date AS needed_date,
                   sale.mto_late_days AS days
              FROM open_line line
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE line.mto_is_blocked
             GROUP BY sale.id, line.mto_is_undecided
            """
        )

    def _query_activities(self):
        """What has started and is not needed any more: a person says what becomes of it."""
        return SQL(
            """
            SELECT 'decision', activity.res_model, activity.res_id, activity.res_name,
                   activity.summary, NULL::integer, 0, activity.mto_order_id,
                   NULL::date, activity.date_deadline,
                   GREATEST(%s - activity.date_deadline, 0)
              FROM mail_activity activity
             WHERE activity.active AND activity.mto_order_id IS NOT NULL
            """,
            self._get_today(),
        )

    def _query_purchases(self):
        """Requests that are not sent, or not approved; vendors who are late."""
        return SQL(
            """
            SELECT part.cause, 'purchase.order', part.purchase_id, part.name, NULL,
                   (array_agg(part.product_id ORDER BY part.days DESC, part.id))[1],
                   COUNT(DISTINCT part.product_id) - 1, part.order_id,
                   MAX(part.expected), MIN(part.needed), MAX(part.days)
              FROM (%s) part
             WHERE part.days > 0 OR part.cause = 'decision'
             GROUP BY part.cause, part.purchase_id, part.name, part.order_id
            """,
            self._query_purchase_lines(),
        )

    def _query_purchase_lines(self):
        return SQL(
            """
            SELECT bought.id, bought.product_id, purchase.id AS purchase_id, purchase.name,
                   line.order_id, bought.expected, bought.needed,
                   CASE purchase.state WHEN 'purchase' THEN 'vendor'
                                       WHEN 'to approve' THEN 'decision'
                                       ELSE 'order' END AS cause,
                   GREATEST(
                       bought.expected - bought.needed,
                       %(today)s - CASE purchase.state WHEN 'purchase' THEN bought.expected
                                                       ELSE purchase.date_order::date END,
                       0
                   ) AS days
              FROM (%(dated)s) bought
              JOIN purchase_order purchase ON purchase.id = bought.order_id
              JOIN mto_purchase_line_sale_line_rel served ON served.purchase_line_id = bought.id
              JOIN open_line line ON line.id = served.line_id
             WHERE purchase.state IN ('draft', 'sent', 'to approve', 'purchase')
            """,
            today=self._get_today(),
            dated=self._query_dated_purchase_lines(),
        )

    def _query_dated_purchase_lines(self):
        """Lines of which not all is received: when the rest comes, and is needed first."""
        return SQL(
            """
            SELECT bought.id, bought.product_id, bought.order_id,
                   COALESCE(
                       (SELECT MAX(receipt.date)
                          FROM stock_move receipt
                         WHERE receipt.purchase_line_id = bought.id
                           AND receipt.state NOT IN ('done', 'cancel')),
                       bought.date_planned
                   )::date AS expected,
                   (SELECT MIN(need.date)
                      FROM stock_move_created_purchase_line_rel link
                      JOIN stock_move need ON need.id = link.move_id
                     WHERE link.created_purchase_line_id = bought.id
                       AND need.state NOT IN ('done', 'cancel'))::date AS needed
              FROM purchase_order_line bought
             WHERE COALESCE(bought.qty_received, 0) < bought.product_qty
               AND bought.date_planned IS NOT NULL
            """
        )

    def _query_productions(self):
        """Productions that end after they are needed, or could have begun, or ended, before.

        One that waits for its components is not to blame: what supplies these is.
        """
        return SQL(
            """
            SELECT 'production', 'mrp.production', made.id, made.name, NULL, made.product_id, 0,
                   line.order_id, made.date_finished::date, MIN(need.date)::date,
                   MAX(%(days)s)
              FROM mrp_production made
              JOIN mto_production_sale_line_rel served ON served.production_id = made.id
              JOIN open_line line ON line.id = served.line_id
              LEFT JOIN stock_move product ON product.production_id = made.id
                    AND product.product_id = made.product_id
                    AND product.state NOT IN ('done', 'cancel')
              LEFT JOIN stock_move_move_rel link ON link.move_orig_id = product.id
              LEFT JOIN stock_move need ON need.id = link.move_dest_id
                    AND need.state NOT IN ('done', 'cancel')
             WHERE made.state NOT IN ('done', 'cancel')
             GROUP BY made.id, line.order_id
            HAVING MAX(%(days)s) > 0
            """,
            days=self._get_production_days(),
        )

    def _get_production_days(self):
        return SQL(
            """GREATEST(
                made.date_finished::date - need.date::date,
                CASE WHEN made.state IN ('progress', 'to_close')
                     THEN %(today)s - made.date_finished::date
                     WHEN made.state = 'confirmed' AND made.reservation_state = 'assigned'
                     THEN %(today)s - made.date_start::date END,
                0
            )""",
            today=self._get_today(),
        )

    def _query_transfers(self):
        """Deliveries and steps between places that could have been done."""
        return SQL(
            """
            SELECT 'transfer', 'stock.picking', picking.id, picking.name, NULL,
                   (array_agg(move.product_id ORDER BY move.id))[1],
                   COUNT(DISTINCT move.product_id) - 1, line.order_id,
                   picking.scheduled_date::date, picking.scheduled_date::date,
                   %(today)s - picking.scheduled_date::date
              FROM stock_picking picking
              JOIN stock_move move ON move.picking_id = picking.id
              JOIN open_line line ON line.id = move.mto_sale_line_id
             WHERE picking.state = 'assigned'
               AND picking.scheduled_date::date < %(today)s
             GROUP BY picking.id, line.order_id
            """,
            today=self._get_today(),
        )

    def _query_rest(self):
        """Late orders of which no document is behind: their date is too early."""
        return SQL(
            """
            SELECT 'date', 'sale.order', sale.id, sale.name, NULL, NULL::integer, 0,
                   sale.id,
                   sale.mto_forecast_date::date,
                   COALESCE(sale.commitment_date, sale.mto_promise_date)::date,
                   sale.mto_late_days
              FROM sale_order sale
             WHERE sale.state = 'sale' AND sale.mto_late_days > 0
               AND sale.id NOT IN (SELECT order_id FROM found)
            """
        )

    # -- from here to the document -----------------------------------------------------

    def action_open(self):
        """Open the document, or the order where the document is not for this user.

        Who may open neither is shown what is missing, and decides on it if that is theirs.
        """
        self.ensure_one()
        document = self.env[self.res_model].browse(self.res_id)
        for record in (document, self.order_id.with_env(self.env)):
            if record.has_access("read"):
                return {
                    "type": "ir.actions.act_window",
                    "res_model": record._name,
                    "res_id": record.id,
                    "views": [(False, "form")],
                }
        if self.is_blocked:
            return self._prepare_dialog()
        raise UserError(
            self.env._(
                "You may open neither %(document)s nor %(order)s. Ask somebody with rights in "
                "purchase, manufacturing or sales.",
                document=self.document,
                order=self.sudo().order_id.name,
            )
        )
