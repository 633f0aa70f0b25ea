"use strict";
// The visit pages without a line: what is tapped counts at once on this phone, the lines go on, and a bar tells how it stands.
(() => {
  const keeping = window.koudaiKeeping;
  if (!keeping) return;
  const { bar } = keeping, { number } = bar.dataset, words = bar.dataset;
  const part = (name, root = bar) => root.querySelector(`[data-${name}]`);
  const visit = document.querySelector("[data-visit]"), line = (step) => visit?.querySelector(`[data-step="${CSS.escape(step)}"]`)?.closest("li");
  const forms = () => [...document.querySelectorAll("form[data-keeps]")];
  const formOf = (step) => forms().find((form) => form.elements.step.value === step);
  const OWN = ["csrf_token", "step", "seen"];
  const said = (form) => [...new FormData(form)].filter(([name]) => !OWN.includes(name));
  let last = "", gone = "";

  // What is typed outlives the page, too; what the page itself shows is newer than any that was kept.
  const put = (form, pairs) => {
    const fields = [...form.elements].filter((one) => one.name && !OWN.includes(one.name) && one.type !== "file" && !("asShown" in one.dataset));
    fields.forEach((field) => {
      const given = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) field.checked = given.includes(field.value);
      else if (field.value !== (given[0] ?? "")) {
        field.value = given[0] ?? "";
        field.dispatchEvent(new Event(field.type === "hidden" ? "change" : "input", { bubbles: true }));
      }
    });
  };
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const watch = async (form) => {
    const step = form.elements.step.value, before = said(form);
    const kept = form.querySelector(".field-error") ? null : await keeping.draft(number, step);
    if (kept) put(form, kept.said);
    let noted = said(form), pause;
    const now = () => {
      clearTimeout(pause);
      const typed = said(form);
      if (form.matches("[data-tapped]") || same(typed, noted)) return;
      noted = typed;
      keeping.note(number, step, same(typed, before) ? null : typed);
    };
    const soon = () => { clearTimeout(pause); pause = setTimeout(now, 300); };
    ["input", "change", "click", "pointerup", "touchend"].forEach((kind) => form.addEventListener(kind, soon));
    form.addEventListener("focusout", () => setTimeout(now));
    window.addEventListener("pagehide", now);
    form.addEventListener("submit", tapped);
  };

  // How a value is called and shown, so that it can be read again when it could not be sent.
  const shown = (form) => said(form).map(([name, value]) => {
    const field = [...form.elements].find((one) => one.name === name && (one.type !== "radio" || one.value === value));
    const label = (form.querySelector(`label[for="${CSS.escape(field?.id ?? "")}"]`) ?? field?.closest("label"))?.textContent.replace("*", "").trim() ?? "";
    if (!value || field?.type === "hidden" || value instanceof File) return null;
    if (field.type === "checkbox") return [label, "✓"];
    if (field.type === "radio") return [field.closest("fieldset")?.querySelector("legend")?.textContent.replace("*", "").trim() ?? "", label];
    return [label, field.selectedOptions ? field.selectedOptions[0].textContent : value];
  }).filter(Boolean);
  const mark = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`);

  const tapped = async (event) => {
    const form = event.currentTarget;
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (form.matches("[data-tapped]")) return;
    const { elements } = form, act = {
      number, step: elements.step.value, title: form.dataset.title, url: form.action.split("#")[0], mark: mark(),
      said: said(form), typed: shown(form), seen: elements.seen.value, after: last, at: new Date().toISOString(),
    };
    form.toggleAttribute("data-tapped", true);
    const button = event.submitter ?? form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    try { await keeping.keep(act); } catch { form.submit(); return; }
    last = act.mark;
    const heard = navigator.onLine ? (await keeping.send(act.mark))[act.mark] : undefined;
    button.removeAttribute("aria-busy");
    if (heard?.state === "done") {
      // The same address with another place on it would only scroll.
      const next = new URL(heard.next, location.href);
      if (next.pathname === location.pathname && !next.search && !location.search) { location.hash = next.hash; location.reload(); } else location.assign(next);
    } else if (heard?.state === "refused") {
      last = "";
      form.toggleAttribute("data-tapped", false);
      wrong(form, heard);
    } else {
      form.toggleAttribute("data-tapped", false);
      keeping.tell();
      if (!navigator.onLine) keeping.send();
    }
  };

  // What the server found wrong stands where it was typed, as on a page that came back.
  const element = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const wrong = (form, { objections, errors }) => {
    form.querySelectorAll(".field-error, .note-refused").forEach((one) => one.remove());
    form.querySelectorAll(".field-wrong").forEach((one) => one.classList.remove("field-wrong"));
    const lost = [];
    Object.entries(errors ?? {}).forEach(([name, texts]) => {
      const field = form.querySelector(`[name="${CSS.escape(name)}"]`), place = field?.closest(".field");
      if (!place) { lost.push(...texts); return; }
      place.classList.add("field-wrong");
      place.append(element("div", "field-error", texts.join(" ")));
    });
    const all = [...lost, ...objections.map(({ text, clause }) => `${text} ${clause}`)];
    if (all.length) {
      const note = element("div", "note note-refused");
      note.setAttribute("role", "alert");
      note.append(Object.assign(element("i", "bi bi-slash-circle"), { ariaHidden: "true" }), element("div", "", all.join("\n")));
      form.prepend(note);
    }
    (form.querySelector(".field-error") ?? form).scrollIntoView({ block: "center" });
  };

  // A line whose tap this phone has kept is behind us; the next one opens, with the form that came along for it.
  const behind = (act) => {
    const place = line(act.step);
    if (!place) return;
    const summary = place.querySelector("summary, .visit-shut");
    summary.querySelector(".visit-waits")?.remove();
    const word = element("span", "visit-waits chip", act.state === "refused" ? words.lineRefused : words.lineKept);
    summary.append(word);
    place.classList.toggle("visit-kept-here", true);
    place.querySelectorAll("details").forEach((one) => one.removeAttribute("open"));
    const form = formOf(act.step);
    if (form) put(form, act.said);
  };
  // What the customer puts his name to: as it was typed here, where the server has not heard of it yet.
  const tellAgain = (act) => {
    act.said.forEach(([name, value]) => document.querySelectorAll(`[data-said="${CSS.escape(name)}"]`).forEach((one) => {
      one.textContent = value;
      one.hidden = one.previousElementSibling.hidden = !value;
    }));
  };
  const ahead = (place) => {
    const kept = document.querySelector(`template[data-ahead="${CSS.escape(place.dataset.step)}"]`);
    if (!kept || place.querySelector("form") || !place.querySelector(".visit-shut, details")) return;
    place.className = "visit-open";
    place.replaceChildren(kept.content.cloneNode(true));
    kept.remove();
    place.dispatchEvent(new CustomEvent("koudai:new", { bubbles: true }));
    place.querySelectorAll("form[data-keeps]").forEach(watch);
  };
  // What has no remedy has nothing to be tried or explained: those lines are passed over, as the server does.
  const needless = (place, own) => {
    const instead = place?.dataset.needlessAfter, stead = instead && line(instead);
    return Boolean(stead) && own.findLast((act) => line(act.step) === stead)?.step === instead;
  };
  const goOn = (acts) => {
    if (!visit) return;
    const own = acts.filter((act) => act.number === number);
    const marks = own.map((act) => act.mark + act.state).join();
    if (!own.length || marks === gone) return;
    gone = marks;
    last = own.at(-1).mark;
    let furthest = null;
    own.forEach((act) => { const place = line(act.step); if (place) furthest = place; });
    if (!furthest) return;
    own.forEach(behind);
    let next = furthest.nextElementSibling;
    while (next?.matches(".visit-done, .visit-kept-here") || needless(next, own)) next = next.nextElementSibling;
    if (!next) return;
    ahead(next);
    own.forEach(tellAgain);
    if (!visit.querySelector("details[open] :focus")) next.querySelector("details")?.setAttribute("open", "");
  };

  // The bar, and below it what could not be sent: sent again, changed, or dropped, and never by itself.
  const item = (act) => {
    const one = part("item").content.cloneNode(true).firstElementChild, why = act.why ?? { objections: [], errors: {} };
    part("what", one).textContent = act.title;
    part("whose", one).textContent = act.number;
    [...why.objections.map(({ text, clause }) => `${text} ${clause}`), ...Object.values(why.errors ?? {}).flat()]
      .forEach((text) => part("why", one).append(element("li", "", text)));
    act.typed.forEach(([label, value]) => part("typed", one).append(element("dt", "", label), element("dd", "", value)));
    part("again", one).addEventListener("click", async () => {
      // Whoever has read why it was refused has seen how the request stands now.
      await keeping.write({ ...act, state: "waiting", why: null, after: "", seen: await version(act) ?? act.seen });
      keeping.send();
    });
    part("change", one).addEventListener("click", async () => {
      await keeping.change(act);
      location.assign(`${act.url}?step=${act.step}#step`);
    });
    const letGo = part("let-go", one);
    letGo.addEventListener("click", async () => {
      if (letGo.textContent !== words.sure) { letGo.textContent = words.sure; return; }
      await keeping.drop(act.id);
      await free(act);
      keeping.send();
    });
    return one;
  };
  const version = async (act) => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(act.url, { cache: "no-store" })).text(), "text/html");
      return page.querySelector("form[data-keeps] [name=seen]")?.value;
    } catch { return undefined; }
  };
  // What was tapped after something that is dropped now was seen on the request as it stands without it.
  const free = async (act) => {
    const seen = await version(act);
    for (const one of await keeping.all()) {
      if (one.after === act.mark) await keeping.write({ ...one, after: "", seen: seen ?? one.seen });
    }
  };

  let waited = 0;
  const draw = ({ acts, state, went }) => {
    const refused = acts.filter((act) => act.state === "refused"), count = acts.length - refused.length;
    const told = ["signed-out", "stranger"].includes(state) && acts.length ? words[state === "stranger" ? "stranger" : "signedOut"]
      : refused.length ? words.refused.replace("{n}", refused.length)
        : count ? words[state === "alone" || !navigator.onLine ? "kept" : "sending"].replace("{n}", count) : waited ? words.sent : "";
    part("told").textContent = told;
    part("enter").hidden = !["signed-out", "stranger"].includes(state) || !acts.length;
    part("enter").href = words.signIn;
    bar.dataset.tone = acts.length ? "waits" : "sent";
    bar.hidden = !told;
    part("list").replaceChildren(...refused.map(item));
    if (state === "alone" || refused.length || !navigator.onLine) goOn(acts);
    if (waited && !count && went && Object.values(went).some((heard) => heard.state === "done")) anew();
    waited = count;
  };
  // The page tells again how the request stands, as soon as nobody is typing on it.
  const anew = () => {
    if (forms().some((form) => form.matches("[data-tapped]") && form.querySelector("[aria-busy]"))) return;
    sessionStorage.setItem("koudai visits sent", "1");
    const typing = document.activeElement?.matches("input, textarea, select");
    if (typing) document.activeElement.addEventListener("blur", () => setTimeout(() => location.reload(), 400), { once: true });
    else location.reload();
  };
  keeping.hear(draw);
  forms().forEach(watch);
  if (sessionStorage.getItem("koudai visits sent")) { sessionStorage.removeItem("koudai visits sent"); waited = 1; }
  keeping.tell().then(() => keeping.send());

  // An answer from the office has been seen as soon as it stands here: the next tap is made in its knowledge.
  document.body.addEventListener("htmx:afterSwap", () => {
    const now = Number(document.getElementById("asked")?.dataset.version);
    document.querySelectorAll("form[data-keeps] [name=seen]").forEach((seen) => { if (Number(seen.value) + 1 === now) seen.value = now; });
  });

  // The worker keeps these pages of today, and what they look like, for the dead spot.
  const worker = navigator.serviceWorker;
  if (!worker || !window.isSecureContext) return;
  worker.register(words.worker, { scope: words.scope }).then(async () => {
    const pages = [location.pathname, ...[...document.querySelectorAll("[data-keep-page]")].map((one) => new URL(one.href).pathname)];
    const files = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon], img.kept-file")].map((one) => one.src || one.href)
      .concat(performance.getEntriesByType("resource").map((one) => one.name)).filter((one) => /\/static\//.test(one));
    (await worker.ready).active.postMessage({ pages: [...new Set(pages)], files: [...new Set(files)] });
  }).catch(() => undefined);
})();
