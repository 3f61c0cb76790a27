// What the server has and what the phone has, put together: of two answers one wins, the other one is kept.
"use strict";

(function () {
  const OPEN = ["accepted", "in_progress", "returned"];
  const PAYLOAD = 900000; // bytes of answers in a submission
  const GONE = ["not_found", "not_open", "forbidden"]; // only the server can open these again

  const isClosed = ({ problem }) => Boolean(problem) && GONE.includes(problem.code);

  const same = (one, other) => one.na === other.na && (one.comment || "") === (other.comment || "")
    && JSON.stringify(one.value ?? null) === JSON.stringify(other.value ?? null);

  // As many of these answers as go into so many bytes of JSON, at least one: the server takes 1 MB a request.
  const fitting = (answers, most) => {
    const encoder = new TextEncoder();
    let bytes = 0;
    const end = answers.findIndex((one) => (bytes += encoder.encode(JSON.stringify(one)).length + 1) > most);
    return end < 0 ? answers : answers.slice(0, Math.max(end, 1));
  };

  const keepAside = (draft, name, { value, na, comment, at }, from) => {
    (draft.others[name] = draft.others[name] || []).push({ value, na, comment, at, from });
  };

  // The server's answer takes the place of ours, and ours stays to be seen.
  const giveWay = (draft, name, winner) => {
    const ours = draft.answers[name];
    if (ours && !same(ours, winner)) keepAside(draft, name, ours, "device");
    draft.answers[name] = { ...winner, sent: true };
  };

  // What the server has, into the draft: what it lacks is sent again, what only it has comes back.
  const merge = (draft, found, photos) => {
    const isReturned = found.state === "returned" && found.round > draft.round && draft.status !== "queued";
    const isGivenAgain = draft.status === "withdrawn" && OPEN.includes(found.state);
    if (isGivenAgain) draft.startSent = false;
    if (isReturned || isGivenAgain) {
      Object.assign(draft, {
        round: found.round, status: "draft", payload: null, submission: null, sha256: null, receipt: null,
        finalised: null, problem: null,
      });
    }
    for (const [name, theirs] of Object.entries(found.answers || {})) {
      const ours = draft.answers[name];
      if (!ours || (ours.sent && theirs.rev > ours.rev)) giveWay(draft, name, theirs);
    }
    for (const [name, ours] of Object.entries(draft.answers)) {
      if (ours.sent && !(found.answers || {})[name]) ours.sent = false;
    }
    const here = new Set(photos.map((photo) => photo.id));
    const theirs = Object.entries(found.photos || {}).filter(([id]) => !here.has(id) && !draft.gone[id]);
    draft.remote = Object.fromEntries(theirs.map(([id, sha256]) =>
      [id, { question: (found.photo_questions || {})[id], sha256 }]));
  };

  visit.merge = { OPEN, PAYLOAD, fitting, giveWay, isClosed, keepAside, merge, same };
})();
