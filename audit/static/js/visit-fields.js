// The inputs of a question: read as an answer, written from one, put into words; and the photos shown at it.
"use strict";
self.visit = self.visit || {};

(function () {
  const DAY = 86400000;
  const LIMITS = { "": 10000, "-comment": 4000 };

  visit.say = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  visit.clock = (at, zone) =>
    new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
  visit.make = (name, look, text) => {
    const made = document.createElement(name);
    if (look) made.className = look;
    if (text) made.textContent = text;
    return made;
  };

  const named = (box, suffix = "") => Array.from(box.querySelectorAll("input, textarea"))
    .filter((one) => one.name === box.id + suffix && one.type !== "file");
  const isTick = (input) => ["radio", "checkbox"].includes(input.type);
  const checked = (box, suffix) => named(box, suffix).filter((one) => one.checked).map((one) => one.value);
  const clean = (input) => (input ? input.value.trim().normalize("NFC") : "");
  const times = (box) => [...named(box, "-start"), ...named(box, "-end")];
  const moment = (day, time) => Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  const here = (zone) => Date.parse(`${visit.local(new Date(), zone)}Z`);

  // Only times are typed. The day is the one of the answer, else the last on which it can have been.
  // [start, end] in ms of the branch's clock, NaN for what is missing.
  const span = (box, zone) => {
    const [start, end] = times(box).map((one) => one.value);
    const now = here(zone);
    let from = moment(box.dataset.day || new Date(now).toISOString().slice(0, 10), start);
    if (!box.dataset.day && from > now) from -= DAY;
    let to = moment(new Date(from || 0).toISOString().slice(0, 10), end);
    if (to < from) to += DAY;
    return [from, to];
  };

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
    text: (box) => clean(named(box)[0]) || null,
    photo: () => null,
    duration: (box, zone) => {
      const given = times(box).filter((one) => one.value);
      if (given.length === 1) throw new Error("half");
      if (!given.length) return null;
      const [from, to] = span(box, zone);
      if (to - from > DAY / 2) throw new Error("order");
      const [start, end] = [from, to].map((at) => visit.withOffset(new Date(at).toISOString(), zone));
      return { start, end };
    },
  };
  const choice = (box) => checked(box)[0] || null;

  // Never into the field that somebody is typing in.
  const set = (input, text) => {
    if (input !== document.activeElement && input.value !== text) input.value = text;
  };

  visit.fields = {
    span,
    here,
    comment: (box) => clean(named(box, "-comment")[0]),

    // {value, na, comment}; throws the name of the broken rule, "half" for a clock that runs.
    read(box, zone) {
      const comment = this.comment(box);
      const na = checked(box).includes("~na") || checked(box, "-na").length > 0;
      if (na) return { value: null, na, comment };
      return { value: (readers[box.dataset.type] || choice)(box, zone), na, comment };
    },

    write(box, answer, zone) {
      const { value, na, comment } = { value: null, na: false, comment: "", ...answer };
      const given = Array.isArray(value) ? value : [value === null ? "" : String(value)];
      const chosen = na ? ["~na"] : Array.isArray(value) && !value.length ? ["~none"] : given;
      const comma = box.dataset.type === "number" && document.documentElement.lang === "vi";
      for (const input of named(box)) {
        if (isTick(input)) input.checked = input.value !== "" && chosen.includes(input.value);
        else set(input, na ? "" : comma ? given[0].replace(".", ",") : given[0]);
      }
      for (const input of named(box, "-na")) input.checked = na;
      if (box.dataset.type === "duration") {
        const local = value ? [value.start, value.end].map((at) => visit.local(new Date(at), zone)) : ["", ""];
        box.dataset.day = local[0].slice(0, 10);
        times(box).forEach((input, index) => set(input, local[index].slice(11)));
      }
      for (const input of named(box, "-comment")) {
        if (comment && input.value !== comment) input.closest("details").open = true;
        set(input, comment || "");
      }
    },

    // What stands in the inputs and is no answer yet.
    raw: (box) => ({ texts: [...named(box), ...times(box)].filter((one) => !isTick(one)).map((one) => one.value), day: box.dataset.day }),
    setRaw(box, raw) {
      const inputs = [...named(box), ...times(box)].filter((one) => !isTick(one));
      inputs.forEach((input, index) => set(input, raw.texts[index] || ""));
      box.dataset.day = raw.day || "";
    },

    isTyped: (box) => Array.from(box.querySelectorAll("input, textarea"))
      .some((one) => (isTick(one) ? one.checked : one.type !== "file") && one.value !== ""),

    // "None of these" and "not applicable" stand alone.
    exclude(box, input) {
      if (!input.checked || input.type !== "checkbox") return;
      const isAlone = (one) => one.value === "~none" || one.value === "~na";
      for (const one of [...named(box), ...named(box, "-na")]) {
        if (one !== input && one.type === "checkbox" && (isAlone(input) || isAlone(one))) one.checked = false;
      }
    },

    words(box, { value, na, comment }, zone) {
      const label = (wanted) => {
        const input = Array.from(box.querySelectorAll("input")).find((one) => isTick(one) && one.value === wanted);
        return input ? input.closest("label").textContent.trim() : wanted;
      };
      const one = (part) => (part && part.start ? `${visit.clock(part.start, zone)}–${visit.clock(part.end, zone)}` : label(String(part)));
      const parts = na ? ["~na"] : Array.isArray(value) ? (value.length ? value : ["~none"]) : value === null ? [] : [value];
      return [parts.map(one).join(", "), comment].filter(Boolean).join(" – ") || "–";
    },

    // How much room is left, told only near the end of it.
    count(input, words) {
      const suffix = input.name && input.name.endsWith("-comment") ? "-comment" : "";
      const left = LIMITS[suffix] - input.value.trim().length;
      const place = input.nextElementSibling;
      if (!place || !place.matches(".room")) return;
      place.hidden = left > 200;
      place.textContent = left > 200 ? "" : visit.say(left < 0 ? words.tooLong : words.room, { count: Math.abs(left) });
    },
  };

  const addresses = new Map();
  const source = (photo, config) => {
    if (!photo.thumb) return ["uploaded", "remote"].includes(photo.state) ? `${config.photo}${photo.id}/grid` : "";
    if (!addresses.has(photo.id)) {
      addresses.set(photo.id, URL.createObjectURL(new Blob([photo.thumb], { type: "image/jpeg" })));
    }
    return addresses.get(photo.id);
  };

  const picture = (photo, number, config, canRemove) => {
    const { words } = config;
    const item = visit.make("li");
    item.dataset.photo = photo.id;
    item.dataset.state = photo.state;
    const address = source(photo, config);
    if (address) {
      const image = item.appendChild(new Image());
      image.alt = visit.say(words.photo, { number });
      image.onerror = () => image.replaceWith(visit.make("span", "blank", image.alt));
      image.src = address;
    } else {
      item.append(visit.make("span", "blank", visit.say(words.photo, { number })));
    }
    const isSent = ["uploaded", "remote"].includes(photo.state);
    const refusals = { lost: words.photoFailed, removed: words.photoRemoved };
    if (photo.refused !== "removed") item.append(visit.make("span", "state", isSent ? words.photoSent : words.photoHere));
    if (photo.refused) item.append(visit.make("span", "unreadable", refusals[photo.refused] || photo.refused));
    if (canRemove) {
      const button = item.appendChild(visit.make("button", "remove"));
      button.type = "button";
      button.value = photo.id;
      button.append(visit.make("span", "", "×"), visit.make("span", "visually-hidden", visit.say(words.remove, { number })));
      button.firstChild.setAttribute("aria-hidden", "true");
    }
    return item;
  };

  // The list shows these photos; what has not changed stays as it is.
  visit.thumbs = (list, photos, config, canRemove) => {
    const old = new Map(Array.from(list.children, (one) => [one.dataset.sign, one]));
    const items = photos.map((photo, index) => {
      const sign = [photo.id, photo.state, Boolean(photo.thumb), photo.refused, index].join();
      const item = old.get(sign) || picture(photo, index + 1, config, canRemove);
      item.dataset.sign = sign;
      return item;
    });
    if (items.length !== list.children.length || items.some((one, index) => one !== list.children[index])) {
      list.replaceChildren(...items);
    }
  };
})();
