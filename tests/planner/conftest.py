"""Import the planner without Odoo, from the addon or from a copy with a deliberate bug."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

HERE = Path(__file__).resolve().parent
# MTO_PLANNER_PATH: the folder that holds the package ``planner`` (scripts/mutants sets it).
ADDON = Path(os.environ.get("MTO_PLANNER_PATH") or HERE.parents[1] / "mto_manufacturing")

# The generator of networks stands with the addon's tests, which build them in a database.
GENERATOR = HERE.parents[1] / "mto_manufacturing" / "tests"

for folder in (GENERATOR, HERE, ADDON):
    sys.path.insert(0, str(folder))

# The same examples in every run; MTO_EXAMPLES=5000 for a long search.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    max_examples=int(os.environ.get("MTO_EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("house")
