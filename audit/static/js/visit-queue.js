// Answers on their way to the server: first into a journal on the phone, then sent, and again until they are kept.
"use strict";
window.visit = window.visit || {};

// tell(state, detail): "saved", "saving", "waiting", "refused", "signedOut", "closed".
visit.Queue = class {
  constructor(config, token, tell) {
    this.config = config;
    this.token = token;
    this.tell = tell;
    this.key = `visit-answers:${config.person}:${config.visit}`;
    this.journal = this.read();
    this.refused = new Map(); // question -> time of the answer that the server did not take
    this.isSending = false;
    this.wait = 2000;
    this.timer = null;
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.flush();
    });
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch {
      return {};
    }
  }

  keep() {
    try {
      if (Object.keys(this.journal).length) localStorage.setItem(this.key, JSON.stringify(this.journal));
      else localStorage.removeItem(this.key);
    } catch {
      // A phone without storage still has this page and the server.
    }
  }

  // answer: {value, na, comment}. In the journal before anything else happens.
  put(question, answer, delay = 0) {
    this.journal[question] = { ...answer, at: new Date().toISOString() };
    this.refused.delete(question);
    this.keep();
    this.later(delay);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  get pending() {
    return Object.keys(this.journal).filter((name) => this.refused.get(name) !== this.journal[name].at);
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.isSending || !this.pending.length) return;
    this.isSending = true;
    const sent = Object.fromEntries(this.pending.map((name) => [name, this.journal[name]]));
    this.tell("saving");
    try {
      await this.answered(await this.send(sent), sent);
    } catch {
      this.again();
    } finally {
      this.isSending = false;
    }
    if (this.pending.length && !this.isWaiting) this.later(0);
  }

  send(sent) {
    const answers = Object.entries(sent).map(([question, one]) => ({ question, ...one }));
    return fetch(`${this.config.api}/answers`, {
      method: "PUT",
      credentials: "same-origin",
      redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token.value },
      body: JSON.stringify({ device_now: new Date().toISOString(), answers }),
    });
  }

  async answered(response, sent) {
    this.isWaiting = false;
    const body = await response.json();
    if (response.ok && body.answers) {
      for (const [name, one] of Object.entries(sent)) {
        if (this.journal[name] && this.journal[name].at === one.at) delete this.journal[name];
      }
      this.wait = 2000;
      this.keep();
      if (!this.pending.length) this.tell(this.refused.size ? "refused" : "saved", {});
    } else if (response.status === 422 && Object.keys(body.questions || {}).some((name) => sent[name])) {
      for (const name of Object.keys(body.questions)) this.refused.set(name, sent[name] && sent[name].at);
      this.tell("refused", body.questions);
    } else if (response.status === 401) {
      this.stop("signedOut");
    } else if (response.status === 409 || response.status === 404) {
      this.stop("closed");
    } else if (response.status === 400 && body.code === "csrf") {
      await this.refresh();
      this.again();
    } else {
      this.again();
    }
  }

  // The token in an old page may have run out; the session call has a fresh one.
  async refresh() {
    const response = await fetch(this.config.session, { credentials: "same-origin", redirect: "error" });
    if (response.status === 401) return this.stop("signedOut");
    const body = await response.json();
    if (body.user_id === this.config.person) this.token.value = body.csrf;
    return undefined;
  }

  stop(state) {
    this.isWaiting = true;
    this.tell(state);
  }

  again() {
    this.isWaiting = true;
    this.tell("waiting");
    this.later(this.wait);
    this.wait = Math.min(this.wait * 2, 60000);
  }

  // Before leaving a screen: try for a moment; the journal carries over what does not get through.
  async settle(milliseconds) {
    const end = Date.now() + milliseconds;
    this.flush();
    while ((this.isSending || this.pending.length) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return !this.pending.length;
  }
};
