// The wall: one picture after the other, newer ones fetched twice a minute, and how old what it shows is. Nobody stands
// before it who could help, so nothing here waits for anybody.
//
// Ages are reckoned from the server's time and the time that has gone since (performance.now), never from the clock of
// the wall's computer, which may be wrong. Only after a reload while the server is away is that clock asked, corrected
// by how far it was off when the server last answered.
const wall = document.getElementById("wall");
const content = document.getElementById("content");
const dots = document.getElementById("dots");
const age = document.getElementById("age");
const { zone, ask: address } = wall.dataset;
const words = { ...age.dataset };
const language = document.documentElement.lang;
const ASK_EVERY = 30, FIRST_TRY = 5, LONGEST_WAIT = 120, PATIENCE = 20; // seconds
const STALE = 5 * 60;
const KEPT = "wall-kept", RELOADED = "wall-reloaded";
const isKiosk = Boolean(wall.dataset.worker);

let isRefused = "refused" in wall.dataset;
let etag = wall.dataset.etag;
let at = Number(wall.dataset.at); // the server's time up to which what is shown is known to be true, in ms
let heard = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now(); // when that was said
let moved = 0; // milliseconds that had gone already when the page was loaded without a server
let failures = 0, next = null, waiting = "", isPaused = false, isOld = false, asking = 0, turning = 0;

const now = () => at + moved + performance.now() - heard;

// Pictures -----------------------------------------------------------------------------------------------------------

const pictures = () => [...content.querySelectorAll(".wall-picture")];
const here = () => content.querySelector(".wall-picture.here");

function name() {
  const shown = here();
  dots.replaceChildren(...pictures().map((picture) => {
    const item = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = picture.dataset.name;
    item.append(label);
    item.classList.toggle("chain", picture.id.startsWith("picture-chain")); // its name may be long: it gives way
    if (picture === shown) item.setAttribute("aria-current", "true");
    return item;
  }));
  fit();
}

/** Where the names do not all fit, chains are dots alone but for the one that is shown: half a name says nothing. */
function fit() {
  dots.classList.remove("tight");
  dots.classList.toggle("tight", dots.scrollWidth > dots.clientWidth);
}

function show(picture) {
  if (!picture) return;
  for (const each of pictures()) each.classList.toggle("here", each === picture);
  name();
}

/** Put newer content in the place of the old, with the same picture up: no fading, nothing jumps. */
function take(html) {
  const id = here()?.id;
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const same = id && parsed.content.getElementById(id);
  if (same) {
    parsed.content.querySelector(".here")?.classList.remove("here");
    same.classList.add("here");
  }
  content.replaceChildren(parsed.content);
  name();
}

function turn(by) {
  if (waiting) {
    take(waiting);
    waiting = "";
  }
  if (isOld && reload()) return;
  // A frame later, so that what was put there now fades like what was there before; two quick keys turn twice.
  requestAnimationFrame(() => {
    const all = pictures();
    if (all.length > 1) show(all[(all.indexOf(here()) + by + all.length) % all.length]);
  });
}

function rotate() {
  clearTimeout(turning);
  turning = setTimeout(() => {
    if (!isPaused) turn(1);
    rotate();
  }, Number(wall.dataset.every) * 1000);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (by) {
    event.preventDefault();
    turn(by);
    rotate();
  } else if (event.key === " " && !event.target.closest("a, button")) {
    event.preventDefault();
    isPaused = !isPaused;
    document.getElementById("paused").hidden = !isPaused;
  }
});

// Asking -------------------------------------------------------------------------------------------------------------

async function ask() {
  clearTimeout(asking);
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE * 1000);
  let wait = ASK_EVERY;
  try {
    const headers = etag && !isRefused ? { "If-None-Match": etag } : {};
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "error", signal: stop.signal });
    const moment = Number(answer.headers.get("Onescreen-Time"));
    const text = answer.status === 304 ? "" : await answer.text();
    if (!moment || ![200, 304, 401, 403, 429].includes(answer.status)) throw new Error(`answered ${answer.status}`);
    failures = 0;
    heardAt(moment);
    if (answer.headers.get("Onescreen-Version") !== wall.dataset.version) isOld = true;
    if (answer.status >= 400) refuse(text);
    else if (isRefused) return location.replace(location.href); // it has its right again: begin anew
    else if (answer.status === 200) receive(text, answer.headers.get("ETag"));
    keep();
  } catch {
    failures += 1;
    wait = Math.min(LONGEST_WAIT, FIRST_TRY * 2 ** (failures - 1));
  } finally {
    clearTimeout(patience);
  }
  tick();
  // A little apart, so that all the walls of a district do not ask in the same moment.
  asking = setTimeout(ask, wait * 1000 * (0.9 + Math.random() * 0.2));
}

