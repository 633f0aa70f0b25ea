"use strict";
// Who else has this case open: the page says which step is being filled in, and that it was closed.
(() => {
  const presence = document.getElementById("presence");
  if (!presence) return;
  const doing = presence.querySelector("[name=doing]"), url = presence.getAttribute("hx-post");
  // A page of one step says itself which it is; where several forms stand, each names its own.
  const stepOf = ({ target }) => target.closest("#step") ? presence.dataset.step : target.form?.elements.step?.value;
  document.addEventListener("input", (event) => {
    const step = stepOf(event);
    if (!step || doing.value === step) return;
    doing.value = step;
    window.htmx.trigger(presence, "typing");
  });
  // Without a line nobody hears of anybody; who was there when the page was kept is not there now.
  if (!navigator.onLine) document.getElementById("present").replaceChildren();
  presence.addEventListener("htmx:beforeRequest", (event) => {
    if (!navigator.onLine) event.preventDefault();
  });
  // Whoever was signed out meanwhile gets the sign-in page for an answer: it does not belong here.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target.id === "present" && new URL(xhr.responseURL).pathname !== url) event.detail.shouldSwap = false;
  });
  window.addEventListener("pagehide", () => {
    const said = new FormData();
    presence.querySelectorAll("input").forEach((one) => said.append(one.name, one.value));
    said.append("leave", "1");
    navigator.sendBeacon(url, said);
  });
})();
