// What was sent stays readable on the phone for a week, and a copy of what was not can be taken out of it.
"use strict";
self.visit = self.visit || {};

(function () {
  const two = (number) => String(number).padStart(2, "0");

  // dd/mm/yyyy, 14:05, on the phone's clock; empty for no time.
  visit.moment = (when) => {
    const at = new Date(when || NaN);
    if (Number.isNaN(at.getTime())) return "";
    const day = `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
    return `${day}, ${two(at.getHours())}:${two(at.getMinutes())}`;
  };

  const textOf = (element) => (element ? element.textContent.trim().replace(/\s+/g, " ") : "");

  // The words of the form for a value; the value itself where the form has none.
  const worded = (box, value) => {
    const label = (one) => textOf(box.querySelector(`input[value="${CSS.escape(String(one))}"]`)?.closest("label"));
    if (value === null || value === undefined) return "";
    if (Array.isArray(value)) return value.length ? value.map((one) => label(one) || one).join(", ") : label("~none");
    if (value.start) return `${visit.moment(value.start)} – ${visit.moment(value.end)}`;
    return label(value) || String(value).replace(/^(-?\d+)\.(\d+)$/, document.documentElement.lang === "vi" ? "$1,$2" : "$&");
  };

  const rows = (page, { answers }, photos) =>
    [...page.querySelectorAll("[data-question]")].flatMap((box) => {
      const id = box.dataset.question;
      const { value, na, comment } = answers[id] || {};
      const answer = na ? textOf(box.querySelector('input[value="~na"]')?.closest("label")) : worded(box, value);
      const hasPhoto = photos.some((photo) => photo.question === id);
      return answer || comment || hasPhoto ? [{ id, text: textOf(box.querySelector("legend")), answer, comment }] : [];
    });

  // The questions' words stand in the kept page of the form only, which goes once the visit is no longer to do.
  visit.look = async ({ draft, photos }) => {
    if (draft.status === "draft" || (draft.look && draft.look.round === draft.round)) return draft.look;
    const kept = self.caches && (await caches.match(`/visits/${draft.visit}/answer`, { ignoreVary: true }));
    if (!kept) return null;
    const page = new DOMParser().parseFromString(await kept.text(), "text/html");
    const look = { round: draft.round, rows: rows(page, draft, photos) };
    await visit.store.change(draft.key, (now) => {
      now.look = look;
    }, { isQuiet: true });
    return look;
  };

  const encoded = (buffer, type) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([buffer], { type }));
  });

  // One file with everything of a draft. Part by part: thirty photos are never one string.
  const copyOf = async ({ draft, photos }) => {
    const { payload, look, ...rest } = draft;
    const frozen = payload && new TextDecoder().decode(payload);
    const typed = visit.journal.entries(draft.key);
    const parts = [JSON.stringify({ ...rest, typed, payload: frozen }).slice(0, -1), ',"photos":['];
    for (const [index, { thumb, ...photo }] of photos.entries()) {
      const buffer = (await visit.store.bytes(photo.id)) || thumb;
      const data = buffer ? await encoded(buffer, photo.type) : null;
      parts.push(index ? "," : "", JSON.stringify(photo).slice(0, -1), `,"data":${JSON.stringify(data)}}`);
    }
    parts.push("]}");
    return new File(parts, `${draft.visit}-${new Date().toISOString().slice(0, 10)}.json`, { type: "application/json" });
  };

  // By the phone's share sheet where that takes files, else as a download.
  visit.copy = async (kept) => {
    const file = await copyOf(kept);
    if (navigator.canShare && navigator.canShare({ files: [file] })) {
      try {
        return await navigator.share({ files: [file] });
      } catch (error) {
        if (error.name === "AbortError") return undefined;
      }
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    return undefined;
  };
})();
