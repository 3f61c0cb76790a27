// Clocks of duration questions, at the question and on a page that looks like any note: a tap on a line starts or stops.
"use strict";
self.visit = self.visit || {};

// boxes by question; changed(box) after times were written; ask(text) -> whether yes. Gives tick().
visit.note = (config, boxes, changed, ask) => {
  const { words, zone } = config;
  const began = new Map(); // question -> performance.now() at its start, while the page lives
  const input = (box, end) => document.getElementById(`${box.id}-${end}`);
  const clocks = Array.from(boxes.values()).filter((box) => box.dataset.type === "duration");

  // A clock that is set back or forth meanwhile must not make it shorter; asleep, only the wall clock goes on.
  const seconds = (box) => {
    const [from, to] = visit.fields.span(box, zone);
    if (!Number.isNaN(to)) return (to - from) / 1000;
    const lived = began.has(box) ? performance.now() - began.get(box) : 0;
    return Math.floor(Math.max(visit.fields.here(zone) - from, lived, 0) / 1000);
  };
  const text = (all) => [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
    .filter((one, index) => index || one).map((one, index) => (index ? String(one).padStart(2, "0") : one)).join(":");

  const tick = () => {
    for (const box of clocks) {
      const [start, end] = ["start", "end"].map((name) => input(box, name).value);
      const shown = start ? text(seconds(box)) : "";
      const isOn = Boolean(start && !end);
      const place = box.querySelector("[data-elapsed]");
      place.hidden = !shown;
      if (place.textContent !== shown) place.textContent = shown;
      box.querySelector("[data-now$=start]").hidden = isOn;
      box.querySelector("[data-now$=end]").hidden = !isOn;
      const line = document.querySelector(`[data-clock="${box.dataset.question}"]`);
      line.dataset.on = isOn ? "1" : "";
      line.setAttribute("aria-pressed", String(isOn));
      line.lastElementChild.textContent = shown;
    }
  };

  const press = (box, end) => {
    const field = input(box, end);
    let at = visit.fields.here(zone);
    if (end === "start") {
      began.set(box, performance.now());
      box.dataset.day = new Date(at).toISOString().slice(0, 10);
      input(box, "end").value = "";
    } else {
      at = visit.fields.span(box, zone)[0] + 1000 * seconds(box);
    }
    field.value = new Date(at).toISOString().slice(11, 19);
    const na = document.getElementById(`${box.id}-na`);
    if (na) na.checked = false;
    changed(box);
    tick();
  };

  const restart = async (box) => {
    const isDone = input(box, "start").value && input(box, "end").value;
    if (!isDone || (await ask(words.again))) press(box, "start");
  };

  document.addEventListener("click", (event) => {
    const now = event.target.closest("[data-now]");
    const line = event.target.closest("[data-clock]");
    if (now) {
      const box = now.closest("[data-question]");
      const end = now.dataset.now.endsWith("start") ? "start" : "end";
      if (end === "start") restart(box);
      else press(box, end);
      const other = box.querySelector("[data-now]:not([hidden])");
      if (other) other.focus();
    } else if (line) {
      const box = boxes.get(line.dataset.clock);
      if (line.dataset.on) press(box, "end");
      else restart(box);
    }
  });
  document.addEventListener("input", (event) => began.delete(event.target.closest("[data-question]")));
  if (clocks.length) setInterval(tick, 1000);
  return tick;
};
