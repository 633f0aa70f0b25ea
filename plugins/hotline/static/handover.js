"use strict";
// The hand-over by keyboard: all ticks of the page at once, and the arrows from tick to tick.
(() => {
  const boxes = [...document.querySelectorAll("input[name='ticked']")];
  const all = document.querySelector("[data-tick-all]");
  if (all && boxes.length) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const on = boxes.some((box) => !box.checked);
      boxes.forEach((box) => { box.checked = on; });
    });
  }
  boxes.forEach((box, place) => box.addEventListener("keydown", (event) => {
    const next = { ArrowDown: boxes[place + 1], ArrowUp: boxes[place - 1] }[event.key];
    if (next) { next.focus(); event.preventDefault(); }
  }));
})();
