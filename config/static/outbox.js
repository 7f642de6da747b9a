// Forms marked data-outbox survive a lost connection. What such a form holds, photos included, is first kept in the
// browser (IndexedDB) and then sent; it goes away only when the server has taken it or the reader discards it. Each
// entry has a key ("once"), by which the server does it once however often it arrives. Entries belong to the person
// who made them: nobody else who logs in on this device sees or sends them. Without this script they are plain forms.
// A form that is a page of its own, data-outbox="page", goes on to where the answer leads, or comes back with what is
// wrong and all that was typed, as long as its page is still open.

const home = document.getElementById("outbox");
const words = home.dataset;
const me = words.user;

const RETRY_AFTER = 30_000; // milliseconds
const PATIENCE = 120_000; // a photo over a bad connection takes its time
const LONGEST_SIDE = 2048; // pixels of a photo that is sent
const QUALITY = 0.85;
const TAP_AGAIN_AFTER = 30_000; // a form whose answer was a download can then be sent once more

let database; // stays undefined where the browser keeps nothing: then forms are sent as ever
let inHand = ""; // the key of the entry that is being sent

// The kept entries

function opened(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function openDatabase() {
  const request = indexedDB.open("onescreen", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "once" });
  database = await opened(request);
}

function entries(mode = "readonly") {
  return database.transaction("outbox", mode).objectStore("outbox");
}

const keep = (entry) => opened(entries("readwrite").put(entry));
const forget = (entry) => opened(entries("readwrite").delete(entry.once));

async function mine() {
  const all = await opened(entries().getAll());
  return all.filter((entry) => entry.user === me).sort((one, other) => one.at - other.at);
}

// From a form to an entry

// crypto.randomUUID() is only there over HTTPS.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The image on a canvas whose longer side is at most so many pixels, upright.
async function drawn(file, most) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, most / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas;
}

// A photo small enough for a building site; the file itself where that fails or would not be smaller.
async function shrunk(file) {
  if (!file.type.startsWith("image/")) return file;
  try {
    const canvas = await drawn(file, LONGEST_SIDE);
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!small || small.size >= file.size) return file;
    return new File([small], file.name.replace(/(\.\w+)?$/, ".jpg"), { type: small.type });
  } catch {
    return file; // this browser cannot read it; perhaps the server can
  }
}

// Bytes and not the file: a phone may remove what its camera has made before it is sent.
async function kept(name, value) {
  if (typeof value === "string") return { name, text: value };
  const file = await shrunk(value);
  return { name, file: { name: file.name, type: file.type, bytes: await file.arrayBuffer() } };
}

async function entryOf(form, button) {
  const fields = [...new FormData(form, button)].filter(
    ([name, value]) => !["csrfmiddlewaretoken", "once"].includes(name) && (typeof value === "string" || value.name),
  );
  return {
    once: newKey(), user: me, at: Date.now(), url: form.action, state: "kept", why: "",
    what: form.dataset.what, look: form.dataset.look, card: form.closest("article[id]")?.id,
    page: form.dataset.outbox === "page" ? location.href : "",
    fields: await Promise.all(fields.map(([name, value]) => kept(name, value))),
  };
}

// What was typed stands in the form no more: it is kept.
function clear(form) {
  form.reset();
  delete form.dataset.sent;
  form.querySelector("[data-preview]")?.replaceChildren();
  form.closest("[popover]")?.hidePopover();
  if (form.dataset.outbox !== "page") return;
  document.activeElement?.blur();
  scrollTo(0, 0); // what becomes of it is said at the top
}

// From an entry to the server

function bodyOf(entry, token) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  body.append("once", entry.once);
  for (const { name, text, file } of entry.fields) {
    if (file) body.append(name, new File([file.bytes], file.name, { type: file.type }));
    else body.append(name, text);
  }
  return body;
}

const read = (text) => new DOMParser().parseFromString(text, "text/html");
const tokenIn = (page) => page.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const isLogin = (address) => new URL(address).pathname === words.loginPage;
const readerOf = (page) => page.getElementById("outbox")?.dataset.user;

async function fetched(address, options) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { ...options, cache: "no-store", signal: patience.signal });
    const { status, redirected, url } = answer;
    return { status, redirected, url, page: read(await answer.text()) };
  } finally {
    clearTimeout(timer);
  }
}

const post = (entry, token) => fetched(entry.url, { method: "POST", body: bodyOf(entry, token) });

// A refusal with 403 may be about the token only: with every login there is a new one, so that nothing is sent in the
// name of somebody who has logged in in another window. Then a page tells who it is now, and which token is theirs.
async function posted(entry) {
  const answer = await post(entry, tokenIn(document));
  if (answer.status !== 403) return answer;
  const now = await fetched(words.page);
  return readerOf(now.page) === me ? post(entry, tokenIn(now.page)) : now;
}

// What was taken is answered by sending on to a page of the same reader. Anything else that looks fine comes from
// somewhere in between, such as the login page of a hotel's network.
function stateAfter({ status, redirected, url, page }) {
  if (isLogin(url)) return "loggedOut";
  const reader = readerOf(page);
  if (reader && reader !== me) return "other";
  if (reader && redirected) return "sent";
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return isRefusal ? "refused" : "busy";
}

