"""The widget in a page: the script that a page loads, and the parts of the chat that it opens."""

from playwright.sync_api import ConsoleMessage, FrameLocator, Locator, Page, expect

SCRIPT = '<script src="CHAT/widget.js" async {}></script>'
CORNER = SCRIPT.format("")
FLOW = f"<div data-article-chat>Ask us.</div>{CORNER}"


def opener(page: Page, title: str = "Ask the articles") -> Locator:
    return page.get_by_role("button", name=title)


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def box(page: Page) -> Locator:
    return frame(page).get_by_label("Your question")


def ask(page: Page, question: str = "Who controls Hama?") -> None:
    box(page).fill(question)
    box(page).press("Enter")
    expect(frame(page).locator("#live .q")).to_contain_text(question)
    expect(frame(page).locator("#live .turn:not([aria-busy]) .tools")).to_be_visible()


def console_of(page: Page) -> list[ConsoleMessage]:
    """What the console says from now on."""
    messages: list[ConsoleMessage] = []
    page.on("console", lambda message: messages.append(message))
    return messages
