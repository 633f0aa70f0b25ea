"use strict";
// The board asks for its middle again; what answers instead of it (the sign-in, an error) does not take its place.
(() => {
  const board = document.querySelector("[data-board]"), stale = document.querySelector("[data-stale]");
  if (!board || !stale) return;
  const gone = (is) => { stale.hidden = !is; board.classList.toggle("is-stale", is); };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== board) return;
    if (!event.detail.xhr.responseURL.includes(board.getAttribute("hx-get"))) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => event.detail.target === board && gone(false));
  document.addEventListener("htmx:sendError", () => gone(true));
  document.addEventListener("htmx:responseError", () => gone(true));
})();
