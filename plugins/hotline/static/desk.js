"use strict";
// The call desk under the fingers: find, choose, write, end the call, without a mouse and without another page.
(() => {
  const form = document.querySelector("[data-desk]");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const find = at("q"), hits = at("hits"), newcomer = at("newcomer"), submit = at("submit");
  const typing = (target) => target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
  form.classList.add("live");
  all("[hidden].desk-keys, .script-moments [hidden]").forEach((one) => { one.hidden = false; });
  find.closest(".find-row").querySelector(".find-button").hidden = true;

  // The search: arrows move, Enter takes, and it waits for an answer that is still on its way.
  let waiting = false, fresh = true;
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
  };
  const take = (option) => { waiting = false; option?.click(); };
  find.addEventListener("input", () => { fresh = find.value.trim() === ""; waiting = false; if (fresh) { hits.replaceChildren(); show(false); } });
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
  const letGo = () => window.htmx.ajax("POST", find.getAttribute("hx-get").replace(/find$/, "customer"),
    { source: newcomer, target: "#panel", swap: "outerHTML", values: { ...Object.fromEntries(new FormData(form)), customer_id: "" } });
  newcomer.addEventListener("toggle", () => {
    settle();
    if (!newcomer.open) return;
    if (chosen()) letGo();
    const name = at("new_customer");
    if (!name.value && find.value && !/\d/.test(find.value)) name.value = find.value.trim();
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

  // What the file knows is written into the call, but never over what somebody typed.
  const proposed = new Map();
  const propose = (input, value) => {
    if (!input || input.type === "checkbox" || (input.value && input.value !== proposed.get(input.id))) return;
    input.value = value;
    proposed.set(input.id, value);
  };
  const mirror = () => {
    const known = { contact: at("contact").value, phone: at("phone").value };
    if (newcomer.open) known.address = at("new_address").value;
    all(".outcome-form input, .outcome-form textarea").forEach((input) => {
      const name = input.name.split("-").pop();
      if (name in known) propose(input, known[name]);
    });
  };
  const write = (button) => {
    at("contact").value = button.dataset.contact;
    at("phone").value = button.dataset.phone;
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
  const choose = (digit) => {
    const radio = form.querySelector(`[name=outcome][data-digit="${digit}"]:not(:disabled)`);
    if (!radio) return false;
    radio.checked = true;
    label();
    const first = radio.closest(".outcome").querySelector(".outcome-form :is(input, textarea, select):not([type=hidden])");
    (first ?? radio).focus();
    return true;
  };
  form.addEventListener("change", (event) => { if (event.target.name === "outcome") label(); });

  // The script follows the call.
  const moment = (name) => {
    all("[data-line]").forEach((line) => line.classList.toggle("now", line.dataset.line === name));
    all("[data-moment]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.moment === name)));
  };
  const moments = [["#submit", "closing"], [".desk-end", "answering"], ["#contact, #phone, #newcomer *", "asking"],
    [".desk-form *", "listening"]];
  const follow = (target) => {
    if (target === find) moment(chosen() ? "asking" : "greeting");
    else moment(moments.find(([where]) => target.closest(where))?.[1] ?? "asking");
  };
  form.addEventListener("focusin", (event) => follow(event.target));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-moment]");
    if (button) moment(button.dataset.moment);
  });

  // Enter goes on to the next field: a call is logged on purpose, never by the way.
  const stops = () => all("input:not([type=hidden]), textarea, select, button")
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.offsetParent && one !== find);
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
    const fits = (one) => (number.length > 3 && digits(one.dataset.phone).includes(number)) || (typed && one.dataset.contact.includes(typed));
    return many.find(fits) ?? many[0];
  };

  // Whoever was signed out meanwhile is told so; the sign-in page is not put into this one.
  const trouble = (shown) => { at("trouble").hidden = !shown; };
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const elsewhere = !new URL(event.detail.xhr.responseURL).pathname.includes("/hotline/desk");
    if (elsewhere) event.detail.shouldSwap = false;
    trouble(elsewhere || event.detail.xhr.status >= 400);
  });
  document.body.addEventListener("htmx:sendError", () => trouble(true));

  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === hits) {
      fresh = true;
      show(document.activeElement === find);
      if (waiting) take(current());
    } else if (event.detail.target.id === "panel") {
      if (chosen()) {
        const who = caller();
        propose(at("contact"), who?.dataset.contact ?? "");
        propose(at("phone"), who?.dataset.phone ?? "");
        history.replaceState(null, "", `?customer=${chosen()}`);
        at("contact").focus();
        at("contact").select();
      } else {
        history.replaceState(null, "", location.pathname);
      }
    }
    mirror();
    label();
  });

  // Whoever typed before the scripts were there has been heard by nobody.
  window.addEventListener("load", () => {
    if (find.value !== find.defaultValue) window.htmx.ajax("GET", find.getAttribute("hx-get"), { source: find, target: hits });
  });

  const wrong = form.querySelector(".is-invalid");
  if (wrong) wrong.focus(); else find.focus();
  follow(wrong ?? find);
  mirror();
  label();
})();
