// A photo at large: wheel, pinch, buttons and keys make it larger; dragging and arrows move it.
const dialog = document.querySelector("dialog.large");
const stage = dialog.querySelector(".stage-photo");
const image = stage.querySelector("img");
const says = dialog.querySelector("output");
const MOST = 8;
const STEP = 1.5;
const touching = new Map();
let links = [];
let place = 0;
let zoom = 1;
let left = 0;
let top = 0;
let pinch = 0;
let moved = false;

function show() {
  const width = stage.clientWidth * (zoom - 1) / 2;
  const height = stage.clientHeight * (zoom - 1) / 2;
  left = Math.min(width, Math.max(-width, left));
  top = Math.min(height, Math.max(-height, top));
  image.style.transform = `translate(${left}px, ${top}px) scale(${zoom})`;
  stage.classList.toggle("near", zoom > 1);
  const percent = `${Math.round(zoom * 100)} %`;
  if (says.textContent !== percent) says.textContent = percent;
}

// What lies under (x, y), counted from the middle of the stage, stays there.
function zoomTo(wanted, x = 0, y = 0) {
  const next = Math.min(MOST, Math.max(1, wanted));
  left = x - (x - left) * next / zoom;
  top = y - (y - top) * next / zoom;
  zoom = next;
  show();
}

function fit() {
  zoom = 1;
  left = top = 0;
  show();
}

function load(step) {
  place = (place + step + links.length) % links.length;
  const small = links[place].querySelector("img");
  image.src = links[place].href;
  image.alt = small.alt;
  const count = dialog.dataset.step.replace("{number}", String(place + 1)).replace("{count}", String(links.length));
  dialog.querySelector("p").textContent = `${small.alt} · ${count}`;
  fit();
}

function open(link) {
  links = [...document.querySelectorAll("a[data-enlarge]")];
  place = links.indexOf(link);
  dialog.showModal();
  load(0);
}

const doing = {
  in: () => zoomTo(zoom * STEP),
  out: () => zoomTo(zoom / STEP),
  fit,
  previous: () => load(-1),
  next: () => load(1),
  close: () => dialog.close(),
};

function move(x, y) {
  left += x;
  top += y;
  show();
}

const keys = {
  "+": doing.in,
  "=": doing.in,
  "-": doing.out,
  0: fit,
  PageUp: doing.previous,
  PageDown: doing.next,
  ArrowLeft: () => (zoom > 1 ? move(80, 0) : load(-1)),
  ArrowRight: () => (zoom > 1 ? move(-80, 0) : load(1)),
  ArrowUp: () => move(0, 80),
  ArrowDown: () => move(0, -80),
};

dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  keys[event.key]();
  event.preventDefault();
});

function fromMiddle(event) {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoomTo(zoom * Math.exp(-event.deltaY / 400), ...fromMiddle(event));
}, { passive: false });

stage.addEventListener("dblclick", (event) => {
  if (zoom > 1) fit();
  else zoomTo(2.5, ...fromMiddle(event));
});

function apart() {
  const [one, two] = [...touching.values()];
  return Math.hypot(one.x - two.x, one.y - two.y);
}

stage.addEventListener("pointerdown", (event) => {
  touching.set(event.pointerId, { x: event.clientX, y: event.clientY });
  stage.setPointerCapture(event.pointerId);
  moved = false;
  if (touching.size === 2) pinch = apart();
});

stage.addEventListener("pointermove", (event) => {
  const before = touching.get(event.pointerId);
  if (!before) return;
  touching.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (Math.hypot(event.clientX - before.x, event.clientY - before.y) > 2) moved = true;
  if (touching.size === 1 && zoom > 1) move(event.clientX - before.x, event.clientY - before.y);
  if (touching.size === 2 && pinch) {
    const now = apart();
    const [one, two] = [...touching.values()];
    zoomTo(zoom * now / pinch, ...fromMiddle({ clientX: (one.x + two.x) / 2, clientY: (one.y + two.y) / 2 }));
    pinch = now;
  }
});

for (const name of ["pointerup", "pointercancel"]) {
  stage.addEventListener(name, (event) => {
    touching.delete(event.pointerId);
    pinch = 0;
  });
}

dialog.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button) doing[button.dataset.zoom]();
  else if (event.target === dialog && !moved) dialog.close();
});
dialog.addEventListener("close", () => {
  touching.clear();
  image.removeAttribute("src");
  links[place]?.focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-enlarge]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});
