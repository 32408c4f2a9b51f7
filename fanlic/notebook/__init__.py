"""The forms, tables and pictures of the notebooks, over a lab; no rule of the procedure is in here.

Every form is shown by naming it at the end of a cell. Its buttons and its methods do the same. It shows a refusal
instead of raising it. `new_lab()` makes the notebook's lab; the page's commands run on it as `%docker`.
"""

from fanlic.lab import exercises
from fanlic.notebook import progress
from fanlic.notebook.clock import ClockPanel
from fanlic.notebook.drill_card import DrillCard
from fanlic.notebook.explorer import ErrorExplorer
from fanlic.notebook.labs import new_lab
from fanlic.notebook.magic import load_ipython_extension, use
from fanlic.notebook.migration import MigrationWizard
from fanlic.notebook.migration_game import MigrationGame
from fanlic.notebook.outage import OutagePlanner
from fanlic.notebook.predict import Predict
from fanlic.notebook.qr_panel import QrPanel
from fanlic.notebook.registration import RegistrationDialog
from fanlic.notebook.request import RequestComposer
from fanlic.notebook.run_builder import RunBuilder
from fanlic.notebook.scene_panel import ScenePanel
from fanlic.notebook.settings import ProjectSettings
from fanlic.notebook.trace import TracePane
from fanlic.notebook.triage_box import TriageBox

__all__ = [
    "ClockPanel",
    "DrillCard",
    "ErrorExplorer",
    "MigrationGame",
    "MigrationWizard",
    "OutagePlanner",
    "Predict",
    "ProjectSettings",
    "QrPanel",
    "RegistrationDialog",
    "RequestComposer",
    "RunBuilder",
    "ScenePanel",
    "TracePane",
    "TriageBox",
    "load_ipython_extension",
    "new_lab",
    "use",
]

if progress.note_exercise not in exercises.LISTENERS:
    exercises.LISTENERS.append(progress.note_exercise)
