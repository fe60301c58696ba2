from . import change_production_qty
from . import mto_confirm_order
from . import mto_release
from . import stock_return_picking
