// One visit's draft as the page holds it: what is typed goes to the phone at once, what comes from elsewhere is told.
"use strict";

(function () {
  const RETRY = 2000;
  const EARLIEST = Date.UTC(2000, 0, 1);
  const store = visit.store;

  // One name per tab: an answer from another window that came in meanwhile is told apart from one's own.
  const tabName = () => {
    try {
      const name = sessionStorage.getItem("audit-tab") || visit.uuid();
      sessionStorage.setItem("audit-tab", name);
      return name;
    } catch {
      return visit.uuid();
    }
  };

  // What a submission says of the visit, whenever and wherever it is pressed.
  const meant = (payload) => {
    const { answers, photos, ...rest } = JSON.parse(new TextDecoder().decode(payload));
    answers.sort((one, other) => (one.question < other.question ? -1 : 1));
    return JSON.stringify({ ...rest, answers, photos: photos.sort(), device: null });
  };

  visit.Draft = class {
    constructor(config) {
      this.config = config;
      this.key = store.key(config.person, config.visit);
      this.answers = {};
      this.stored = []; // photo records of this phone, also those to be removed
      this.record = null;
      this.net = "ok";
      this.tab = tabName();
      this.opened = new Date().toISOString();
      this.pending = new Map(); // question -> answer that the database has not confirmed
      this.failedSince = 0;
      this.listeners = new Set();
      this.last = 0;
    }

    on(name, listener) {
      if (name === "change") this.listeners.add(listener);
    }

    emit(change) {
      for (const listener of this.listeners) listener({ questions: [], photos: false, status: false, ...change });
    }

    // The stored draft, or a new one from what the server has put into the page; then what was typed last.
    async open() {
      const { person, visit: id, title, version, round } = this.config;
      const photos = await store.photos(this.key);
      let typed = [];
      await store.change(this.key, (draft) => {
        this.takePage(draft, photos);
        typed = Object.entries(visit.journal.entries(this.key));
        for (const [name, answer] of typed) {
          const known = draft.answers[name];
          if (!known || known.at < answer.at || answer.isEarly) this.enter(draft, name, answer);
          else if (!visit.merge.same(known, answer)) visit.merge.keepAside(draft, name, answer, "window");
        }
      }, { base: { person, visit: id, title, version, round } });
      // Those just entered; what another window has typed since is not in the database yet.
      for (const [name, { at }] of typed) {
        if ((this.pending.get(name) || { at }).at !== at) continue;
        this.pending.delete(name);
        delete this.answers[name];
        visit.journal.done(this.key, name, at);
      }
      await this.reload();
      store.listen(({ key }) => {
        if (key === this.key) this.refresh();
      });
      visit.pictures.run(this);
      this.save();
    }

    // A page from the cache may be older than the draft: then it has nothing to say.
    takePage(draft, photos) {
      const page = this.config;
      draft.title = page.title;
      if (draft.synced && draft.synced >= page.serverTime) return;
      visit.merge.merge(draft, {
        state: page.state, round: page.round, answers: page.answers,
        photos: Object.fromEntries(page.photos.map((one) => [one.id, one.sha256])),
        photo_questions: Object.fromEntries(page.photos.map((one) => [one.id, one.question])),
      }, photos);
      draft.synced = page.serverTime;
    }

    // Several announcements make one reading.
    refresh() {
      this.reading = this.reading || Promise.resolve().then(() => {
        this.reading = null;
        return this.reload();
      }).catch((error) => console.warn(error));
    }

    async reload() {
      const [record, photos] = await Promise.all([store.draft(this.key), store.photos(this.key)]);
      if (!record) return this.recreate();
      const before = this.record;
      const questions = [];
      for (const [name, answer] of Object.entries(record.answers)) {
        const ours = this.answers[name];
        if (this.pending.has(name) || (ours && ours.at > answer.at && !answer.sent)) continue;
        if (!ours || ours.at !== answer.at || !visit.merge.same(ours, answer)) questions.push(name);
        this.answers[name] = answer;
      }
      this.record = record;
      this.stored = photos;
      this.emit({ questions, photos: true, status: !before || before.status !== record.status });
      return undefined;
    }

    // The storage was emptied while the page was open: the page still has it all.
    async recreate() {
      const { person, visit: id, title, version, round } = this.config;
      await store.change(this.key, (draft) => {
        this.takePage(draft, []);
        for (const [name, answer] of Object.entries(this.answers)) {
          const known = draft.answers[name];
          if (!known || known.at < answer.at) draft.answers[name] = { ...answer };
        }
      }, { base: { person, visit: id, title, version, round, ...this.record } });
    }

    get isSaved() {
      return this.pending.size === 0;
    }

    // Never earlier than the last one, also when somebody sets the clock back.
    stamp(question) {
      const known = this.answers[question] ? Date.parse(this.answers[question].at) : 0;
      this.last = Math.max(Date.now(), this.last + 1, known + 1);
      return new Date(this.last).toISOString();
    }

    put(question, { value, na, comment }) {
      const known = this.answers[question];
      const answer = {
        value: value === undefined ? null : value, na: Boolean(na), comment: comment || "",
        at: this.stamp(question), rev: known ? known.rev : 0, sent: false, tab: this.tab,
        ...(this.record ? {} : { isEarly: true }), // into inputs that did not show yet what is known
      };
      if (known && visit.merge.same(known, answer)) return;
      if (!known && visit.merge.same({ value: null, na: false, comment: "" }, answer)) return;
      this.answers[question] = answer;
      visit.journal.put(this.key, question, answer);
      this.pending.set(question, answer);
      this.save();
    }

    enter(draft, name, { isEarly, ...answer }) {
      const old = draft.answers[name];
      const isForeign = old && old.tab && old.tab !== answer.tab && old.at > this.opened;
      if (isEarly && old) this.join(draft, name, answer, old);
      else if (isForeign && !visit.merge.same(old, answer)) {
        const isLate = old.at > answer.at; // its writing had to wait
        visit.merge.keepAside(draft, name, isLate ? answer : old, "window");
        if (isLate) return;
      }
      draft.answers[name] = answer;
      delete draft.refused[name];
      if (draft.problem && draft.problem.code === "missing") draft.problem = null;
    }

    // An empty input that was not filled yet takes nothing away; what is overwritten stays to be seen.
    join(draft, name, answer, old) {
      const isEmpty = answer.value === null && !answer.na;
      if (isEmpty) Object.assign(answer, { value: old.value, na: old.na });
      answer.comment = answer.comment || old.comment || "";
      answer.rev = old.rev;
      if (answer.at <= old.at) answer.at = new Date(Date.parse(old.at) + 1).toISOString();
      const isKept = (old.value === null && !old.na) || visit.merge.same({ ...answer, comment: old.comment }, old);
      if (!isKept || (old.comment && old.comment !== answer.comment)) visit.merge.keepAside(draft, name, old, "window");
    }

    async save() {
      if (this.isSaving || !this.pending.size || !this.record) return;
      this.isSaving = true;
      try {
        while (this.pending.size) await this.write(new Map(this.pending));
        this.failedSince = 0;
      } catch (error) {
        console.warn("not saved:", error.name);
        this.failedSince = this.failedSince || Date.now();
        setTimeout(() => this.save(), RETRY);
      } finally {
        this.isSaving = false;
      }
      this.emit({ status: true });
    }

    async write(batch) {
      const record = await store.change(this.key, (draft) => {
        for (const [name, answer] of batch) this.enter(draft, name, answer);
      });
      if (!record) return this.recreate();
      for (const [name, answer] of batch) {
        if (this.pending.get(name) === answer) this.pending.delete(name);
        visit.journal.done(this.key, name, answer.at);
      }
      return undefined;
    }

    // Everything typed is in the database; throws when it is not.
    async settle() {
      const end = Date.now() + 5000;
      while (this.pending.size && Date.now() < end) {
        this.save();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (this.pending.size) throw new Error("unsaved");
    }

    others(question) {
      return (this.record && this.record.others[question]) || [];
    }

    // place: {position} or {error}
    start(place) {
      return store.change(this.key, (draft) => {
        draft.started = draft.started || { at: new Date().toISOString(), ...place };
      }, { strict: true });
    }

    // Kept as it is before anything else happens to it; throws QuotaExceededError when the phone is full.
    async addPhoto(question, file, source, isStop = false) {
      // Some galleries tell no time, or one before there were such phones.
      const taken = new Date(source === "camera" || !(file.lastModified > EARLIEST) ? Date.now() : file.lastModified);
      const buffer = await file.arrayBuffer();
      const photo = {
        id: visit.uuid(), key: this.key, question, state: "raw", decoding: false, size: buffer.byteLength,
        type: file.type, sha256: null, thumb: null, taken: taken.toISOString(), position: null, positionError: null,
        source, name: file.name, originalSize: file.size, refused: null, added: Date.now(), placing: true,
        isStop, // evidence that the visit could not be done
      };
      await store.addPhoto(photo, buffer);
      visit.pictures.run(this);
      visit.place.now().then(({ position = null, error = null }) => store.changePhoto(photo.id, (now) => {
        Object.assign(now, { position, positionError: error, placing: false });
      })).catch((error) => console.warn(error));
      return photo;
    }

    async removePhoto(id) {
      const known = await store.changePhoto(id, (photo) => {
        Object.assign(photo, { state: "removing", refused: null });
      });
      await store.change(this.key, (draft) => {
        draft.gone[id] = true;
        delete draft.remote[id];
      });
      if (known) return;
      const none = new ArrayBuffer(0); // only the server has it: what is kept here is the wish
      await store.addPhoto({ id, key: this.key, question: "", state: "removing", added: Date.now() }, none);
    }

    // Those to be seen: on this phone, and those that only the server has.
    get photos() {
      const here = this.stored.filter((photo) => photo.state !== "removing");
      const ids = new Set(this.stored.map((photo) => photo.id));
      const remote = Object.entries((this.record && this.record.remote) || {}).filter(([id]) => !ids.has(id));
      return [...remote.map(([id, one]) => ({ id, question: one.question, state: "remote" })), ...here];
    }

    counts(question) {
      return this.photos.filter((one) => one.question === question && !one.refused).length;
    }

    // As the rules want them.
    scored() {
      const found = {};
      for (const [name, { value, na }] of Object.entries(this.answers)) {
        if (na) found[name] = { na: true };
        else if (value !== null) found[name] = { value };
      }
      for (const { question, refused } of this.photos) {
        if (refused) continue;
        found[question] = found[question] || {};
        found[question].photos = (found[question].photos || 0) + 1;
      }
      return found;
    }

    payload(draft, visitedAt, place) {
      const { questions, version, round, client } = this.config;
      const states = visit.states(questions, this.scored());
      // Those that the server lacks come first: should they be too much for one request, the others are there.
      const given = Object.entries(draft.answers).sort(([, one], [, other]) => Boolean(one.sent) - Boolean(other.sent));
      const answers = visit.merge.fitting(given.map(([question, { value, na, comment, at }]) =>
        ({ question, value, na, comment, at, ...(states.get(question) === "hidden" ? { hidden: true } : {}) })), visit.merge.PAYLOAD);
      return JSON.stringify({
        client, version, round: draft.round || round, visited_at: visitedAt, answers,
        photos: this.photos.filter((one) => !one.refused).map((one) => one.id),
        device: {
          started: draft.started, finalised: { at: new Date().toISOString(), ...place },
          clock: draft.clock, browser: navigator.userAgent,
        },
      });
    }

    // Frozen as bytes: whatever is sent again, also after an update, is the same. Two tabs freeze once.
    async submit({ visitedAt, place = {} }) {
      await this.settle();
      await this.reload();
      const draft = this.record;
      const payload = new TextEncoder().encode(this.payload(draft, visitedAt, place)).buffer;
      const sha256 = await visit.sha256(payload);
      await store.change(this.key, (now) => {
        if (now.status !== "draft") return;
        const finalised = new Date().toISOString();
        // Taken back and handed in again as it was: it may have arrived, and is to be found, not kept beside itself.
        const isSame = now.taken && meant(now.taken.payload) === meant(payload);
        const frozen = isSame ? now.taken : { submission: visit.uuid(), payload, sha256 };
        Object.assign(now, { status: "queued", ...frozen, taken: null, visitedAt, finalised, problem: null });
      }, { strict: true });
      visit.sync.askWorker();
    }

    // Back to the form while nothing has been sent off for good.
    reopen() {
      return store.change(this.key, (now) => {
        if (now.status !== "queued" && now.status !== "stopping") return;
        // It may have arrived although its reply got lost: the server is asked before anything else.
        const { submission, payload, sha256 } = now;
        Object.assign(now, {
          taken: payload && { submission, payload, sha256 },
          status: "draft", submission: null, payload: null, sha256: null, finalised: null, stop: null, isPulled: false,
        });
      }, { strict: true });
    }

    async stop({ reason, note, place = {} }) {
      await this.settle();
      await store.change(this.key, (now) => {
        if (now.status !== "draft") return;
        now.status = "stopping";
        now.stop = { reason, note, at: new Date().toISOString(), ...place };
      }, { strict: true });
      visit.sync.askWorker();
    }

    heard(result) {
      this.net = result.person && result.person !== this.config.person ? "other_account"
        : ["done", "idle", "sending"].includes(result.state) ? "ok" : result.state;
      this.emit({ status: true });
    }

    // What the line says: {state, net, sent, of, at, message}.
    summary() {
      const record = this.record || { status: "draft", problem: null };
      const answers = Object.values(this.answers);
      const photos = this.photos.filter((one) => !one.refused);
      const of = answers.length + photos.length;
      const sent = answers.filter((one) => one.sent).length
        + photos.filter((one) => ["uploaded", "remote"].includes(one.state)).length;
      const found = { net: this.net, sent, of, at: record.touched, message: record.problem && record.problem.message };
      const isStartSent = !record.started || record.startSent;
      const state = this.failedSince ? "unsaved"
        : visit.merge.isClosed(record) ? "closed"
        : record.status !== "draft" ? record.status
        : this.pending.size ? "saving"
        : of === sent && isStartSent ? "safe"
        : this.net === "ok" && of > sent ? "sending" : "saved";
      return { ...found, state, at: record.receipt ? record.receipt.at : found.at };
    }
  };
})();
