// One line that always says where the work is and, if something is wrong, what to do.
"use strict";
self.visit = self.visit || {};

// now(): send at once. Gives update().
visit.line = (config, draft, now) => {
  const { words } = config;
  const line = document.getElementById("save-line");
  const button = document.getElementById("send-now");
  const signIn = () => `${config.signIn}?next=${encodeURIComponent(location.pathname + location.hash)}`;
  const troubles = {
    offline: [words.lineOffline],
    trouble: [words.lineTrouble],
    signed_out: [words.lineSignedOut, signIn],
    other_account: [words.lineOther, signIn],
    too_old: [words.lineTooOld, () => location.pathname],
  };
  const WAITING = ["saved", "sending", "queued", "stopping"];
  let shown = "";

  // [look, text, address to go to]
  const told = (now_) => {
    const { state, net, sent, of, at, message } = now_;
    if (state === "unsaved") return ["bad", message || words.line_unsaved];
    if (WAITING.includes(state) && troubles[net]) {
      const [text, address] = troubles[net];
      return [net === "offline" ? "wait" : "bad", text, address && address()];
    }
    const text = words[`line_${state}`] || words.line_saved;
    const time = at ? visit.clock(at, config.zone) : "";
    return [["conflict", "withdrawn", "closed"].includes(state) ? "bad" : "good", visit.say(text, { sent, of, time })];
  };

  button.addEventListener("click", () => {
    button.disabled = true;
    setTimeout(() => (button.disabled = false), 1500);
    now();
  });

  return () => {
    const summary = draft.summary();
    const [look, text, address] = told(summary);
    button.hidden = !WAITING.includes(summary.state) || ["signed_out", "other_account", "too_old"].includes(summary.net);
    if (shown === look + text + address) return;
    shown = look + text + address;
    line.dataset.state = look;
    line.replaceChildren(address ? visit.make("a", "", text) : text);
    if (address) line.firstChild.href = address;
  };
};
