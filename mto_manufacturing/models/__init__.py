from . import mto_strategy_mixin
from . import stock_route
from . import stock_rule
from . import stock_warehouse
from . import product_category
from . import product_template
from . import sale_order_line
from . import sale_order