function heardAt(moment) {
  at = moment;
  heard = performance.now();
  moved = 0;
}

function receive(text, tag) {
  etag = tag;
  next = text;
  if (isPaused || pictures().length < 2) take(text);
  else waiting = text;
}

/** The right has ended: what was shown goes, also from where it was kept. */
function refuse(text) {
  isRefused = true;
  etag = waiting = "";
  next = null;
  content.innerHTML = text;
  dots.replaceChildren();
  forget();
  if (isOld) reload();
}

/** Load the page anew after an upgrade; seldom, should the answers come from servers of two versions. */
function reload() {
  const last = Number(sessionStorage.getItem(RELOADED)) || 0;
  if (Math.abs(Date.now() - last) < 10 * 60 * 1000) return false;
  sessionStorage.setItem(RELOADED, Date.now());
  location.replace(location.href);
  return true;
}

// For a reload while the server is away: a wall screen keeps what it shows; a person's browser keeps nothing ------------

function keep() {
  if (!isKiosk || isRefused) return;
  const said = { etag, at, ahead: at - Date.now() };
  try {
    if (next) said.html = next;
    else said.html = JSON.parse(localStorage.getItem(KEPT) || "{}").html;
    localStorage.setItem(KEPT, JSON.stringify(said));
    next = null;
  } catch { /* full or forbidden: the page that the worker keeps is older, but says so */ }
}

function forget() {
  try {
    localStorage.removeItem(KEPT);
  } catch { /* nothing was kept then */ }
  globalThis.caches?.delete("wall");
}

function recall() {
  let said = null;
  try {
    said = JSON.parse(localStorage.getItem(KEPT));
  } catch { /* as if there were none */ }
  failures = 1;
  heard = performance.now();
  if (!said) {
    moved = Math.max(0, Date.now() - at);
    return;
  }
  if (said.at >= at) {
    if (said.html) take(said.html);
    ({ etag, at } = said);
  }
  moved = Math.max(0, Date.now() + said.ahead - at);
}

// Clock and age --------------------------------------------------------------------------------------------------------

const shape = (options) => new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
const clock = shape({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const second = shape({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = shape({ year: "numeric", month: "long", day: "numeric", weekday: "long" });

function said(seconds) {
  if (seconds < 60) return words.seconds.replace("{n}", Math.floor(seconds));
  if (seconds < 3600) return words.minutes.replace("{n}", Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return words.hours.replace("{n}", Math.floor(seconds / 3600));
  return words.days.replace("{n}", Math.floor(seconds / 86400));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const moment = now(), seconds = Math.max(0, (moment - at) / 1000);
  write(document.getElementById("clock"), clock.format(moment));
  write(document.getElementById("date"), day.format(moment));
  const isStale = seconds >= STALE;
  const parts = [words.of.replace("{time}", seconds < 86400 ? second.format(at) : `${day.format(at)} ${clock.format(at)}`), said(seconds)];
  if (failures) parts.unshift(words.lost);
  if (isStale) parts.unshift(words.stale);
  write(age.querySelector("span"), isRefused && !failures ? "" : parts.join(" · "));
  age.classList.toggle("stale", isStale);
  age.querySelector("svg").toggleAttribute("hidden", !isStale);
}

// Beginning ------------------------------------------------------------------------------------------------------------

const isLive = "live" in wall.dataset;
if (!isLive) recall();
else if (isKiosk && !isRefused) {
  next = content.innerHTML;
  keep();
}
name();
tick();
setInterval(tick, 1000);
rotate();
new ResizeObserver(fit).observe(dots);
asking = setTimeout(ask, (isRefused || !isLive ? 1 : ASK_EVERY) * 1000);
addEventListener("online", ask);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
if (isKiosk) navigator.serviceWorker?.register(wall.dataset.worker, { scope: "/wall/" }).catch(() => {});
