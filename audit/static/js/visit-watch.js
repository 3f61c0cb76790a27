// What starts the sending from a page.
"use strict";

(function () {
  const FIRST_WAIT = 4000;
  const LONGEST_WAIT = 300000;

  // Lets the browser finish the work after the page has gone, where it can.
  const askWorker = async () => {
    try {
      const registration = await navigator.serviceWorker.getRegistration();
      if (registration && registration.sync) await registration.sync.register("audit-flush");
    } catch {
      // Then the next page does it.
    }
  };

  // Starts whatever may start a flush; none of them is relied on alone. tell(result) after each, and before its end
  // when the server answers again.
  const watch = ({ pull, tell }) => {
    let wait = FIRST_WAIT;
    let timer = null;
    let wanted = pull;
    let state = "idle";
    let isBusy = false;
    let tried = 0;
    let isMissed = false; // something was given that the flush under way may have passed by

    const later = (milliseconds) => {
      clearTimeout(timer);
      timer = setTimeout(now, milliseconds);
    };

    const reached = (found) => {
      if (["done", "idle"].includes(state)) return;
      ({ state } = found);
      tell(found);
    };

    async function now() {
      clearTimeout(timer);
      isMissed = false;
      let result;
      try {
        result = await visit.sync.flush({ pull: wanted, reached });
      } catch (error) {
        console.warn(error);
        result = { state: "trouble" };
      }
      if (result.state === "busy") {
        // Another tab or the worker has been sending for a while: there is a network.
        if (isBusy && state === "offline") tell({ state: (state = "idle") });
        isBusy = true;
        return later(500);
      }
      isBusy = false;
      state = result.state;
      tried = Date.now();
      if (["done", "idle"].includes(state)) {
        wanted = undefined;
        wait = FIRST_WAIT;
        if (isMissed) later(700);
        else if (await visit.sync.rests()) later(FIRST_WAIT);
      } else {
        later(Math.max(wait, (result.retryAfter || 0) * 1000));
        wait = Math.min(wait * 2, LONGEST_WAIT);
        askWorker();
      }
      return tell(result);
    }

    const soon = () => {
      wait = FIRST_WAIT;
      later(0);
    };
    self.addEventListener("online", soon);
    self.addEventListener("pageshow", soon);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") soon();
    });
    visit.store.listen(({ own }) => {
      // Without a network each answer is a reason to look again, but not at every letter: no event may have told.
      const mayTry = ["done", "idle"].includes(state) || (state === "offline" && Date.now() - tried > FIRST_WAIT);
      if (own && mayTry) later(700);
      else if (own) isMissed = true;
    });
    later(0);
    return { now: soon };
  };

  Object.assign(visit.sync, { askWorker, watch });
})();
