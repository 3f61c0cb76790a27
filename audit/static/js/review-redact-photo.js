// Drawing the areas of a photo that are covered; the rows of numbers are what is sent, with or without this.
const form = document.querySelector("[data-cover]");
const drawing = form.querySelector(".drawing");
const svg = drawing.querySelector("svg");
const body = form.querySelector(".areas tbody");
const most = Number(form.dataset.most);
const SIDES = ["left", "top", "width", "height"];
const LEAST = 0.7; // percent: less is a tap and no area
let begun = null;
let growing = null;

const inputs = (row) => SIDES.map((side) => row.querySelector(`[name="${side}"]`));
const numbers = (row) => inputs(row).map((input) => Number.parseFloat(input.value.replace(",", ".")));
const isEmpty = (row) => inputs(row).every((input) => !input.value.trim());
const between = (value) => Math.min(100, Math.max(0, value));

function rectangle([x, y, width, height]) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x, y, width, height })) made.setAttribute(name, value);
  return made;
}

function draw() {
  const areas = [...body.rows].map(numbers).filter((area) => area.every(Number.isFinite) && area[2] > 0 && area[3] > 0);
  svg.replaceChildren(...areas.map(rectangle));
}

function place(event) {
  const box = svg.getBoundingClientRect();
  return [between(((event.clientX - box.left) / box.width) * 100), between(((event.clientY - box.top) / box.height) * 100)];
}

function areaTo([x, y]) {
  return [Math.min(x, begun[0]), Math.min(y, begun[1]), Math.abs(x - begun[0]), Math.abs(y - begun[1])];
}

function freeRow() {
  const free = [...body.rows].find(isEmpty);
  if (free || body.rows.length >= most) return free;
  const row = body.rows[0].cloneNode(true);
  for (const input of inputs(row)) input.value = "";
  const number = String(body.rows.length + 1);
  row.cells[0].textContent = number;
  for (const input of inputs(row)) input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, number));
  body.append(row);
  return row;
}

function keep(area) {
  const row = freeRow();
  if (!row) return;
  inputs(row).forEach((input, at) => { input.value = area[at].toFixed(2); });
}

svg.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  event.preventDefault();
  svg.setPointerCapture(event.pointerId);
  begun = place(event);
  growing = rectangle([...begun, 0, 0]);
  svg.append(growing);
});
svg.addEventListener("pointermove", (event) => {
  if (!begun) return;
  const [x, y, width, height] = areaTo(place(event));
  for (const [name, value] of Object.entries({ x, y, width, height })) growing.setAttribute(name, value);
});
svg.addEventListener("pointerup", (event) => {
  if (!begun) return;
  const area = areaTo(place(event));
  begun = null;
  if (area[2] >= LEAST && area[3] >= LEAST) keep(area);
  draw();
});
svg.addEventListener("pointercancel", () => { begun = null; draw(); });
body.addEventListener("input", draw);
body.addEventListener("click", (event) => {
  const row = event.target.closest("[data-drop]")?.closest("tr");
  if (!row) return;
  for (const input of inputs(row)) input.value = "";
  draw();
});

form.querySelector(".numbers").open = document.querySelector("#errors") !== null;
drawing.classList.add("live");
document.querySelector("[data-how]").hidden = false;
for (const button of body.querySelectorAll("[data-drop]")) button.hidden = false;
draw();
