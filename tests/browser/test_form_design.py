"""A form designed in the console, by mouse and by keyboard, is answered by a phone and reported in the console."""

from pathlib import Path

from playwright.sync_api import Page, expect

from roundsman_client.client import Client
from tests.browser.browser import Phone
from tests.browser.test_console import judge
from tests.personas import PASSWORD, TestCompany
from tests.phone_network import Network
from tests.visits.field import add_customer, check_in


def make(page: Page) -> None:
    """A new form, opened in the designer."""
    page.get_by_role("link", name="New form").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name in English").fill("Shelf check")
    dialog.get_by_label("Code").fill("SHELF")
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Shelf check").click()


def design(page: Page) -> None:
    """Whether it is in stock; if so, how many, which counts; by the keyboard alone for the second question."""
    page.get_by_role("button", name="+ Number").click()
    page.get_by_label("Question in English").fill("Facings")
    page.get_by_label("Counts in the score").check()
    page.get_by_role("button", name="+ Yes or no").click()
    page.get_by_label("Question in English").fill("In stock?")
    page.get_by_label("Required").check()
    up = page.get_by_role("button", name="Move question 2 up")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".question-open strong")).to_have_text(["In stock?", "Facings"])
    page.locator(".question-open").nth(1).press("Enter")
    page.get_by_label("Ask only if").check()
    expect(page.get_by_label("Condition 1: Question")).to_have_value("q2")


def test_a_form_designed_here_is_answered_by_a_phone_and_reported(
    carol: Phone, company: TestCompany, tmp_path: Path
) -> None:
    page = carol.open("/console/forms")
    make(page)
    design(page)
    asked, foot = page.locator("#design-preview .asked"), page.locator("#design-result")
    expect(asked.nth(1)).to_be_hidden()
    expect(foot).to_contain_text("1 required missing")
    asked.nth(0).get_by_label("Yes").check()
    expect(asked.nth(1)).to_be_visible()
    asked.nth(1).get_by_role("textbox").fill("3")
    expect(foot).to_contain_text("Score 100.0 %")
    page.get_by_label("Least").fill("9")
    page.get_by_label("Greatest").fill("1")
    expect(page.locator(".question.wrong")).to_contain_text("least value is above")
    judge(page, "designer")
    page.get_by_label("Least").fill("0")
    page.get_by_label("Greatest").fill("99")
    expect(page.locator(".question.wrong")).to_have_count(0)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".differences")).to_contain_text("Facings")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("The form is published.")

    visit = check_in(company.alice, add_customer(company.alice, name="Corner shop"))
    with Client(tmp_path / "phone.sqlite", transport=Network()) as phone:
        phone.sign_in(company.code, "alice", PASSWORD, "phone")
        phone.sync()
        [version] = phone.rows("form_version")
        answers = {"q2": True, "q1": "3"}
        answer = {"id": phone.new_id(), "visit_id": str(visit), "form_version_id": version.id, "answers": answers}
        phone.do("visits.answer_form", answer)
        phone.sync()
        [judged] = phone.rows("form_answer")
        assert (judged.data["percent"], judged.data["complete"]) == ("100.0", True)
    page.get_by_role("link", name="Results").click()
    expect(page.locator("#results")).to_contain_text("Average score100.0 %")
    expect(page.locator(".results")).to_contain_text("Average3")
    page.get_by_role("link", name="Answer by answer").click()
    expect(page.locator("tbody")).to_contain_text("Corner shop")


def test_questions_are_dragged(carol: Phone, company: TestCompany) -> None:
    page = carol.open("/console/forms")
    make(page)
    for kind in ("Text", "Date", "Barcode"):
        page.get_by_role("button", name=f"+ {kind}").click()
        page.get_by_label("Question in English").fill(kind)
    page.locator(".question-grip").nth(2).drag_to(page.locator(".question").nth(0), target_position={"x": 40, "y": 8})
    expect(page.locator(".question-open strong")).to_have_text(["Barcode", "Text", "Date"])
    page.keyboard.press("Control+s")
    expect(page.locator("#design-state")).to_have_text("Draft saved")
