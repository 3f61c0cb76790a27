// What of a draft has not reached the server; for the list, the sign-out and the page without network.
"use strict";
self.visit = self.visit || {};

(function () {
  const OVER = ["submitted", "stopped"];

  // {answers, photos}: how many of each; null where everything has arrived. `photos` are those of the draft.
  visit.unsent = (draft, photos) => {
    if (OVER.includes(draft.status)) return null;
    const typed = new Set(Object.keys(visit.journal.entries(draft.key)));
    for (const [question, one] of Object.entries(draft.answers)) if (!one.sent) typed.add(question);
    const left = photos.filter((photo) => photo.state !== "uploaded").length;
    const isWaiting = draft.status !== "draft" || (draft.started && !draft.startSent);
    return typed.size || left || isWaiting ? { answers: typed.size, photos: left } : null;
  };

  // Every draft of this phone with its photos and what of it is unsent.
  visit.onPhone = async () => {
    const [drafts, photos] = await Promise.all([visit.store.drafts(), visit.store.allPhotos()]);
    return drafts.map((draft) => {
      if (draft.status !== "draft") visit.journal.forget(draft);
      const own = photos.filter((photo) => photo.key === draft.key).sort((one, other) => one.added - other.added);
      return { draft, photos: own, unsent: visit.unsent(draft, own) };
    });
  };
})();
