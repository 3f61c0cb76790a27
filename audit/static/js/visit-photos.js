// Photos: shrunk on the phone, sent one at a time, each under an id of its own, again until they are kept.
"use strict";
window.visit = window.visit || {};

(function () {
  const LONGEST = 2048;
  const QUALITY = 0.8;
  const SMALL_ENOUGH = 1500000;

  const size = (file) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      const address = URL.createObjectURL(file);
      const done = (act) => () => {
        URL.revokeObjectURL(address);
        act();
      };
      image.onload = done(() => resolve([image.naturalWidth, image.naturalHeight]));
      image.onerror = done(() => reject(new Error("not decodable here")));
      image.src = address;
    });

  // Never drawn at full size; whatever goes wrong, the original goes out as it is.
  visit.shrink = async (file) => {
    try {
      const [width, height] = await size(file);
      const longest = Math.max(width, height);
      if (longest <= LONGEST && file.size <= SMALL_ENOUGH) return file;
      const scale = Math.min(1, LONGEST / longest);
      const wanted = Math.max(1, Math.round(width * scale));
      const bitmap = await createImageBitmap(file, { resizeWidth: wanted, resizeQuality: "high" });
      const canvas = document.createElement("canvas");
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      bitmap.close();
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
      return blob && blob.size < file.size ? blob : file;
    } catch {
      return file;
    }
  };

  const hash = async (blob) => {
    if (!window.crypto || !crypto.subtle) return null; // plain http on a name other than localhost
    const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  visit.uuid = () => {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // Only where the person has allowed it before: nobody is asked in the middle of a visit.
  const position = async () => {
    try {
      const permission = await navigator.permissions.query({ name: "geolocation" });
      if (permission.state !== "granted") return null;
      const found = await new Promise((resolve, reject) =>
        navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 5000, maximumAge: 120000 }));
      const { latitude, longitude, accuracy } = found.coords;
      return `${latitude.toFixed(6)},${longitude.toFixed(6)},${Math.round(accuracy)}`;
    } catch {
      return null;
    }
  };

  visit.Uploads = class {
    // changed(question, delta), tell(word, detail)
    constructor(config, token, refresh, changed) {
      this.config = config;
      this.token = token;
      this.refresh = refresh;
      this.changed = changed;
      this.waiting = [];
      this.isBusy = false;
      window.addEventListener("beforeunload", (event) => {
        if (this.isBusy || this.waiting.length) event.preventDefault();
      });
      window.addEventListener("online", () => this.run());
    }

    get pending() {
      return this.waiting.length + (this.isBusy ? 1 : 0);
    }

    // file of a question; the item in the list shows how far it is.
    add(question, file, list, fromCamera) {
      const item = document.createElement("li");
      const image = document.createElement("img");
      image.alt = "";
      image.src = URL.createObjectURL(file);
      image.addEventListener("error", () => image.remove());
      const state = document.createElement("span");
      state.className = "state";
      item.append(image, state);
      list.append(item);
      const taken = new Date(fromCamera || !file.lastModified ? Date.now() : file.lastModified);
      this.waiting.push({ id: visit.uuid(), question, file, item, state, taken, wait: 2000 });
      this.run();
    }

    async run() {
      if (this.isBusy || !this.waiting.length) return;
      this.isBusy = true;
      const one = this.waiting[0];
      let isDone = false;
      try {
        one.blob = one.blob || (await visit.shrink(one.file));
        one.hash = one.hash === undefined ? await hash(one.blob) : one.hash;
        one.place = one.place === undefined ? await position() : one.place;
        isDone = await this.answered(one, await this.send(one));
      } catch {
        isDone = false;
      }
      this.isBusy = false;
      if (isDone) {
        this.waiting.shift();
        this.run();
      } else {
        one.state.textContent = this.config.words.photoFailed;
        setTimeout(() => this.run(), one.wait);
        one.wait = Math.min(one.wait * 2, 60000);
      }
    }

    send(one) {
      return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("PUT", `${this.config.api}/photos/${one.id}`);
        request.timeout = 30000 + one.blob.size / 4; // 30 s and then 4 kB a second
        request.setRequestHeader("X-CSRFToken", this.token.value);
        request.setRequestHeader("Content-Type", one.blob.type || "application/octet-stream");
        request.setRequestHeader("X-Question-Id", encodeURIComponent(one.question));
        request.setRequestHeader("X-Taken-At", one.taken.toISOString());
        if (one.hash) request.setRequestHeader("X-Content-SHA256", one.hash);
        if (one.place) request.setRequestHeader("X-Position", one.place);
        request.upload.onprogress = (event) => {
          const percent = event.total ? Math.round((100 * event.loaded) / event.total) : 0;
          one.state.textContent = this.config.words.sending.replace("{percent}", percent);
        };
        request.onload = () => resolve(request);
        request.onerror = request.ontimeout = () => reject(new Error("not sent"));
        request.send(one.blob);
      });
    }

    // True when this photo needs no further attempt.
    async answered(one, request) {
      const body = JSON.parse(request.responseText);
      if (request.status === 200 || request.status === 201) {
        this.show(one, body);
        return true;
      }
      if (request.status === 400 && body.code === "csrf") await this.refresh();
      const isFinal = [409, 413, 422].includes(request.status);
      if (isFinal) this.refuse(one, body.message);
      return isFinal;
    }

    show(one, body) {
      one.item.dataset.photo = one.id;
      one.state.remove();
      if (body.message) {
        one.item.replaceChildren(this.text("unreadable", body.message));
      } else {
        const image = one.item.querySelector("img") || one.item.appendChild(new Image());
        const local = image.src;
        image.alt = this.config.words.view;
        image.addEventListener("load", () => URL.revokeObjectURL(local), { once: true });
        image.src = `${this.config.photo}${one.id}/grid`;
        const link = document.createElement("a");
        link.href = `${this.config.photo}${one.id}/screen`;
        image.replaceWith(link);
        link.append(image);
      }
      one.item.append(this.button(one.id));
      this.changed(one.question, 1);
    }

    refuse(one, message) {
      one.item.remove();
      this.changed(one.question, 0, message);
    }

    text(look, words) {
      const span = document.createElement("span");
      span.className = look;
      span.textContent = words;
      return span;
    }

    button(id) {
      const button = document.createElement("button");
      button.className = "remove";
      button.name = "remove";
      button.value = id;
      const cross = this.text("", "×");
      cross.setAttribute("aria-hidden", "true");
      button.append(cross, this.text("visually-hidden", this.config.words.remove));
      return button;
    }

    async remove(id) {
      const response = await fetch(`${this.config.api}/photos/${id}`, {
        method: "DELETE",
        credentials: "same-origin",
        redirect: "error",
        headers: { "X-CSRFToken": this.token.value },
      });
      return response.status === 204;
    }
  };
})();
