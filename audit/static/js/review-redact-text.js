// Covering words: what is selected becomes a mark. Without this, people type it.
for (const form of document.querySelectorAll("[data-redact]")) {
  const button = form.querySelector("[data-cover-selection]");
  const text = form.querySelector("textarea");
  button.hidden = false;
  // The press must not take the selection away first.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    if (text.selectionStart !== text.selectionEnd) {
      text.setRangeText(form.dataset.mark, text.selectionStart, text.selectionEnd, "end");
    }
    text.focus();
  });
}
