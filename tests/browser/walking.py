"""Steps that several browser tests take."""

from collections.abc import Callable

from playwright.sync_api import Page

PASSWORD = "үш-қара-бұлт-91"


def press(page: Page, selector: str) -> None:
    """Press a button or link that leads to another page, and wait until that page is there."""
    with page.expect_navigation(wait_until="load"):
        page.locator(selector).first.click()


def sign_in(page: Page, site: object, role: str = "resident") -> None:
    """Sign in as one of the demo people."""
    page.goto(f"{site.address}/kk/accounts/login")
    page.fill("[name=contact]", f"{role}@demo.sauat.example")
    page.fill("[name=password]", site.password)
    press(page, "main form button[type=submit]")
    assert "/accounts/login" not in page.url, page.inner_text("main")


def enrol(page: Page, address: str) -> None:
    """Enrol in the course at `address` if this person is not enrolled yet."""
    page.goto(address)
    if page.locator("form[action$='/enrolment'] button").count():
        press(page, "form[action$='/enrolment'] button")


def given(page: Page, name: str, value: str) -> bool:
    """Return whether a choice is ticked or a field holds the value."""
    field = page.locator(f"main [name='{name}']")
    if field.first.get_attribute("type") == "text":
        return field.input_value() == value
    return page.locator(f"main [name='{name}'][value='{value}']").is_checked()


OpenPage = Callable[..., Page]
