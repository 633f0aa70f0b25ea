// The roster's grid by keyboard: letters choose by initials, Delete empties, arrows and Enter go on; counters follow.
(() => {
  "use strict";
  const form = document.querySelector("[data-roster]");
  if (!form) return;
  const cells = [...form.querySelectorAll("[data-cell]")];
  const began = new Map(cells.map((cell) => [cell, cell.closest("td").classList.contains("roster-edited") ? null : cell.value]));
  const first = new Map(cells.map((cell) => [cell, cell.value]));
  const told = form.querySelector("[data-edited]");
  let typed = "";
  let typedAt = 0;

  const count = (cell, person, by) => {
    const shown = form.querySelector(`[data-count="${cell.dataset.place}-${cell.dataset.kind}-${person}"]`);
    if (shown) shown.textContent = String(Number(shown.textContent) + by);
  };

  const changed = (cell) => {
    const before = first.get(cell);
    if (before !== cell.value) {
      if (before) count(cell, before, -1);
      if (cell.value) count(cell, cell.value, 1);
      first.set(cell, cell.value);
    }
    const box = cell.closest("td");
    box.classList.toggle("roster-edited", began.get(cell) !== cell.value);
    box.classList.toggle("roster-gap", !cell.value);
    box.querySelectorAll(".roster-why").forEach((why) => why.remove());
    const edits = form.querySelectorAll(".roster-edited").length;
    told.hidden = !edits;
    told.querySelector("b").textContent = String(edits);
  };

  const put = (cell, value) => {
    cell.value = value;
    cell.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const choose = (cell, letter) => {
    const now = Date.now();
    typed = (now - typedAt > 800 ? "" : typed) + letter.toUpperCase();
    typedAt = now;
    const open = [...cell.options].filter((one) => one.value && !one.disabled);
    const fits = (text) => open.filter((one) => (one.dataset.initials || one.text.toUpperCase()).startsWith(text));
    let found = fits(typed);
    if (!found.length) {
      typed = letter.toUpperCase();
      found = fits(typed);
    }
    if (!found.length) return;
    // The same letter again goes on to the next of those who begin with it.
    const place = typed.length === 1 ? found.findIndex((one) => one.value === cell.value) : -1;
    put(cell, found[(place + 1) % found.length].value);
  };

  const go = (cell, rows, columns) => {
    const row = cell.closest("tr");
    const own = [...row.querySelectorAll("[data-cell]")];
    if (columns) {
      const next = cells[cells.indexOf(cell) + columns];
      if (next) next.focus();
      return;
    }
    const name = cell.name.replace(/^cell-\d{4}-\d\d-\d\d-/, "");
    let there = row;
    do {
      there = rows > 0 ? there.nextElementSibling : there.previousElementSibling;
      const next = there && [...there.querySelectorAll("[data-cell]")].find((one) => one.name.endsWith(`-${name}`));
      if (next) {
        next.focus();
        return;
      }
    } while (there);
    if (own.length) cell.focus();
  };

  const keys = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] };

  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-cell]")) changed(event.target);
  });
  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("[data-cell]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in keys) {
      event.preventDefault();
      go(cell, ...keys[event.key]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      put(cell, "");
    } else if (/^[a-z]$/i.test(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      choose(cell, event.key);
    }
  });
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && form.querySelector(".roster-edited")) event.preventDefault();
  });
})();
