"""The board in a browser: a class at work, seen by its instructor, by everybody
and on a phone.
"""

import pytest
from boards import Board, share, verdict
from live_class import CHROMIUM, at_work, browser, opened
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")
PHONE, TIME = (390, 844), 30_000  # milliseconds


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A board on which a class of twelve is at work."""
    folder = tmp_path_factory.mktemp("class")
    board = Board(folder, "--name", "Room <3>")
    with at_work(board, folder / "class", 12):
        yield board
    board.close()


@pytest.fixture
def board(tmp_path):
    found = Board(tmp_path)
    yield found
    found.close()


def narrow(page):
    """Whether nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_empty_room_says_what_to_do_first(chromium, board):
    page = opened(chromium, board, instructor=True)
    assert page.locator("#empty").inner_text().startswith("Nobody is here yet")
    assert f"kata join {board.address}" in page.locator("#empty").inner_text()
    board.machine("Ana")
    page.wait_for_selector("#empty", state="hidden")
    assert page.locator("#here").inner_text() == "1"


def test_the_instructor_sees_who_is_at_what(chromium, busy):
    """The commonest mistake opens with one click, or by the keyboard alone."""
    page = opened(chromium, busy, instructor=True)
    now = busy.picture()
    assert page.locator("#room").inner_text() == "Room <3>" and "#" not in page.url  # the token is in no history
    assert page.locator("#stuck > details").count() == len(now["stuck"]) > 0
    first = page.locator("#mistakes > details").first
    assert not first.locator(".words").is_visible()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") != "SUMMARY":
        page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.closest('section').id") != "mistakes-part":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert first.locator(".words").is_visible()
    assert " ".join(now["mistakes"][0]["words"][0].split())[:40].replace("`", "") in first.locator(".words").inner_text()
    for name in now["mistakes"][0]["names"]:
        assert name in first.locator(".names").inner_text()


def test_what_is_open_stays_open_while_the_room_goes_on(chromium, board):
    """And the focus stays where it is, though rows change places."""
    people = [board.machine(name) for name in ("Ana", "Bo", "Cy")]
    people[0].posts(verdict("1.4", 6, 8, "shallow_copy"))
    page = opened(chromium, board, instructor=True)
    page.locator("#mistakes summary").first.click()
    for machine in people[1:]:
        machine.posts(verdict("1.1", 1, 4, "relu_forgotten"))
    expect(page.locator("#mistakes > details b").first).to_have_text("relu_forgotten", timeout=TIME)
    assert page.locator("#mistakes > details").nth(1).get_attribute("open") is not None
    assert page.evaluate("document.activeElement.closest('details').dataset.id") == "1.4 shallow_copy"


def test_a_hand_is_shown_and_answered(chromium, board):
    ana = board.machine("<img src=x onerror=alert(1)>")
    ana.posts(share("1.4", "x = '<b>'\n", "Why <script>alert(1)</script>?"))
    page = opened(chromium, board, instructor=True)
    hand = page.locator("#hands li")
    assert "<img src=x onerror=alert(1)>" in hand.inner_text() and "Why <script>alert(1)</script>?" in hand.inner_text()
    hand.locator("summary").click()
    expect(page.locator("#hands pre")).to_have_text("x = '<b>'\n", timeout=TIME)
    page.get_by_role("button", name="Answered").click()
    page.wait_for_selector("#hands-part", state="hidden")


