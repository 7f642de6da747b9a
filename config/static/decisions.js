// A decision is taken down while people talk: by keyboard alone, and saved as it is typed. What the server has not
// taken is kept in the browser, under the key that the page gives it, and sent again until it has: however often it
// arrives there is one decision. Without this script the form is sent by its button.

const PAUSE = 700; // milliseconds after the last key
const RETRY_AFTER = 5000;
const PATIENCE = 10000;

const form = document.querySelector("form[data-decide]");
const mark = form?.querySelector("[data-mark]");
const list = form?.querySelector("[data-unsaved]");
const said = (name) => form.dataset[`said${name}`] ?? "";
const field = (name) => form.elements.namedItem(name);
const shelf = form && `decisions-${form.dataset.user}-${form.dataset.meeting}`;
let token = form && field("csrfmiddlewaretoken").value;
let timer = 0;
let isSending = false;
let unitProblem = "";
let last = null; // what the server said of the decision that stands in the form: its number and its page

// What is kept: by key, as it was typed last. `refused`: the server said why; it waits for another wording.

function shelved() {
  try {
    return JSON.parse(localStorage.getItem(shelf)) ?? {};
  } catch {
    return {};
  }
}

let memory = form ? shelved() : {};

function put(entries) {
  memory = entries;
  try {
    if (Object.keys(entries).length) localStorage.setItem(shelf, JSON.stringify(entries));
    else localStorage.removeItem(shelf);
  } catch {
    // A private window, or no space: it is kept as long as the page is open.
  }
}

// crypto.randomUUID() is only there over HTTPS.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const unitNames = () => [...document.querySelectorAll("#all-units option")].map((option) => option.value);

// Whether the signs of `part` stand in `name` in their order: 住建 in 住房和城乡建设局.
function isWithin(part, name) {
  const rest = [...name];
  return [...part].every((sign) => {
    const at = rest.indexOf(sign);
    if (at >= 0) rest.splice(0, at + 1);
    return at >= 0;
  });
}

// The units that a part of a name can mean: those that begin with it, else those that hold it, else those that hold
// its signs in their order, else those that hold them in any: 规划资源局 is called 资规 too.
function unitsLike(part) {
  const names = unitNames();
  if (names.includes(part)) return [part];
  const tests = [
    (name) => name.startsWith(part), (name) => name.includes(part), (name) => isWithin(part, name),
    (name) => [...part].every((sign) => name.includes(sign)),
  ];
  return tests.map((test) => names.filter(test)).find((found) => found.length) ?? [];
}

const isTypingUnit = () => document.activeElement === field("lead_unit");

// The unit that is sent: while its name is being typed only a whole one, since 供电 may become 供电所; "" where there
// is none. The rest is saved all the same.
function unitTyped() {
  const name = field("lead_unit").value.trim();
  return unitNames().includes(name) ? name : "";
}

// Who has left the field meant one unit: its whole name is written into it, or it is said why there is none.
function settleUnit() {
  const name = field("lead_unit").value.trim();
  const found = name ? unitsLike(name) : [];
  if (found.length === 1) field("lead_unit").value = found[0];
  unitProblem = !name || found.length === 1 ? "" : said(found.length ? "Units" : "Unit").replace("{name}", name);
  return !unitProblem;
}

// What is to be said of the unit instead of what was saved: why there is none, or that its name is not whole yet.
function saidOfUnit() {
  if (unitProblem) return [unitProblem, "refused"];
  if (isTypingUnit() && field("lead_unit").value.trim() && !unitTyped()) return [said("Part"), "typing"];
  return null;
}

function typed() {
  return {
    key: field("key").value, text: field("text").value, lead_unit: unitTyped(),
    due_on: field("due_on").value, item: field("item")?.value ?? "", version: field("version").value, at: Date.now(),
  };
}

function remember() {
  const entry = typed();
  if (entry.text.trim()) return put({ ...memory, [entry.key]: entry });
  const { [entry.key]: _cleared, ...others } = memory;
  return put(others); // what is on its way or saved keeps its wording, see sayCleared
}

function say(words, state) {
  mark.textContent = words;
  mark.dataset.state = state;
}

// A decision has a number from its first word on, and keeps it: without a text it is not gone.
function sayCleared() {
  const link = document.createElement("a");
  Object.assign(link, { href: `${last.url}#withdraw-reason`, target: "_blank", rel: "noopener" });
  link.textContent = said("Withdraw").replace("{number}", last.number);
  say(`${said("Cleared").replace("{number}", last.number)} `, "refused");
  mark.append(link);
}

function showKept() {
  const others = Object.values(memory).filter((entry) => entry.key !== field("key").value);
  list.hidden = !others.length;
  list.replaceChildren(...others.map((entry) => {
    const line = document.createElement("li");
    const text = document.createElement("b");
    text.textContent = entry.text.slice(0, 80);
    line.append(text, ` ${entry.refused ? said("Refused").replace("{why}", entry.refused) : said("Away")}`);
    if (entry.refused) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "plain";
      again.textContent = "✎";
      again.addEventListener("click", () => fill(entry));
      line.append(" ", again);
    }
    return line;
  }));
}

// To the server

async function fetched(address, options) {
  const patience = new AbortController();
  const clock = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await fetch(address, { ...options, cache: "no-store", signal: patience.signal });
  } finally {
    clearTimeout(clock);
  }
}

