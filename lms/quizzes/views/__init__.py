"""Pages of quizzes; each module holds those about one noun."""

from pathlib import Path

from flask import Blueprint

bp = Blueprint(
    "quizzes",
    __name__,
    root_path=str(Path(__file__).parent.parent),
    template_folder="templates",
    cli_group="quizzes",
)
