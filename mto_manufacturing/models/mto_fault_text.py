from odoo import api, models

#: The place where each fault is mended, see the dialog's buttons.
MENDING = {
    "no_rule": "product",
    "archived_route": "product",
    "no_vendor": "vendors",
    "no_bom": "boms",
    "empty_bom": "boms",
    "cycle": "boms",
    "too_large": "boms",
    "not_in_stock": "reordering",
    "surplus_undecided": "vendors",
}


class MtoFaultText(models.AbstractModel):
    """What the planner's codes mean, in the language of whoever reads them."""

    _name = "mto.fault.text"
    _description = "Make to Order: Texts of Faults"

    @api.model
    def _get_texts(self):
        """{code: text} for faults, warnings and the reasons of supplies.

        Hook that aims to be extended. A text may name arguments of the fault: ``%(name)s``.
        """
        return {
            **self._get_fault_texts(),
            "archived_product": self.env._(
                "It is archived, and made or bought all the same. Replace it in the bill of "
                "materials, or unarchive it."
            ),
            "no_working_time": self.env._(
                "Work centre %(centers)s has no working time in the months ahead, so its work "
                "is reckoned day and night. Mend its working hours."
            ),
            "archived_route": self.env._(
                "It relies on an archived route (%(routes)s), which Odoo passes over."
            ),
            "late": self.env._(
                "%(days)s later than agreed or promised: this takes longest on the way."
            ),
            "free_stock": self.env._("Free stock covers it."),
            "not_reserved": self.env._("Free stock covers it, but is not reserved for it."),
            "untracked": self.env._("There is enough: nobody counts it in stock."),
            "expected_receipt": self.env._("An expected receipt covers it."),
            "reordering_rule": self.env._("A reordering rule brings it."),
            "order": self.env._("It is made or bought for each order."),
            "shortage": self.env._("Stock does not cover it."),
        }

    def _get_fault_texts(self):
        """{code: text} of what stands in the way of a supply, and the way out."""
        return {
            "no_rule": self.env._(
                "No rule brings it here. Give it a vendor, a bill of materials or a route."
            ),
            "not_in_stock": self.env._(
                "It is supplied from stock only, and there is not enough. "
                "Give it a reordering rule or another strategy."
            ),
            "no_vendor": self.env._(
                "It is to be bought, but no vendor sells it. Add one on its Purchase tab, or "
                "choose another route."
            ),
            "no_bom": self.env._(
                "It is to be made, but it has no bill of materials. Create one, or choose "
                "another route."
            ),
            "empty_bom": self.env._(
                "Its bill of materials has no components. Add them, or make it to stock."
            ),
            "cycle": self.env._(
                "It is made of itself: its bills of materials go round in a circle. Take one "
                "product of the circle out of its bill of materials."
            ),
            "too_large": self.env._(
                "The bills of materials below it have too many levels and lines. Divide them, "
                "or make a part of it to stock."
            ),
            "supply_cancelled": self.env._(
                "What supplied it is cancelled, reduced or gone. Supply it again."
            ),
        }

    @api.model
    def _describe(self, issue, texts=None):
        """The text of a ``planner.Issue``; an unknown code stands for itself."""
        return self._format(texts or self._get_texts(), issue.code, dict(issue.args))

    @api.model
    def _list(self, issues):
        """One line for each issue: the path to the product, and the reason."""
        texts = self._get_texts()
        return [
            self.env._(
                "%(name)s: %(text)s",
                name=self._format_path(issue.path),
                text=self._describe(issue, texts),
            )
            for issue in issues
        ]

    @api.model
    def _format_path(self, path):
        return " > ".join(path)

    def _format(self, texts, code, args):
        text = texts.get(code, code)
        return text % self._format_numbers(args) if args else text

    def _format_numbers(self, args):
        """The arguments of a text, with numbers as the user's language writes them."""
        words = self.env["mto.supply.text"]
        told = {
            name: words._format_number(value, most=1) if isinstance(value, float) else value
            for name, value in args.items()
        }
        if "days" in args:
            told["days"] = self.env["mto.plan.changes"]._format_days(args["days"])
        return told

    @api.model
    def _fill(self, answer):
        """Fill in the texts that ``planner.plain`` leaves empty.

        :param answer: the plan as nested dicts, changed in place; as deep as it may be
        """
        texts = self._get_texts()
        for group in ("blockers", "gaps", "warnings"):
            for issue in answer[group]:
                issue["message"] = self._format(texts, issue["code"], issue["args"])
        waiting = [node for line in answer["lines"] for node in line["supplies"]]
        while waiting:
            node = waiting.pop()
            reason = node["reason"]
            reason["text"] = texts.get(reason["code"], reason["code"])
            waiting.extend(node["supplies"])
        return answer
