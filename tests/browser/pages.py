"""What the browser tests share: a browser, the keyboard, and what a page must keep to.

Names that a test may rely on, playground:

- `#act-as` and `#act-as-go`: whose account one acts as, and the button that switches;
- `#new-issue`, then `#new-issue-title`, `#new-issue-body`, `#new-issue-preview`,
  `#new-issue-submit`;
- `#comment-body`, `#comment-preview`, `#comment-submit`; `#close-issue`, `#reopen-issue`;
- `#waiting`: there while the page waits for the bot;
- `#issue` for the opening text, `#issuecomment-ID` for a comment, and in each
  `[data-action=edit]`, `[data-action=react]` (opens the choice, whose buttons are
  `.choices button[value="+1"]`), `.pill[value="+1"]` for what was given,
  `[data-action=source]`, `[data-action=more]` (opens `[data-action=hide]`,
  `[data-action=show]`, `[data-action=delete]`), `.edited` (leads to the history);
- `#edit-body`, `#edit-preview`, `#edit-submit` while one edits;
- `#dashboard-link` leads to the dashboard;
- `#app-name` and `#create-app` on the page that asks about a manifest, `#faults` on the one that
  refuses it; `#install` on an App's page, then `#install-all` or `#install-selected` with a
  labelled box for each repository, and `#install-app`; `#save`, `#suspend`, `#unsuspend`,
  `#uninstall` on an installation's page; `#hook-url` and `#save-hook` in an App's settings.

Dashboard: `#repositories`, `#replies`, `#feedback`, `#memory` (with `#memory-ID`), `#liked`,
`#disliked`, `#counts`, `#asks`, `#settings`, `#faults`; on a reply `#answer`, `#sources`,
`#why`, `#tried`, `#by-memory`, `#by-dictionary`; of what was tried `#outcome` and
`#attempt-NUMBER`, and `#drafts` to pick among; of training `#run` (with `#phase`, `#still`,
`#move`), `#use`, `#next` (with `#refusal`), `#versions`, `#runs`, `#changes`, and the buttons
`#start`, `#cancel`, `#rollback`, `#promote`, `#retire`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TIMEOUT = 30_000.0
"""Milliseconds until a page that does not come about fails its test."""

# Ratios of WCAG 2.2, success criterion 1.4.3; large text is left to the stricter one.
CONTRAST = """() => {
  const channel = (value) => {
    const v = value / 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  };
  const parse = (text) => {
    const found = text.match(/[\\d.]+/g).map(Number);
    return {rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1};
  };
  const light = ({rgb: [r, g, b]}) =>
    .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.alpha > 0) return color;
    }
    return {rgb: [255, 255, 255]};
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const says = (node) => node.nodeType === 3 && /[\\p{L}\\p{N}]/u.test(node.data);
    const own = [...element.childNodes].some(says);
    if (!own || !element.checkVisibility() || element.tagName === "TITLE") continue;
    const front = light(parse(getComputedStyle(element).color)), back = light(behind(element));
    const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}`);
  }
  return faint;
}"""
WIDER = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.tagName + "." + one.className).slice(0, 5)"""


expect.set_options(timeout=TIMEOUT)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """Starts the system's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield started
        finally:
            started.close()


def tab_to(page: Page, selector: str, *, most: int = 120) -> None:
    """Presses Tab until something is focused, and checks that the focus can be seen on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """(selector) => {
              const one = document.activeElement, style = getComputedStyle(one);
              const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              return {there: one.matches(selector), body: one === document.body, seen,
                      name: one.outerHTML.slice(0, 120)};
            }""",
            selector,
        )
        assert here["body"] or here["seen"], f"no focus can be seen on {here['name']}"
        if here["there"]:
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def follow(page: Page, key: str = "Enter") -> None:
    """Presses a key that leads to another page, and waits until that is there."""
    with page.expect_navigation():
        page.keyboard.press(key)


def check_fits(page: Page, where: str) -> None:
    """Refuses a page that must be scrolled sideways."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth"), (where, page.evaluate(WIDER))


def check_contrast(page: Page, where: str) -> None:
    """Refuses text that is hard to tell from what is behind it."""
    assert page.evaluate(CONTRAST) == [], where


def lightness(page: Page) -> float:
    """How light the page's ground is, 0 for black and 1 for white."""
    found = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)"
    )
    return float(sum(found)) / 765
