"""The forms, tables and pictures of the notebooks, over a lab; no rule of the procedure is in here.

Every form is shown by naming it at the end of a cell, is driven by its buttons or by its methods, and shows what is
refused instead of raising it. `%load_ext fanlic.notebook` adds the page's commands as `%docker`.
"""

from fanlic.notebook.clock import ClockPanel
from fanlic.notebook.drill_card import DrillCard
from fanlic.notebook.explorer import ErrorExplorer
from fanlic.notebook.magic import load_ipython_extension, use
from fanlic.notebook.migration import MigrationWizard
from fanlic.notebook.outage import OutagePlanner
from fanlic.notebook.qr_panel import QrPanel
from fanlic.notebook.registration import RegistrationDialog
from fanlic.notebook.request import RequestComposer
from fanlic.notebook.run_builder import RunBuilder
from fanlic.notebook.trace import TracePane
from fanlic.notebook.triage_box import TriageBox

__all__ = [
    "ClockPanel",
    "DrillCard",
    "ErrorExplorer",
    "MigrationWizard",
    "OutagePlanner",
    "QrPanel",
    "RegistrationDialog",
    "RequestComposer",
    "RunBuilder",
    "TracePane",
    "TriageBox",
    "load_ipython_extension",
    "use",
]
