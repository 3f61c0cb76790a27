// "Could not be done": a reason, a note and a photo if there is one; kept on the phone and sent like anything else.
"use strict";
self.visit = self.visit || {};

// ended(): after it is kept. What was chosen survives the camera that kills the page.
visit.stop = async (config, draft, ended) => {
  const screen = document.getElementById("stop");
  if (!screen) return;
  const kept = `stop:${draft.key}`;
  const note = document.getElementById("stop-note");
  const button = document.getElementById("stop-go");
  const chosen = () => screen.querySelector("[name=stop-reason]:checked");
  const problem = screen.querySelector("[data-problem]");

  screen.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    problem.hidden = true;
    visit.store.setMeta(kept, { reason: chosen() && chosen().value, note: note.value }).catch(() => {});
  });
  button.addEventListener("click", async () => {
    problem.hidden = Boolean(chosen());
    if (!chosen()) {
      problem.textContent = config.words.chooseReason;
      screen.querySelector("[name=stop-reason]").focus();
      return;
    }
    button.disabled = true;
    try {
      await draft.stop({ reason: chosen().value, note: note.value.trim().normalize("NFC") });
      ended();
    } catch (error) {
      console.warn(error);
      problem.textContent = config.words.notKept;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });

  const found = await visit.store.meta(kept).catch(() => null);
  if (!found || note.value || chosen()) return;
  note.value = found.note;
  const reason = found.reason && screen.querySelector(`[value="${found.reason}"]`);
  if (reason) reason.checked = true;
};
