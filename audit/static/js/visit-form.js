// The form: what is typed goes into the draft, what the draft learns from elsewhere goes into the inputs.
"use strict";

(async function () {
  const form = document.getElementById("visit-form");
  const config = JSON.parse(form.dataset.visit);
  const { words, zone } = config;
  const { fields, store } = visit;
  const find = (name) => document.getElementById(name);
  const boxes = new Map(Array.from(form.querySelectorAll("[data-question]"), (one) => [one.dataset.question, one]));
  const rules = new Map(config.questions.map((one) => [one.id, one]));
  const draft = new visit.Draft(config);
  const loose = new Set(); // questions whose inputs hold what is no answer yet: half a number, a clock that runs
  const begun = `begun:${draft.key}`;
  let isBegun = config.state !== "accepted";
  let sync = { now() {} };
  document.documentElement.classList.add("js");

  const problem = (box, message) => {
    const place = box.querySelector("[data-problem]");
    place.textContent = message || "";
    place.hidden = !message;
    box.classList.toggle("wrong", Boolean(message));
  };

  const looseKey = (name) => `loose:${draft.key}:${name}`;
  const keepLoose = (box, name, isLoose) => {
    if (isLoose) loose.add(name);
    else if (!loose.delete(name)) return;
    store.setMeta(looseKey(name), isLoose ? fields.raw(box) : null).catch(() => {});
  };

  const read = (box, name) => {
    try {
      const answer = fields.read(box, zone);
      problem(box, "");
      keepLoose(box, name, false);
      return answer;
    } catch (error) {
      problem(box, error.message === "half" ? "" : words[error.message] || error.message);
      keepLoose(box, name, true);
      return { value: null, na: false, ...draft.answers[name], comment: fields.comment(box) };
    }
  };

  const line = visit.line(config, draft, () => sync.now());
  const screens = visit.screens(config, draft, form, boxes, () => isBegun, (name) => loose.has(name));

  const show = () => {
    const answers = draft.scored();
    const states = visit.states(config.questions, answers);
    for (const [name, box] of boxes) {
      box.hidden = box.disabled = states.get(name) === "hidden";
      const camera = box.querySelector("[data-camera]");
      if (camera) camera.classList.toggle("owed", !draft.counts(name) && visit.loses(rules.get(name), answers[name]));
    }
    screens.update(states, answers);
    line();
  };

  const changed = (box) => {
    draft.put(box.dataset.question, read(box, box.dataset.question));
    show();
  };

  const ask = (text) => new Promise((resolve) => {
    const dialog = find("ask");
    find("ask-text").textContent = text;
    dialog.returnValue = "";
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.showModal();
  });

  const tick = visit.note(config, boxes, changed, ask);

  // Answers given elsewhere that did not win stay to be seen, and to be taken instead.
  const told = new Map(); // question -> what is shown there of them
  const others = (name, box) => {
    const now = draft.answers[name] || {};
    const place = box.querySelector("[data-others]");
    const found = draft.others(name).filter((one) => JSON.stringify([one.value, one.na, one.comment || ""])
      !== JSON.stringify([now.value, now.na, now.comment || ""]));
    place.hidden = !found.length;
    // A button that is put anew in the middle of a tap does not hear of it.
    if (told.get(name) === JSON.stringify(found)) return;
    told.set(name, JSON.stringify(found));
    place.replaceChildren(...found.map((one) => {
      const values = { time: visit.clock(one.at, zone), answer: fields.words(box, one, zone) };
      const item = visit.make("p", "", visit.say(one.from === "window" ? words.otherWindow : words.otherDevice, values));
      const button = item.appendChild(visit.make("button", "btn btn-sm btn-plain", words.take));
      button.type = "button";
      button.onclick = () => {
        draft.put(name, one);
        loose.delete(name);
        fields.write(box, one, zone);
        fill([name]);
        show();
        box.focus();
      };
      return item;
    }));
  };

  const fill = (names) => {
    const { refused } = draft.record || { refused: {} };
    for (const name of names) {
      const box = boxes.get(name);
      if (!box) continue;
      if (!loose.has(name)) {
        fields.write(box, draft.answers[name], zone);
        problem(box, refused[name]);
      }
      others(name, box);
    }
    tick();
  };

  const pictures = () => {
    const photos = draft.photos;
    for (const list of form.querySelectorAll("ul[data-photos]")) {
      const isStop = Boolean(list.closest("#stop")); // its photos are kept with a question that has its own
      visit.thumbs(list, photos.filter((one) => one.question === list.dataset.photos && (one.isStop || !isStop)), config, true);
    }
    visit.thumbs(find("strip").querySelector("ul"), photos, config, false);
    find("strip").hidden = !photos.length;
  };

  const addPhotos = async (input) => {
    const { photos } = input.closest("[data-camera]").dataset;
    const box = input.closest("[data-question]") || input.closest(".screen");
    const files = Array.from(input.files);
    const source = input.hasAttribute("capture") ? "camera" : "gallery";
    const isStop = Boolean(input.closest("#stop"));
    try {
      for (const file of files) await draft.addPhoto(photos, file, source, isStop);
      problem(box, "");
    } catch (error) {
      problem(box, error.name === "QuotaExceededError" ? words.full : words.photoFailed);
    }
    input.value = ""; // only now: the files must not vanish while they are read
  };

  const removePhoto = async (button) => {
    const list = button.closest("ul");
    if (!(await ask(words.removeSure))) return button.focus();
    await draft.removePhoto(button.value);
    return list.parentElement.querySelector("input").focus();
  };

  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-question]");
    fields.count(event.target, words);
    if (!box || event.target.type === "file") return;
    fields.exclude(box, event.target);
    changed(box);
    if (box.dataset.type === "duration") tick();
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") addPhotos(event.target);
  });
  form.addEventListener("focusout", (event) => {
    const box = event.target.closest("[data-question]");
    if (box && draft.record) setTimeout(() => fill([box.dataset.question]));
  });
  form.addEventListener("click", (event) => {
    const remove = event.target.closest("button.remove");
    if (remove) removePhoto(remove);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => (find("thanks").hidden = true));

  // The time of the tap counts; the place may take a while and is waited for by nobody.
  const start = async (mayAsk) => {
    const at = new Date().toISOString();
    isBegun = true;
    visit.place.wish(mayAsk);
    showArrival(at);
    find("thanks").hidden = false;
    screens.show();
    await store.setMeta(begun, at).catch(() => {});
    await draft.start({ at, ...(mayAsk ? await visit.place.now() : { error: "not_asked" }) });
  };
  const offerStart = async () => {
    const state = await visit.place.state();
    find("ask-place").hidden = state !== "prompt" && state !== "unknown";
    find("start-plain").hidden = !find("ask-place").hidden;
    for (const button of find("start").querySelectorAll("button")) {
      button.onclick = () => start(button.value === "yes" || (button.value === "" && state === "granted"));
    }
  };

  const arrival = find("visited_at");
  const showArrival = (tapped) => {
    const { visitedAt, started } = draft.record;
    const at = visitedAt || config.visitedAt || (started && started.at) || arrival.dataset.started || tapped;
    if (at && !arrival.value) arrival.value = visit.local(new Date(at), zone).slice(0, 16);
  };
  arrival.addEventListener("input", () => store.change(draft.key, (now) => {
    now.visitedAt = arrival.value ? visit.withOffset(arrival.value, zone) : null;
  }).catch(() => {}));

  find("submit").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    let why = "";
    try {
      const late = new Promise((resolve) => setTimeout(resolve, 3000, { error: "timeout" }));
      const place = await Promise.race([visit.place.now(), late]);
      const visitedAt = arrival.value ? visit.withOffset(arrival.value, zone) : null;
      await draft.submit({ visitedAt, place });
    } catch (error) {
      console.warn(error);
      why = words.notKept;
    }
    show();
    if (why) find("submit-why").textContent = why;
  });
  find("reopen").addEventListener("click", () => draft.reopen());

  // What was typed before the script was here.
  for (const box of boxes.values()) if (fields.isTyped(box)) changed(box);

  let remarks = "";
  draft.on("change", ({ questions, photos }) => {
    const { others: aside, refused } = draft.record || {};
    const sign = JSON.stringify([aside, refused]);
    fill(sign === remarks ? questions : boxes.keys());
    remarks = sign;
    if (photos) pictures();
    show();
  });
  const begin = async () => {
    for (const [name, box] of boxes) {
      const raw = ["number", "duration"].includes(box.dataset.type) && (await store.meta(looseKey(name)).catch(() => null));
      if (!raw || fields.isTyped(box)) continue;
      fields.setRaw(box, raw);
      loose.add(name);
    }
    const tapped = await store.meta(begun).catch(() => null);
    isBegun = isBegun || Boolean(draft.record.started || tapped);
    if (tapped && !draft.record.started) draft.start({ at: tapped, error: "timeout" });
    if (!isBegun) offerStart();
    showArrival();
    fill(boxes.keys());
    pictures();
    sync = visit.sync.watch({ pull: draft.key, tell: (result) => draft.heard(result) });
    visit.stop(config, draft, show);
  };
  // A browser that keeps nothing is told of, and asked again.
  const open = async () => {
    try {
      await draft.open();
    } catch (error) {
      console.warn(error);
      draft.failedSince = draft.failedSince || Date.now();
      find("no-store").hidden = false;
      show();
      screens.show(true);
      return setTimeout(open, 2000);
    }
    if (!find("no-store").hidden) draft.failedSince = 0;
    find("no-store").hidden = true;
    await begin();
    show();
    return screens.show(true);
  };
  await open();
  visit.settle = () => draft.settle().then(() => true, () => false);
  document.documentElement.dataset.ready = "1";
})();
