from datetime import UTC, timedelta

from odoo import api, fields, models

from .. import planner

#: Steps of a receipt, of storing or of a delivery that are followed.
_MOST_STEPS = 10
#: How far ahead working time is read; further on the planner repeats the last week.
_HORIZON = timedelta(days=200)


class MtoLeadReader(models.AbstractModel):
    """Reads how long things take: vendors, productions, work centres, steps on the way.

    Only the plan of an order asks; what a move is covered by does not depend on dates.
    """

    _name = "mto.lead.reader"
    _inherit = "mto.bom.reader"
    _description = "Make to Order: Lead Times"

    @api.model
    def _add_times(self, items, resolved):
        """Give the items of a BoM level their times.

        :param items: {need key: planner.Item}, changed in place
        :param resolved: {need key: Resolved} of the same level
        """
        steps = {}
        reordering = self._read_reordering_days(items[key] for key in resolved)
        for key, answer in resolved.items():
            item = items[key]
            items[key] = planner.evolve(
                item,
                delay_days=self._get_delay(answer, steps),
                reordering_days=reordering.get(item.orderpoint_id, 0.0),
                source=self._add_source_times(item.source, answer, steps),
            )

    def _add_source_times(self, source, answer, steps):
        if not source or source.fault:
            return source
        days = {
            planner.PURCHASE: self._read_purchase,
            planner.PRODUCTION: self._read_production,
            planner.TRANSFER: self._read_transfer,
        }[source.supply](answer, steps)
        bom = source.bom
        if source.supply == planner.PRODUCTION:
            days["bom"] = planner.evolve(
                bom,
                lead_days=answer.bom.produce_delay,
                operations=tuple(self._read_operations(answer, bom)),
            )
        return planner.evolve(source, **days)

    def _read_reordering_days(self, items):
        points = {item.orderpoint_id for item in items if item.orderpoint_id}
        points = self.env["stock.warehouse.orderpoint"].browse(points)
        return {point.id: point.lead_days for point in points}

    # -- steps -------------------------------------------------------------------------

    def _get_delay(self, answer, steps):
        """Days from where goods are kept to where they are needed."""
        days = sum(rule.delay for rule in answer.pulls)
        if answer.pulls:
            first = answer.pulls[0]
            arrival = first.location_dest_id
            if not first.location_dest_from_rule:
                arrival = first.picking_type_id.default_location_dest_id or arrival
            days += self._follow_pushes(answer, arrival, answer.need.location, steps)
        return float(days)

    def _follow_pushes(self, answer, location, until, steps):
        """Days that push rules take from where goods arrive; asked once for what is alike."""
        if location._child_of(until) or self._is_supply_place(location):
            return 0
        need, product = answer.need, answer.need.product
        alike = (
            location,
            until,
            need.warehouse,
            need.routes,
            product.route_ids,
            product.categ_id.total_route_ids,
            product._mto_get_sources(),
        )
        if alike not in steps:
            steps[alike] = self._sum_pushes(answer, location, until)
        return steps[alike]

    def _sum_pushes(self, answer, location, until):
        days, need = 0, answer.need
        values = {"route_ids": need.routes, "packaging_uom_id": need.packaging}
        for _step in range(_MOST_STEPS):
            if location._child_of(until) or self._is_supply_place(location):
                break
            values["warehouse_id"] = location.warehouse_id or need.warehouse
            rule = self.env["stock.rule"]._get_push_rule(need.product, location, values)
            if not rule:
                break
            days += rule.delay
            location = rule.location_dest_id
        return days

    # -- supplies ----------------------------------------------------------------------

    def _read_purchase(self, answer, steps):
        rule = answer.rule
        arrival = rule.picking_type_id.default_location_dest_id or answer.place
        store = sum(passed.delay for passed in answer.transfers)
        if rule.location_dest_id.usage != "customer":
            store += self._follow_pushes(answer, arrival, answer.place, steps)
        company = rule.company_id or answer.need.company
        return {
            "order_days": company.days_to_purchase,
            "lead_days": float(answer.price.delay),
            "store_days": float(store),
            "weekday": self._get_weekday(answer.vendor),
        }

    def _get_store_days(self, answer):
        return self._read_purchase(answer, {})["store_days"]

    def _read_production(self, answer, steps):
        operation = answer.bom.picking_type_id or answer.rule.picking_type_id
        arrival = operation.default_location_dest_id or answer.place
        store = sum(passed.delay for passed in answer.transfers)
        store += self._follow_pushes(answer, arrival, answer.place, steps)
        return {"store_days": float(store), "shared": self._get_production_word(answer)}

    def _get_production_word(self, answer):
        """What needs of an order have in common that one production is made for.

        None where every need has batches of its own.
        """
        if answer.bom.enable_batch_size:
            return ""
        need = answer.need
        parts = (answer.bom, answer.rule.picking_type_id, need.never)
        words = ["-".join(str(record.id) for record in part) for part in parts]
        return "|".join([*words, need.words])

    def _read_transfer(self, answer, _steps):
        return {"lead_days": float(sum(rule.delay for rule in answer.transfers))}

    # -- operations --------------------------------------------------------------------

    def _read_operations(self, answer, bom):
        """The operations of a production, with what its work centres need for them."""
        operations = self._find_operations(answer.bom, answer.need.product, answer)
        for line, kit in answer.kits:
            if kit.operation_ids != line.bom_id.operation_ids:
                operations += self._find_operations(kit, line.product_id, answer)
        ordered = self._sort_operations(answer.bom, operations)
        places = {operation: place for place, operation in enumerate(ordered)}
        for operation in ordered:
            after = None
            if answer.bom.allow_operation_dependencies:
                before = operation.blocked_by_operation_ids
                after = tuple(places[one] for one in before if one in places)
            yield self._prepare_operation(answer, operation, bom, after)

    def _find_operations(self, bom, product, answer):
        """The operations of a BoM, or of a kit in it, that are done for a need; a list."""
        never = answer.need.never
        return [one for one in bom.operation_ids if not one._skip_operation_line(product, never)]

    def _sort_operations(self, bom, operations):
        """Each operation after those it waits for."""
        if not bom.allow_operation_dependencies:
            return operations
        ordered, waiting = [], operations
        while waiting:
            free = [
                one
                for one in waiting
                if not any(other in waiting for other in one.blocked_by_operation_ids)
            ]
            ordered += free or waiting
            waiting = [one for one in waiting if one not in ordered]
        return ordered

    def _prepare_operation(self, answer, operation, bom, after):
        center, unit = operation.workcenter_id, answer.bom.product_uom_id
        capacity, setup, cleanup = center._get_capacity(
            answer.need.product, unit, answer.bom.product_qty or 1.0
        )
        return planner.Operation(
            cycle_minutes=operation.time_cycle * 100.0 / (center.time_efficiency or 100.0),
            per_cycle=(capacity or 1.0) * bom.unit_factor,
            fixed_minutes=setup + cleanup,
            calendar=str(center.id) if center.resource_calendar_id else None,
            after=after,
        )

    @api.model
    def _read_calendars(self, items):
        """The working time of the work centres that items need, in a batch per calendar.

        :param items: planner.Item records
        :return: {key: planner.Calendar}
        """
        keys = {
            operation.calendar
            for item in items
            if item.source and item.source.bom
            for operation in item.source.bom.operations
        }
        centers = self.env["mrp.workcenter"].browse(sorted(int(key) for key in keys - {None}))
        now = fields.Datetime.now().replace(tzinfo=UTC)
        calendars = {}
        for calendar, group in centers.grouped("resource_calendar_id").items():
            found = calendar._work_intervals_batch(
                now, now + _HORIZON, resources=group.resource_id
            )
            for center in group:
                intervals = found[center.resource_id.id]
                calendars[str(center.id)] = planner.Calendar(_unite(intervals))
        return calendars

    def _warn_of_closed(self, items, calendars):
        """Add a warning to what is made on work centres without working time.

        :param items: {need key: planner.Item}, changed in place
        :param calendars: {key: planner.Calendar}
        """
        closed = {key for key, calendar in calendars.items() if calendar.is_closed()}
        for key, item in items.items() if closed else ():
            bom = item.source and item.source.bom
            found = closed.intersection(step.calendar for step in bom.operations) if bom else ()
            if found:
                centers = self.env["mrp.workcenter"].browse(sorted(map(int, found)))
                names = ", ".join(centers.mapped("name"))
                fault = planner.Fault("no_working_time", args=(("centers", names),))
                items[key] = planner.evolve(item, warnings=(*item.warnings, fault))


def _unite(intervals):
    """Intervals of a calendar as the planner wants them: naive UTC, whole seconds, apart."""
    united = []
    for start, end, _records in intervals:
        start, end = _to_utc(start), _to_utc(end)
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        elif start < end:
            united.append((start, end))
    return united


def _to_utc(moment):
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    # A day's last microsecond stands for midnight.
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
