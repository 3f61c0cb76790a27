// The form works with or without network: with script, the brief leads there and not to the pages for browsers without.
"use strict";

for (const part of document.querySelectorAll("[data-opens]")) {
  if (part.href) part.href = part.dataset.opens;
  part.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(part.dataset.opens);
  });
}
