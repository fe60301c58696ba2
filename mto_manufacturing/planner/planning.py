"""The whole way from what an order needs to its plan with dates."""

from dataclasses import replace
from datetime import datetime

from .explosion import explode, find_counted
from .leads import read_leads
from .plan import Plan
from .scheduling import find_ready, schedule
from .supply import Network, Order, Policy


def make_plan(order: Order, network: Network, policy: Policy | None, now: datetime) -> Plan:
    """Return the plan of an order with its dates. ``now``: UTC.

    A receipt serves a demand where it comes no later than what would be made or bought for it:
    so what would be, were no receipts counted, is planned first.
    """
    policy = policy or Policy()
    ready = None
    if find_counted(network, policy):
        without = replace(network, receipts={})
        plan = explode(order, without, policy)
        leads = read_leads(plan, order, without, policy, now)
        ready = find_ready(plan, leads, now)
    plan = explode(order, network, policy, ready)
    return schedule(plan, order, network, policy, now)
