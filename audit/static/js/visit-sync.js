// From the phone to the server: what is not there yet is sent, again and again until it is; in the page and in the worker.
"use strict";

(function () {
  const RAW_FOR = 15000; // a photo that no page makes smaller goes out as it is
  const PLACE_FOR = 20000;
  const { CLIENT, Session, Stop } = visit.server;
  const BATCH = [200, 250000]; // answers of a request, and bytes
  const { OPEN, PAYLOAD, fitting, giveWay, isClosed, merge } = visit.merge;
  const store = visit.store;
  let isFlushing = false;
  let isMaking = false; // a page is at work on the photos

  const unsent = (draft) =>
    Object.entries(draft.answers).filter(([name, one]) => !one.sent && draft.refused[name] === undefined);
  const isDue = (photo) => photo.state !== "uploaded" && !photo.refused;
  const isResting = (photo) => {
    const age = Math.abs(Date.now() - photo.added); // being made smaller, or waiting for its place; clocks jump back
    return (photo.state === "raw" && (isMaking || age < RAW_FOR)) || (Boolean(photo.placing) && age < PLACE_FOR);
  };
  const isWorking = (draft) => ["draft", "queued", "stopping"].includes(draft.status);

  const hasWork = (draft, photos) => isWorking(draft) && !isClosed(draft)
    && (draft.status !== "draft" || !draft.isPulled || unsent(draft).length > 0 || photos.some((one) => isDue(one) && !isResting(one))
      || Boolean(draft.started && !draft.startSent));

  const problem = (key, { code, message, ...rest }) =>
    store.change(key, (draft) => {
      draft.problem = { code, message, ...rest };
    });

  // Back to the shopper: something in what was submitted needs a hand. `lost`: photos that nobody has any more.
  const reopen = (key, body, lost = []) =>
    store.change(key, (draft) => {
      for (const id of lost) delete draft.remote[id];
      // Looked at anew: what is missing may have been removed on another device.
      Object.assign(draft, {
        status: "draft", payload: null, submission: null, sha256: null, finalised: null, isPulled: false,
      });
      Object.assign(draft.refused, body.questions || {});
      draft.problem = { code: body.code, message: body.message, missing: body.missing };
    }, { strict: true });

  const close = (key, status, body) =>
    store.change(key, (draft) => {
      draft.status = status;
      draft.problem = { code: body.code, message: body.message };
    }, { strict: true });

  const over = (draft, status, receipt = null) =>
    Object.assign(draft, { status, receipt, payload: null, taken: null, problem: null });

  const lose = (id) => store.changePhoto(id, (now) => {
    now.refused = "lost";
  });

  // Taken back on another device: the server has had it, and nobody asks for it any more.
  const giveUp = (id) => store.changePhoto(id, (now) => {
    if (now.state === "removing") return false;
    return Object.assign(now, { state: "uploaded", refused: "removed" });
  });

  class Delivery {
    constructor(session, draft) {
      this.session = session;
      this.key = draft.key;
      this.address = `/visits/${draft.visit}`;
    }

    // True: go on with the next step. What the server has closed ends this draft's delivery, unless it is queued:
    // then the submission itself finds out whether it has arrived before.
    async fits({ status, body }, draft) {
      if (status < 300) return true;
      if (status === 410) await close(this.key, "withdrawn", body);
      else if (status === 403 || status === 404 || body.code === "not_open") {
        this.isShut = draft.status === "queued" && body.code === "not_open";
        if (this.isShut) return true;
        await this.problem(body);
      } else throw new Stop("trouble");
      return false;
    }

    // What another account that has signed in meanwhile may not see says nothing about this draft.
    async problem(body) {
      await this.session.renew();
      return problem(this.key, body);
    }

    async start(draft) {
      if (!draft.started || draft.startSent) return true;
      const { at, position = null, error = null } = draft.started;
      const answer = await this.session.json("PUT", `${this.address}/start`, { at, position, error });
      if (!(await this.fits(answer, draft))) return false;
      await store.change(this.key, (now) => {
        now.startSent = true;
      });
      return true;
    }

    async answers(draft) {
      const [count, bytes] = BATCH;
      // `seen`: what this person had before them when answering; nobody's clock matters then.
      const answers = fitting(unsent(draft).slice(0, count).map(([question, { value, na, comment, at, rev }]) =>
        ({ question, value, na, comment, at, ...(rev ? { seen: rev } : {}) })), bytes);
      if (!answers.length) return true;
      const answer = await this.session.json("PUT", `${this.address}/answers`, { answers });
      const { status, body } = answer;
      if (status === 422 && body.questions && answers.some(({ question }) => body.questions[question])) {
        await store.change(this.key, (now) => Object.assign(now.refused, body.questions));
        if (draft.status === "queued") await reopen(this.key, body);
        return this.answers(await store.draft(this.key));
      }
      if (!(await this.fits(answer, draft))) return false;
      if (status !== 200 || !body.answers) return true;
      const after = await store.change(this.key, (now) => {
        for (const { question: name, at } of answers) {
          const ours = now.answers[name];
          if (!ours || ours.at !== at) continue;
          const winner = (body.kept || {})[name];
          if (winner) giveWay(now, name, winner);
          else Object.assign(ours, { sent: true, rev: body.answers[name] || ours.rev });
        }
        if (now.problem && now.problem.code !== "missing") now.problem = null;
      });
      return after ? this.answers(after) : false;
    }

    async photos(draft) {
      for (const photo of await store.photos(this.key)) {
        if (!isDue(photo) || this.isShut) continue;
        const done = photo.state === "removing" ? await this.remove(photo, draft) : await this.photo(photo, draft);
        if (!done) return false;
      }
      return true;
    }

    async remove(photo, draft) {
      const answer = await this.session.send("DELETE", `${this.address}/photos/${photo.id}`);
      if (!(await this.fits(answer, draft))) return false;
      await store.dropPhoto(photo);
      return true;
    }

    headers(photo, type) {
      const place = photo.position;
      const found = {
        "Content-Type": type || "application/octet-stream",
        "X-Question-Id": encodeURIComponent(photo.question),
        "X-Taken-At": photo.taken,
        "X-Source": photo.source,
        "X-File-Name": encodeURIComponent((photo.name || "").slice(0, 100)),
        "X-Original-Size": String(photo.originalSize),
        "X-Keep-Unreadable": "1", // the shopper may have left: no file holds up the others
      };
      if (place) found["X-Position"] = [place.latitude, place.longitude, place.accuracy, place.age].join(",");
      else if (photo.positionError) found["X-Position-Error"] = photo.positionError;
      return found;
    }

    async photo(photo, draft) {
      if (isResting(photo)) return true;
      const buffer = await store.bytes(photo.id);
      if (!buffer) {
        await lose(photo.id);
        return true;
      }
      const sha256 = await visit.sha256(buffer);
      const headers = this.headers(photo, photo.type);
      if (sha256) headers["X-Content-SHA256"] = sha256;
      const address = `${this.address}/photos/${photo.id}`;
      const answer = await this.session.send("PUT", address, { body: buffer, headers, size: buffer.byteLength });
      return this.photoAnswered(answer, photo, sha256, draft);
    }

    async photoAnswered(answer, photo, sha256, draft) {
      const { status, body } = answer;
      if (status === 409 && body.code === "photo_id_conflict") {
        const { body: known } = await this.session.send("GET", this.address);
        if ((known.removed || []).includes(photo.id)) {
          await giveUp(photo.id);
          return true;
        }
        const arrived = (known.photos || {})[photo.id]; // under way when the page made it smaller
        if (arrived) return this.photoAnswered({ status: 200, body: { id: photo.id, sha256: arrived } }, photo, arrived, draft);
        await store.renamePhoto(photo, visit.uuid());
        throw new Stop("trouble");
      }
      if (status === 413 || status === 422) {
        await store.changePhoto(photo.id, (now) => {
          now.refused = body.message || body.code;
        });
        if (draft.status === "queued") await reopen(this.key, body);
        return true;
      }
      if (!(await this.fits(answer, draft))) return false;
      if (status >= 300) return true; // closed, but queued: the submission finds out
      if (body.id !== photo.id || (sha256 && body.sha256 !== sha256)) throw new Stop("trouble");
      if (body.removed) {
        await giveUp(photo.id);
        return true;
      }
      await store.changePhoto(photo.id, (now) => {
        if (now.state !== "removing") now.state = "uploaded";
        now.sha256 = sha256; // of what has arrived, if the page made it smaller meanwhile
        now.remark = body.message || null;
      });
      return true;
    }

    async stop(draft) {
      const { reason, note, at, position = null } = draft.stop;
      const answer = await this.session.json("PUT", `${this.address}/abort`, { reason, note, at, position });
      if (answer.status === 422) return reopen(this.key, answer.body);
      if (!(await this.fits(answer, draft))) return undefined;
      return this.ended(await store.draft(this.key), { state: "aborted" });
    }

    async submit(draft) {
      const answer = await this.session.send("PUT", `${this.address}/submissions/${draft.submission}`, {
        body: draft.payload, size: draft.payload.byteLength, headers: { "Content-Type": "application/json" },
      });
      const { status, body } = answer;
      // Only our own receipt ends it: whatever else says "200" clears nothing.
      const isOurs = body.receipt && (!draft.sha256 || body.payload_sha256 === draft.sha256);
      if (status < 300 && isOurs) return this.submitted(draft.payload, { receipt: body.receipt, at: body.at });
      if (status === 422 || status === 413) return reopen(this.key, body);
      if (status === 410) return close(this.key, "withdrawn", body);
      if (body.code === "already_submitted") return close(this.key, "conflict", body);
      if (body.code === "missing_photos") return this.resend(body);
      if (body.code === "payload_conflict") {
        await store.change(this.key, (now) => {
          now.submission = visit.uuid();
        }, { strict: true });
        throw new Stop("trouble");
      }
      if (body.code === "not_open" || status === 404 || status === 403) return this.problem(body);
      throw new Stop("trouble");
    }

    // What was changed after the payload was frozen is not in it: it goes after it.
    async submitted(payload, receipt) {
      const frozen = JSON.parse(new TextDecoder().decode(payload)).answers;
      const sent = new Map(frozen.map(({ question, at }) => [question, at]));
      const pictures = await this.pictures();
      const draft = await store.change(this.key, (now) => {
        for (const [name, one] of Object.entries(now.answers)) one.sent = one.sent || sent.get(name) === one.at;
        now.receipt = receipt;
        if (!unsent(now).length && !pictures.length) over(now, "submitted", receipt);
      }, { strict: true });
      if (!draft) return undefined;
      return draft.status === "submitted" ? store.dropBytes(this.key) : this.handIn(draft, unsent(draft), pictures);
    }

    // Photos that have not arrived.
    async pictures(arrived = {}) {
      return (await store.photos(this.key)).filter((one) => isDue(one) && one.state !== "removing" && !arrived[one.id]);
    }

    async resend(body) {
      const lost = [];
      for (const id of body.photos || []) {
        const photo = (await store.bytes(id)) && (await store.changePhoto(id, (now) => {
          now.state = "ready";
          now.refused = null;
        }));
        if (!photo) lost.push(id);
      }
      for (const id of lost) await lose(id);
      if (lost.length) return reopen(this.key, body, lost);
      throw new Stop("trouble", 1);
    }

    async pull() {
      const answer = await this.session.send("GET", this.address);
      const { status, body } = answer;
      if (status === 403 || status === 404) return this.problem(body);
      if (status !== 200) throw new Stop("trouble");
      const photos = await store.photos(this.key);
      for (const photo of photos) {
        if ((body.removed || []).includes(photo.id)) {
          await giveUp(photo.id);
          continue;
        }
        if (photo.state !== "uploaded" || body.photos[photo.id]) continue;
        // The server says that it has not arrived, whatever this phone thought.
        if (await store.bytes(photo.id)) await store.changePhoto(photo.id, (now) => { now.state = "ready"; });
      }
      const draft = await store.change(this.key, (now) => {
        now.isPulled = true;
        if (isClosed(now)) now.problem = null;
        merge(now, body, photos);
      });
      return draft && this.settled(draft, body);
    }

    // Closed elsewhere: by this phone whose answer got lost, by another one, by the plain pages, by the agency.
    settled(draft, body) {
      return OPEN.includes(body.state) || draft.status !== "draft" ? undefined : this.ended(draft, body);
    }

    async ended(draft, { state, submission, photos = {} }) {
      const answers = unsent(draft);
      const pictures = await this.pictures(photos);
      if (answers.length || pictures.length) return this.handIn(draft, answers, pictures);
      if (state === "withdrawn" || state === "cancelled") return close(this.key, "withdrawn", {});
      if (!submission && state !== "aborted") return problem(this.key, { code: "not_open", message: null });
      await store.change(this.key, (now) => over(now, submission ? "submitted" : "stopped", submission), { strict: true });
      return store.dropBytes(this.key);
    }

    // What came too late goes to the agency all the same: the server keeps it aside and says so. The round keeps
    // it from being taken for a correction, should the visit come back before it arrives.
    async handIn({ round }, left, pictures) {
      const answers = fitting(left.map(([question, { value, na, comment, at }]) =>
        ({ question, value, na, comment, at })), PAYLOAD);
      const photos = pictures.map((one) => one.id);
      const body = JSON.stringify({ client: Number(CLIENT), round, answers, photos, device: { late: true } });
      const payload = new TextEncoder().encode(body).buffer;
      const sha256 = await visit.sha256(payload);
      await store.change(this.key, (now) => {
        if (isWorking(now)) Object.assign(now, { status: "queued", submission: visit.uuid(), payload, sha256 });
      }, { strict: true });
    }

    async run(isPulled) {
      if (isPulled) await this.pull();
      for (const step of ["start", "answers", "photos"]) {
        const draft = await store.draft(this.key);
        if (!draft || !isWorking(draft) || isClosed(draft) || !(await this[step](draft))) return;
      }
      const draft = await store.draft(this.key);
      if (!draft || isClosed(draft)) return;
      const waits = !this.isShut && (await store.photos(this.key)).some(isDue);
      if (draft.status === "stopping" && !waits) await this.stop(draft);
      if (draft.status === "queued" && !waits) await this.submit(draft);
    }
  }

  const pagesAtWork = async () => {
    const { held } = self.navigator.locks ? await navigator.locks.query() : { held: [] };
    return held.some((lock) => lock.name === "audit-pictures");
  };

  const flushAll = async (pull, reached) => {
    isMaking = await pagesAtWork();
    const photos = await store.allPhotos();
    const drafts = (await store.drafts()).filter((draft) =>
      draft.key === pull || hasWork(draft, photos.filter((one) => one.key === draft.key)));
    if (!drafts.length) return { state: "idle" };
    const session = new Session();
    await session.begin();
    reached({ state: "sending", person: session.person });
    const mine = drafts.filter((draft) => draft.person === session.person);
    let failed = null;
    for (const draft of mine) {
      await store.change(draft.key, (now) => {
        Object.assign(now, { clock: session.clock, synced: session.serverTime });
      }, { isQuiet: true }).catch(() => {}); // a full phone sends all the same
      // A draft that has not seen the server yet, such as one made anew after the storage was emptied, looks first.
      await new Delivery(session, draft).run(draft.key === pull || !draft.isPulled).catch((error) => {
        // One visit that the server stumbles over holds up no other.
        if (error instanceof Stop && error.state !== "trouble") throw error;
        failed = error;
      });
    }
    if (failed) throw failed;
    return { state: "done", person: session.person };
  };

  // One at a time over all tabs and the worker. reached({state, person}): the server has answered, the rest may take long.
  const flush = async ({ pull, reached = () => {} } = {}) => {
    const work = async () => {
      try {
        return await flushAll(pull, reached);
      } catch (error) {
        if (error instanceof Stop) return { state: error.state, retryAfter: error.retryAfter };
        throw error;
      }
    };
    if (self.navigator.locks) {
      return navigator.locks.request("audit-flush", { ifAvailable: true }, (lock) =>
        lock ? work() : { state: "busy" });
    }
    if (isFlushing) return { state: "busy" };
    isFlushing = true;
    try {
      return await work();
    } finally {
      isFlushing = false;
    }
  };

  // Whether photos wait for what is about to be done to them.
  const rests = async () =>
    (await store.allPhotos().catch(() => [])).some((one) => isDue(one) && isResting(one));

  visit.sync = { flush, rests };
})();
