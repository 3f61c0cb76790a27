// The skip logic of the form, as the server has it: which question is hidden, answered, N/A or blank.
"use strict";
window.visit = window.visit || {};

(function () {
  const isAnswered = (question, answer) => {
    if (question.type === "photo") return (answer.photos || 0) > 0;
    return answer.value !== undefined && answer.value !== null && answer.value !== "";
  };

  const isMet = (wanted, value) =>
    Array.isArray(value) ? value.some((one) => wanted.includes(one)) : wanted.includes(value);

  // questions in form order, answers by id as {value, na, photos}; gives a Map of id to state.
  visit.states = (questions, answers) => {
    const states = new Map();
    for (const question of questions) {
      const answer = answers[question.id] || {};
      const rule = question.show_if;
      const parent = rule && (answers[rule.q] || {});
      if (rule && (states.get(rule.q) !== "answered" || !isMet(rule.in, parent.value))) {
        states.set(question.id, "hidden");
      } else if (answer.na) {
        states.set(question.id, "na");
      } else {
        states.set(question.id, isAnswered(question, answer) ? "answered" : "blank");
      }
    }
    return states;
  };

  visit.progress = (questions, states) => {
    const asked = questions.filter((one) => one.required && states.get(one.id) !== "hidden");
    const done = asked.filter((one) => states.get(one.id) !== "blank");
    return { answered: done.length, of: asked.length };
  };

  // Whether an answer loses something, as far as a list of values can tell; then a photo is owed.
  visit.loses = (question, answer) => {
    if (!answer || answer.na || answer.value === undefined || answer.value === null) return false;
    if (question.full) return !question.full.includes(answer.value);
    return (question.losing || []).some((one) => Array.isArray(answer.value) && answer.value.includes(one));
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
