"""Give a plan its dates: forward from now, backward from what the customer was told.

The critical path method (Kelley and Walker 1959): the forward pass finds when each supply can
be there at the earliest, the backward pass when it must begin at the latest; what lies between
is its slack. Supplies that share a document are one activity. No function calls itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from .buying import find_out, settle
from .leads import Leads, Timing, read_leads
from .plan import Issue, Plan, date_demand, date_node, path_to
from .supply import PURCHASE, STOCK, Network, Order, Policy

_DAY = 86_400
_FAR = datetime.max
LATE = "late"


def schedule(
    plan: Plan, order: Order, network: Network, policy: Policy | None, now: datetime
) -> Plan:
    """Return a plan with its dates, from what it was made of. ``now``: UTC.

    Who is the cheapest vendor in time, and which requests of a day or week take a need, is
    known only now: such purchases are settled once more, and dated again.
    """
    policy = policy or Policy()
    dated = set_dates(plan, read_leads(plan, order, network, policy, now), now)
    found = find_out(dated, network, policy)
    if not found:
        return dated
    plan = settle(plan, network, policy, found)
    return set_dates(plan, read_leads(plan, order, network, policy, now), now)


def set_dates(plan: Plan, leads: Leads, now: datetime) -> Plan:
    """Return a tree with its dates; no date is before ``now``.

    Nodes get the latest dates that keep the commitment, or the promise where that is later or
    nothing was committed. What never comes has none, and the dates above it count what is
    known. A line that is late has a warning, with the node that takes longest on its way.
    """
    return _Schedule(plan, leads, now).run()


def find_ready(plan: Plan, leads: Leads, now: datetime) -> Mapping[str, datetime]:
    """Return when all that a demand is made or bought for is there at the earliest.

    By the demand's key, for those with anything but stock; the end of time where nothing comes.
    """
    return _Schedule(plan, leads, now).find_ready()


@dataclass(slots=True)
class _Activity:
    """A document, or what stands for one.

    ``need``: when all that it consumes is there, ``driver``: the node that comes last;
    ``due``: when it has to be ready, ``begin``: when what it consumes has to be there,
    ``latest``: its start if nobody else wanted it earlier.
    """

    timing: Timing
    need: datetime
    nodes: list
    driver: int = -1
    waits_for: int = 0
    earliest: datetime | None = None
    ready: datetime | None = None
    due: datetime = _FAR
    begin: datetime | None = None
    latest: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    arrives: datetime | None = None

    def forward(self, now):
        """Find the earliest dates. Work begins as late as its earliest end allows."""
        timing = self.timing
        if timing.fixed:
            self.earliest = self.ready = max(timing.fixed, now)
            return
        begin = max(self.need, now + timing.ordering, timing.not_before or now)
        end = timing.work.finish(begin)
        self.earliest = timing.work.begin(end) - timing.ordering
        self.ready = end + timing.storing

    def backward(self):
        """Find the latest dates."""
        timing = self.timing
        if timing.fixed:
            self.start = self.end = self.begin = self.arrives = self.ready
            return
        due = self.due
        self.latest = timing.work.begin(due - timing.storing) - timing.ordering
        if timing.not_after:
            due = max(min(due, timing.not_after + timing.storing), self.ready)
        self.begin = timing.work.begin(due - timing.storing)
        self.start = self.begin - timing.ordering
        self.end = self.arrives = timing.work.finish(self.begin)
        if timing.ends_stored:
            self.end += timing.storing

    def earliest_end(self):
        """When it could be there, counted as its end is."""
        if self.timing.fixed or self.timing.ends_stored:
            return self.ready
        return self.ready - self.timing.storing

    def slack(self):
        if self.timing.fixed:
            return self.due - self.ready
        return self.latest - self.earliest


class _Schedule:
    def __init__(self, plan, leads, now):
        self._plan, self._leads, self._now = plan, leads, now
        self._needs = [plan.demands[node.demand] for node in plan.nodes]
        self._delays = [leads.delays[node.demand] for node in plan.nodes]
        self._ready = [None] * len(plan.lines)
        self._drivers = [-1] * len(plan.lines)
        self._procured = plan.lines_to_order()
        self._of = []
        activities = self._group(shared=True)
        self._order = self._sort(activities)
        if len(self._order) < len(activities):
            # Documents that wait for each other: each supply is taken for itself.
            self._order = self._sort(self._group(shared=False))

    def run(self):
        self._forward()
        lines = [self._promise(index) for index in range(len(self._plan.lines))]
        for activity in reversed(self._order):
            self._hand_down(activity, lines)
        return self._build(lines)

    def find_ready(self):
        self._forward()
        found = {}
        for node, need, activity in zip(self._plan.nodes, self._needs, self._of, strict=True):
            if node.supply != STOCK:
                key = need.key
                there = activity.ready if activity else _FAR
                found[key] = max(found.get(key, there), there)
        return found

    # -- activities --------------------------------------------------------------------

    def _group(self, shared):
        """Return one activity for the nodes that share a document; what never comes has none."""
        activities, self._of = {}, []
        for index, timing in enumerate(self._leads.nodes):
            if timing is None:
                self._of.append(None)
                continue
            key = index if timing.shared is None or not shared else (timing.shared,)
            activity = activities.get(key)
            if not activity:
                activity = activities[key] = _Activity(timing, self._now, [])
            activity.nodes.append(index)
            self._of.append(activity)
        return list(activities.values())

    def _sort(self, activities):
        """Return the activities, each after all that it consumes."""
        above = [self._of[need.parent] if need.parent >= 0 else None for need in self._needs]
        for parent, activity in zip(above, self._of, strict=True):
            if parent and activity:
                parent.waits_for += 1
        found = [each for each in activities if not each.waits_for]
        for activity in found:
            for parent in filter(None, [above[index] for index in activity.nodes]):
                parent.waits_for -= 1
                if not parent.waits_for:
                    found.append(parent)
        return found

    # -- the two passes ----------------------------------------------------------------

    def _forward(self):
        for activity in self._order:
            activity.forward(self._now)
            self._hand_up(activity)

    def _hand_up(self, activity):
        """Tell whoever consumes it when it is there, and who was the last."""
        for index in activity.nodes:
            demand = self._needs[index]
            there = activity.ready + self._delays[index]
            parent = self._of[demand.parent] if demand.parent >= 0 else None
            if parent:
                if parent.driver < 0 or there > parent.need:
                    parent.need, parent.driver = max(parent.need, there), index
            elif self._ready[demand.line] is None or there > self._ready[demand.line]:
                self._ready[demand.line], self._drivers[demand.line] = there, index

    def _hand_down(self, activity, lines):
        """Take the earliest date at which anybody needs it."""
        for index in activity.nodes:
            demand, delay = self._needs[index], self._delays[index]
            parent = self._of[demand.parent] if demand.parent >= 0 else None
            due = parent.begin if parent else lines[demand.line][1]
            if parent and parent.timing.fixed:  # it waits for nothing any more
                due = max(due, activity.ready + delay)
            activity.due = min(activity.due, due - delay)
        activity.backward()

    def _promise(self, index):
        """Return (the line with its dates, when its goods have to be ready to be shipped)."""
        line, timing, now = self._plan.lines[index], self._leads.lines[index], self._now
        ready = self._ready[index]
        if ready is None:
            return self._promise_nothing(index)
        after = timing.security + timing.shipping
        promise = max(ready + after, timing.least or now)
        if index not in self._procured and timing.usual:
            promise = max(timing.usual, now)
        target = max(promise, ready + after)
        late = None
        if timing.commitment:
            late = max(promise - timing.commitment, timedelta(0))
            target = max(timing.kept or timing.commitment, target)
        dated = replace(
            line,
            promise_date=promise,
            ship_date=max(promise - after, now),
            lead_days=_days(promise - now),
            late_days=_days(late or timedelta(0)),
        )
        return dated, target - after

    def _promise_nothing(self, index):
        """Return the same for a line of which nothing comes, or which needs nothing."""
        line, timing, now = self._plan.lines[index], self._leads.lines[index], self._now
        if timing.usual and line.quantity > 0:
            promise = max(timing.usual, now)
            line = replace(line, promise_date=promise, ship_date=promise)
        return line, max(timing.kept or timing.commitment or now, now)

    # -- the answer --------------------------------------------------------------------

    def _build(self, lines):
        dated = tuple(replace(line, due=due) for line, due in lines)
        promises = [line.promise_date for line in dated if line.promise_date]
        return replace(
            self._plan,
            lines=dated,
            demands=tuple(self._date_demands(lines)),
            nodes=tuple(self._date_nodes()),
            warnings=(*self._plan.warnings, *self._blame(dated)),
            computed_at=self._now,
            promise_date=max(promises, default=None),
        )

    def _date_demands(self, lines):
        for number, demand in enumerate(self._plan.demands):
            parent = self._of[demand.parent] if demand.parent >= 0 else None
            due = parent.begin if parent else lines[demand.line][1]
            yield date_demand(demand, max(due - self._leads.delays[number], self._now))

    def _find_first(self):
        """Return when the first of all that is below each node begins."""
        first = [_FAR] * len(self._of)
        for index in range(len(first) - 1, -1, -1):
            parent = self._needs[index].parent
            if parent >= 0:
                begun = first[index]
                if self._of[index] and self._of[index].start < begun:
                    begun = self._of[index].start
                if begun < first[parent]:
                    first[parent] = begun
        return first

    def _date_nodes(self):
        first = self._find_first()
        slacks = [activity and activity.slack() for activity in self._of]
        least = {}
        for need, slack in zip(self._needs, slacks, strict=True):
            if slack is not None:
                least[need.line] = min(slack, least.get(need.line, slack))
        for index, (node, activity) in enumerate(zip(self._plan.nodes, self._of, strict=True)):
            if activity is None:
                yield node
                continue
            slack, ordered = slacks[index], activity.begin
            if node.supply == PURCHASE:
                # To ask a subcontractor is to order what is sent there.
                ordered = min(ordered, first[index])
            yield date_node(
                node,
                activity.start,
                activity.end,
                activity.earliest,
                _days(slack),
                slack == least[self._needs[index].line],
                ordered,
                activity.arrives,
                activity.earliest_end(),
            )

    def _blame(self, lines):
        """Say of each late line by how much, and which node on its way takes longest."""
        for index, line in enumerate(lines):
            node = self._find_longest(index) if line.late_days else -1
            if node >= 0:
                blamed = self._plan.nodes[node]
                args = (("days", line.late_days), ("line_id", line.line_id))
                path = path_to(self._plan, node)
                yield Issue(LATE, blamed.product_id, path, blamed.key, args)

    def _find_longest(self, line):
        longest, found, index = timedelta(-1), -1, self._drivers[line]
        while index >= 0:
            activity = self._of[index]
            since = self._now if activity.timing.fixed else activity.earliest
            taken = activity.ready - since
            if taken > longest:
                longest, found = taken, index
            index = activity.driver
        return found


@lru_cache(maxsize=1024)
def _days(length):
    return round(length.total_seconds() / _DAY, 4)
