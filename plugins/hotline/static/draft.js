"use strict";
// A half-written call outlives its page: it is kept in this tab until it is logged or thrown away.
(() => {
  const form = document.querySelector("[data-desk]");
  if (!form || "closed" in form.dataset) return;
  const key = `koudai call ${form.dataset.desk}`;
  const note = document.getElementById("draft"), find = document.getElementById("q"), newcomer = document.getElementById("newcomer");
  const mark = form.elements.draft;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const forget = () => sessionStorage.removeItem(key);
  const named = (name) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`);

  // Worth keeping is what somebody wrote; what the file proposes comes again by itself.
  const written = (one) => {
    if (one.disabled || !one.name || one.matches("[type=hidden], [type=radio], select, button")) return false;
    if (one.type === "checkbox") return one.checked;
    return one.value !== "" && one.value !== form.elements[`proposed-${one.name}`]?.value;
  };
  const save = () => {
    mark.value ||= `${Date.now()}-${Math.random()}`;
    if (![...form.elements].some(written)) { if (read()?.mark === mark.value) forget(); return; }
    const said = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
    sessionStorage.setItem(key, JSON.stringify({ mark: mark.value, find: find.value, said }));
    if (!note.querySelector("[data-kept]").hidden) note.hidden = true;
  };

  const put = (name, value) => named(name).forEach((one) => {
    one.disabled = false;
    if (one.type === "radio") one.checked = one.value === value;
    else if (one.type === "checkbox") one.checked = true;
    else one.value = value;
  });
  const restore = (draft) => {
    const said = (name) => draft.said.find(([one]) => one === name)?.[1] ?? "";
    find.value = draft.find;
    draft.said.filter(([name]) => name !== "customer_id").forEach(([name, value]) => put(name, value));
    newcomer.open = said("new_customer") !== "";
    form.dispatchEvent(new Event("input", { bubbles: true }));
    named("outcome").forEach((one) => { if (one.checked) one.dispatchEvent(new Event("change", { bubbles: true })); });
    if (!said("customer_id") && !said("new_customer")) return;
    const values = { customer_id: said("customer_id"), installation_id: said("installation_id") };
    const url = find.getAttribute("hx-get").replace(/find$/, "customer");
    form.dataset.restoring = "";
    window.htmx.ajax("POST", url, { source: newcomer, target: "#panel", swap: "outerHTML", values })
      .finally(() => delete form.dataset.restoring);
  };

  const begin = (draft) => {
    if (form.dataset.logged.split(" ").includes(draft.mark)) { forget(); return; }
    if ("refused" in form.dataset) return;
    const here = form.elements.customer_id.value, whose = draft.said.find(([name]) => name === "customer_id")?.[1];
    const mine = !here || here === whose;
    note.hidden = false;
    note.querySelector("[data-restored]").hidden = !mine;
    note.querySelector("[data-kept]").hidden = mine;
    if (mine) restore(draft);
  };
  note.querySelector("[data-discard]").addEventListener("click", () => {
    forget();
    if (note.querySelector("[data-restored]").hidden) { note.hidden = true; return; }
    window.removeEventListener("pagehide", save);
    location.assign(form.getAttribute("action"));
  });

  const draft = read();
  if (draft) begin(draft);
  if ("refused" in form.dataset) save();
  for (const kind of ["input", "change", "click"]) form.addEventListener(kind, () => setTimeout(save));
  document.body.addEventListener("htmx:afterSettle", save);
  window.addEventListener("pagehide", save);
})();
