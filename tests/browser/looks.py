"""How a page stands on its screen."""

from playwright.sync_api import Page


def beyond(page: Page) -> int:
    """Return by how many pixels a page is wider than its screen, measured when its style sheets are there."""
    page.wait_for_load_state("load")
    screen = page.viewport_size
    assert screen, "a page without a screen has no width"
    return int(page.evaluate("document.documentElement.scrollWidth")) - screen["width"]
