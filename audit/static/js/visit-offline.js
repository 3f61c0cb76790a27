// The page for addresses that the phone does not have: which forms it does have.
"use strict";

(function () {
  const box = document.getElementById("forms");

  // Address and name of every form among the kept pages.
  const kept = async () => {
    const found = new Map();
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) {
        const { pathname } = new URL(url);
        if (!/^\/visits\/\d+\/answer$/.test(pathname) || found.has(pathname)) continue;
        const page = new DOMParser().parseFromString(await (await cache.match(url)).text(), "text/html");
        found.set(pathname, page.title);
      }
    }
    return found;
  };

  const show = async () => {
    const forms = self.caches ? await kept() : new Map();
    if (!forms.size) return;
    box.querySelector("ul").replaceChildren(...[...forms].map(([address, title]) => {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = title;
      const line = document.createElement("li");
      line.className = "line";
      line.append(link);
      return line;
    }));
    box.hidden = false;
  };

  document.querySelector("[data-again]").addEventListener("click", () => location.reload());
  show().catch(() => {});
})();
