// Signing out on a shared phone: says what is unsent, asks once, forgets the pages, keeps the drafts.
"use strict";

(function () {
  const form = document.querySelector("form[data-signout]");
  const box = document.getElementById("signout");
  if (!form || !box || !box.showModal) return;

  // The page may come from the phone: without network nothing must be forgotten, and its token may be an old one.
  const session = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 8000);
    try {
      const response = await fetch(form.dataset.signout, { cache: "no-store", redirect: "error", signal: stop.signal });
      return response.status === 401 ? {} : await response.json();
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  };

  const asked = (part, count) => new Promise((resolve) => {
    for (const one of box.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== part;
    box.querySelector("[data-count]").textContent = count;
    box.returnValue = "";
    box.onclose = () => resolve(box.returnValue === "go");
    box.showModal();
  });

  const leave = async () => {
    const found = await session();
    if (!found) return asked("offline", "");
    const drafts = await visit.onPhone().catch(() => []);
    const count = drafts.filter((one) => one.unsent && String(one.draft.person) === form.dataset.person).length;
    if (count && !(await asked("unsent", count))) return false;
    const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
    if (worker) worker.postMessage({ type: "CLEAR_PAGES" });
    if (found.csrf) form.elements.csrf_token.value = found.csrf;
    form.submit();
    return true;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
})();