function bodyOf(entry) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  for (const name of ["key", "text", "lead_unit", "due_on", "item", "version"]) body.append(name, entry[name] ?? "");
  return body;
}

const post = (entry) => fetched(form.dataset.save, {
  method: "POST", body: bodyOf(entry), headers: { "HX-Request": "true" }, redirect: "manual",
});

// With every login there is a new token; the page says it, and who it is now.
async function isStillMe() {
  const answer = await fetched(location.href, { redirect: "follow" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = page.querySelector("form[data-decide]");
  if (there?.dataset.user !== form.dataset.user) return false;
  token = there.querySelector("[name=csrfmiddlewaretoken]").value;
  return true;
}

async function posted(entry) {
  let answer = await post(entry);
  if (answer.status === 403 && await isStillMe()) answer = await post(entry);
  return answer;
}

async function wordsOf(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector(".problem, h1") ?? page.body;
  return found.textContent.trim() || String(answer.status);
}

// Whether the next one can be sent.
async function send(entry) {
  const isHere = entry.key === field("key").value;
  let answer;
  try {
    answer = await posted(entry);
  } catch {
    if (isHere) say(said("Away"), "away");
    return false;
  }
  if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 401) {
    if (isHere) say(said("Login"), "away");
    return false;
  }
  if (answer.ok && answer.headers.get("Content-Type")?.includes("json")) {
    taken(entry, await answer.json());
    return true;
  }
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
    const why = await wordsOf(answer);
    if (memory[entry.key]?.at === entry.at) put({ ...memory, [entry.key]: { ...entry, refused: why } });
    if (isHere) say(said("Refused").replace("{why}", why), "refused");
    return true;
  }
  if (isHere) say(said("Away"), "away");
  return false;
}

function taken(entry, answer) {
  const now = memory[entry.key];
  const { [entry.key]: _done, ...others } = memory;
  if (now?.at === entry.at) put(others);
  else if (now) put({ ...memory, [entry.key]: { ...now, version: answer.version } });
  if (entry.key === field("key").value) {
    field("version").value = answer.version;
    last = answer;
    if (field("text").value.trim()) say(...(saidOfUnit() ?? [answer.said, "saved"]));
    else sayCleared();
  } else {
    say(answer.said, "saved");
  }
  htmx.ajax("GET", form.dataset.taken, { target: "#taken", swap: "innerHTML" });
}

async function sendAll() {
  if (isSending) return;
  isSending = true;
  try {
    for (;;) {
      const entry = Object.values(memory).find((one) => !one.refused);
      if (!entry || !(await send(entry))) break;
    }
  } finally {
    isSending = false;
    showKept();
  }
}

function saveSoon() {
  clearTimeout(timer);
  remember();
  if (field("text").value.trim()) say(said("Typing"), "typing");
  else if (last) sayCleared();
  else say("", "");
  timer = setTimeout(sendAll, PAUSE);
}

// The form

function fill(entry) {
  field("key").value = entry.key;
  field("version").value = ""; // the refusal is known: what is typed counts
  last = null;
  unitProblem = "";
  field("text").value = entry.text;
  field("lead_unit").value = entry.lead_unit;
  field("due_on").value = entry.due_on;
  if (field("item")) field("item").value = entry.item;
  say(entry.refused ? said("Refused").replace("{why}", entry.refused) : "", "refused");
  showKept();
  field("text").focus();
}

function next() {
  clearTimeout(timer);
  if (!field("text").value.trim() && !last) return field("text").focus();
  const isSettled = settleUnit();
  remember();
  if (!isSettled) {
    say(...saidOfUnit());
    field("lead_unit").focus();
    return sendAll();
  }
  for (const name of ["text", "lead_unit", "due_on", "version"]) field(name).value = "";
  field("key").value = newKey();
  last = null;
  say("", "");
  field("text").focus();
  showKept();
  return sendAll();
}

const fields = () => [...form.querySelectorAll("[data-field]")];

function onKey(event) {
  if (event.isComposing) return;
  const { target, key } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    next();
  } else if (key === "Enter" && !event.shiftKey && target.matches("[data-field]")) {
    event.preventDefault();
    const following = fields()[fields().indexOf(target) + 1];
    if (following) following.focus();
    else next();
  } else if (target.name === "due_on" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const choice = form.querySelector(`[data-due][data-key="${key.toLowerCase()}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.click();
  }
}

if (form) {
  form.querySelector("[data-keys]").hidden = false;
  for (const choice of form.querySelectorAll("[data-due]")) {
    choice.hidden = false;
    choice.addEventListener("click", () => {
      field("due_on").value = choice.dataset.due;
      saveSoon();
    });
  }
  field("lead_unit").addEventListener("input", () => { unitProblem = ""; });
  field("lead_unit").addEventListener("change", () => {
    settleUnit();
    saveSoon();
  });
  form.addEventListener("input", saveSoon);
  form.addEventListener("keydown", onKey);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    next();
  });
  window.addEventListener("online", sendAll);
  window.addEventListener("pagehide", remember);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
  setInterval(sendAll, RETRY_AFTER);
  field("key").value = newKey();
  showKept();
  settleUnit();
  if (field("text").value.trim()) saveSoon(); // typed before this script was there, or brought back by the browser
  else sendAll();
}
