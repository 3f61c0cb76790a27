// Where the phone is: asked only of people who agreed, never waited for longer than 15 s, never an error.
"use strict";
self.visit = self.visit || {};

(function () {
  const PATIENCE = 15000;
  const NAME = "audit-place";
  const ERRORS = { 1: "denied", 2: "unavailable", 3: "timeout" };
  let asking = null;

  const wished = () => {
    try {
      return localStorage.getItem(NAME);
    } catch {
      return null;
    }
  };

  const read = ({ coords: { latitude, longitude, accuracy }, timestamp }) => ({
    position: {
      latitude: Number(latitude.toFixed(6)),
      longitude: Number(longitude.toFixed(6)),
      accuracy: Math.round(accuracy),
      age: Math.max(0, Math.round((Date.now() - timestamp) / 1000)),
    },
  });

  // The browser's own limit does not count the time that its question stands open.
  const ask = () => new Promise((resolve) => {
    setTimeout(resolve, PATIENCE, { error: "timeout" });
    navigator.geolocation.getCurrentPosition(
      (found) => resolve(read(found)),
      ({ code }) => resolve({ error: ERRORS[code] || "unavailable" }),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60000 },
    );
  });

  const find = async () => {
    if (!navigator.geolocation) return { error: "unsupported" };
    const wish = wished();
    if (wish === "no") return { error: "denied" };
    // Nobody is asked in the middle of a visit what was not explained before.
    if (wish !== "yes" && (await visit.place.state()) !== "granted") return { error: "not_asked" };
    return ask();
  };

  visit.place = {
    // "granted", "denied", "prompt", "unknown"
    async state() {
      try {
        return (await navigator.permissions.query({ name: "geolocation" })).state;
      } catch {
        return "unknown";
      }
    },

    // What the person said when told why: true or false.
    wish(isWanted) {
      try {
        localStorage.setItem(NAME, isWanted ? "yes" : "no");
      } catch {
        // A closed storage: it is asked again another time.
      }
    },

    // {position: {latitude, longitude, accuracy m, age s}} or {error}; calls at the same time share one answer.
    now() {
      asking = asking || find().catch(() => ({ error: "unavailable" })).finally(() => {
        asking = null;
      });
      return asking;
    },
  };
})();
