// Onto the home screen, before the first visit: there the phone keeps drafts longer than in a browser's tab.
"use strict";
self.visit = self.visit || {};

(function () {
  const HIDDEN = "visit-install-hidden";
  const agent = navigator.userAgent;
  visit.device = {
    isApple: /iP(hone|ad|od)/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1),
    isInside: /Zalo|FBA[NV]|FB_IAB|FBIOS|Instagram|Line\/|MicroMessenger|TikTok|musical_ly/i.test(agent),
    isInstalled: window.matchMedia("(display-mode: standalone)").matches || navigator.standalone === true,
  };
  const box = document.getElementById("install");
  if (!box || visit.device.isInstalled || localStorage.getItem(HIDDEN)) return;
  let prompt = null;

  // The home-screen app on iOS has a storage of its own: not in the middle of a visit.
  const show = async (kind) => {
    const isBusy = (await visit.onPhone().catch(() => [])).some((one) => one.unsent);
    if (isBusy && kind === "apple") return;
    for (const part of box.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== kind;
    box.hidden = false;
  };

  if (visit.device.isInside) show("inside");
  else if (visit.device.isApple) show("apple");

  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    if (visit.device.isInside || visit.device.isApple) return;
    prompt = event;
    show("android");
  });
  window.addEventListener("appinstalled", () => {
    box.hidden = true;
  });
  box.querySelector("[data-install]").addEventListener("click", async () => {
    box.hidden = true;
    await prompt.prompt();
  });
  box.querySelector("[data-dismiss]").addEventListener("click", () => {
    box.hidden = true;
    localStorage.setItem(HIDDEN, new Date().toISOString());
  });
})();
