"""Sauat's test kit, with this plugin beside the ones that ship."""

import pytest
from lms_diary.plugin import plugin

from lms.plugins import Plugin, our_plugins

pytest_plugins = ["lms.testing", "lms.accounts.testing", "lms.courses.testing"]


@pytest.fixture
def plugins() -> list[Plugin]:
    return [*our_plugins(), plugin]
