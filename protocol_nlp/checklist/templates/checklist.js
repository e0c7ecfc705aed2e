"use strict";
// Works on the page alone: nothing is sent, nothing is stored but the file that "Save" hands to the reader.
(function () {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (id) => document.getElementById(id);
  let unsaved = false;

  // T true, F false, U not known, N not applicable: out of the count.
  const ANSWER = { true: "T", false: "F", unknown: "U", na: "N" };

  function answers() {
    const found = {};
    all("input[data-answer]:checked").forEach((box) => { found[box.dataset.answer] = ANSWER[box.value]; });
    return found;
  }

  function value(logic, given) {
    const [name, ...rest] = logic;
    if (name === "row") { return given[rest[0]] || "U"; }
    if (name === "not") { return { T: "F", F: "T" }[value(rest[0], given)] || value(rest[0], given); }
    if (name === "instead") {
      const tier = value(rest[1], given);
      return tier === "N" ? value(rest[0], given) : tier;
    }
    if (name === "but_not") {
      const exception = value(rest[1], given);
      if (exception === "N") { return value(rest[0], given); }
      return value(["all", rest[0], ["not", rest[1]]], given);
    }
    const held = rest.map((part) => value(part, given)).filter((part) => part !== "N");
    if (!held.length) { return "N"; }
    const [stop, pass] = name === "all" ? ["F", "T"] : ["T", "F"];
    return held.includes(stop) ? stop : held.includes("U") ? "U" : pass;
  }

  function judge(given) {
    const against = [], open = [];
    plan.criteria.forEach((criterion) => {
      const found = value(criterion.logic, given);
      if (found === (criterion.role === "exclusion" ? "T" : "F")) { against.push(criterion); }
      else if (found === "U") { open.push(criterion); }
    });
    const state = against.length ? "not eligible" : open.length || !plan.criteria.length ? "undecided" : "eligible";
    return { state: state, against: against, open: open };
  }

  function links(label, criteria) {
    const line = document.createElement("p");
    line.append(label + " ");
    criteria.forEach((criterion, index) => {
      const link = document.createElement("a");
      link.href = "#" + criterion.row;
      link.textContent = criterion.id;
      line.append(index ? ", " : "", link);
    });
    return line;
  }

  function update() {
    const given = answers();
    const result = judge(given);
    const text = { "eligible": "Eligible by all answers", "not eligible": "Not eligible", "undecided": "Undecided" }[result.state];
    const state = one("state");
    if (state.textContent !== text) { state.textContent = text; }
    one("verdict").dataset.state = result.state;
    const why = one("why");
    why.textContent = "";
    if (result.against.length) { why.append(links("Against:", result.against)); }
    if (result.open.length) { why.append(links("Open (" + result.open.length + "):", result.open)); }
    if (!plan.criteria.length) { why.append("There is no criterion to judge by."); }
    all("[data-section]").forEach((section) => {
      const keys = new Set(all("input[data-answer]", section).map((box) => box.dataset.answer));
      const done = Array.from(keys).filter((key) => given[key]).length;
      all('[data-progress="' + section.dataset.section + '"]').forEach((place) => {
        if (place.tagName === "PROGRESS") { place.value = done; place.max = keys.size || 1; }
        else { place.textContent = done + " of " + keys.size; }
      });
    });
  }

  function moved(day, months, days) {
    const whole = day.y * 12 + day.m - 1 + months;
    const year = Math.floor(whole / 12), month = whole - year * 12;
    const last = new Date(Date.UTC(2000, month + 1, 0));
    last.setUTCFullYear(year, month + 1, 0);
    const there = new Date(Date.UTC(2000, 0, 1));
    there.setUTCFullYear(year, month, Math.min(day.d, last.getUTCDate()) + days);
    return there.getUTCFullYear() < 1 || there.getUTCFullYear() > 9999 ? "" : there.toISOString().slice(0, 10);
  }

  function dates() {
    const known = {};
    all("input[data-event]").forEach((input) => { if (input.value) { known[input.dataset.event] = input.value; } });
    all("[data-edges]").forEach((place) => {
      const day = known[place.dataset.of];
      const match = day && /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
      place.toggleAttribute("data-asking", !match);
      if (!match) { place.textContent = place.dataset.ask; return; }
      const start = { y: +match[1], m: +match[2], d: +match[3] };
      const ends = JSON.parse(place.dataset.edges).map((edge) => [edge[0], moved(start, edge[1], edge[2])]);
      place.textContent = ends.every((end) => end[1]) ? ends.map((end) => end.join(" ")).join(" and ") : "beyond the calendar";
    });
  }

  // Empty dates would print as "mm/dd/yyyy".
  function empties() {
    all('input[type="date"]').forEach((input) => input.toggleAttribute("data-empty", !input.value));
  }

  const message = (text) => { one("message").textContent = text; };

  function save() {
    const fields = {};
    all("[data-field]").forEach((input) => { if (input.value) { fields[input.dataset.field] = input.value; } });
    const chosen = {};
    all("input[data-answer]:checked").forEach((box) => { chosen[box.dataset.answer] = box.value; });
    const content = { format: plan.format, trial: plan.trial, sha256: plan.sha256, checklist: plan.checklist, answers: chosen, fields: fields };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1) + "\n"], { type: "application/json" }));
    link.download = plan.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    unsaved = false;
    message("Saved as " + plan.file + ".");
  }

  function refusal(content) {
    if (!content || typeof content !== "object" || content.format !== plan.format) { return "it is no saved checklist of this kind"; }
    if (content.trial !== plan.trial) { return "it belongs to " + content.trial + ", and this page is about " + plan.trial; }
    if (content.sha256 !== plan.sha256) { return "it was filled in for another version of this entry (source " + String(content.sha256).slice(0, 12) + "…, here " + plan.sha256.slice(0, 12) + "…)"; }
    if (content.checklist !== plan.checklist) { return "the questions of its checklist differ from those of this page"; }
    if (!content.answers || !content.fields) { return "it holds no answers"; }
    return "";
  }

  function load(text, name) {
    let content = null;
    try { content = JSON.parse(text); } catch (error) { message(name + " was not loaded: it is not JSON."); return; }
    const reason = refusal(content);
    if (reason) { message(name + " was not loaded: " + reason + "."); return; }
    all("input[data-answer]").forEach((box) => { box.checked = content.answers[box.dataset.answer] === box.value; });
    all("[data-field]").forEach((input) => { const held = content.fields[input.dataset.field]; input.value = typeof held === "string" ? held : ""; });
    unsaved = false;
    update();
    dates();
    empties();
    message(name + " is loaded.");
  }

  one("save").addEventListener("click", save);
  one("load").addEventListener("change", (event) => {
    const file = event.target.files[0];
    if (!file) { return; }
    file.text().then((text) => load(text, file.name)).catch(() => message(file.name + " could not be read."));
    event.target.value = "";
  });
  one("print").addEventListener("click", () => window.print());
  document.addEventListener("change", (event) => {
    if (event.target.id === "load") { return; }
    unsaved = true;
    if (event.target.dataset.answer) { update(); }
    if (event.target.dataset.event) { dates(); }
    empties();
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved) { event.preventDefault(); } });
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  all(".screen").forEach((part) => { part.hidden = false; });
  update();
  dates();
  empties();
  if (one("saved")) { load(one("saved").textContent, "The screening of the patient file"); }
})();
