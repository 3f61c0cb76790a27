// One screen at a time, named by the address: the sections, the last check, the note, the stop, the end.
"use strict";
self.visit = self.visit || {};

// isBegun(): whether the sections may be seen. isLoose(question): whether what stands there is no answer yet.
// Gives {show, update, go}.
visit.screens = (config, draft, form, boxes, isBegun, isLoose) => {
  const { words } = config;
  const find = (name) => document.getElementById(name);
  const all = Array.from(form.querySelectorAll(".screen"));
  const sections = all.filter((one) => one.id.startsWith("s-"));
  const bar = document.querySelector(".working progress");
  const steps = form.querySelector("nav.steps");
  const links = find("all-sections");
  let current = null;
  let owedShown = "";

  const order = () => [...sections.filter((one) => one.querySelector("[data-question]:not([hidden])")), find("check")];

  const firstOwing = () => {
    if (config.state === "returned") return sections[0];
    const [owed] = visit.missing(config.questions, draft.scored());
    const box = owed && boxes.get(owed.replace(":photo", ""));
    return box ? box.closest(".screen") : find("check");
  };

  // [screen, question to go to]
  const wanted = () => {
    if (draft.record && draft.record.status !== "draft") return [find("done")];
    const target = find(decodeURIComponent(location.hash.slice(1)));
    const screen = target && target.closest(".screen");
    if (!isBegun()) return [screen && ["stop", "note"].includes(screen.id) ? screen : find("start")];
    if (!screen || ["start", "done"].includes(screen.id)) return [firstOwing()];
    return [screen, screen === target ? null : target];
  };

  const reveal = (screen) => {
    const isSection = sections.includes(screen);
    for (const one of all) one.hidden = one !== screen;
    steps.hidden = !isSection && screen.id !== "check";
    steps.querySelector("[value=next]").hidden = !isSection;
    steps.querySelector("[value=back]").hidden = order()[0] === screen;
    find("more").hidden = steps.hidden;
    bar.hidden = screen.id === "note";
    if (isSection) for (const back of form.querySelectorAll("[data-return]")) back.href = `#${screen.id}`;
    for (const link of links.querySelectorAll("a")) {
      if (link.hash === `#${screen.id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = screen.querySelector("h1").textContent.trim().replace(/\s+/g, " ");
  };

  // Focus goes to the heading, or to the question that was asked for; at the start nobody's typing is disturbed.
  const show = (isFirst) => {
    const [screen, question] = wanted();
    if (isFirst && isBegun() && document.activeElement.closest("[data-question]")) return reveal(document.activeElement.closest(".screen"));
    const isNew = screen !== current;
    current = screen;
    if (isNew) reveal(screen);
    if (question) {
      question.focus({ preventScroll: true });
      question.scrollIntoView();
    } else if (isNew && !isFirst) {
      links.closest("details").open = false;
      screen.querySelector("h1").focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    return undefined;
  };

  const go = (screen) => {
    location.hash = screen.id;
  };

  const owedItem = (name, isPhoto, sentence) => {
    const item = visit.make("li");
    const link = item.appendChild(visit.make("a", "", boxes.get(name).querySelector("legend").textContent.trim()));
    link.href = `#${boxes.get(name).id}`;
    if (isPhoto) item.append(visit.make("span", "chip", words.photoChip));
    if (sentence) item.append(visit.make("span", "loss", sentence));
    return item;
  };

  const check = (answers) => {
    const refused = Object.entries((draft.record || { refused: {} }).refused).filter(([name]) => boxes.has(name));
    const owed = visit.missing(config.questions, answers).filter((one) => boxes.has(one.replace(":photo", "")));
    for (const [name, box] of boxes) {
      const isListed = owed.includes(name) || refused.some(([one]) => one === name);
      if (isLoose(name) && !box.hidden && !isListed) refused.push([name, box.querySelector("[data-problem]").textContent]);
    }
    const isSaved = draft.summary().state !== "unsaved";
    const isReady = !owed.length && !refused.length;
    const sign = JSON.stringify([owed, refused]);
    find("submit").disabled = !isReady || !isSaved;
    find("submit-why").textContent = !isSaved ? words.line_unsaved : isReady ? "" : words.answerFirst;
    if (sign === owedShown) return;
    owedShown = sign;
    find("check").querySelector("h1").textContent = isReady ? words.isReady : words.isOwing;
    find("owed").hidden = isReady;
    const list = find("owed").querySelector("ul");
    list.replaceChildren(...refused.map(([name, sentence]) => owedItem(name, false, sentence)));
    let section = null;
    for (const one of owed) {
      const name = one.replace(":photo", "");
      const screen = boxes.get(name).closest(".screen");
      if (screen !== section && screen.dataset.title) list.append(visit.make("li", "owed-section", screen.dataset.title));
      section = screen;
      list.append(owedItem(name, one !== name));
    }
  };

  const end = () => {
    const { status, receipt, problem } = draft.record || {};
    if (!status || status === "draft") return;
    const done = find("done");
    const time = receipt ? visit.clock(receipt.at, config.zone) : "";
    done.querySelector("h1").textContent = words[`done_${status}`];
    done.querySelector(".code").textContent = receipt ? receipt.receipt : "";
    done.querySelector("[data-text]").textContent = visit.say(words[`done_${status}_text`], { time });
    done.querySelector("[data-problem]").textContent = (problem && problem.message) || "";
    find("reopen").hidden = !["queued", "stopping"].includes(status);
    if (current === done) document.title = words[`done_${status}`];
  };

  // After every change: what is shown, counted, missing.
  const update = (states, answers) => {
    const total = visit.progress(config.questions, states);
    bar.max = total.of || 1;
    bar.value = total.answered;
    find("count").textContent = visit.say(words.progress, total);
    for (const section of sections) {
      const inside = config.questions.filter((one) => one.section === section.dataset.section);
      const { answered, of } = visit.progress(inside, states);
      const place = links.querySelector(`[data-count="${section.id}"]`);
      if (!place) continue;
      place.textContent = of ? `${answered}/${of}` : "";
      place.closest("li").hidden = !section.querySelector("[data-question]:not([hidden])");
    }
    check(answers);
    end();
    if (((draft.record || {}).status || "draft") !== "draft" !== (current === find("done"))) show();
  };

  steps.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const screens = order();
    const next = screens[screens.indexOf(current) + (button.value === "next" ? 1 : -1)];
    if (next) go(next);
  });
  window.addEventListener("hashchange", () => show());
  return { show, update, go };
};
