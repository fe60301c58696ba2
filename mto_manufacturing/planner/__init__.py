"""The planner: from what an order needs and what there is, to the plan. Nothing of Odoo."""

from .baseline import (
    Change,
    compare_with_baseline,
    extend_baseline,
    freeze,
    set_baseline_dates,
)
from .buying import (
    UNDECIDED,
    choose_vendor,
    get_undecided_args,
    hold,
    is_undecided,
    reach,
    settle,
    size_request,
)
from .calendars import Calendar
from .capacity import Routing, Span, Step, Weekly, Work, days, production_work
from .competing import Taken
from .covering import Taker, cover
from .diff import DateDifference, Difference, diff, diff_dates
from .explosion import (
    CYCLE,
    METHODS,
    NO_RULE,
    NOT_IN_STOCK,
    Ledger,
    Part,
    component_method,
    explode,
    explode_below,
    line_method,
    net,
    open_ledger,
)
from .face import plain, to_json
from .leads import Leads, LineTiming, Timing, read_leads
from .lot_sizing import Lots, component_quantity, size_purchase
from .matching import match_items
from .offers import (
    ASK,
    BUY,
    CHEAPEST,
    CORE,
    FASTEST,
    POOL,
    Offer,
    Purchase,
    Request,
    Tier,
    VendorTerms,
)
from .plan import (
    FROM_STOCK,
    STOCK_THEN_ORDER,
    TO_ORDER,
    Allocation,
    Demand,
    Document,
    Issue,
    Node,
    Plan,
    PlanLine,
    Take,
    allocations,
)
from .planning import make_plan
from .records import evolve
from .reduction import (
    ORDERED,
    RESERVED,
    STARTED,
    WAITING,
    Lot,
    Share,
    choose,
    dispensable,
    limit,
    remaining,
    sized,
    spread,
)
from .rounding import half_up, up
from .scheduling import LATE, find_ready, schedule, set_dates
from .sharing import fill, share_out
from .supply import (
    CASCADE,
    MISSING,
    MTO,
    MTS,
    MTS_MTO,
    PROCURED,
    PRODUCTION,
    PURCHASE,
    RECEIPT,
    REORDERING,
    ROUTES_ONLY,
    STOCK,
    TRANSFER,
    Bom,
    Component,
    Fault,
    Item,
    Line,
    LineDemand,
    Network,
    NetworkError,
    Operation,
    Order,
    Policy,
    Product,
    Receipt,
    Source,
)
from .summary import SHIPPING, expect, summarize
from .tree import TreeBuilder, component_key, is_sent, line_key, node_key, origin_key
from .what_if import expedite

__all__ = [name for name in dir() if not name.startswith("_")]
