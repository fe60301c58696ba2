"""What goes wrong when the planner is given what cannot be."""


class NetworkError(ValueError):
    """The input contradicts itself: a fault of the program that filled it, not of its user."""
