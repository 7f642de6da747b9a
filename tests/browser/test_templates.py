"""A manager drafts the next version of a chain, is refused a circle, and publishes."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from milestones.models import ChainTemplate
from milestones.publishing import built_in_chains, publish_template
from tests.browser.conftest import log_in, zh
from tests.make import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_chain_is_drafted_in_place_and_published(page: Page, live_server: LiveServer) -> None:
    manager = make_user()
    for spec in built_in_chains():
        publish_template(spec, actor=manager)
    log_in(page, live_server, manager, "/templates/renovation/v1/")
    page.click("form[action$='/draft/begin/'] button")
    panel = page.locator("#panel")

    # Another node comes into the panel without the page being loaded anew, and the list marks it.
    page.evaluate("window.isTheSamePage = true")
    page.click("#draft-nodes a[href*='/nodes/trial/']")
    expect(panel.locator("h2")).to_contain_text("调试试产")
    expect(panel.locator("h2")).to_be_focused()
    expect(page.locator("#draft-nodes a[aria-current]")).to_have_text("调试试产")
    page.click("#draft-nodes a[href*='/nodes/order/']")
    expect(panel.locator("h2")).to_contain_text("设备采购合同")
    assert page.evaluate("window.isTheSamePage")

    # A circle is refused with the names, and what was typed is still there.
    page.fill("#id_proof", "合同原件")
    page.select_option("#id_before-1-node", "install")
    page.click("#panel button.main")
    expect(page.get_by_role("alert")).to_contain_text(
        "设备到位安装 (install) → 设备采购合同 (order) → 设备到位安装 (install)"
    )
    expect(page.locator("#id_proof")).to_have_value("合同原件")
    page.select_option("#id_before-1-node", "")
    page.click("#panel button.main")
    expect(page.get_by_role("status")).to_contain_text(zh("The draft is saved."))

    # The picture is as projects will see it, and its stations open their forms.
    page.click(".chain-map a[href*='/nodes/subsidy/']")
    expect(panel.locator("h2")).to_contain_text("技改奖补申报")
    page.click("#panel form.drop button")
    expect(page.locator(".chain-map a[href*='/nodes/subsidy/']")).to_have_count(0)

    page.click("a[href$='/draft/publish/']")
    expect(page.locator("main")).to_contain_text("合同原件")
    expect(page.locator("main del").first).to_contain_text("技改奖补申报 (subsidy)")
    page.click("main form button.main")
    page.wait_for_url("**/templates/renovation/v2/")
    newest = ChainTemplate.objects.newest("renovation")
    assert newest
    assert newest.nodes.get(code="order").proof == "合同原件"
    assert not newest.nodes.filter(code="subsidy").exists()
