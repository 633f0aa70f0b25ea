"use strict";
// What the pages do beyond links and forms. Everything works without it, only less handily.
(() => {
  const TYPING = "input, textarea, select, [contenteditable]";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // One thing is open at a time; Escape and a click elsewhere close it.
  const close = (except) => all("details[data-pop][open]").forEach((one) => one !== except && one.removeAttribute("open"));
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-pop][open]")) { close(event.target); keepInside(event.target); }
  }, true);
  document.addEventListener("click", (event) => close(event.target.closest("details[data-pop]")));

  // What would reach beyond the right edge opens to the left.
  const keepInside = (details) => {
    const body = details.querySelector(".pop-body");
    body.classList.remove("pop-end");
    const beyond = body.getBoundingClientRect().right > document.documentElement.clientWidth - 8;
    body.classList.toggle("pop-end", beyond);
  };
  all("details[data-pop] .pop-end").forEach((body) => body.classList.remove("pop-end"));
  all("details[data-pop][open]").forEach(keepInside);

  // Keyboard: what an element answers to stands in its data-keys ("/", "n", "g d").
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); document.activeElement?.closest(".tip")?.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) { before = ""; return; }
    const typed = [before && `${before} ${event.key}`, event.key];
    const answering = all("[data-keys]").find((one) => typed.includes(one.dataset.keys));
    before = event.key === "g" ? "g" : "";
    if (event.key === "?") { openDialog("keys"); event.preventDefault(); return; }
    if (!answering) return;
    event.preventDefault();
    if (answering.matches(TYPING)) { answering.focus(); answering.select?.(); } else { answering.click(); }
  });

  // What the search finds while somebody types: the arrows go through it, Escape and a click elsewhere close it.
  all("[data-hits]").forEach((hits) => {
    const form = hits.closest("form"), box = form.querySelector("input");
    form.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape" && hits.hasChildNodes()) { hits.replaceChildren(); box.focus(); event.preventDefault(); }
      if (!step || !hits.hasChildNodes()) return;
      const stops = [box, ...all("a", hits)];
      stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
      event.preventDefault();
    });
    document.addEventListener("click", (event) => form.contains(event.target) || hits.replaceChildren());
  });

  const openDialog = (id) => { close(); const dialog = document.getElementById(id); if (dialog && !dialog.open) dialog.showModal(); };
  all("[data-opens]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => openDialog(button.dataset.opens));
  });
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  all("[data-back]").forEach((button) => {
    button.hidden = history.length < 2;
    button.addEventListener("click", () => history.back());
  });

  // The entry where the reader is stands in sight, however narrow the menu.
  all(".menu-row > [aria-current], .menu-row > details > [aria-current]").forEach((entry) => {
    const row = entry.closest(".menu-row");
    const [whole, place] = [row, entry].map((one) => one.getBoundingClientRect());
    row.scrollLeft += place.left - whole.left - (whole.width - place.width) / 2;
  });

  // A filter acts at once; its button is for browsers without scripts.
  all("form[data-acts]").forEach((form) => {
    all("button", form).forEach((button) => { button.hidden = !button.closest("[data-waits]"); });
    form.addEventListener("change", (event) => event.target.closest("[data-waits]") || form.requestSubmit());
  });

  // A form is sent once, however often the button is pressed; the page that comes back has a fresh one.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if ("again" in form.dataset) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Where one signs in, nobody is signed in: no page that was kept for a dead spot stays on this device.
  if (location.pathname === "/sign-in") window.caches?.keys().then((names) => names.forEach((name) => caches.delete(name)));
})();
