from odoo import fields, models
from odoo.tools import SQL


class MtoPromiseReport(models.Model):
    """What was promised beside what came of it: a row for each line of a confirmed order."""

    _name = "mto.promise.report"
    _description = "Promised and Real Dates"
    _auto = False
    _order = "promise_date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": ["state", "date_order", "commitment_date", "partner_id", "user_id"],
        "sale.order.line": ["mto_promise_date", "mto_forecast_date", "qty_delivered"],
        "stock.move": ["state", "date", "sale_line_id"],
    }

    order_id = fields.Many2one("sale.order", readonly=True, help="The confirmed order.")
    line_id = fields.Many2one(
        "sale.order.line", string="Order Line", readonly=True, help="The line of the order."
    )
    product_id = fields.Many2one("product.product", readonly=True, help="What was promised.")
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        readonly=True,
        help="The product's category.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="To whom it was promised."
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who looks after the order."
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", readonly=True, help="The order's sales team."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, help="The warehouse that delivers."
    )
    company_id = fields.Many2one("res.company", readonly=True, help="The company of the order.")
    date_order = fields.Datetime(
        string="Order Date", readonly=True, help="When the order was confirmed."
    )
    promise_date = fields.Datetime(
        readonly=True, help="When the customer has the goods, as promised at confirmation."
    )
    due_date = fields.Datetime(
        readonly=True,
        help="When the customer was told to have the goods: the delivery date where one was "
        "agreed, else the promise.",
    )
    real_date = fields.Datetime(
        readonly=True,
        help="When all of the line was shipped, and had arrived by the line's lead time for "
        "shipping; of what is not shipped yet, its forecast.",
    )
    status = fields.Selection(
        selection=[
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("open", "Open, in Time"),
            ("open_late", "Open, Too Late"),
        ],
        readonly=True,
        help="Whether the goods came, or are forecast to come, on the due day or before.",
    )
    promised_days = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days from the order to the due date.",
    )
    real_days = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days from the order to the real date, or to the forecast.",
    )
    delay = fields.Float(
        string="Days after the Due Date",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days from the due date to the real one; less than 0 where it came earlier.",
    )
    kept_rate = fields.Float(
        string="Kept (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="How many of the promises were, or are forecast to be, kept, of a hundred.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT told.*,
                   CASE WHEN shipped AND in_time THEN 'kept'
                        WHEN shipped THEN 'broken'
                        WHEN in_time THEN 'open'
                        ELSE 'open_late' END AS status,
                   EXTRACT(EPOCH FROM due_date - date_order) / 86400 AS promised_days,
                   EXTRACT(EPOCH FROM real_date - date_order) / 86400 AS real_days,
                   EXTRACT(EPOCH FROM real_date - due_date) / 86400 AS delay,
                   CASE WHEN in_time THEN 100 ELSE 0 END AS kept_rate
              FROM (
                SELECT line.*, line.real_date::date <= line.due_date::date AS in_time
                  FROM (%s) line
              ) told
            """,
            self._query_lines(),
        )

    def _query_lines(self):
        """The lines with a promise, and when their goods came or are to come."""
        return SQL(
            """
            SELECT line.id, line.id AS line_id, line.order_id, line.product_id,
                   template.categ_id, sale.partner_id, sale.user_id, sale.team_id,
                   sale.warehouse_id, sale.company_id, sale.date_order,
                   line.mto_promise_date AS promise_date,
                   COALESCE(sale.commitment_date, line.mto_promise_date) AS due_date,
                   shipped.date IS NOT NULL AS shipped,
                   COALESCE(shipped.date, line.mto_forecast_date, line.mto_promise_date)
                       AS real_date
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN LATERAL (%s) shipped ON TRUE
             WHERE sale.state = 'sale' AND line.mto_promise_date IS NOT NULL
            """,
            self._query_shipped(),
        )

    def _query_shipped(self):
        """When the last goods of a line that is delivered have reached the customer."""
        return SQL(
            """
            SELECT MAX(move.date) + CASE company.mto_customer_lead WHEN 'shipping'
                       THEN make_interval(secs => line.customer_lead * 86400)
                       ELSE make_interval() END AS date
              FROM stock_move move
              JOIN stock_location place ON place.id = move.location_dest_id
              JOIN res_company company ON company.id = sale.company_id
             WHERE move.sale_line_id = line.id AND move.state = 'done'
               AND place.usage = 'customer'
               AND line.qty_delivered >= line.product_uom_qty
             GROUP BY company.id
            """
        )

    def action_open(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