// Whether it makes sense to send the next one.
async function send(entry) {
  let answer;
  inHand = entry.once;
  await show();
  try {
    answer = await posted(entry);
  } catch (error) {
    console.warn(error);
    await keep({ ...entry, state: "kept" });
    return false;
  }
  const state = stateAfter(answer);
  if (state === "sent") {
    await forget(entry);
    if (isItsPage(entry)) location.assign(answer.url);
    else showAnswer(answer, entry);
    return true;
  }
  if (state === "refused" && isItsPage(entry) && comesBack(answer)) {
    await forget(entry);
    return true;
  }
  const said = answer.page.querySelector(".problem, .wrong:not(:empty)") ?? answer.page.querySelector("h1");
  await keep({ ...entry, state, why: said?.textContent.trim() || String(answer.status) });
  return state === "refused" || state === "busy";
}

let isSending = false;
let isAskedAgain = false;

async function sendAll() {
  if (!database) return;
  isAskedAgain = true;
  if (isSending) return show();
  isSending = true;
  try {
    while (isAskedAgain) {
      isAskedAgain = false;
      for (const entry of await mine()) {
        if (entry.state === "refused") continue;
        if (!(await send(entry))) break;
      }
    }
  } finally {
    isSending = false;
    inHand = "";
    await show();
  }
}

// What is shown

// Something is filled in or open on the page; it must not be swapped away.
function isInUse(main) {
  const isTick = (field) => ["checkbox", "radio"].includes(field.type); // its value is "on" where it has none
  const isChanged = (field) =>
    isTick(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  return main.querySelector(":popover-open, :focus:is(input, textarea, select)") !== null
    || [...main.querySelectorAll("input, textarea")].some(isChanged);
}

// The form was sent from this page, and nothing new has been filled in since.
function isItsPage(entry) {
  return Boolean(entry.page) && entry.page === location.href && !isInUse(document.getElementById("main"));
}

// The form as the server sends it back; a refusal that is no form stays in the outbox, and with it what was typed.
function comesBack({ page }) {
  const back = page.getElementById("main");
  if (!back?.querySelector("form[data-outbox=page]")) return false;
  const main = document.getElementById("main");
  main.replaceChildren(...document.adoptNode(back).childNodes);
  window.htmx?.process(main);
  main.querySelector("[aria-invalid]")?.focus();
  return true;
}

function showAnswer({ url, page }, entry) {
  const main = document.getElementById("main");
  const said = page.querySelector("body > .messages");
  if (said) {
    document.querySelector("body > .messages")?.remove();
    main.before(document.adoptNode(said));
  }
  const address = new URL(url);
  if (address.pathname + address.search !== location.pathname + location.search) return;
  if (isInUse(main)) {
    document.getElementById(entry.card)?.remove();
    return;
  }
  main.replaceChildren(...document.adoptNode(page.getElementById("main")).childNodes);
  window.htmx?.process(main);
}

function noteOf(entry) {
  const note = document.getElementById("outbox-entry").content.cloneNode(true).firstElementChild;
  const state = entry.once === inHand ? "sending" : entry.state;
  note.classList.add(state);
  note.querySelector("b").textContent = entry.what;
  note.querySelector("span").textContent = words[state].replace("{why}", entry.why);
  for (const button of note.querySelectorAll("[data-when]")) {
    button.hidden = !button.dataset.when.split(" ").includes(state);
  }
  note.querySelector("[data-look]").href = entry.look;
  note.querySelector("[data-again]").addEventListener("click", () => sendAgain(entry));
  note.querySelector("[data-discard]").addEventListener("click", () => discard(entry));
  return note;
}

// The reader knows the refusal and sends it all the same: whatever the page said when it was filled in.
async function sendAgain(entry) {
  await keep({ ...entry, state: "kept", fields: entry.fields.filter(({ name }) => name !== "version") });
  await sendAll();
}

async function discard(entry) {
  if (!confirm(words.sure)) return;
  await forget(entry);
  await show();
}

async function show() {
  const unsent = await mine();
  for (const old of document.querySelectorAll(".unsent")) old.remove();
  for (const card of document.querySelectorAll("[data-holds]")) delete card.dataset.holds;
  home.hidden = true;
  for (const entry of unsent) {
    const card = document.getElementById(entry.card ?? "");
    if (card) card.dataset.holds = entry.state;
    else home.hidden = false;
    (card || home).append(noteOf(entry));
  }
  for (const count of document.querySelectorAll("[data-outbox-count]")) {
    const text = unsent.length ? words.unsent.replace("{n}", unsent.length) : words.allSent;
    count.textContent = ` · ${text}`;
    count.hidden = false;
  }
}

// When things happen

// A second tap on a button sends nothing; a page from the browser's memory can be sent again.
function isSecondTap(form) {
  if (form.dataset.sent) return true;
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, TAP_AGAIN_AFTER);
  return false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (isSecondTap(form)) return event.preventDefault();
  if (!database || !("outbox" in form.dataset)) return;
  event.preventDefault();
  try {
    await keep(await entryOf(form, event.submitter));
  } catch {
    form.submit(); // nothing could be kept, for want of space perhaps
    return;
  }
  clear(form);
  await sendAll();
});

document.addEventListener("change", async ({ target }) => {
  const preview = target.form?.querySelector("[data-preview]");
  if (target.type !== "file" || !preview) return;
  try {
    preview.replaceChildren(...(target.files.length ? [await drawn(target.files[0], 640)] : []));
  } catch {
    preview.replaceChildren(target.files[0].name);
  }
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
window.addEventListener("online", sendAll);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
setInterval(sendAll, RETRY_AFTER);

try {
  await openDatabase();
} catch {
  // A private window, perhaps.
}
await sendAll();
