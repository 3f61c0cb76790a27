// The calls of the protocol: one request, its limits, and who is signed in; in the page and in the worker.
"use strict";

(function () {
  const API = "/api/v1";
  const CLIENT = "1";

  // Ends a flush: nothing is lost, the next one begins anew.
  class Stop extends Error {
    constructor(state, retryAfter = 0) {
      super(state);
      this.state = state;
      this.retryAfter = retryAfter;
    }
  }

  // {status, body}; status 0 when nothing came back that is ours, such as the page of a hotel's network.
  const request = async (method, address, { body, headers, size = 0 } = {}) => {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), 30000 + size / 4); // 30 s and 4 kB a second
    try {
      const response = await fetch(API + address, {
        method, body, signal: control.signal, credentials: "same-origin", redirect: "error", cache: "no-store",
        headers: { "X-Client": CLIENT, "X-Device-Now": new Date().toISOString(), ...headers },
      });
      const found = response.status === 204 ? {} : await response.json();
      if (!found || typeof found !== "object") return { status: 0 };
      return { status: response.status, body: found, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
    } catch {
      return { status: 0 };
    } finally {
      clearTimeout(timer);
    }
  };

  const checked = (answer) => {
    if (!answer.status) throw new Stop("offline");
    if (answer.status === 401) throw new Stop("signed_out");
    if (answer.status === 426) throw new Stop("too_old");
    if (answer.status === 429 || answer.status >= 500) throw new Stop("trouble", answer.retryAfter);
    return answer;
  };

  class Session {
    async begin() {
      const before = Date.now();
      const { body, status } = checked(await request("GET", "/session"));
      const after = Date.now();
      if (status !== 200 || !body.csrf) throw new Stop("trouble");
      this.token = body.csrf;
      this.person = body.user_id;
      this.serverTime = body.server_time;
      this.clock = { offset: Math.round(Date.parse(body.server_time) - (before + after) / 2), at: after };
    }

    // Another account may have signed in meanwhile: then this one is signed out.
    async renew() {
      const { person } = this;
      await this.begin();
      if (this.person !== person) throw new Stop("signed_out");
    }

    async send(method, address, { headers, ...rest } = {}) {
      const attempt = () => request(method, address, { ...rest, headers: { "X-CSRFToken": this.token, ...headers } });
      let answer = checked(await attempt());
      if (answer.status === 400 && answer.body.code === "csrf") {
        await this.renew();
        answer = checked(await attempt());
      }
      return answer;
    }

    json(method, address, body) {
      const data = new TextEncoder().encode(JSON.stringify(body));
      return this.send(method, address, { body: data, size: data.length, headers: { "Content-Type": "application/json" } });
    }
  }

  visit.server = { CLIENT, Session, Stop };
})();
