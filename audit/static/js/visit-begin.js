// The form works with or without network: with script, the brief leads there and not to the pages for browsers without.
"use strict";

// A browser that keeps nothing is sent here with "plain".
const opens = location.search.includes("plain") ? [] : document.querySelectorAll("[data-opens]");
for (const part of opens) {
  if (part.href) part.href = part.dataset.opens;
  part.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(part.dataset.opens);
  });
}
