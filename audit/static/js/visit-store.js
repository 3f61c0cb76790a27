// What the phone keeps: drafts, photos and their bytes in IndexedDB; for the page and for the worker.
"use strict";
self.visit = self.visit || {};

(function () {
  const NAME = "audit";
  const EDITION = 1;
  const ALL = ["drafts", "photos", "blobs"];
  const channel = self.BroadcastChannel ? new BroadcastChannel(NAME) : null;
  const listeners = new Set();
  let opening = null;

  const forget = () => {
    opening = null;
  };

  // Upgrades only ever add. An old tab gives way at once, so that a new one is never blocked by it.
  const open = () => {
    opening = opening || idb.openDB(NAME, EDITION, {
      upgrade(db, from) {
        if (from < 1) {
          db.createObjectStore("drafts", { keyPath: "key" });
          db.createObjectStore("photos", { keyPath: "id" }).createIndex("key", "key");
          db.createObjectStore("blobs");
          db.createObjectStore("meta");
        }
      },
      blocking(_current, _blocked, event) {
        event.target.close();
        forget();
      },
      terminated: forget,
    }).catch((error) => {
      forget();
      throw error;
    });
    return opening;
  };

  // Phones drop the connection when they like (iOS in the background): open anew and try once more.
  const run = async (work) => {
    try {
      return await work(await open());
    } catch (error) {
      if (error.name === "QuotaExceededError") throw error;
      const old = opening;
      forget();
      if (old) old.then((db) => db.close(), () => {});
      return work(await open());
    }
  };

  const transact = (names, work, strict) => run(async (db) => {
    const change = db.transaction(names, "readwrite", { durability: strict ? "strict" : "default" });
    try {
      const found = await work(change);
      await change.done;
      return found;
    } catch (error) {
      change.done.catch(() => {});
      try {
        change.abort();
      } catch {
        // It has ended by itself.
      }
      throw error;
    }
  });

  const announce = (key, what) => {
    if (channel) channel.postMessage({ key, what });
    for (const listener of listeners) listener({ key, what, own: true });
  };
  if (channel) {
    channel.onmessage = (event) => {
      for (const listener of listeners) listener({ ...event.data, own: false });
    };
  }

  const fresh = (key, base) => ({
    status: "draft", answers: {}, others: {}, refused: {}, remote: {}, gone: {}, started: null, startSent: false,
    clock: null, submission: null, payload: null, sha256: null, visitedAt: null, finalised: null, receipt: null,
    stop: null, problem: null, format: 1, ...base, key,
  });

  const photosOf = async (change, key) => {
    const found = await change.objectStore("photos").index("key").getAll(key);
    return found.sort((one, other) => one.added - other.added);
  };

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  visit.uuid = () => {
    if (self.crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // Null where the browser has no such thing: plain http on another name than localhost.
  visit.sha256 = async (buffer) =>
    self.crypto.subtle ? hex(new Uint8Array(await crypto.subtle.digest("SHA-256", buffer))) : null;

  visit.store = {
    key: (person, visitId) => `${person}:${visitId}`,
    draft: (key) => run((db) => db.get("drafts", key)),
    drafts: () => run((db) => db.getAll("drafts")),
    meta: (name) => run((db) => db.get("meta", name)),
    setMeta: (name, value) => run((db) => db.put("meta", value, name)),
    bytes: (id) => run((db) => db.get("blobs", id)),
    allPhotos: () => run((db) => db.getAll("photos")),
    photos: (key) => run((db) => photosOf(db.transaction("photos"), key)),

    // The draft after fn(draft) has changed it. Without a draft and without `base` to begin one: undefined.
    async change(key, fn, { base, strict, isQuiet } = {}) {
      const found = await transact(["drafts"], async (change) => {
        const stored = await change.store.get(key);
        if (!stored && !base) return undefined;
        const draft = stored || fresh(key, base);
        fn(draft);
        draft.touched = Date.now();
        await change.store.put(draft);
        return draft;
      }, strict);
      if (found && !isQuiet) announce(key, "draft");
      return found;
    },

    // Record and bytes together or not at all; throws QuotaExceededError when the phone is full.
    async addPhoto(photo, buffer) {
      await transact(["photos", "blobs"], async (change) => {
        await change.objectStore("blobs").put(buffer, photo.id);
        await change.objectStore("photos").put(photo);
      }, true);
      announce(photo.key, "photo");
    },

    async changePhoto(id, fn) {
      return this.setBytes(id, null, fn);
    },

    // New bytes (null: the old ones stay) and what changes with them; undefined when the photo is gone or fn says false.
    async setBytes(id, buffer, fn) {
      const found = await transact(["photos", "blobs"], async (change) => {
        const photo = await change.objectStore("photos").get(id);
        if (!photo) return undefined;
        if (fn(photo) === false) return undefined;
        if (buffer) await change.objectStore("blobs").put(buffer, id);
        await change.objectStore("photos").put(photo);
        return photo;
      }, true);
      if (found) announce(found.key, "photo");
      return found;
    },

    async dropPhoto(photo) {
      await transact(["photos", "blobs"], async (change) => {
        await change.objectStore("blobs").delete(photo.id);
        await change.objectStore("photos").delete(photo.id);
      });
      announce(photo.key, "photo");
    },

    // The same photo under a new number.
    async renamePhoto(photo, id) {
      await transact(["photos", "blobs"], async (change) => {
        const buffer = await change.objectStore("blobs").get(photo.id);
        const known = await change.objectStore("photos").get(photo.id);
        if (!buffer || !known) return;
        await change.objectStore("blobs").put(buffer, id);
        await change.objectStore("photos").put({ ...known, id });
        await change.objectStore("blobs").delete(photo.id);
        await change.objectStore("photos").delete(photo.id);
      }, true);
      announce(photo.key, "photo");
    },

    // Originals that have arrived are no longer needed: texts and thumbnails stay.
    dropBytes: (key) => transact(["photos", "blobs"], async (change) => {
      for (const { id, state } of await photosOf(change, key)) {
        if (state === "uploaded") await change.objectStore("blobs").delete(id);
      }
    }),

    async dropDraft(key) {
      await transact(ALL, async (change) => {
        for (const photo of await photosOf(change, key)) {
          await change.objectStore("blobs").delete(photo.id);
          await change.objectStore("photos").delete(photo.id);
        }
        await change.objectStore("drafts").delete(key);
      });
      for (const [question, { at }] of Object.entries(visit.journal.entries(key))) visit.journal.done(key, question, at);
      announce(key, "draft");
    },

    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  // Written at once, before the database has answered: what is typed in the moment of a reload is here.
  const place = (key, question) => `audit-answer:${key}:${question}`;
  visit.journal = {
    put(key, question, answer) {
      try {
        localStorage.setItem(place(key, question), JSON.stringify(answer));
      } catch {
        // A full or closed storage: the database is tried all the same.
      }
    },
    done(key, question, at) {
      try {
        const kept = localStorage.getItem(place(key, question));
        if (kept && JSON.parse(kept).at === at) localStorage.removeItem(place(key, question));
      } catch {
        // As above.
      }
    },
    // A phone that died may have brought back what the draft had long had, and no form opens any more to notice.
    forget({ key, answers }) {
      for (const [question, { at }] of Object.entries(this.entries(key))) {
        if (answers[question] && answers[question].at >= at) this.done(key, question, at);
      }
    },
    entries(key) {
      const found = {};
      try {
        for (const name of Object.keys(localStorage)) {
          if (name.startsWith(place(key, ""))) {
            found[name.slice(place(key, "").length)] = JSON.parse(localStorage.getItem(name));
          }
        }
      } catch {
        // As above.
      }
      return found;
    },
  };
})();
