from . import test_strategies
from . import test_strategy_routes
