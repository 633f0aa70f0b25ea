"use strict";
// The line of whoever sits here: asked every two seconds, so that a ringing telephone opens the customer by itself.
(() => {
  const bar = document.getElementById("desk-line"), form = document.querySelector("[data-desk]");
  if (!bar || !form) return;
  const EVERY = 2000, HERE = 20000, OPENED = `koudai ring ${form.dataset.desk}`;
  const line = () => document.getElementById("line"), url = line().querySelector("form").getAttribute("action");
  const rings = form.elements.rings;

  // Each call opens the desk once, and never over what somebody has begun: there it offers itself.
  const follow = () => {
    const { ring, state, number, term, customers } = line().dataset;
    if (!ring) { if (state !== "talking") sessionStorage.removeItem(OPENED); return; }
    const opened = sessionStorage.getItem(OPENED) === ring;
    if (opened) { count(); return; }
    if ("begun" in form.dataset || form.elements.customer_id.value) {
      line().querySelector("[data-take]").hidden = false;
      return;
    }
    sessionStorage.setItem(OPENED, ring);
    form.dataset.rang = ring;
    count();
    form.dispatchEvent(new CustomEvent("rings", { detail: { number, term, customers: customers.split(" ").filter(Boolean) } }));
  };
  // How often it rang is written into the call that it became, as long as nobody wrote something else there.
  const count = () => {
    const { ring, rings: told } = line().dataset;
    if (!rings || form.dataset.rang !== ring || !told || (rings.value && rings.value !== rings.dataset.told)) return;
    rings.value = rings.dataset.told = told;
  };

  const ask = async () => {
    try {
      const answer = await fetch(`${url}?turn=${encodeURIComponent(line().dataset.turn)}`, { redirect: "manual" });
      if (answer.status === 200) show(await answer.text());
    } catch { /* The next one will tell. */ }
    setTimeout(ask, EVERY);
  };
  const show = (page) => {
    if (line().contains(document.activeElement)) return;
    line().outerHTML = page;
    window.htmx.process(line());
    follow();
  };
  const here = (leave) => {
    const said = new FormData();
    said.append("csrf_token", form.elements.csrf_token.value);
    if (leave) said.append("leave", "1");
    navigator.sendBeacon(bar.dataset.here, said);
  };
  window.addEventListener("pagehide", () => here(true));
  document.body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => { if (target.id === "line") follow(); });
  here();
  setInterval(() => here(), HERE);
  setTimeout(ask, EVERY);
  follow();
})();
