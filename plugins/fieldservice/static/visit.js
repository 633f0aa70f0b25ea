"use strict";
// The back-up's paths follow the account sets that are typed, and are copied with one tap.
(() => {
  const copyText = async (text, code) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Without a secure connection there is no clipboard: select, so that a long press copies.
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  };

  const ready = (path) => {
    const button = path.querySelector("[data-copy]"), code = path.querySelector("code"), word = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copyText(code.textContent, code);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = word; }, 2000);
    });
  };

  const narrow = (text) => text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));

  const follow = (box) => {
    const field = box.closest("li").querySelector('[name="account_sets"]'), blank = box.firstElementChild.cloneNode(true);
    const show = () => {
      const typed = narrow(field.value).split(/[\s,;，；、]+/).filter((part) => /^\d{1,3}$/.test(part)).map((part) => part.padStart(3, "0"));
      const sets = [...new Set(typed.length ? typed : ["001"])];
      if (sets.length === box.children.length && sets.every((set, at) => box.children[at].textContent.includes(`\\${set}`))) return;
      box.replaceChildren(...sets.map((set) => {
        const path = blank.cloneNode(true);
        path.querySelector("code").textContent = box.dataset.folder + set;
        ready(path);
        return path;
      }));
    };
    [...box.children].forEach(ready);
    field?.addEventListener("input", show);
  };
  const followAll = (root) => root.querySelectorAll("[data-folder]").forEach(follow);
  followAll(document);
  document.addEventListener("koudai:new", (event) => followAll(event.target));
})();
