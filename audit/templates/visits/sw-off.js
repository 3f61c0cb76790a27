// Takes the worker off the phone again: copies of pages go, what was answered (IndexedDB) stays. No page reloads.
"use strict";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
})()));

// A page that opens in the very moment brings the registration back to life; a newer worker is left alone.
let isLooking = false;
const again = () => {
  const { installing, waiting } = self.registration;
  const isOurs = !isLooking && !installing && !waiting && self.serviceWorker && self.serviceWorker.state === "activated";
  if (isOurs) self.registration.unregister();
};
for (const later of [1000, 3000, 8000]) setTimeout(again, later);

// A page that wants to be kept: perhaps working offline is on again.
self.addEventListener("message", (event) => {
  if (!event.data || event.data.type !== "CACHE_PAGES") return;
  isLooking = true;
  event.waitUntil(self.registration.update().catch(() => {}).then(() => {
    isLooking = false;
  }));
});
