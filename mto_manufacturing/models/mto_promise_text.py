from odoo import api, models

#: The parts of a summary, and what is told of a product in each beside its name.
_PARTS = ("steps", "stock", "missing")
_NAMES = ("product", "uom")


class MtoPromiseText(models.AbstractModel):
    """What is kept of a plan, in words: it is kept without names, and told with the reader's.

    Whoever had the quotation planned may have another language than who opens it.
    """

    _name = "mto.promise.text"
    _description = "Make to Order: Kept Plans in Words"

    # -- as it is kept -----------------------------------------------------------------

    @api.model
    def _keep_summary(self, summary):
        """One of ``planner.summarize``, without names."""
        return {
            part: [
                {key: value for key, value in row.items() if key not in _NAMES}
                for row in summary[part]
            ]
            for part in _PARTS
        }

    @api.model
    def _keep_faults(self, plan):
        """The blockers and gaps of a ``planner.Plan``, with products instead of their names."""
        ids = {product.name: product.product_id for product in plan.products}
        return [
            {
                "product_id": issue.product_id,
                "path": [*issue.path[:1], *(ids.get(name, name) for name in issue.path[1:])],
                "code": issue.code,
                "args": dict(issue.args),
            }
            for issue in (*plan.blockers, *plan.gaps)
        ]

    # -- as it is told -----------------------------------------------------------------

    @api.model
    def _tell_summaries(self, summaries):
        """{line id: summary} of kept ones, as ``planner.summarize`` has them."""
        rows = [row for one in summaries.values() for part in _PARTS for row in one[part]]
        products = self._read_products(row.get("product_id") for row in rows)
        return {
            word: {
                part: [self._tell_row(row, part, products) for row in summary[part]]
                for part in _PARTS
            }
            for word, summary in summaries.items()
        }

    def _tell_row(self, row, part, products):
        product = products.get(row.get("product_id"))
        names = {"product": product.display_name if product else row.get("product", "")}
        if part != "steps":
            names["uom"] = product.uom_id.name if product else row.get("uom", "")
        return {**row, **names}

    @api.model
    def _tell_faults(self, faults):
        """Kept faults with their "path" and "message" in words."""
        texts = self.env["mto.fault.text"]
        known = texts._get_texts()
        ids = [id_ for fault in faults for id_ in (fault["product_id"], *fault["path"])]
        products = self._read_products(id_ for id_ in ids if isinstance(id_, int))
        told = []
        for fault in faults:
            path, args = fault["path"], fault["args"]
            if not isinstance(path, str):  # as it was kept with names
                path = texts._format_path(
                    products[step].display_name if step in products else str(step) for step in path
                )
            if "unit" in args and fault["product_id"] in products:
                args = {**args, "unit": products[fault["product_id"]].uom_id.name}
            message = texts._format(known, fault["code"], args)
            told.append({**fault, "path": path, "message": message})
        return told

    def _read_products(self, ids):
        """{id: product} of those that are still there; whoever sees the order sees its names."""
        products = self.env["product.product"].sudo().browse(dict.fromkeys(filter(None, ids)))
        return {product.id: product for product in products.exists()}
