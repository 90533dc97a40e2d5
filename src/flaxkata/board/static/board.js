// Shows what the board streams. All text is put in as text; rows stay the same elements, so that focus and what is open stay.
"use strict";

const place = location.pathname.replace(/\/+$/, "");
const instructor = place === "/instructor";
const $ = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const found = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
  found.append(...children);
  return found;
}

function set(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

const some = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const ago = (minutes) => (minutes < 1 ? "just now" : minutes < 90 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`);

// One element for each row with an id, in the order of the rows; `fill` writes what may have changed.
function rows(parent, data, create, fill) {
  const known = new Map([...parent.children].map((child) => [child.dataset.id, child]));
  let before = null;
  for (const row of data) {
    const id = String(row.id);
    let element = known.get(id);
    if (!element) {
      element = create(row);
      element.dataset.id = id;
    }
    known.delete(id);
    const wanted = before ? before.nextSibling : parent.firstChild;
    if (wanted !== element) {
      const focused = element.contains(document.activeElement) ? document.activeElement : null;
      parent.insertBefore(element, wanted);
      if (focused) focused.focus();
    }
    fill(element, row);
    before = element;
  }
  for (const gone of known.values()) gone.remove();
}

// A paragraph in which what stands between backticks is code.
function paragraph(text) {
  const found = make("p");
  text.split(/`([^`]+)`/).forEach((part, at) => found.append(at % 2 ? make("code", {}, part) : part));
  return found;
}

function fillWords(element, paragraphs, otherwise) {
  const key = JSON.stringify(paragraphs);
  if (element.dataset.words === key) return;
  element.dataset.words = key;
  element.replaceChildren(...(paragraphs.length ? paragraphs.map(paragraph) : [make("p", { class: "soft" }, otherwise)]));
}

const UNKNOWN = "The course on the board's machine does not know this mistake.";

// --- the parts ---

function mistakes(data) {
  rows(
    $("mistakes"),
    data,
    () => {
      const found = make("details", {}, make("summary", {}, make("b"), make("span", { class: "soft" }), make("span", { class: "push" })));
      found.append(make("div", { class: "inside" }, make("div", { class: "words" }), make("p", { class: "soft names" })));
      return found;
    },
    (element, row) => {
      const [title, exercise, numbers] = element.querySelectorAll("summary > *");
      set(title, row.slug);
      set(exercise, row.exercise);
      const now = make("span", { class: row.now ? "now" : "now zero" }, `${row.now} at it now`);
      const text = `${now.textContent}, ${row.recent} lately`;
      if (numbers.textContent !== text) numbers.replaceChildren(now, `, ${row.recent} lately`);
      fillWords(element.querySelector(".words"), row.words, UNKNOWN);
      set(element.querySelector(".names"), row.names && row.names.length ? `At it: ${row.names.join(", ")}` : "");
    },
  );
}

// What several people did, with the checks that failed and the files that were shared.
function unnamed(data) {
  rows(
    $("unnamed"),
    data,
    () => {
      const found = make("details", {}, make("summary", {}, make("b"), make("span", { class: "soft" })));
      const parts = [make("p", { class: "soft names" }), make("ul", { class: "checks" }), make("div", { class: "files" })];
      found.append(make("div", { class: "inside" }, ...parts, make("p", { class: "naming" }, "To name it: ", make("code"))));
      return found;
    },
    (element, row) => {
      const [title, shared] = element.querySelectorAll("summary > *");
      set(title, `${some(row.count, "person", "people")} did the same in ${row.exercise}`);
      set(shared, row.files.length ? some(row.files.length, "shared file") : "nobody shared a file");
      set(element.querySelector(".names"), row.names.join(", "));
      const check = () => make("li", {}, make("span"), make("div", { class: "soft" }));
      rows(element.querySelector(".checks"), row.checks, check, (part, one) => {
        set(part.querySelector("span"), one.says);
        fillWords(part.querySelector("div"), one.failed, "");
      });
      rows(element.querySelector(".files"), row.files, (file) => sharedFile(file.id), (part, file) => {
        set(part.querySelector("summary"), `The file of ${file.name}`);
      });
      element.querySelector(".naming").hidden = !row.files.length;
      set(element.querySelector(".naming code"), `${row.naming} --as what_went_wrong`);
    },
  );
}

function sharedFile(id) {
  const file = make("details", {}, make("summary", {}, "Show the file"), make("pre", { tabindex: "0" }));
  file.addEventListener("toggle", () => file.open && showFile(file.querySelector("pre"), id));
  return file;
}

function stuck(data) {
  rows(
    $("stuck"),
    data,
    () => {
      const found = make("details", {}, make("summary", {}, make("b"), make("span"), make("span", { class: "push soft" })));
      found.append(make("div", { class: "inside" }, make("p", { class: "soft" }), make("div", { class: "mistakes" })));
      return found;
    },
    (element, row) => {
      const [name, what, minutes] = element.querySelectorAll("summary > *");
      set(name, row.name);
      const last = row.mistakes.map((m) => m.slug).join(", ") || "no known mistake";
      set(what, `${row.exercise}: ${last}`);
      set(minutes, `${row.minutes} min, ${some(row.wrong, "wrong save")}`);
      set(element.querySelector(".inside > p"), `${row.score} of ${row.max_score} points. Last save ${ago(row.idle)}.`);
      rows(
        element.querySelector(".mistakes"),
        row.mistakes,
        () => make("div", {}, make("h3"), make("div", { class: "words" })),
        (part, mistake) => {
          set(part.querySelector("h3"), mistake.slug);
          fillWords(part.querySelector(".words"), mistake.words, UNKNOWN);
        },
      );
    },
  );
}

function hands(data) {
  rows(
    $("hands"),
    data,
    (row) => {
      const file = sharedFile(row.id);
      const answered = make("button", { type: "button" }, "Answered");
      answered.addEventListener("click", () => act(`/instructor/shared/${row.id}/answer`));
      const head = make("div", {}, make("b"), " ", make("span", { class: "soft" }));
      return make("li", {}, head, make("p", { class: "question" }), file, answered);
    },
    (element, row) => {
      set(element.querySelector("b"), row.name);
      set(element.querySelector("div > span"), `${row.exercise}, ${ago(row.minutes)}`);
      set(element.querySelector(".question"), row.question || "No question was typed.");
      set(element.querySelector("summary"), `The file, ${some(row.lines, "line")}`);
      element.querySelector("button").setAttribute("aria-label", `Answered: ${row.name}, ${row.exercise}`);
    },
  );
}

async function showFile(pre, id) {
  const answer = await fetch(`/instructor/shared/${id}`);
  set(pre, answer.ok ? (await answer.json()).text : "The file cannot be shown: the hand is down.");
}

const SVG = "http://www.w3.org/2000/svg";

function bar() {
  const found = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["class", "bar"], ["viewBox", "0 0 100 10"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) {
    found.setAttribute(name, value);
  }
  for (const name of ["solved", "at", "none"]) {
    const part = document.createElementNS(SVG, "rect");
    part.setAttribute("class", name);
    part.setAttribute("height", "10");
    found.append(part);
  }
  return found;
}

function fillBar(element, row) {
  const all = row.solved + row.at + row.none || 1;
  let x = 0;
  [row.solved, row.at, row.none].forEach((count, at) => {
    const width = (100 * count) / all;
    element.children[at].setAttribute("x", x.toFixed(2));
    element.children[at].setAttribute("width", width.toFixed(2));
    x += width;
  });
}

function exercises(data) {
  const cell = (is) => make("td", { "data-is": is });
  rows(
    $("exercises"),
    data,
    () => {
      const title = make("th", { scope: "row" }, make("span"), make("span", { class: "title" }));
      return make("tr", {}, title, make("td", { class: "wide" }, bar()), cell("solved"), cell("at it"), cell("not begun"), cell("min"));
    },
    (element, row) => {
      const [name, title] = element.querySelectorAll("th > span");
      set(name, row.name);
      const more = [row.stuck && `${row.stuck} stuck`, row.hands && some(row.hands, "raised hand")].filter(Boolean).join(", ");
      set(title, row.title + (more ? ` \u2013 ${more}` : ""));
      fillBar(element.querySelector(".bar"), row);
      const cells = element.querySelectorAll("td");
      set(cells[1], row.solved);
      set(cells[2], row.at);
      set(cells[3], row.none);
      const pace = row.pace === null ? "\u2013" : Math.round(row.pace) || "< 1";
      set(cells[4], row.minutes ? `${pace} / ${row.minutes}` : pace);
    },
  );
}

function people(data) {
  rows(
    $("people"),
    data,
    (row) => {
      const remove = make("button", { type: "button", class: "danger" }, "Delete");
      remove.addEventListener("click", () => askToForget(row));
      return make("tr", {}, make("th", { scope: "row" }), make("td"), make("td", { "data-is": "solved" }), make("td"), make("td", {}, remove));
    },
    (element, row) => {
      set(element.querySelector("th"), row.name);
      const cells = element.querySelectorAll("td");
      set(cells[0], row.left ? "left the room" : row.at || "nothing yet");
      set(cells[1], row.solved);
      set(cells[2], ago(row.idle));
      element.classList.toggle("left", row.left);
      element.querySelector("button").setAttribute("aria-label", `Delete ${row.name}`);
    },
  );
}

function askToForget(row) {
  set($("sure-name"), row.name);
  $("sure").returnValue = "no";
  $("sure").onclose = () => $("sure").returnValue === "yes" && act(`/instructor/learners/${row.id}/forget`);
  $("sure").showModal();
}

async function act(path) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  if (!answer.ok) set($("connection"), (await answer.json()).error);
}

// --- the whole ---

function show(now) {
  document.title = `${now.room} \u2013 board`;
  set($("room"), now.room);
  set($("here"), now.here);
  set($("join"), now.join);
  set(document.querySelector(".join-again"), now.join);
  set($("trouble"), now.trouble ? `The board cannot write: ${now.trouble}. What learners send waits on their machines.` : "");
  set($("recent"), now.recent);
  set($("patience"), now.patience);
  $("empty").hidden = now.here > 0 || (now.people || []).length > 0;
  $("exercises-part").hidden = !now.exercises.length;
  exercises(now.exercises);
  set($("untouched"), `${some(now.untouched, "exercise")} of the course ${now.untouched === 1 ? "has" : "have"} not been begun by anybody.`);
  $("mistakes-part").hidden = !now.mistakes.length;
  mistakes(now.mistakes);
  for (const [name, count] of [["stuck", now.stuck_count], ["hands", now.hands_count]]) {
    $(`${name}-fact`).hidden = instructor || !count;
    set(document.querySelector(`#${name}-fact b`), count);
    $(`${name}-part`).hidden = !instructor || !count;
    set($(`${name}-count`), count);
  }
  if (!instructor) return;
  $("unnamed-part").hidden = !now.unnamed.length;
  unnamed(now.unnamed);
  stuck(now.stuck);
  hands(now.hands);
  $("people-part").hidden = !now.people.length;
  people(now.people);
  $("for-everybody").href = `/${now.join.split("/").pop()}`;
}

function follow() {
  const stream = new EventSource(`${place}/stream`);
  stream.onmessage = (message) => {
    set($("connection"), "");
    $("board").hidden = false;
    show(JSON.parse(message.data));
  };
  stream.onerror = () => {
    $("board").hidden = false;
    const closed = stream.readyState === EventSource.CLOSED;
    if (!closed) return set($("connection"), "The board does not answer. This page tries again by itself.");
    set($("connection"), instructor ? "This page is the instructor's: open the address that `kata board` printed." : "The board does not know this room any longer.");
  };
}

async function enter() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", place);
  await fetch("/instructor/enter", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) });
}

async function begin() {
  if (place === "") {
    $("door").hidden = false;
    return $("code").focus();
  }
  document.documentElement.classList.add(instructor ? "instructor" : "everybody");
  $("for-instructor").hidden = !instructor;
  if (instructor) await enter();
  follow();
}

begin();
