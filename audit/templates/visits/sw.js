// The shopper's pages without a network. Edition {{ version }}.
"use strict";
importScripts({% for address in scripts %}{{ address|tojson }}{{ ", " if not loop.last }}{% endfor %});

const ASSETS = {{ assets|tojson }};
const PAGES = "audit-pages"; // survives every update: pages and what they need belong together by their addresses
const STATIC = "audit-assets";
const OFFLINE = "/offline";
const PATIENCE = 4000; // a network that is there but says nothing
const MARK = "X-Offline-Cache";
const KEPT = /^\/visits(\/\d+(\/answer)?)?$/;

const markOf = (response) => (response && response.headers.get(MARK)) || "";
const personOf = (response) => markOf(response).split(";")[0];

const needed = (html) =>
  Array.from(html.matchAll(/(?:href|src)="(\/static\/[^"]+|\/manifest\.webmanifest)"/g), (one) => one[1].replaceAll("&amp;", "&"));

// In the middle of a deployment an address may still answer with the old content: the server calls that not immutable.
const isWhole = (response, address) =>
  response.ok && (!address.includes("?v=") || (response.headers.get("Cache-Control") || "").includes("immutable"));

const fetchAsset = async (assets, address) => {
  if (await assets.match(address)) return;
  const response = await fetch(address);
  if (!isWhole(response, address)) throw new Error(`${address}: ${response.status}`);
  await assets.put(address, response);
};

// Whose pages are kept; empty: nobody's.
const keptFor = async () => {
  const pages = await caches.open(PAGES);
  const [first] = await pages.keys();
  return first ? personOf(await pages.match(first)) : "";
};

// What the page needs comes first: a page in the cache is whole or not there.
const keep = async (path, response) => {
  if (response.status !== 200 || response.redirected || !markOf(response)) return false;
  const copy = response.clone();
  const assets = await caches.open(STATIC);
  const addresses = needed(await response.text());
  await Promise.all(addresses.map((address) => fetchAsset(assets, address)));
  if (!["", personOf(copy)].includes(await keptFor())) await caches.delete(PAGES);
  await (await caches.open(PAGES)).put(path, copy);
  return true;
};

const cachePage = async ({ url, stamp }) => {
  const known = await (await caches.open(PAGES)).match(url);
  if (known && markOf(known).endsWith(`;${stamp}`)) return true;
  const response = await fetch(url, { credentials: "same-origin", redirect: "error", cache: "no-store" });
  return keep(url, response);
};

// Pages of visits that are done go when their draft goes.
const dropOld = async (wanted) => {
  const pages = await caches.open(PAGES);
  const drafts = new Set((await visit.store.drafts()).map((draft) => String(draft.visit)));
  for (const request of await pages.keys()) {
    const path = new URL(request.url).pathname;
    const id = path.split("/")[2];
    if (!wanted.has(path) && id && !drafts.has(id)) await pages.delete(request);
  }
};

const cachePages = async (list, port) => {
  for (const one of list) {
    const ok = await cachePage(one).catch(() => false);
    port.postMessage({ url: one.url, ok });
  }
  await dropOld(new Set(list.map((one) => one.url))).catch(() => {});
  port.postMessage({ done: true });
};

// Content-addressed files stay as long as a page in the cache names them.
const prune = async () => {
  const [pages, assets] = [await caches.open(PAGES), await caches.open(STATIC)];
  const wanted = new Set([...ASSETS, OFFLINE]);
  const kept = await Promise.all((await pages.keys()).map((request) => pages.match(request)));
  for (const one of [...kept, await assets.match(OFFLINE)].filter(Boolean)) {
    for (const address of needed(await one.text())) wanted.add(address);
  }
  for (const request of await assets.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!wanted.has(pathname + search)) await assets.delete(request);
  }
};

const install = async () => {
  const assets = await caches.open(STATIC);
  await Promise.all(ASSETS.map((address) => fetchAsset(assets, address)));
  const response = await fetch(OFFLINE, { cache: "no-store" });
  if (!response.ok) throw new Error(`${OFFLINE}: ${response.status}`);
  await Promise.all(needed(await response.clone().text()).map((address) => fetchAsset(assets, address)));
  await assets.put(OFFLINE, response);
  // Nobody's pages are kept, as after a sign-out or a switched-off worker: nothing old is to be guarded.
  if (!(await caches.has(PAGES))) await self.skipWaiting();
};

const offline = async () => (await (await caches.open(STATIC)).match(OFFLINE)) || Response.error();

// The network first, so that nobody stays on an old page; what is kept when it fails, stammers or says nothing.
const page = async (event, path) => {
  const known = KEPT.test(path) ? await (await caches.open(PAGES)).match(path) : undefined;
  const network = fetch(event.request);
  const kept = network.then((response) => (KEPT.test(path) ? keep(path, response.clone()) : false)).catch(() => false);
  event.waitUntil(kept);
  const silence = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  try {
    const response = await (known ? Promise.race([network, silence]) : network);
    if (response && (response.status < 500 || !known)) return response;
    return known;
  } catch {
    return known || offline();
  }
};

// A redirect is how a sign-in or sign-out succeeds: nobody else may meet the first one's pages when the network stammers.
const sign = async (request) => {
  const response = await fetch(request);
  if (response.type === "opaqueredirect") {
    const answer = await fetch("/api/v1/session", { cache: "no-store" }).then((one) => one.json()).catch(() => ({}));
    if (String(answer.user_id) !== (await keptFor())) await caches.delete(PAGES);
  }
  return response;
};

const asset = async (request) => {
  const assets = await caches.open(STATIC);
  const known = await assets.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (new URL(request.url).searchParams.has("v") && isWhole(response, request.url)) await assets.put(request, response.clone());
  return response;
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(prune().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const path = address.pathname;
  if (address.origin !== self.location.origin) return;
  if (request.method === "POST" && /^\/sign-(in|out)$/.test(path) && request.mode === "navigate") event.respondWith(sign(request));
  if (request.method !== "GET") return;
  if (path.startsWith("/static/") || path === "/manifest.webmanifest") event.respondWith(asset(request));
  else if (request.mode === "navigate" && /^\/($|visits(\/|$)|sign-in$)/.test(path)) event.respondWith(page(event, path));
});

self.addEventListener("message", (event) => {
  const { type, pages } = event.data || {};
  if (type === "CLAIM") event.waitUntil(self.clients.claim());
  if (type === "SKIP_WAITING") self.skipWaiting();
  if (type === "CLEAR_PAGES") event.waitUntil(caches.delete(PAGES));
  if (type === "CACHE_PAGES") event.waitUntil(cachePages(pages, event.ports[0]));
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "audit-flush") return;
  event.waitUntil(visit.sync.flush().then(({ state }) => {
    if (["offline", "trouble", "busy"].includes(state)) throw new Error(state); // the browser tries again
  }));
});
