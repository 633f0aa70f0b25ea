"use strict";
// In a dead spot this opens the engineer's own visit pages of today. It keeps what the server lets his phone keep, and
// nothing that belongs to somebody else: another person's pages empty it, and so does signing out (koudai.js).
const PATIENCE = 6000, PAGES = "koudai visits ", FILES = "koudai visit files";
const NAMED = /(?:src|href)="((?:\/fieldservice)?\/static\/[^"]+)"/g;
const STATIC = /^(\/fieldservice)?\/static\//;

const today = (answer) => new Date(answer.headers.get("date") ?? 0).toDateString() === new Date().toDateString();
const path = (url) => new URL(url, self.location.href).pathname;

const keepPage = async (url, answer) => {
  const whose = answer.headers.get("koudai-keep");
  if (whose) {
    const others = (await caches.keys()).filter((name) => name.startsWith(PAGES) && name !== PAGES + whose);
    await Promise.all(others.map((name) => caches.delete(name)));
    return (await caches.open(PAGES + whose)).put(path(url), answer);
  }
  // What was mine and is no more (turned in, given to a colleague) stays on no phone.
  const kept = (await caches.keys()).filter((name) => name.startsWith(PAGES));
  return Promise.all(kept.map(async (name) => (await caches.open(name)).delete(path(url))));
};

const keptPage = async (url) => {
  for (const name of (await caches.keys()).filter((one) => one.startsWith(PAGES))) {
    const pages = await caches.open(name), answer = await pages.match(path(url), { ignoreVary: true });
    if (answer && today(answer)) return answer;
    if (answer) await pages.delete(path(url));
  }
  return undefined;
};

const inTime = (request) => {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
  return fetch(request, { signal: stop.signal }).finally(() => clearTimeout(timer));
};

const page = async (event) => {
  const kept = await keptPage(event.request.url);
  try {
    // Who has nothing kept waits as long as it takes.
    const answer = await (kept ? inTime(event.request) : fetch(event.request));
    if (answer.ok && !answer.redirected) event.waitUntil(keepPage(event.request.url, answer.clone()));
    return answer;
  } catch {
    return kept ?? Response.error();
  }
};

const file = async (request) => {
  const files = await caches.open(FILES), kept = await files.match(request, { ignoreVary: true });
  try {
    const answer = await (kept ? inTime(request) : fetch(request));
    if (answer.status === 200) files.put(request, answer.clone());
    return answer;
  } catch {
    return kept ?? Response.error();
  }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (STATIC.test(url.pathname)) event.respondWith(file(request));
});
self.addEventListener("message", (event) => {
  const { pages, files } = event.data;
  const page = async (url) => {
    const answer = await fetch(url, { redirect: "manual" });
    if (!answer.ok) return;
    const named = [...(await answer.clone().text()).matchAll(NAMED)].map(([, path]) => path);
    await keepPage(url, answer);
    // A page that was never opened yet has its scripts in the dead spot, too.
    await Promise.allSettled(named.filter((path) => !files.some((one) => one.endsWith(path))).map((path) => file(new Request(path))));
  };
  event.waitUntil(Promise.allSettled([...pages.map(page), ...files.map((url) => file(new Request(url)))]));
});
