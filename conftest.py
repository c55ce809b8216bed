"""Every test may use the testing kits that Sauat ships for plugins, and say which of ours it needs."""

import pytest

from lms.plugins import OUR_PLUGINS

pytest_plugins = ["lms.testing", "lms.accounts.testing", "lms.courses.testing"]


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker for tests that cross plugins, such as those of the shipped courses."""
    config.addinivalue_line("markers", "needs(plugin, …): skipped where one of them was deleted")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a plugin that somebody deleted (scripts/check_plugins.py does)."""
    needed = [name for mark in item.iter_markers("needs") for name in mark.args]
    if missing := [name for name in needed if name not in OUR_PLUGINS]:
        pytest.skip(f"needs {', '.join(missing)}")
