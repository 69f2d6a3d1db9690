"""A program and its derivatives at many points: straight-line code over blocks of rows, in reused memory."""

from gradcli.batch.blocks import run
from gradcli.batch.cells import Cells
from gradcli.batch.plan import Plan, Step, plan

__all__ = ["Cells", "Plan", "Step", "plan", "run"]
