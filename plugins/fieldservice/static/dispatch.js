// The dispatch board: a request is put into an engineer's day with a pointer or by keyboard; what speaks against it shows at once.
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const QUARTER = 15;
  const lines = [...board.querySelectorAll("[data-line]")];
  const tracks = lines.map((line) => line.querySelector("[data-track]"));
  const cards = [...board.querySelectorAll("[data-request]")];
  const number = (value) => Number(value);
  const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const wide = () => window.matchMedia("(min-width: 992px)").matches;

  // What speaks against sending this line's engineer to a request at a minute of the shown day; without a minute, at any time.
  const speaks = (card, line, minute) => {
    const say = board.dataset;
    const found = [];
    const long = number(card.querySelector("form").elements.planned_minutes.value) || number(card.dataset.minutes) || 120;
    if (line && "trained" in card.dataset && !card.dataset.trained.split(" ").includes(line.dataset.person)) found.push(say.saySkill);
    if (minute === null) return found;
    if (line && "away" in line.dataset) found.push(say.sayAway);
    if (line) {
      for (const block of line.querySelectorAll("[data-block]")) {
        const meets = number(block.dataset.begins) < minute + long && minute < number(block.dataset.ends);
        if (meets && block.dataset.number !== card.id) found.push(`${say.sayOverlap}: ${block.dataset.number} ${clock(number(block.dataset.begins))}–${clock(number(block.dataset.ends))}`);
      }
    }
    if (minute > number(card.dataset.until)) found.push(say.sayPromise);
    if (say.now !== "" && minute < number(say.now)) found.push(say.sayPast);
    return found;
  };

  const tell = (card) => {
    const form = card.querySelector("form");
    const line = lines.find((one) => one.dataset.person === form.elements.engineer_id.value);
    const [day, time] = form.elements.planned_at.value.split("T");
    const shown = card.querySelector("[data-speaks]");
    let minute = null;
    if (time && day === board.dataset.day) {
      const [hours, minutes] = time.split(":").map(Number);
      minute = hours * 60 + minutes;
    }
    const found = speaks(card, line, minute);
    shown.hidden = !line;
    shown.classList.toggle("is-fine", !found.length);
    shown.replaceChildren(...(found.length ? found : [board.dataset.sayFine]).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  };

  const fill = (card, line, minute) => {
    const details = card.querySelector("details.dispatch-open");
    const form = card.querySelector("form");
    details.open = true;
    form.elements.engineer_id.value = line.dataset.person;
    form.elements.planned_at.value = `${board.dataset.day}T${clock(minute)}`;
    tell(card);
    form.querySelector("[type=submit]").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  // The ghost: where it would be put, and what speaks against it.
  const ghost = document.createElement("div");
  ghost.className = "dispatch-ghost";
  const label = document.createElement("div");
  label.className = "dispatch-carried";
  label.setAttribute("role", "status");
  const at = (x, y) => {
    label.style.left = `${Math.min(x, window.innerWidth - 260)}px`;
    label.style.top = `${y}px`;
  };
  const put = (card, place, minute) => {
    const track = tracks[place];
    const { begins, ends } = track.dataset;
    const long = number(card.querySelector("form").elements.planned_minutes.value) || number(card.dataset.minutes) || 120;
    const found = speaks(card, lines[place], minute);
    const part = (minutes) => `${(100 * minutes) / (number(ends) - number(begins))}%`;
    ghost.style.left = part(minute - number(begins));
    ghost.style.width = part(Math.min(long, number(ends) - minute));
    ghost.classList.toggle("is-against", found.length > 0);
    ghost.textContent = clock(minute);
    track.append(ghost);
    label.classList.toggle("is-against", found.length > 0);
    label.replaceChildren(...[card.id, ...(found.length ? found : [board.dataset.sayFine])].map((text) => {
      const line = document.createElement("div");
      line.textContent = text;
      return line;
    }));
  };
  const within = (track, minute) => Math.min(Math.max(minute, number(track.dataset.begins)), number(track.dataset.ends) - QUARTER);
  const snapped = (minute) => Math.round(minute / QUARTER) * QUARTER;

  // By pointer: mouse, pen or finger.
  let carried = null;
  const under = (x, y) => tracks.findIndex((track) => {
    const box = track.getBoundingClientRect();
    return y >= box.top && y <= box.bottom && x >= box.left && x <= box.right;
  });
  const let_go = () => {
    if (!carried) return;
    ghost.remove();
    label.remove();
    document.body.classList.remove("is-carrying");
    carried.card.classList.remove("is-picked");
    carried = null;
  };
  const moved = (event) => {
    if (!carried || !carried.pointer || event.pointerId !== carried.pointer) return;
    at(event.clientX + 12, event.clientY + 12);
    const place = under(event.clientX, event.clientY);
    carried.place = place;
    if (place < 0) {
      ghost.remove();
      label.textContent = carried.card.id;
      label.classList.remove("is-against");
      return;
    }
    const box = tracks[place].getBoundingClientRect();
    const { begins, ends } = tracks[place].dataset;
    const minute = number(begins) + ((event.clientX - box.left) / box.width) * (number(ends) - number(begins));
    carried.minute = within(tracks[place], snapped(minute));
    put(carried.card, place, carried.minute);
  };

  board.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0 || !wide()) return;
    let_go();
    carried = { card: grip.closest("[data-request]"), pointer: event.pointerId, place: -1, minute: 0 };
    grip.setPointerCapture(event.pointerId);
    label.textContent = carried.card.id;
    document.body.append(label);
    document.body.classList.add("is-carrying");
    carried.card.classList.add("is-picked");
    moved(event);
  });
  board.addEventListener("pointermove", moved);
  board.addEventListener("pointerup", (event) => {
    if (!carried || event.pointerId !== carried.pointer) return;
    const { card, place, minute } = carried;
    let_go();
    if (place >= 0) fill(card, lines[place], minute);
  });
  board.addEventListener("pointercancel", let_go);

  // By keyboard: up and down choose the request; Enter takes it, arrows choose engineer and time, Enter puts it there.
  const pick = (card) => {
    if (!lines.length) return;
    const form = card.querySelector("form");
    const place = Math.max(lines.findIndex((one) => one.dataset.person === form.elements.engineer_id.value), 0);
    const now = board.dataset.now === "" ? 0 : Math.ceil(number(board.dataset.now) / QUARTER) * QUARTER;
    carried = { card, pointer: 0, place, minute: within(tracks[place], now) };
    card.classList.add("is-picked");
    document.body.append(label);
    point();
  };
  const point = () => {
    put(carried.card, carried.place, carried.minute);
    const box = ghost.getBoundingClientRect();
    at(box.left, box.bottom + 4);
  };
  const keys = { ArrowLeft: [0, -QUARTER], ArrowRight: [0, QUARTER], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  board.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || !wide()) return;
    const card = grip.closest("[data-request]");
    if (carried && carried.card === card && !carried.pointer) {
      if (event.key === "Escape") let_go();
      else if (event.key === "Enter" || event.key === " ") {
        const { place, minute } = carried;
        let_go();
        fill(card, lines[place], minute);
      } else if (keys[event.key]) {
        carried.place = (carried.place + keys[event.key][0] + lines.length) % lines.length;
        carried.minute = within(tracks[carried.place], carried.minute + keys[event.key][1]);
        point();
      } else return;
    } else if (event.key === "Enter" || event.key === " ") pick(card);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) next.querySelector("[data-grip]").focus();
    } else return;
    event.preventDefault();
  });
  board.addEventListener("focusout", (event) => {
    if (event.target.closest("[data-grip]") && carried && !carried.pointer) let_go();
  });

  board.addEventListener("change", (event) => {
    const card = event.target.closest("[data-request]");
    if (card) tell(card);
  });
  board.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-choose]");
    if (!chosen) return;
    const card = chosen.closest("[data-request]");
    card.querySelector("form").elements.engineer_id.value = chosen.dataset.choose;
    tell(card);
  });
  cards.filter((card) => card.querySelector("details.dispatch-open").open).forEach(tell);
})();
