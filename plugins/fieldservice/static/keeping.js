"use strict";
// What was tapped on this phone and is not on the server yet. It is kept in the browser, for each person and office apart,
// and sent in its order; a mark of its own lets the server do it once, however often it is sent.
(() => {
  const bar = document.querySelector("[data-keeping]");
  if (!bar || !window.indexedDB) return;
  const { person, office, pulse } = bar.dataset, mine = `${person}/${office}`;
  const PATIENCE = 15000, AGAIN = 10000;

  const opening = new Promise((done, failed) => {
    const asked = indexedDB.open("koudai visits", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("acts", { keyPath: "id", autoIncrement: true }).createIndex("mine", "mine");
      asked.result.createObjectStore("drafts", { keyPath: "key" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  // Once this has happened it outlives a battery that dies the next moment.
  const within = async (stores, mode, deed) => {
    const base = await opening;
    return new Promise((done, failed) => {
      const deal = base.transaction(stores, mode, { durability: "strict" });
      const asked = deed(...stores.map((name) => deal.objectStore(name)));
      deal.oncomplete = () => done(asked?.result);
      deal.onerror = deal.onabort = () => failed(deal.error);
    });
  };
  const all = () => within(["acts"], "readonly", (acts) => acts.index("mine").getAll(mine));
  const read = (id) => within(["acts"], "readonly", (acts) => acts.get(id));
  const write = (act) => within(["acts"], "readwrite", (acts) => acts.put(act));
  const drop = (id) => within(["acts"], "readwrite", (acts) => acts.delete(id));

  // What is typed and not yet tapped, by request and step.
  const key = (number, step) => `${mine}/${number}/${step}`;
  const draft = (number, step) => within(["drafts"], "readonly", (drafts) => drafts.get(key(number, step)));
  const note = (number, step, said) => within(["drafts"], "readwrite", (drafts) => said
    ? drafts.put({ key: key(number, step), said }) : drafts.delete(key(number, step)));
  // A tap that is still waiting is changed by a second one on the same step; whoever came after it now comes after that.
  const keep = (act) => within(["acts", "drafts"], "readwrite", (acts, drafts) => {
    drafts.delete(key(act.number, act.step));
    const asked = acts.index("mine").getAll(mine);
    asked.onsuccess = () => {
      const same = (one) => one.number === act.number && one.step === act.step && one.state === "waiting";
      const before = asked.result.find(same), { id, seen, after } = before ?? act;
      acts.put({ ...act, ...(before ? { id } : {}), seen, after, mine, state: "waiting" });
      asked.result.filter((one) => before && one.after === before.mark).forEach((one) => acts.put({ ...one, after: act.mark }));
    };
  });
  const change = (act) => within(["acts", "drafts"], "readwrite", (acts, drafts) => {
    const asked = acts.index("mine").getAll(mine);
    asked.onsuccess = () => asked.result.filter((one) => one.mark === act.mark).forEach((one) => acts.delete(one.id));
    drafts.put({ key: key(act.number, act.step), said: act.said });
  });

  let token = document.querySelector("[name=csrf_token]")?.value, state = "", timer;
  const hearers = [];
  const tell = async (news = {}) => { const acts = await all(); hearers.forEach((hear) => hear({ acts, state, ...news })); };

  const ask = (url, more) => fetch(url, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...more });
  const fresh = async () => {
    const answer = await ask(pulse);
    if (answer.type === "opaqueredirect" || answer.status === 401) return "signed-out";
    const said = await answer.json();
    token = said.token;
    return String(said.person) === person ? "" : "stranger";
  };
  const post = (act) => {
    const body = new FormData();
    act.said.forEach(([name, value]) => body.append(name, value));
    Object.entries({ step: act.step, seen: act.seen, mark: act.mark, person, csrf_token: token })
      .forEach(([name, value]) => body.set(name, value));
    return ask(`${act.url}/deed`, { method: "POST", body });
  };
  // Returns what the server said; throws when there is no line.
  const answerTo = async (act) => {
    let answer = await post(act);
    if (answer.status === 400) {
      const who = await fresh();
      if (who) return { state: who };
      answer = await post(act);
    }
    if (answer.type === "opaqueredirect") return { state: "signed-out" };
    if (answer.status >= 500 || answer.status === 429) throw new Error("not now");
    if (answer.headers.get("content-type")?.startsWith("application/json")) return answer.json();
    return { state: "refused", objections: [{ text: bar.dataset.unheard, clause: "" }], errors: {} };
  };

  // The next tap of the same request was made on what this one led to: it has seen that, and nothing newer.
  const done = (act, version) => within(["acts"], "readwrite", (acts) => {
    acts.delete(act.id);
    const asked = acts.index("mine").getAll(mine);
    asked.onsuccess = () => asked.result.filter((one) => one.after === act.mark)
      .forEach((one) => acts.put({ ...one, seen: version, after: "" }));
  });
  const flush = async (before) => {
    const held = new Set(), went = {};
    state = "";
    for (const { id } of await all()) {
      const act = await read(id);
      if (!act) continue;
      if (act.state === "refused") held.add(act.number);
      if (held.has(act.number)) continue;
      let heard;
      try { heard = await answerTo(act); } catch { state = "alone"; break; }
      went[act.mark] = heard;
      if (heard.state === "done") { await done(act, heard.version); continue; }
      if (heard.state !== "refused") { state = heard.state; break; }
      held.add(act.number);
      // Whoever waits for the answer finds his words in the form again; of anything else the bar tells.
      await (act.mark === before ? change(act) : write({ ...act, state: "refused", why: heard }));
    }
    return went;
  };
  let under = null;
  const locked = (before) => (navigator.locks ? navigator.locks.request(`koudai visits ${mine}`, () => flush(before)) : flush(before));
  const send = async (before = "") => {
    while (under) await under;
    under = locked(before);
    const went = await under.finally(() => { under = null; });
    clearTimeout(timer);
    if (state === "alone") timer = setTimeout(() => send(), AGAIN);
    await tell({ went });
    return went;
  };

  window.addEventListener("online", () => send());
  window.koudaiKeeping = { bar, all, keep, change, drop, write, draft, note, send, tell, hear: (one) => hearers.push(one) };
})();
