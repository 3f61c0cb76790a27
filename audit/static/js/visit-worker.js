// The service worker seen from a page: registers it, has it keep this person's pages, offers its updates.
"use strict";
self.visit = self.visit || {};

(function () {
  const PERSON = "visit-person"; // whose pages are kept on this phone
  const workers = navigator.serviceWorker;
  const list = document.querySelector("[data-pages]");
  let isAsked = false;
  let keeper = null;

  // tell(reply) for each reply until {done: true}, or until the worker was replaced: that one answers no more.
  const ask = (worker, message, tell) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => (event.data.done ? resolve() : tell(event.data));
    worker.onstatechange = () => worker.state === "redundant" && resolve();
    worker.onstatechange();
    worker.postMessage(message, [port2]);
  });

  // "Ready without network" is said only of pages that the worker has confirmed.
  const keep = async (worker) => {
    keeper = worker;
    await visit.tidied; // it reads pages that are to go
    const pages = JSON.parse(list.dataset.pages);
    const { person } = list.dataset;
    if (![null, person].includes(localStorage.getItem(PERSON))) worker.postMessage({ type: "CLEAR_PAGES" });
    localStorage.setItem(PERSON, person);
    const kept = new Set();
    await ask(worker, { type: "CACHE_PAGES", pages }, ({ url, ok }) => {
      if (ok) kept.add(url);
      document.dispatchEvent(new CustomEvent("visit:page", { detail: { url, ok } }));
    });
    if (pages.length && pages.every((page) => kept.has(page.url))) document.documentElement.dataset.offlineReady = "1";
    else await keepAnew();
  };

  // With the worker that answers for this page now, if that is another one than was asked last.
  const keepAnew = async () => {
    const { controller } = workers;
    if (list && controller && controller !== keeper) await keep(controller);
  };

  // Nothing reloads by itself: the tap saves, lets the new worker take over, and reloads once.
  const offer = (registration) => {
    const box = document.getElementById("update");
    if (!box) return;
    const button = box.querySelector("button");
    box.hidden = false;
    button.onclick = async () => {
      button.disabled = true;
      const isFree = document.dispatchEvent(new CustomEvent("visit:leaving", { cancelable: true }));
      if (isFree && (!visit.settle || (await visit.settle()) !== false)) {
        isAsked = true;
        if (registration.waiting) registration.waiting.postMessage({ type: "SKIP_WAITING" });
        else location.reload();
      }
      button.disabled = false;
    };
  };

  const watch = (registration) => {
    if (registration.waiting && registration.active) offer(registration);
    registration.addEventListener("updatefound", () => {
      const fresh = registration.installing;
      fresh.addEventListener("statechange", () => {
        if (fresh.state === "installed" && registration.active) offer(registration);
      });
    });
  };

  const start = async () => {
    workers.addEventListener("controllerchange", () => {
      if (isAsked) location.reload();
      else keepAnew();
      isAsked = false;
    });
    const register = () => workers.register("/sw.js", { scope: "/", updateViaCache: "none" });
    watch(await register());
    const { active } = await workers.ready;
    // The first page too, not only the next one.
    if (!workers.controller) active.postMessage({ type: "CLAIM" });
    if (!list) return;
    window.addEventListener("online", () => keep(keeper));
    await (workers.controller ? keepAnew() : keep(active));
    // Taken off the phone just now: working offline may be on again.
    if (!(await workers.getRegistration())) await register();
  };

  // Never waited for: in Firefox the promise hangs on a question to the person.
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  // What the worker fetches for later waits until the form can be used: on a slow line it would take its turn.
  const usable = new Promise((resolve) => {
    const isReady = () => !document.getElementById("visit-form") || document.documentElement.dataset.ready;
    if (isReady()) resolve();
    setTimeout(resolve, 8000);
    new MutationObserver(() => isReady() && resolve()).observe(document.documentElement, { attributeFilter: ["data-ready"] });
  });
  // In-app browsers and private windows have none; there the forms need network.
  if (workers) usable.then(start).catch(() => {});
})();
