"use strict";
// Replies and known problems under the fingers: arrows move, Enter takes; in the catalogue and beside the call desk.
(() => {
  const picker = document.querySelector("[data-picker]");
  if (!picker) return;
  const list = document.getElementById(picker.getAttribute("aria-controls"));
  const options = () => [...list.querySelectorAll("[role=option]")];
  const current = () => options().find((one) => one.getAttribute("aria-selected") === "true");
  const mark = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    option?.scrollIntoView({ block: "nearest" });
    if (option) picker.setAttribute("aria-activedescendant", option.id); else picker.removeAttribute("aria-activedescendant");
  };
  const live = picker.dataset.picker === "live";
  let pause = null;
  const show = (option) => { clearTimeout(pause); pause = setTimeout(() => option.click(), 80); };
  const move = (by) => {
    const many = options();
    if (!many.length) return;
    const now = many.indexOf(current());
    const next = many[now < 0 ? (by > 0 ? 0 : many.length - 1) : (now + by + many.length) % many.length];
    mark(next);
    if (live) show(next);
  };
  picker.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) { event.preventDefault(); move(moves[event.key]); }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      (current() ?? options()[0])?.click();
    }
  });
  list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) mark(option); });
  if (live) return;

  // Beside the desk.
  const form = picker.form, chosen = document.getElementById("reply-chosen");
  const load = (key) => window.htmx.ajax("GET", chosen.dataset.chosen,
    { target: chosen, swap: "innerHTML", values: { reply: key, customer_id: form.elements.customer_id?.value ?? "" } });
  const clear = () => {
    picker.value = "";
    picker.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // The remedy goes into the answer of a call solved by phone, and the call will count for the entry.
  const insert = (option) => {
    const radio = form.querySelector("[name=outcome][value=solve]:not(:disabled)"), answer = form.elements["solve-answer"];
    if (!radio || !answer || radio.closest("[inert]")) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    const said = [option.dataset.remedy, option.dataset.prevention].filter(Boolean).join("\n");
    if (!answer.value.includes(said)) answer.value = [answer.value.trim(), said].filter(Boolean).join("\n");
    const which = form.elements["solve-knowledge_id"];
    if (which) {
      if (![...which.options].some((one) => one.value === option.dataset.knowledge)) which.add(new Option(option.dataset.line, option.dataset.knowledge));
      which.value = option.dataset.knowledge;
    }
    answer.dispatchEvent(new Event("input", { bubbles: true }));
    answer.focus();
  };
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-reply], [data-knowledge]");
    if (!option || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (option.dataset.knowledge) insert(option);
    else load(option.dataset.reply).then(clear);
  });
  chosen.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drop]")) return;
    chosen.replaceChildren();
    picker.focus();
  });
  // What is open is looked up for whom the call is about.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const key = chosen.querySelector("[data-key]")?.dataset.key;
    if (event.target.id === "panel" && key) load(key);
  });
  window.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.altKey || event.ctrlKey) return;
    const known = list.querySelector("[data-knowledge]");
    if (event.code === "KeyR") { event.preventDefault(); picker.focus(); picker.select(); }
    if (event.code === "KeyK" && known) { event.preventDefault(); insert(known); }
  });
})();
