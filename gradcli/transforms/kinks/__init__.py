"""Points at which an operation is not differentiable, and what becomes of the result there."""
