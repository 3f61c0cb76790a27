// A photo opens large on the same page; without this script its link opens it.
(function () {
  "use strict";
  const dialog = document.querySelector("dialog.sc-large");
  if (!dialog || !dialog.showModal) return;
  const large = dialog.querySelector("img");
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-enlarge]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    large.src = link.href;
    large.alt = link.querySelector("img").alt;
    dialog.showModal();
  });
  dialog.addEventListener("click", function (event) {
    if (event.target === dialog || event.target === large) dialog.close();
  });
})();
