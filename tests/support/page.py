"""Works the page in a browser as a reader does: asks, waits, and moves with the keyboard."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]


def box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def ask(page: Page, question: str) -> None:
    """Types the question, sends it with Enter, and waits for the turn to end."""
    box(page).fill(question)
    box(page).press("Enter")
    expect(page.get_by_role("heading", name=f"Question: {question[:40]}").last).to_be_visible()
    expect(page.locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()


def press_tab_until(page: Page, name: str, *, back: bool = False) -> None:
    for _ in range(20):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("(e => e.ariaLabel || e.textContent)(document.activeElement)") == name:
            return
    raise AssertionError(f"Tab never reached {name}")


def unfold(page: Page) -> Locator:
    """Opens the panel that narrows questions."""
    page.get_by_role("button", name="Answers from:").click()
    return page.get_by_role("form", name="What to answer from")