def test_what_has_no_name_opens_with_what_failed_and_the_file(chromium, board):
    failure = {"label": "<b>f</b>(x)", "outcome": "shape", "detail": "(4, 6)"}
    check = {"name": "test_sets", "outcome": "failed", "failures": [failure]}
    wrong = verdict("1.4", 6, 8) | {"checks": [check], "unnamed": ["test_sets"]}
    people = [board.machine(name) for name in ("Ana", "Bo", "Cy")]
    for machine in people:
        machine.posts(wrong)
    page = opened(chromium, board, instructor=True)
    group = page.locator("#unnamed > details")
    expect(group.locator("summary").first).to_contain_text("3 people did the same in 1.4 set_bias", timeout=TIME)
    group.locator("summary").first.click()
    failed = group.locator(".checks").inner_text()
    assert "The bias of the named layer is filled" in failed and "<b>f</b>(x): differs in shape (4, 6)" in failed
    assert "Ana, Bo, Cy" in group.inner_text()
    assert not group.locator(".naming").is_visible()
    people[1].posts(share("1.4", "x = '<i>'\n"))
    group.locator(".files summary").click()
    expect(group.locator("pre")).to_have_text("x = '<i>'\n", timeout=TIME)
    assert f"kata name {board.file} 1.4 1 --as" in group.locator(".naming").inner_text()


def test_a_name_is_deleted_after_a_question(chromium, board):
    board.machine("Ana")
    page = opened(chromium, board, instructor=True)
    page.locator("#people-details > summary").click()
    page.get_by_role("button", name="Delete Ana").click()
    page.locator("#sure").get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Delete Ana").click()
    page.locator("#sure").get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_selector("#empty")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybodys_page_has_no_names(chromium, busy, scheme):
    page = opened(chromium, busy, instructor=False, scheme=scheme)
    shown = page.content()
    assert "shallow_copy" in shown and "1.4 set_bias" in shown
    assert not [person["name"] for person in busy.picture()["people"] if f">{person['name']}<" in shown]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(251, 252, 253)" if scheme == "light" else "rgb(18, 23, 30)"
    )


@pytest.mark.parametrize("instructor", [True, False])
def test_on_a_phone_nothing_is_cut_off(chromium, busy, instructor):
    page = opened(chromium, busy, instructor, size=PHONE)
    for summary in page.locator("summary:visible").all():
        summary.click()
    assert narrow(page)


def test_a_screen_reader_finds_its_way(chromium, busy):
    """Landmarks, one heading for each part, and a name for all that can be
    pressed.
    """
    page = opened(chromium, busy, instructor=True)
    page.locator("#people-details > summary").click()
    tree = page.locator("body").aria_snapshot()
    for words in ("- banner:", "- main:", "- contentinfo:", '"Say to the room" [level=2]', '"Room <3>" [level=1]'):
        assert words in tree, tree
    assert 'region "Exercises"' in tree and 'columnheader "solved"' in tree and 'button "Delete ' in tree
    assert '- button ""' not in tree and "- button:" not in tree


def test_a_page_without_the_token_says_what_to_open(chromium, board):
    page = chromium.new_context().new_page()
    page.goto(f"{board.url}/instructor")
    page.wait_for_selector("#connection:not(:empty)")
    assert page.locator("#connection").inner_text().startswith("This page is the instructor's: open the address")


def test_the_first_page_leads_to_the_room(chromium, board):
    page = chromium.new_context().new_page()
    page.goto(board.url)
    page.keyboard.type(board.code.lower())
    page.keyboard.press("Enter")
    page.wait_for_selector("#room:not(:empty)")
    assert page.url == board.address


def test_the_page_follows_a_board_that_comes_back(chromium, board):
    page = opened(chromium, board, instructor=True)
    board.kill()
    page.wait_for_selector("#connection:not(:empty)")
    assert page.locator("#connection").inner_text() == "The board does not answer. This page tries again by itself."
    board.start()
    board.machine("Ana")
    expect(page.locator("#here")).to_have_text("1", timeout=TIME)
    expect(page.locator("#connection")).to_have_text("")


def test_nothing_breaks_the_pages_own_policy(chromium, busy):
    """No script, style or request that it forbids, and no error."""
    page, said = chromium.new_context().new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{busy.url}/instructor#{busy.token}")
    page.wait_for_selector("#exercises tr")
    assert not said and all(url.startswith(busy.url) for url in asked)
