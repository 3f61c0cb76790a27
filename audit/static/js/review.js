// The editor's desk by keyboard: j/k question, n note, p photo, t take, a approve, r return, ? all of them.
const form = document.querySelector("#decide");
const questions = [...document.querySelectorAll("[data-question]")];
const bar = document.querySelector(".bar");
const says = bar?.querySelector(".says");
const buttons = { a: document.querySelector("#approve"), r: document.querySelector("#return") };
const take = document.querySelector("#take");
let current = -1;
let armed = null;

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function notes() {
  return [...document.querySelectorAll(".ask textarea")].filter((one) => one.value.trim() !== "");
}

function showCount() {
  const count = notes().length;
  if (says) says.textContent = count ? bar.dataset.notes.replace("{count}", String(count)) : "";
}

function disarm() {
  if (!armed) return;
  armed.classList.remove("armed");
  armed = null;
  showCount();
}

function go(step) {
  if (!questions.length) return;
  current = Math.min(questions.length - 1, Math.max(0, current + step));
  questions[current].focus({ preventScroll: true });
  questions[current].scrollIntoView({ block: "center", behavior: "instant" });
}

function openNote() {
  if (current < 0) go(1);
  const ask = questions[current]?.querySelector(".ask");
  if (!ask) return;
  ask.open = true;
  ask.querySelector("textarea").focus();
}

// The first press shows what would happen, the second does it: one slip of a finger decides nothing.
function decide(key) {
  const button = buttons[key];
  if (take && says) {
    says.textContent = bar.dataset.firstTake;
    take.focus({ preventScroll: true });
  }
  if (!button || !says) return;
  if (key === "r" && !notes().length) {
    disarm();
    says.textContent = bar.dataset.firstNote;
    return;
  }
  if (armed === button) {
    button.click();
    return;
  }
  disarm();
  armed = button;
  button.classList.add("armed");
  button.focus({ preventScroll: true });
  says.textContent = key === "a" ? bar.dataset.againApprove : bar.dataset.againReturn;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape" && event.target.closest("[data-question]")) event.target.closest("[data-question]").focus();
    return;
  }
  const key = event.key.toLowerCase();
  if (key === "a" || key === "r") decide(key);
  else if (key === "t") take?.click();
  else if (key === "j") { disarm(); go(1); }
  else if (key === "k") { disarm(); go(-1); }
  else if (key === "n") { disarm(); openNote(); event.preventDefault(); }
  else if (key === "p") { disarm(); questions[current]?.querySelector("a[data-enlarge]")?.click(); }
  else if (key === "?") { disarm(); list.showModal(); }
  else if (key === "escape") disarm();
});

document.addEventListener("focusin", (event) => {
  const place = questions.indexOf(event.target.closest("[data-question]"));
  if (place >= 0) current = place;
});

form?.addEventListener("input", showCount);
form?.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.contains(document.activeElement)) event.target.querySelector("textarea")?.focus();
}, true);

// Notes live only on this page until they are sent.
let leaving = false;
form?.addEventListener("submit", (event) => {
  if (leaving) event.preventDefault();
  leaving = true;
});
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && notes().length) event.preventDefault();
});

// A ready note goes under what is written; without script the server does the same.
const ready = new Map();
for (const term of document.querySelectorAll("#canned dt")) ready.set(term.textContent, term.nextElementSibling.textContent);
form?.addEventListener("change", (event) => {
  const note = document.getElementById(event.target.dataset.canned ?? "");
  const text = ready.get(event.target.value);
  if (!note || !text) return;
  note.value = note.value.trim() ? `${note.value.trimEnd()}\n${text}` : text;
  event.target.value = "";
  note.focus();
  showCount();
});

const list = document.querySelector("dialog.keylist");
document.querySelector("[data-keys]")?.addEventListener("click", () => list.showModal());

const wrong = document.querySelector("#errors");
if (wrong) wrong.focus();
showCount();
