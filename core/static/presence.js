"use strict";
// Who else has this case open: the page says which step is being filled in, and that it was closed.
(() => {
  const presence = document.getElementById("presence");
  if (!presence) return;
  const doing = presence.querySelector("[name=doing]"), url = presence.getAttribute("hx-post");
  document.getElementById("step")?.addEventListener("input", () => {
    if (doing.value || !presence.dataset.step) return;
    doing.value = presence.dataset.step;
    window.htmx.trigger(presence, "typing");
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
