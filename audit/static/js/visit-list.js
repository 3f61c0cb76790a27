// The list of visits: what this phone has, what of it is sent, and what was sent from it in the last week.
"use strict";

(function () {
  const DAY = 86400000;
  const root = document.getElementById("phone");
  const words = JSON.parse(root.dataset.words);
  const person = Number(root.dataset.person);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const sent = document.getElementById("sent");
  let net = "";
  let drawn = "";
  let sender = null;

  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter(Boolean));
    return element;
  };

  const sayIn = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
    element.hidden = !text;
  };

  const isOver = ({ draft }) => ["submitted", "stopped"].includes(draft.status);
  const isBegun = ({ draft, photos }) => photos.length + Object.keys(draft.answers).length > 0;
  const endedAt = ({ draft }) => new Date((draft.receipt || draft.stop || {}).at || draft.touched).getTime();

  // [chip or none, sentence] for what a draft is on this phone.
  const told = (one) => {
    const { draft, unsent } = one;
    const at = visit.moment(draft.finalised || (draft.stop || {}).at);
    if (draft.status === "submitted") {
      const { receipt } = draft.receipt || {};
      return ["chipSubmitted", say(receipt ? "submitted" : "submittedBefore", { at: visit.moment(endedAt(one)), receipt })];
    }
    if (draft.status === "stopped") return ["chipStopped", say("stopped")];
    if (draft.status === "conflict") return ["chipAttention", say("conflict")];
    if (draft.status === "withdrawn" || visit.merge.isClosed(draft)) return unsent ? ["chipAttention", say("closed")] : [null, ""];
    if (draft.status === "queued") return ["chipQueued", say("queued", { at })];
    if (draft.status === "stopping") return ["chipQueued", say("stopping", { at })];
    if (Object.keys(draft.refused).length) return [null, say("refused")];
    return [null, unsent ? say("unsent", unsent) : isBegun(one) ? say("safe") : ""];
  };

  const since = ({ draft, photos }) => Math.min(
    ...Object.values(draft.answers).filter((answer) => !answer.sent).map((answer) => Date.parse(answer.at)),
    ...photos.filter((photo) => photo.state !== "uploaded").map((photo) => photo.added),
    draft.touched,
  );

  // What is sent, or waits to be, is not to be done any more: the button of the page as it was opened is an old one.
  const showButton = (task, draft) => {
    const button = task.querySelector("[data-act]");
    if (!button) return;
    const isWaiting = Boolean(draft) && ["queued", "stopping"].includes(draft.status);
    const isToDo = !draft || (draft.status === "draft" && !visit.merge.isClosed(draft));
    button.dataset.server = button.dataset.server || JSON.stringify([button.textContent, button.getAttribute("href")]);
    const [text, address] = isWaiting ? [say("look"), `/visits/${draft.visit}/answer`] : JSON.parse(button.dataset.server);
    button.setAttribute("href", address);
    if (button.textContent !== text) button.textContent = text;
    button.hidden = !isToDo && !isWaiting;
    for (const one of task.querySelectorAll("div[data-todo]")) one.hidden = !isToDo;
  };

  const showTasks = (mine) => {
    for (const task of document.querySelectorAll("[data-visit]")) {
      const found = mine.find(({ draft }) => draft.visit === Number(task.dataset.visit));
      // A round that the agency has opened since is newer than what was sent from here.
      const isNow = Boolean(found) && found.draft.round >= Number(task.dataset.round);
      const [chip, text] = isNow ? told(found) : [null, ""];
      showButton(task, isNow ? found.draft : null);
      sayIn(task.querySelector("[data-local]"), text);
      const badge = task.querySelector(".chip");
      badge.dataset.server = badge.dataset.server || badge.textContent;
      badge.textContent = chip ? say(chip) : badge.dataset.server;
    }
  };

  const copyButton = (one) => {
    const { visit: number, title } = one.draft;
    const button = make("button", { type: "button", class: "btn btn-plain", id: `copy-${number}` }, say("copy"));
    button.append(make("span", { class: "visually-hidden" }, `: ${title}`));
    button.addEventListener("click", async () => {
      button.disabled = true;
      await visit.copy(one).catch(() => sayIn(part("net"), say("copyFailed")));
      button.disabled = false;
    });
    return button;
  };

  const showUnsent = (mine, others) => {
    const left = mine.filter((one) => one.unsent);
    const sum = (name) => left.reduce((total, one) => total + one.unsent[name], 0);
    const total = { visits: left.length, answers: sum("answers"), photos: sum("photos") };
    const doubt = visit.device.isApple && !visit.device.isInstalled && left.some((one) => Date.now() - since(one) > 3 * DAY);
    sayIn(part("total"), left.length ? say("total", total) : mine.length ? say("allSafe") : "");
    sayIn(part("evict"), doubt ? say("evict") : "");
    sayIn(part("others"), others ? say("others", { n: others }) : "");
    part("drafts").replaceChildren(...left.map((one) => make("li", { class: "line" },
      make("a", { href: `/visits/${one.draft.visit}/answer` }, one.draft.title || String(one.draft.visit)),
      copyButton(one),
      make("p", { class: "count w-100 mb-2" }, told(one)[1]))));
    part("send").hidden = !left.length;
    root.hidden = !mine.length && !others;
  };

  const pictures = (photos) => {
    const shown = photos.filter((photo) => photo.thumb);
    if (!shown.length) return null;
    return make("ul", { class: "thumbs p-0 mt-2" }, ...shown.map((photo) => make("li", {}, make("img", {
      src: URL.createObjectURL(new Blob([photo.thumb], { type: "image/jpeg" })), alt: say("photo"),
    }))));
  };

  const reading = (look, photos) => (look ? look.rows : []).map(({ id, text, answer, comment }) =>
    make("div", { class: "mb-3" },
      make("p", { class: "muted mb-0" }, text),
      answer && make("p", { class: "fw-bold mb-0" }, answer),
      comment && make("p", { class: "lines mb-0" }, comment),
      pictures(photos.filter((photo) => photo.question === id))));

  const showSent = (ended) => {
    sent.hidden = !ended.length;
    sent.querySelector("ul").replaceChildren(...ended.map((one) => {
      const box = make("details", { class: "fold" },
        make("summary", { id: `sent-${one.draft.visit}` }, make("span", {}, one.draft.title || String(one.draft.visit),
          make("br", {}), make("span", { class: "muted fw-normal" }, told(one)[1]))));
      // Pictures are made when they are looked at.
      box.addEventListener("toggle", async () => {
        if (box.open && box.children.length === 1) {
          const look = await visit.look(one).catch(() => null);
          box.append(...(look ? reading(look, one.photos) : [pictures(one.photos) || say("noLook")]));
        }
      });
      return make("li", {}, box);
    }));
  };

  const show = async () => {
    const all = await visit.onPhone();
    const model = JSON.stringify(all, (name, value) => (["thumb", "payload", "touched", "synced", "clock"].includes(name) ? undefined : value));
    if (model === drawn) return;
    drawn = model;
    const focused = document.activeElement && document.activeElement.id;
    const mine = all.filter(({ draft }) => draft.person === person);
    showTasks(mine);
    showUnsent(mine.filter((one) => one.unsent || (!isOver(one) && isBegun(one))), all.filter((one) => one.unsent && !mine.includes(one)).length);
    showSent(mine.filter(isOver).sort((one, other) => endedAt(other) - endedAt(one)));
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
  };

  // One at a time, and once more for whatever came meanwhile.
  let isDrawing = false;
  let isStale = false;
  const draw = async () => {
    isStale = true;
    if (isDrawing) return;
    isDrawing = true;
    while (isStale) {
      isStale = false;
      await show().catch(() => {
        root.hidden = false;
        sayIn(part("net"), say("broken"));
      });
    }
    isDrawing = false;
  };

  // Somebody else is signed in, and this list came from the first one's kept pages: away with it.
  const leave = async () => {
    root.hidden = true;
    if (self.caches) await caches.delete("audit-pages");
    location.reload();
  };

  const heard = (result) => {
    if (result.person && result.person !== person) return leave();
    net = {
      offline: "offline", signed_out: "signedOut", trouble: "trouble", too_old: "tooOld", sending: "sending",
    }[result.state] || "";
    sayIn(part("net"), net && say(net));
    part("sign-in").hidden = net !== "signedOut";
    part("send").disabled = false;
    return draw();
  };

  // The words of what was sent are taken before its page goes; after a week the phone forgets it.
  const tidy = async () => {
    for (const one of await visit.onPhone()) {
      if (one.draft.person === person) await visit.look(one).catch(() => null);
      if (isOver(one) && Date.now() - endedAt(one) > 7 * DAY) await visit.store.dropDraft(one.draft.key);
    }
  };

  part("send").addEventListener("click", () => {
    part("send").disabled = true;
    sayIn(part("net"), say("sending"));
    sender.now();
  });
  document.addEventListener("visit:page", ({ detail }) => {
    const ready = document.querySelector(`[data-ready="${CSS.escape(detail.url)}"]`);
    if (ready) sayIn(ready, detail.ok ? say("ready") : "");
  });
  visit.store.listen(draw);
  visit.tidied = tidy().catch(() => {});
  draw();
  sender = visit.sync.watch({ tell: heard });
})();
