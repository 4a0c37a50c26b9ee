# SPDX-License-Identifier: Apache-2.0
"""A real browser, Debian's chromium, that reaches nothing but files: whatever a page asks for beside itself is kept."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from sovran.model.report import Report
from sovran.reports import html_report

PHONE, DESKTOP = (390, 844), (1440, 900)


class Opened:
    """A report as a page in the browser, with all that it said and asked for."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.path = path
        self.address = path.as_uri()
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.messages: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def go(self, anchor: str = "") -> None:
        """Open the page, at an anchor."""
        self.page.goto(self.address + anchor)

    def show(self, reports: Sequence[Report]) -> None:
        """Open other reports in the place of these."""
        self.path.write_text(html_report.render(reports), encoding="utf-8")
        self.go()

    def assert_quiet(self) -> None:
        """Nothing was asked for but the page itself; no dialog, no error, no complaint about the policy."""
        assert {request.partition("#")[0] for request in self.requests} == {self.address}
        assert (self.dialogs, self.messages) == ([], [])


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless chromium; names resolve to nothing, so that no test can reach anybody."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: sudo apt-get install -y chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--host-resolver-rules=MAP * ~NOTFOUND"])
        yield chromium
        chromium.close()


Open = Callable[..., Opened]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens reports as a page: `show(reports, size=PHONE, scheme="dark", script=False, anchor="#x")`."""
    contexts: list[BrowserContext] = []

    def open_page(
        reports: Sequence[Report],
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        script: bool = True,
        anchor: str = "",
    ) -> Opened:
        path = tmp_path / f"report-{len(contexts)}.html"
        path.write_text(html_report.render(reports), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
            offline=True,
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        opened = Opened(context.new_page(), path)
        opened.go(anchor)
        return opened

    yield open_page
    for context in contexts:
        context.close()
