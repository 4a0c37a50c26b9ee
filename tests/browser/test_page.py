# SPDX-License-Identifier: Apache-2.0
"""The page in use: with and without JavaScript, search, filter, places, light and dark, on paper."""

import msgspec
import pytest
from playwright.sync_api import Page, expect

from sovran.model.matrix import Access, Cell, Matrix, Row
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.reports import page_samples, samples

pytestmark = pytest.mark.browser

CLAIM = "scs-0103-flavor-2v-8"
WHITE, DARK = "rgb(255, 255, 255)", "rgb(21, 22, 24)"


def test_without_a_script_everything_can_be_read(show: Open) -> None:
    opened = show([page_samples.detailed()], script=False)
    page = opened.page
    assert page.locator(".verdict").inner_text() == "Not conformant"
    for tool in (".tools", ".theme", ".expand"):
        assert not page.locator(tool).first.is_visible()
    page.locator(f"#{CLAIM} > summary").click()
    assert page.locator(f"#{CLAIM} .body").is_visible()
    folded = page.locator("#scs-0103 .folded").first
    folded.locator("> summary").click()
    assert folded.locator(".claim").first.is_visible()
    opened.assert_quiet()


@pytest.mark.parametrize("script", [True, False])
def test_an_address_opens_what_is_closed(show: Open, script: bool) -> None:
    page = show([page_samples.detailed()], script=script, anchor=f"#flavor.{page_samples.FLAVOR_ID}").page
    excerpt = page.locator(".excerpt pre")
    assert excerpt.is_visible()
    assert '"scs:name-v1": "SCS-2V-8"' in excerpt.inner_text()
    opened = show([page_samples.detailed()], script=script, anchor="#scs-0100-semantics-check")
    assert opened.page.locator("#scs-0100-semantics-check .body").is_visible()
    opened.assert_quiet()


def test_links_lead_from_the_answer_to_the_raw_excerpt(show: Open) -> None:
    opened = show([page_samples.detailed()])
    page = opened.page
    page.locator(".blockers").get_by_role("link", name=CLAIM).click()
    assert page.url.endswith(f"#{CLAIM}")
    body = page.locator(f"#{CLAIM} .body")
    assert body.is_visible()
    body.get_by_role("link", name="flavor SCS-2V-8").click()
    assert page.locator(".excerpt pre").is_visible()
    page.go_back()
    page.locator(f"#{CLAIM} > summary").click()
    assert not body.is_visible()
    page.locator(".blockers").get_by_role("link", name=CLAIM).click()
    assert body.is_visible()
    opened.assert_quiet()


def test_search_and_filter_leave_what_matches(show: Open) -> None:
    opened = show([page_samples.detailed()])
    page = opened.page
    total = page.locator(".claim").count()
    page.get_by_label("Search claims").fill("scs-17x-68 nowhere")
    expect(page.locator(".nothing")).to_be_visible()
    page.get_by_label("Search claims").fill("SCS-17X-68 suffix")
    expect(page.locator(".status")).to_have_text(f"1 of {total} claims")
    assert page.locator(".claim:visible").count() == 1
    assert page.locator(".resource:visible").count() == 1
    page.get_by_label("Search claims").fill("")
    expect(page.locator(".status")).to_have_text("")
    for kind in ("Fail", "Pass", "Not run", "Not applicable", "Against a SHOULD"):
        page.get_by_role("checkbox", name=kind, exact=True).uncheck()
    assert [one.get_attribute("id") for one in page.locator(".claim:visible").all()] == ["scs-0115-default-rules"]
    assert [one.get_attribute("id") for one in page.locator(".standard:visible").all()] == ["scs-0115"]
    opened.assert_quiet()


def test_operations_are_searched_and_filtered_like_claims(show: Open) -> None:
    opened = show([samples.acting()])
    page = opened.page
    assert page.locator(".operation:visible").count() == 0
    page.get_by_label("Search claims").fill("delete a volume")
    expect(page.locator(".operation:visible")).to_have_count(1)
    assert not page.locator(".operations tbody").nth(1).is_visible()
    page.get_by_label("Search claims").fill("nowhere at all")
    expect(page.locator(".operation:visible")).to_have_count(0)
    page.get_by_label("Search claims").fill("")
    page.locator(".access .folded > summary").click()
    expect(page.locator(".operation:visible")).to_have_count(4)
    for kind in ("Pass", "Undecided"):
        page.get_by_role("checkbox", name=kind, exact=True).uncheck()
    names = page.locator(".operation:visible th").all_inner_texts()
    assert [name.partition("\n")[0] for name in names] == ["create a volume", "delete a volume"]
    opened.assert_quiet()


