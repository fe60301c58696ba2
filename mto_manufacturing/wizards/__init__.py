from . import mto_confirm_order
