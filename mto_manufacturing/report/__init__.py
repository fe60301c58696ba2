from . import mto_alert
from . import mto_alert_decision
from . import mto_promise_report
from . import report_stock_reception