def test_operations_as_expected_are_folded_and_a_search_opens_them(show: Open) -> None:
    row = Row("list volumes", "own project", (Cell("reader", Access.ALLOWED, 200),), service="block-storage")
    fine = Matrix("roles", ("reader",), (row,))
    opened = show([msgspec.structs.replace(samples.conformant(), matrices=(fine,))])
    page = opened.page
    folded = page.locator(".access .folded")
    assert page.locator(".operation:visible").count() == 0
    expect(folded.locator("summary")).to_have_text("1 as expected.")
    folded.locator("summary").click()
    expect(page.locator(".operation:visible")).to_have_count(1)
    folded.locator("summary").click()
    page.get_by_label("Search claims").fill("list volumes")
    expect(page.locator(".operation:visible")).to_have_count(1)
    page.get_by_label("Search claims").fill("nowhere at all")
    expect(page.locator(".access .nothing")).to_be_visible()
    assert not folded.is_visible()
    opened.assert_quiet()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_operations_can_be_read_without_a_script_and_on_paper(show: Open, size: tuple[int, int]) -> None:
    page = show([samples.acting()], script=False, size=size).page
    page.emulate_media(media="print")
    assert page.locator(".operation:visible").count() == 4
    page.emulate_media(media="screen")
    assert page.get_by_text("Policy doesn't allow it.").is_visible()
    page.locator(".access .folded > summary").click()
    assert page.locator(".operation:visible").count() == 4


def test_open_all_opens_and_closes(show: Open) -> None:
    page = show([page_samples.detailed()]).page
    page.get_by_role("button", name="Open all").click()
    assert page.locator(".claims .claim .body:visible").count() == page.locator(".claim").count()
    page.get_by_role("button", name="Close all").click()
    assert page.locator(".claims .body:visible").count() == 0


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_light_or_dark_is_the_systems_choice_until_it_is_the_readers(show: Open) -> None:
    opened = show([samples.failing()], scheme="dark")
    page = opened.page
    assert background(page) == DARK
    page.get_by_role("button", name="Light").click()
    light = background(page)
    assert light != DARK
    page.reload()
    assert background(page) == light
    page.get_by_role("button", name="Dark").click()
    assert background(page) == DARK
    opened.assert_quiet()


@pytest.mark.parametrize("script", [True, False])
def test_paper_is_white_and_everything_that_matters_is_open(show: Open, script: bool) -> None:
    page = show([page_samples.detailed()], scheme="dark", script=script).page
    page.emulate_media(media="print")
    assert background(page) == WHITE
    for place in (CLAIM, "0115-01", "scs-0115-default-rules"):
        assert page.locator(f"[id='{place}'] .body").is_visible()
    assert page.locator(".excerpt pre").is_visible()
    assert page.locator("#scs-0103-flavor-1v-4 > summary").is_visible()
    assert not page.locator("#scs-0103-flavor-1v-4 .body").is_visible()
    for tool in (".tools", ".theme", ".expand", ".permalink"):
        assert not page.locator(tool).first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")


def test_several_clouds_fit_a_phone(show: Open) -> None:
    opened = show(page_samples.several(), size=PHONE)
    page = opened.page
    assert page.locator(".matrix").is_visible()
    page.get_by_role("link", name="north").click()
    assert page.get_by_role("heading", name="north").is_visible()
    assert page.locator("article:has(h2:text('north')) .verdict").inner_text() == "Conformant"
    opened.assert_quiet()


def test_the_largest_cloud_can_still_be_searched(show: Open) -> None:
    opened = show([page_samples.huge()])
    page = opened.page
    page.get_by_label("Search claims").fill("property_3")
    expect(page.locator(".status")).to_contain_text("2 of ")
    page.get_by_label("Search claims").fill("")
    expect(page.locator(".status")).to_have_text("")
    page.get_by_role("button", name="Open all").click()
    assert page.locator(".claims details[open]").count() == page.locator(".claims details").count()
    opened.assert_quiet()
