// Takes the worker off the phone again: copies of pages go, what was answered (IndexedDB) stays. No page reloads.
"use strict";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
})()));

// A page that opens in the very moment brings the registration back to life; a newer worker need not wait for a tap,
// as there is nothing here to be guarded.
let isAsked = false;
const again = () => {
  if (self.serviceWorker && self.serviceWorker.state === "redundant") return;
  const { installing, waiting } = self.registration;
  if (waiting) waiting.postMessage({ type: "SKIP_WAITING" });
  else if (!isAsked && !installing) self.registration.unregister();
};
setInterval(again, 1000);

// A page that wants to be kept: perhaps working offline is on again.
const look = async (port) => {
  isAsked = true;
  await self.registration.update().catch(() => {});
  isAsked = false;
  port.postMessage({ done: true });
};
self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "CACHE_PAGES") event.waitUntil(look(event.ports[0]));
});
