// Photos as they came from the camera, made ready for sending one after another.
"use strict";
self.visit = self.visit || {};

(function () {
  const store = visit.store;
  let last = Promise.resolve();

  // The mark is on the disk before the decoder can take the tab down: found at a start, the photo goes as it is.
  const prepare = async ({ id, type, decoding }) => {
    const buffer = await store.bytes(id);
    if (!buffer) return;
    if (!decoding) {
      await store.changePhoto(id, (now) => {
        now.decoding = true;
      });
    }
    const made = decoding ? { buffer, type, thumb: null } : await visit.shrink(buffer, type);
    const sha256 = await visit.sha256(made.buffer);
    await store.setBytes(id, made.buffer === buffer ? null : made.buffer, (now) => {
      // What was sent or removed in the meantime keeps the bytes it has.
      if (now.state !== "raw") return false;
      return Object.assign(now, {
        state: "ready", decoding: false, size: made.buffer.byteLength, type: made.type, thumb: made.thumb, sha256,
      });
    });
  };

  const work = async (key) => {
    for (const photo of await store.photos(key)) {
      if (photo.state === "raw") await prepare(photo).catch((error) => console.warn("photo:", error.message));
    }
  };

  // One tab at a time: another tab's mark is not taken for that of one that died.
  const alone = (act) => (navigator.locks ? navigator.locks.request("audit-pictures", act) : act());

  visit.pictures = {
    // Resolves when the photos that were there have been seen to; never rejects.
    run(draft) {
      last = last.then(() => alone(() => work(draft.key))).catch((error) => console.warn("photos:", error.message));
      return last;
    },
  };
})();
