"""What tests of several plugins share: one Chromium for all that drive a browser."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium. Its absence is a failure: these tests are what says the site works."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
