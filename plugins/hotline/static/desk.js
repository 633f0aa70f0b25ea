"use strict";
// The call desk under the fingers: find, choose, write, end the call, without a mouse and without another page.
(() => {
  const form = document.querySelector("[data-desk]");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const top = at("desk-top"), find = at("q"), hits = at("hits"), newcomer = at("newcomer"), submit = at("submit");
  const typing = (target) => target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
  form.classList.add("live");
  top.classList.add("live");
  [...all("[hidden].desk-keys"), ...all("[data-moment]", top)].forEach((one) => { one.hidden = false; });
  find.closest(".find-row").querySelector(".find-button").hidden = true;

  // The search: arrows move, Enter takes, and it waits for an answer that is still on its way.
  let waiting = false, fresh = true, reached = null;
  const options = () => all("[role=option]", hits);
  const current = () => options().find((one) => one.getAttribute("aria-selected") === "true");
  const show = (open) => {
    const shown = open && options().length > 0;
    form.classList.toggle("finding", shown);
    find.setAttribute("aria-expanded", String(shown));
    const marked = shown && current();
    if (marked) find.setAttribute("aria-activedescendant", marked.id); else find.removeAttribute("aria-activedescendant");
  };
  const mark = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    option?.scrollIntoView({ block: "nearest" });
    show(true);
  };
  const step = (by) => {
    const many = options(), now = many.indexOf(current());
    if (many.length) mark(many[(now + by + many.length) % many.length]);
    reached = current()?.dataset.customer;
  };
  const take = (option) => { waiting = false; option?.click(); };
  find.addEventListener("input", () => { fresh = find.value.trim() === ""; waiting = false; reached = null; if (fresh) { hits.replaceChildren(); show(false); } });
  find.addEventListener("focus", () => { find.select(); show(true); });
  find.addEventListener("blur", () => setTimeout(() => { if (!hits.contains(document.activeElement)) show(false); }, 150));
  find.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) { event.preventDefault(); step(moves[event.key]); }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (fresh) take(current()); else waiting = true;
    }
  });
  hits.addEventListener("mousedown", (event) => event.preventDefault());

  // A customer who is not in the file is written down in place; the file's customer is let go meanwhile.
  const chosen = () => at("panel").dataset.customer;
  const fields = () => all("input, select, textarea", newcomer);
  const settle = () => fields().forEach((one) => { one.disabled = !newcomer.open; });
  const pick = (id) => window.htmx.ajax("POST", find.getAttribute("hx-get").replace(/find$/, "customer"),
    { source: newcomer, target: "#panel", swap: "outerHTML", values: { customer_id: id } });
  newcomer.addEventListener("toggle", () => {
    settle();
    if (!newcomer.open) return;
    const name = at("new_customer"), typed = find.value.trim();
    if (!name.value && typed && typed !== at("panel").dataset.name && !/\d/.test(typed)) name.value = typed;
    if (chosen()) pick("");
    else if (name.value) window.htmx.trigger(name, "change");
    name.focus();
  });
  settle();
  hits.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    show(false);
    if (option.matches("[data-newcomer]")) {
      event.preventDefault();
      newcomer.open = true;
      at("new_customer").focus();
    } else {
      newcomer.open = false;
    }
  });

  // What the file knows is written into the call, but never over what somebody typed; what was proposed stands
  // beside its field, so that it goes with whom it was proposed for, in this page and in the next.
  const proposal = (input) => form.elements[`proposed-${input.name}`];
  const propose = (input, value) => {
    const before = proposal(input);
    if (before && (!input.value || input.value === before.value)) input.value = before.value = value;
  };
  const mirror = () => {
    const known = { contact: at("contact").value, phone: at("phone").value };
    if (newcomer.open) known.address = at("new_address").value;
    all(".outcome-form :is(input, textarea)").forEach((input) => {
      const name = input.name.split("-").pop();
      if (name in known && input.type !== "hidden") propose(input, known[name]);
    });
    all("[data-says]").forEach((one) => { one.textContent = form.elements[one.dataset.says].value || "—"; });
  };
  const write = (button) => {
    for (const name of ["contact", "phone"]) at(name).value = proposal(at(name)).value = button.dataset[name];
    mirror();
  };
  form.addEventListener("input", mirror);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-phone]");
    if (!button) return;
    write(button);
    at("contact").focus();
  });

  // How the call ends: Alt and a digit (or the digit alone, where nothing is being typed).
  const outcome = () => form.querySelector("[name=outcome]:checked");
  const label = () => { submit.textContent = outcome()?.dataset.label ?? submit.textContent; };
  // A closed outcome cannot be picked, but one that was picked and then closed says so and is refused aloud.
  const closeOutcomes = () => all("[name=outcome]").forEach((one) => { one.disabled = "closed" in one.dataset && !one.checked; });
  const choose = (digit) => {
    const radio = form.querySelector(`[name=outcome][data-digit="${digit}"]:not(:disabled)`);
    if (!radio || radio.closest("[inert]")) return false;
    radio.checked = true;
    chose();
    const first = all("input, textarea, select", radio.closest(".outcome").querySelector(".outcome-form") ?? radio).find((one) => one.checkVisibility());
    (first ?? radio).focus();
    return true;
  };
  const chose = () => { label(); closeOutcomes(); };
  // Whoever lost a password gets neither visit nor answer (QI/03 3.1.14): that is seen as soon as it is written.
  let secret = false;
  form.addEventListener("change", (event) => {
    if (!event.target.closest(".desk-form")) return;
    const before = secret;
    secret = all(".desk-form :is(input, textarea)").some((one) => /密码|口令|passw/i.test(one.value));
    if (!before && !secret) return;
    const path = find.getAttribute("hx-get").replace(/find$/, "outcomes");
    window.htmx.ajax("POST", path, { source: form, target: "#outcomes", swap: "outerHTML" });
  });
  form.addEventListener("change", (event) => { if (event.target.name === "outcome") chose(); });

  // The script follows the call.
  const moment = (name) => {
    all("[data-line]", top).forEach((line) => line.classList.toggle("now", line.dataset.line === name));
    all("[data-moment]", top).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.moment === name)));
  };
  const moments = [["#submit", "closing"], [".desk-end", "answering"], ["#contact, #phone, #newcomer *", "asking"],
    [".desk-form *", "listening"]];
  const follow = (target) => {
    if (target === find) moment(chosen() ? "asking" : "greeting");
    else moment(moments.find(([where]) => target.closest(where))?.[1] ?? "asking");
  };
  form.addEventListener("focusin", (event) => follow(event.target));
  top.addEventListener("click", (event) => {
    const button = event.target.closest("[data-moment]");
    if (button) moment(button.dataset.moment);
  });

  // What only one channel knows is asked there only; what was written stays in sight.
  const channel = form.elements.channel;
  const fitting = () => all("[data-channels]").forEach((one) => {
    const asked = one.dataset.channels.split(" ").includes(channel.value);
    one.hidden = !asked && !one.querySelector("input").value && !one.querySelector(".is-invalid");
  });
  form.addEventListener("change", fitting);
  fitting();

  // Enter goes on to the next field: a call is logged on purpose, never by the way.
  const stops = () => all("input:not([type=hidden]), textarea, select, button")
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility() && one !== find);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.target === find) return;
    if (!event.target.matches("input, select")) return;
    event.preventDefault();
    const many = stops();
    many[many.indexOf(event.target) + 1]?.focus();
  });

  // Keys that work everywhere on the desk.
  window.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const digit = /^(Digit|Numpad)(\d)$/.exec(event.code)?.[2];
    const alone = !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!submit.disabled) form.requestSubmit(submit);
    } else if (digit && (alone || (event.altKey && !event.ctrlKey)) && choose(digit)) {
      event.preventDefault();
    } else if (event.key === "n" && alone) {
      event.preventDefault();
      event.stopImmediatePropagation();
      find.focus();
    } else if (event.key === "Escape" && !document.querySelector("details[data-pop][open], dialog[open]")) {
      if (event.target === find) show(false); else find.focus();
    }
  }, true);

  const digits = (text) => text.replace(/\D/g, "");
  const caller = () => {
    const many = all("#panel [data-phone]"), typed = find.value.trim(), number = digits(typed);
    // A city's code may stand on one side only.
    const within = (phone) => phone.includes(number) || (phone.length > 6 && number.endsWith(phone));
    const fits = (one) => (number.length > 3 && within(digits(one.dataset.phone))) || (typed && one.dataset.contact.includes(typed));
    return many.find(fits) ?? many[0];
  };

  // An answer that comes late replaces nothing that was chosen, typed or reached meanwhile.
  let kept = null, again = null, composing = false, sending = false;
  const flying = new Set();
  const busy = () => waiting || [...flying].some((xhr) => xhr.readyState > 0 && xhr.readyState < 4);
  const typedIn = (one) => one.type !== "hidden" && one.type !== "radio" && one.value !== proposal(one)?.value;
  // A tick stands for its words and for this customer: it does not pass to others.
  const says = (one) => one.closest("label")?.textContent;
  const keep = () => {
    const focus = document.activeElement;
    kept = {
      outcome: outcome()?.id,
      open: all("#outcomes details[open]").map((one) => one.id),
      customer: form.elements.customer_id.value,
      typed: all(".outcome-form :is(input, textarea, select)").filter(typedIn)
        .map((one) => ({ id: one.id, value: one.value, checked: one.checked, says: says(one) })),
      focus: focus.closest("#outcomes, #product") && { id: focus.id, start: focus.selectionStart, end: focus.selectionEnd },
    };
  };
  const giveBack = () => {
    const { outcome: picked, customer, open, typed, focus } = kept;
    const same = customer === form.elements.customer_id.value, restoring = "restoring" in form.dataset;
    kept = null;
    if (at(picked)) at(picked).checked = true;
    open.forEach((id) => at(id)?.setAttribute("open", ""));
    typed.forEach((was) => {
      const one = at(was.id);
      if (!one) return;
      one.value = was.value;
      one.checked = was.checked && (restoring || (same && says(one) === was.says));
    });
    const held = focus && at(focus.id);
    held?.focus({ preventScroll: true });
    if (focus?.start != null) held?.setSelectionRange?.(focus.start, focus.end);
  };
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; again?.(); again = null; });
  // What is being composed would be lost with its field: the answer is asked for again when the word is finished.
  const interrupts = (target) => composing && target !== hits && document.activeElement.closest("#outcomes");

  // Whoever was signed out meanwhile is told so; the sign-in page is not put into this one.
  // What swaps anything else (the hits, the line, what helps to answer) touches nothing of the call.
  const apart = (target) => !target.matches("#panel, #outcomes");
  const trouble = (shown) => { at("trouble").hidden = !shown; if (shown) { waiting = sending = false; } };
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    if (!form.contains(target) && target.id !== "line") return;
    const elsewhere = !new URL(xhr.responseURL).pathname.includes("/hotline/");
    const outdated = target === hits && requestConfig.formData.get("q") !== find.value;
    if (elsewhere || outdated) event.detail.shouldSwap = false;
    trouble(elsewhere || xhr.status >= 400);
    if (!event.detail.shouldSwap || apart(target)) return;
    if (interrupts(target)) {
      const customer = requestConfig.formData.get("customer_id") ?? "";
      event.detail.shouldSwap = false;
      again = () => pick(customer);
    } else {
      keep();
    }
  });
  document.body.addEventListener("htmx:sendError", () => trouble(true));

  // A call that is sent while an answer is on its way waits for it: it may be about another customer by then.
  document.body.addEventListener("htmx:beforeRequest", ({ detail: { xhr, target } }) => {
    if (apart(target)) return;
    flying.add(xhr);
    xhr.addEventListener("loadend", () => { flying.delete(xhr); setTimeout(goOn); });
  });
  const goOn = () => {
    if (!sending || busy() || again) return;
    sending = false;
    form.requestSubmit(submit);
  };
  form.addEventListener("submit", (event) => {
    if (!busy() && !again) return;
    event.preventDefault();
    sending = true;
  });

  const arrive = () => {
    const who = chosen() ? caller() : null;
    for (const name of ["contact", "phone"]) propose(at(name), who?.dataset[name] ?? "");
    history.replaceState(null, "", chosen() ? `?customer=${chosen()}` : location.pathname);
    const free = document.activeElement === document.body || document.activeElement === find;
    if (chosen() && free) { at("contact").focus(); at("contact").select(); }
  };
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (!kept || apart(event.detail.target)) return;
    giveBack();
    if (event.detail.target.id === "panel") arrive();
    mirror();
    chose();
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== hits) return;
    fresh = true;
    const still = options().find((one) => reached && one.dataset.customer === reached);
    if (still) mark(still);
    show(document.activeElement === find);
    if (!waiting) return;
    take(current());
    // Whoever was asked for is not there: the call is not sent for somebody else.
    if (!busy()) sending = false;
  });

  // A time to promise: at the office's clock, which the page brought along.
  const promise = form.querySelector(".desk-promise"), began = performance.now();
  const clockIn = (minutes) => {
    const now = Date.parse(`${promise.dataset.now}Z`) + performance.now() - began;
    return new Date(Math.ceil((now + minutes * 60000) / 60000) * 60000).toISOString().slice(0, 16);
  };
  promise.querySelector(".promise-times").hidden = false;
  promise.addEventListener("click", (event) => {
    const button = event.target.closest("[data-at], [data-minutes]");
    if (!button) return;
    at("promised_at").value = button.dataset.at ?? clockIn(Number(button.dataset.minutes));
    at("promised_at").dispatchEvent(new Event("input", { bubbles: true }));
    at("promise").focus();
  });

  // The telephone rings: who has this number is opened, several are offered, of nobody the number is written down.
  form.addEventListener("rings", ({ detail: { number, term, customers } }) => {
    find.value = customers.length ? term : find.value;
    if (customers.length === 1) { newcomer.open = false; pick(customers[0]); return; }
    if (customers.length) { fresh = false; find.focus(); window.htmx.ajax("GET", find.getAttribute("hx-get"), { source: find, target: hits }); return; }
    propose(at("phone"), number);
    mirror();
  });

  // Whoever typed before the scripts were there has been heard by nobody.
  window.addEventListener("load", () => {
    if (find.value === find.defaultValue) return;
    fresh = false;
    window.htmx.ajax("GET", find.getAttribute("hx-get"), { source: find, target: hits });
  });

  const wrong = at("against") ?? form.querySelector(".is-invalid");
  const first = wrong ?? find;
  // Whoever has begun to write somewhere before the scripts were there goes on writing there.
  if (document.activeElement === document.body || document.activeElement === find) first.focus();
  follow(form.contains(document.activeElement) ? document.activeElement : first);
  mirror();
  chose();
})();
