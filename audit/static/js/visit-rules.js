// The form's rules, as the server has them: what is hidden, answered or missing, and what loses something.
"use strict";
self.visit = self.visit || {};

(function () {
  // Exact, as [above, below]: 2, "2.5" and "15/2" are numbers, 2.5 is none.
  const fraction = (raw) => {
    if (Number.isInteger(raw)) return [BigInt(raw), 1n];
    const found = typeof raw === "string" && /^(-?\d+)(?:\.(\d+)|\/(\d+))?$/.exec(raw);
    if (!found || (found[3] && !BigInt(found[3]))) return null;
    const decimals = found[2] || "";
    return [BigInt(found[1] + decimals), BigInt(found[3] || 10n ** BigInt(decimals.length))];
  };

  const TIME = /^((?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

  // Seconds, NaN for what is no time; the way back shows days and hours that the parser would let pass.
  const seconds = (raw) => {
    const [, local, sign, hours, minutes] = (typeof raw === "string" && TIME.exec(raw)) || [];
    const moment = new Date(`${local}Z`);
    if (!local || !String(moment.toJSON()).startsWith(local)) return NaN;
    return moment / 1000 - (sign ? Number(sign + 1) * (hours * 3600 + minutes * 60) : 0);
  };

  // The number that bands are about, null if the value does not fit.
  const measured = (question, value) => {
    if (question.type === "number") return fraction(value);
    const length = seconds(value.end) - seconds(value.start);
    return length >= 0 ? [BigInt(length), 60n] : null;
  };

  const fits = (question, value) => {
    switch (question.type) {
      case "yesno": return value === "yes" || value === "no";
      case "single": return question.options.includes(value);
      case "multi":
        return Array.isArray(value) && new Set(value).size === value.length
          && value.every((one) => question.options.includes(one));
      case "scale": return Number.isInteger(value) && value >= question.min && value <= question.max;
      case "text": return typeof value === "string";
      case "photo": return false;
      default: return Boolean(measured(question, value));
    }
  };

  const isGiven = (answer) => answer.value !== undefined && answer.value !== null;

  // A wrong answer counts as blank.
  const state = (question, answer) => {
    const photos = answer.photos || 0;
    if (photos < 0) return "blank";
    if (answer.na) return answer.na === true && question.na && !isGiven(answer) ? "na" : "blank";
    if (!isGiven(answer)) return question.type === "photo" && photos ? "answered" : "blank";
    return fits(question, answer.value) && answer.value !== "" ? "answered" : "blank";
  };

  const isMet = (wanted, value) =>
    Array.isArray(value) ? value.some((one) => wanted.includes(one)) : wanted.includes(value);

  // questions in form order, answers by id as {value, na, photos}; gives a Map of id to state.
  visit.states = (questions, answers) => {
    const states = new Map();
    for (const question of questions) {
      const rule = question.show_if;
      const isHidden = rule && (states.get(rule.q) !== "answered" || !isMet(rule.in, answers[rule.q].value));
      states.set(question.id, isHidden ? "hidden" : state(question, answers[question.id] || {}));
    }
    return states;
  };

  visit.progress = (questions, states) => {
    const asked = questions.filter((one) => one.required && states.get(one.id) !== "hidden");
    const done = asked.filter((one) => states.get(one.id) !== "blank");
    return { answered: done.length, of: asked.length };
  };

  const isInFullBand = (question, value) => {
    const [above, below] = measured(question, value);
    const takes = ([limit, isUpTo]) => {
      if (limit === null) return true;
      const [over, under] = fraction(limit);
      const difference = above * under - over * below;
      return difference < 0n || (isUpTo && difference === 0n);
    };
    return question.bands.find(takes)[2];
  };

  // Whether an answer earns less than its question can give; told only of questions that then owe a photo.
  visit.loses = (question, answer) => {
    if (!answer || state(question, answer) !== "answered") return false;
    const { value } = answer;
    if (question.full) return !question.full.includes(value);
    if (question.all) {
      return !question.all.every((one) => value.includes(one)) || question.none.some((one) => value.includes(one));
    }
    return question.bands ? !isInFullBand(question, value) : false;
  };

  // What is still owed, in form order: "q" for an answer, "q:photo" for a photo.
  visit.missing = (questions, answers) => {
    const states = visit.states(questions, answers);
    const owesPhoto = (one, answer) =>
      !answer.photos && (one.photo === "always" || (one.photo === "on_loss" && visit.loses(one, answer)));
    return questions.flatMap((one) => {
      if (states.get(one.id) === "blank") return one.required ? [one.id] : [];
      return states.get(one.id) === "answered" && owesPhoto(one, answers[one.id]) ? [`${one.id}:photo`] : [];
    });
  };

  // 3 or "2.5" from typed text, null for none; throws the name of the broken rule.
  visit.number = (typed) => {
    const text = typed.replace(/[\s\u00a0]/g, "").replace("\u2212", "-");
    if (!text) return null;
    const found = /^(-?\d{1,12})(?:[.,](\d{1,6}))?$/.exec(text);
    if (!found) throw new Error(/^-?\d{1,3}([.,]\d{3})+([.,]\d+)?$/.test(text) ? "grouped" : "number");
    if (found[2] === undefined) return parseInt(found[1], 10);
    if (found[2].length === 3 && found[1].replace(/[-0]/g, "")) throw new Error("grouped");
    return `${found[1]}.${found[2]}`;
  };

  const parts = (moment, zone) => {
    const format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
    const found = Object.fromEntries(format.formatToParts(moment).map((one) => [one.type, one.value]));
    return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}`;
  };

  // What a clock at the branch shows, for a date-time input.
  visit.local = (moment, zone) => parts(moment, zone);

  // The same with the branch's offset: "2026-11-14T14:05:00+07:00" from "2026-11-14T14:05".
  visit.withOffset = (typed, zone) => {
    const text = typed.length === 16 ? `${typed}:00` : typed.slice(0, 19);
    const asUtc = Date.parse(`${text}Z`);
    const minutes = Math.round((Date.parse(`${parts(new Date(asUtc), zone)}Z`) - asUtc) / 60000);
    const two = (number) => String(number).padStart(2, "0");
    const size = Math.abs(minutes);
    return `${text}${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  };
})();
