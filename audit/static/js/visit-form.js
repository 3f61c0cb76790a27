// The form of one screen: reads the inputs, applies the skip logic, hands answers and photos on, shows what is saved.
"use strict";

(function () {
  const form = document.getElementById("visit-form");
  const config = JSON.parse(form.dataset.visit);
  const words = config.words;
  const line = document.getElementById("save-line");
  const bar = document.querySelector(".working progress");
  const token = { value: form.elements.csrf_token.value };
  const rules = new Map(config.questions.map((one) => [one.id, one]));
  const answers = config.answers;
  const fieldsets = new Map(
    Array.from(form.querySelectorAll("[data-question]"), (one) => [one.dataset.question, one]));
  document.documentElement.classList.add("js");

  const named = (box, suffix = "") => Array.from(box.querySelectorAll("input, textarea"))
    .filter((one) => one.name === box.id + suffix && one.type !== "file");
  const checked = (box, suffix) => named(box, suffix).filter((one) => one.checked).map((one) => one.value);

  const readers = {
    multi: (box) => {
      const ticked = checked(box);
      if (ticked.includes("~none")) return [];
      return ticked.length ? ticked : null;
    },
    scale: (box) => {
      const value = checked(box)[0];
      return value ? parseInt(value, 10) : null;
    },
    number: (box) => visit.number(named(box)[0].value),
    text: (box) => named(box)[0].value.trim().normalize("NFC") || null,
    photo: () => null,
    duration: (box) => {
      const [start, end] = ["-start", "-end"].map((suffix) => named(box, suffix)[0].value);
      if (!start || !end) return null;
      if (end < start) throw new Error("order");
      return { start: visit.withOffset(start, config.zone), end: visit.withOffset(end, config.zone) };
    },
  };
  const choice = (box) => checked(box)[0] || null;

  const read = (box) => {
    const comment = (named(box, "-comment")[0] || { value: "" }).value.trim().normalize("NFC");
    const na = checked(box).includes("~na") || checked(box, "-na").length > 0;
    if (na) return { value: null, na: true, comment };
    return { value: (readers[box.dataset.type] || choice)(box), na: false, comment };
  };

  const write = (box, answer) => {
    const value = answer.value;
    const chosen = answer.na ? ["~na"] : Array.isArray(value) ? (value.length ? value : ["~none"]) : [String(value)];
    for (const input of named(box)) {
      if (["radio", "checkbox"].includes(input.type)) input.checked = chosen.includes(input.value);
      else if (value !== null) input.value = String(value);
    }
    for (const input of named(box, "-na")) input.checked = answer.na;
    if (value && value.start) {
      named(box, "-start")[0].value = visit.local(new Date(value.start), config.zone);
      named(box, "-end")[0].value = visit.local(new Date(value.end), config.zone);
    }
    for (const input of named(box, "-comment")) {
      input.value = answer.comment;
      if (answer.comment) input.closest("details").open = true;
    }
  };

  const problem = (box, message) => {
    const place = box.querySelector("[data-problem]");
    place.textContent = message || "";
    place.hidden = !message;
    box.classList.toggle("wrong", Boolean(message));
  };

  const say = (text, isBad) => {
    line.textContent = text;
    line.dataset.state = isBad ? "bad" : "good";
  };

  const tell = (state, detail) => {
    const time = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
    say(words[state].replace("{time}", time), !["saved", "saving"].includes(state));
    if (state === "refused") {
      for (const [name, message] of Object.entries(detail)) {
        if (fieldsets.has(name)) problem(fieldsets.get(name), message);
      }
    }
    if (state === "signedOut") {
      const link = document.createElement("a");
      link.href = `${config.signIn}?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = words.signedOut;
      line.replaceChildren(link);
    }
  };

  const queue = new visit.Queue(config, token, tell);

  const know = (name, answer) => {
    const photos = (answers[name] || {}).photos;
    answers[name] = answer.na ? { na: true } : answer.value === null ? {} : { value: answer.value };
    if (photos) answers[name].photos = photos;
  };

  const show = () => {
    const states = visit.states(config.questions, answers);
    for (const [name, box] of fieldsets) {
      const isHidden = states.get(name) === "hidden";
      box.hidden = isHidden;
      box.disabled = isHidden;
      const camera = box.querySelector("[data-camera]");
      const known = answers[name];
      if (camera) camera.classList.toggle("owed", visit.loses(rules.get(name), known) && !(known.photos > 0));
    }
    const progress = visit.progress(config.questions, states);
    if (bar) {
      bar.max = progress.of || 1;
      bar.value = progress.answered;
      bar.title = words.progress.replace("{answered}", progress.answered).replace("{of}", progress.of);
    }
  };

  const elapsed = (box) => {
    const place = box.querySelector("[data-elapsed]");
    const [start, end] = ["-start", "-end"].map((suffix) => named(box, suffix)[0].value);
    const seconds = start && end ? (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 1000 : -1;
    place.hidden = !(seconds >= 0);
    place.textContent = words.minutes
      .replace("{minutes}", Math.floor(seconds / 60)).replace("{seconds}", seconds % 60);
  };

  // What is begun but not yet an answer, such as a started clock, waits on the phone.
  const draftKey = `visit-clock:${config.person}:${config.visit}`;
  const drafts = () => {
    try {
      return JSON.parse(localStorage.getItem(draftKey)) || {};
    } catch {
      return {};
    }
  };
  const draft = (box) => {
    const all = drafts();
    const [start, end] = ["-start", "-end"].map((suffix) => named(box, suffix)[0].value);
    if ((start && end) || (!start && !end)) delete all[box.dataset.question];
    else all[box.dataset.question] = { start, end };
    try {
      localStorage.setItem(draftKey, JSON.stringify(all));
    } catch {
      // Then the started clock lives as long as the page.
    }
  };

  const changed = (box, delay) => {
    const name = box.dataset.question;
    if (box.dataset.type === "duration") {
      elapsed(box);
      draft(box);
    }
    let answer;
    try {
      answer = read(box);
    } catch (error) {
      problem(box, words[error.message] || error.message);
      return;
    }
    problem(box, "");
    know(name, answer);
    show();
    queue.put(name, answer, delay);
  };

  const exclude = (box, input) => {
    if (!input.checked || input.type !== "checkbox") return;
    const isAlone = input.value === "~none" || input.hasAttribute("data-na");
    const others = [...named(box), ...named(box, "-na")].filter((one) => one !== input && one.type === "checkbox");
    for (const one of others) {
      if (isAlone || one.value === "~none" || one.hasAttribute("data-na")) one.checked = false;
    }
  };

  const photoChanged = (name, delta, message) => {
    const box = fieldsets.get(name);
    if (message) problem(box, message);
    else problem(box, "");
    answers[name] = answers[name] || {};
    answers[name].photos = Math.max(0, (answers[name].photos || 0) + delta);
    if (delta > 0) say(words.photoSent, false);
    show();
  };
  const uploads = new visit.Uploads(config, token, () => queue.refresh(), photoChanged);

  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-question]");
    if (!box || event.target.type === "file") return;
    exclude(box, event.target);
    const isTyped = ["textarea", "text"].includes(event.target.type);
    changed(box, isTyped ? 700 : 0);
  });

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    const box = input.closest("[data-question]");
    const isCamera = input.hasAttribute("capture");
    for (const file of input.files) {
      uploads.add(box.dataset.question, file, box.querySelector(".thumbs"), isCamera);
    }
    input.value = "";
  });

  form.addEventListener("click", async (event) => {
    const now = event.target.closest("[data-now]");
    if (now) {
      const input = document.getElementById(now.dataset.now);
      input.value = visit.local(new Date(), config.zone);
      changed(input.closest("[data-question]"), 0);
      return;
    }
    const remove = event.target.closest("button.remove");
    if (!remove) return;
    event.preventDefault();
    if (!window.confirm(words.removeSure)) return;
    const box = remove.closest("[data-question]");
    try {
      if (!(await uploads.remove(remove.value))) throw new Error("not removed");
      remove.closest("li").remove();
      photoChanged(box.dataset.question, -1);
      box.querySelector(".picker input").focus();
    } catch {
      say(words.waiting, true);
    }
  });

  // Everything is on its way already: going on is a plain post that has nothing new to say, unless something waits.
  form.addEventListener("submit", async (event) => {
    if (form.dataset.isSettled) return;
    event.preventDefault();
    const button = event.submitter;
    await queue.settle(4000);
    await new Promise((resolve) => setTimeout(resolve)); // within this very event the browser ignores a submit
    form.dataset.isSettled = "1";
    // A clock that is still running is no answer yet: it stays on the phone.
    for (const box of fieldsets.values()) {
      const times = box.dataset.type === "duration" ? [...named(box, "-start"), ...named(box, "-end")] : [];
      if (times.some((one) => !one.value)) for (const one of times) one.disabled = true;
    }
    if (button) form.requestSubmit(button);
    else form.submit();
  });

  for (const button of form.querySelectorAll("[data-now]")) button.hidden = false;
  for (const [name, times] of Object.entries(drafts())) {
    const box = fieldsets.get(name);
    if (!box || named(box, "-start")[0].value) continue;
    named(box, "-start")[0].value = times.start;
    named(box, "-end")[0].value = times.end;
  }
  for (const [name, answer] of Object.entries(queue.journal)) {
    know(name, answer);
    if (fieldsets.has(name)) write(fieldsets.get(name), answer);
  }
  for (const box of fieldsets.values()) if (box.dataset.type === "duration") elapsed(box);
  show();
  if (queue.pending.length) {
    say(words.restored, false);
    queue.flush();
  }
  document.documentElement.dataset.ready = "1";
})();
