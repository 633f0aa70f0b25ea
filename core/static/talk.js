"use strict";
// Notes and files, more handily: a list of colleagues after an @, and a word about files that are too large.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // The list is fetched once for a page, when somebody types the first @.
  const fetched = new Map();
  const colleagues = (address) => {
    if (!fetched.has(address)) fetched.set(address, fetch(address).then((answer) => (answer.ok ? answer.text() : "")));
    return fetched.get(address);
  };

  all("[data-mentions]").forEach((field) => {
    const text = field.querySelector("textarea");
    const list = document.createElement("div");
    list.className = "mention-list"; list.hidden = true; list.id = `${text.id}-people`;
    list.setAttribute("role", "listbox");
    field.append(list);
    text.setAttribute("aria-controls", list.id);

    const begun = () => /(?:^|[^A-Za-z0-9._-])[@＠]([^\s@＠，。]{0,20})$/.exec(text.value.slice(0, text.selectionStart));
    const close = () => { list.hidden = true; };
    const chosen = () => list.querySelector("[aria-selected='true']");
    const choose = (one) => {
      all("button", list).forEach((button) => button.setAttribute("aria-selected", String(button === one)));
      one?.scrollIntoView({ block: "nearest" });
    };
    const visible = () => all("button", list).filter((button) => !button.hidden);

    const offer = async () => {
      const found = begun();
      if (!found) { close(); return; }
      const people = await colleagues(field.dataset.mentions);
      if (!list.children.length) list.innerHTML = people;
      const typed = found[1].toLowerCase();
      all("button", list).forEach((button) => {
        button.hidden = !button.dataset.word.toLowerCase().split(" ").some((word) => word.startsWith(typed));
      });
      list.hidden = !visible().length || document.activeElement !== text;
      choose(visible()[0]);
    };
    const insert = (one) => {
      const start = text.selectionStart - begun()[1].length;
      const twice = all("button", list).filter((other) => other.dataset.name === one.dataset.name).length > 1;
      text.setRangeText(`${twice ? one.dataset.login : one.dataset.name} `, start, text.selectionStart, "end");
      close(); text.focus();
    };

    text.addEventListener("input", offer);
    // What was typed before this script was there has been heard by nobody.
    offer();
    text.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const one = event.target.closest("button"); if (one) insert(one); });
    text.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const among = visible(), at = among.indexOf(chosen());
      const moves = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (moves) choose(among[(at + moves + among.length) % among.length]);
      else if ((event.key === "Enter" || event.key === "Tab") && chosen()) insert(chosen());
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault(); event.stopPropagation();
    });
  });

  // What is too large is said before it is sent; the server looks again.
  all("form[data-most]").forEach((form) => {
    const input = form.querySelector("input[type=file]"), fault = form.querySelector("[data-fault]");
    const check = () => {
      const large = [...input.files].filter((one) => one.size > form.dataset.most * 1024 * 1024);
      const said = large.map((one) => form.dataset.tooLarge.replace("{name}", one.name)).join(" ");
      fault.textContent = said; fault.hidden = !said;
      input.setCustomValidity(said);
    };
    input.addEventListener("change", check);
  });
})();
