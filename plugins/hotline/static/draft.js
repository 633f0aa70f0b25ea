"use strict";
// A half-written call outlives its page: at every pause it is kept on the server, and until that is acknowledged in this tab.
(() => {
  const form = document.querySelector("[data-desk]");
  if (!form || "closed" in form.dataset) return;
  const PAUSE = 800, LONGEST = 1800, AGAIN = 5000, BEACON = 60000;
  const key = `koudai call ${form.dataset.desk}`, desk = form.getAttribute("action");
  const note = document.getElementById("draft"), find = document.getElementById("q"), newcomer = document.getElementById("newcomer");
  const told = document.getElementById("kept"), mark = form.elements.draft;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const store = (draft) => sessionStorage.setItem(key, JSON.stringify(draft));
  const forget = () => sessionStorage.removeItem(key);
  const named = (name) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const tell = (words, wrong) => { told.textContent = words; told.classList.toggle("wrong", Boolean(wrong)); };

  // Worth keeping is what somebody wrote; what the file proposes comes again by itself, and so does what the telephone told.
  const written = (one) => {
    if (one.disabled || !one.name || one.matches("[type=hidden], [type=radio], select, button")) return false;
    if (one.type === "checkbox") return one.checked;
    return one.value !== "" && one.value !== one.dataset.told && one.value !== form.elements[`proposed-${one.name}`]?.value;
  };
  let ended = false;
  const begun = () => [...form.elements].some(written);
  const same = (one, other) => JSON.stringify(one?.said) === JSON.stringify(other?.said);
  const save = () => {
    if (ended) return;
    form.toggleAttribute("data-begun", begun());
    const before = read();
    if (!begun()) {
      if (before?.mark !== mark.value || !mark.value) return;
      forget();
      if (before.known) discard(mark.value);
      mark.value = "";
      tell("");
      return;
    }
    mark.value ||= `${Date.now()}-${Math.random()}`;
    const said = [...new FormData(form)].filter(([name]) => !["csrf_token", "draft"].includes(name));
    const now = { mark: mark.value, find: find.value, said, known: before?.mark === mark.value && before.known };
    if (before?.mark === now.mark && same(before, now)) return;
    store({ ...now, kept: false });
    tell("");
    if (!note.querySelector("[data-kept]").hidden) note.hidden = true;
    soon();
  };

  // To the server: after a pause, and at the latest two seconds after the first word that is not kept there yet.
  let pause, latest, under = null;
  const soon = () => {
    clearTimeout(pause);
    pause = setTimeout(send, PAUSE);
    latest ??= setTimeout(send, LONGEST);
  };
  const calm = () => { clearTimeout(pause); clearTimeout(latest); latest = undefined; };
  const body = (draft) => {
    const said = new URLSearchParams(draft.said);
    said.set("draft", draft.mark);
    said.set("csrf_token", form.elements.csrf_token.value);
    return said;
  };
  const post = (url, draft) => fetch(url, { method: "POST", body: body(draft), redirect: "manual", keepalive: String(body(draft)).length < BEACON });
  const discard = (which) => post(`${form.dataset.keep}/discard`, { mark: which, said: [] }).catch(() => {});
  const send = async () => {
    calm();
    const draft = read();
    if (ended || !draft || draft.kept) return true;
    if (under) { await under; return send(); }
    under = one(draft);
    const fine = await under;
    under = null;
    return fine;
  };
  const one = async (draft) => {
    try {
      const answer = await post(form.dataset.keep, draft);
      if (answer.type === "opaqueredirect" || ![200, 409, 413].includes(answer.status)) throw new Error("not kept");
      heard(draft, await answer.json());
      return true;
    } catch {
      tell(form.dataset.alone, true);
      clearTimeout(pause);
      pause = setTimeout(send, AGAIN);
      return false;
    }
  };
  const heard = (draft, { state, message }) => {
    const now = read(), mine = draft.mark === mark.value;
    if (state === "kept") {
      if (now?.mark === draft.mark) store({ ...now, known: true, kept: same(now, draft) });
      if (mine && same(now, draft)) tell(message); else if (mine) soon();
    } else if (state === "discarded" && mine) {
      mark.value = "";
      save();
    } else if (mine) {
      ended = state !== "too_large";
      if (ended) forget();
      tell(message, true);
    }
  };

  const put = (name, value) => named(name).forEach((field) => {
    field.disabled = false;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = true;
    else field.value = value;
  });
  const restore = (draft) => {
    const said = (name) => draft.said.find(([other]) => other === name)?.[1] ?? "";
    find.value = draft.find;
    mark.value = draft.mark;
    draft.said.filter(([name]) => name !== "customer_id").forEach(([name, value]) => put(name, value));
    newcomer.open = said("new_customer") !== "";
    form.dispatchEvent(new Event("input", { bubbles: true }));
    named("outcome").forEach((field) => { if (field.checked) field.dispatchEvent(new Event("change", { bubbles: true })); });
    if (!said("customer_id") && !said("new_customer")) return;
    const values = { customer_id: said("customer_id"), installation_id: said("installation_id") };
    const url = find.getAttribute("hx-get").replace(/find$/, "customer");
    form.dataset.restoring = "";
    window.htmx.ajax("POST", url, { source: newcomer, target: "#panel", swap: "outerHTML", values })
      .finally(() => delete form.dataset.restoring);
  };

  const listed = (which) => document.querySelector(`[data-draft="${CSS.escape(which)}"]`);
  const begin = (draft) => {
    if (form.dataset.logged.split(" ").includes(draft.mark)) { forget(); return; }
    if ("refused" in form.dataset) return;
    if (mark.value) {
      // This page came with a draft out of the server; what this tab alone has of another one is sent there first.
      if (draft.mark !== mark.value && !draft.kept) post(form.dataset.keep, draft).catch(() => {});
      if (draft.mark === mark.value && !draft.kept) restore(draft);
      return;
    }
    const here = form.elements.customer_id.value, whose = draft.said.find(([name]) => name === "customer_id")?.[1];
    const mine = !here || here === whose, line = listed(draft.mark);
    if (mine && line) line.hidden = true;
    if (!mine && line) { forget(); return; }
    note.hidden = false;
    note.querySelector("[data-restored]").hidden = !mine;
    note.querySelector("[data-kept]").hidden = mine;
    if (mine) restore(draft);
  };
  note.querySelector("[data-discard]").addEventListener("click", async () => {
    const draft = read();
    calm();
    forget();
    if (note.querySelector("[data-restored]").hidden) { note.hidden = true; if (draft) discard(draft.mark); return; }
    ended = true;
    window.removeEventListener("pagehide", leave);
    if (draft) await discard(draft.mark);
    location.assign(desk);
  });

  // Another call comes in: this one is put aside, and found again in the list.
  const aside = async () => {
    save();
    if (begun() && !(await send())) return;
    ended = true;
    forget();
    location.assign(desk);
  };
  document.querySelectorAll("[data-aside]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", aside);
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-take]")) aside(); });
  window.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.code !== "KeyN") return;
    event.preventDefault();
    aside();
  });

  const leave = () => { if (ended) return; save(); const draft = read(); if (draft && !draft.kept) post(form.dataset.keep, draft).catch(() => {}); };
  const draft = read();
  if (draft) begin(draft);
  // What was typed before this script was there has been heard by nobody.
  if ("refused" in form.dataset || mark.value || begun()) save();
  form.toggleAttribute("data-begun", begun());
  for (const kind of ["input", "change", "click"]) form.addEventListener(kind, () => setTimeout(save));
  document.body.addEventListener("htmx:afterSettle", save);
  window.addEventListener("online", send);
  window.addEventListener("pagehide", leave);
  // What is sent now is on its way to become a call; nothing of it is kept any more.
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { calm(); save(); calm(); } });
})();
