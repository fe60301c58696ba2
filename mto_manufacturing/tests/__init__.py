from . import test_strategies
from . import test_strategy_routes
from . import test_cascade
from . import test_pegging
from . import test_cascade_places
from . import test_configuration
from . import test_faults
