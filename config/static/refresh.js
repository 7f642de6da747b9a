// The one screen stays true while it is looked at: once a minute the page asks the server whether it still holds. What has
// changed is put in its place, and nothing else moves: focus, scrolling and what has been opened stay. A page that cannot be
// renewed says so, and how old it is.
const EVERY = 60_000;
const when = document.getElementById("when");
const main = document.getElementById("main");
let seen = Date.now();
let tag = when?.dataset.tag;
let isLost = false;
let isAsking = false;

function age() {
  const seconds = Math.floor((Date.now() - seen) / 1000);
  const { seconds: few, minutes, hours } = when.dataset;
  if (seconds < 60) return few.replace("#", seconds);
  return seconds < 3600 ? minutes.replace("#", Math.floor(seconds / 60)) : hours.replace("#", Math.floor(seconds / 3600));
}

function tell() {
  const place = when.querySelector("[data-age]");
  const text = `· ${isLost ? `${when.dataset.lost}, ` : ""}${age()}`;
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle("red", isLost);
}

// What somebody has open, chosen or typed is theirs.
const KEPT = { DETAILS: ["open"], INPUT: ["value", "checked"], OPTION: ["selected"] };

function sameKind(here, there) {
  return here.nodeName === there.nodeName && here.namespaceURI === there.namespaceURI;
}

function renew(here, there) {
  if (here.isEqualNode(there) || here.hasAttribute?.("data-age")) return;
  if (here.nodeType !== Node.ELEMENT_NODE) {
    here.nodeValue = there.nodeValue;
    return;
  }
  const kept = KEPT[here.nodeName] ?? [];
  for (const { name } of [...here.attributes]) if (!there.hasAttribute(name) && !kept.includes(name)) here.removeAttribute(name);
  for (const { name, value } of there.attributes) {
    if (!kept.includes(name) && here.getAttribute(name) !== value) here.setAttribute(name, value);
  }
  const [mine, theirs] = [[...here.childNodes], [...there.childNodes]];
  for (const [place, child] of theirs.entries()) {
    const old = mine[place];
    if (!old) here.append(document.importNode(child, true));
    else if (sameKind(old, child)) renew(old, child);
    else old.replaceWith(document.importNode(child, true));
  }
  for (const left of mine.slice(theirs.length)) left.remove();
}

async function ask() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  try {
    // The browser sends the tag of the page that it keeps; a short "unchanged" reaches us as the page itself.
    const answer = await fetch(location.href, { cache: "no-cache", headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload(); // to the login
    if (!answer.ok) throw new Error(String(answer.status));
    const now = answer.headers.get("ETag");
    if (!now || now !== tag) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("main");
      if (fresh) renew(main, fresh);
      tag = now;
    }
    [seen, isLost] = [Date.now(), false];
  } catch {
    isLost = true;
  } finally {
    isAsking = false;
    tell();
  }
}

// What is chosen is shown without a button; half a month that is being typed is not asked for.
function narrow(form) {
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) said.append(name, value);
  const address = `${form.getAttribute("action")}${said.size ? `?${said}` : ""}`;
  if (address !== `${location.pathname}${location.search}`) location.assign(address);
}

if (when && main) {
  const form = main.querySelector("form.filters");
  form?.addEventListener("change", (event) => event.target.matches("select") && narrow(form));
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    narrow(form);
  });
  tell();
  setInterval(() => !document.hidden && tell(), 1000);
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => !document.hidden && Date.now() - seen > EVERY && ask());
  addEventListener("pageshow", (event) => event.persisted && ask());
  addEventListener("online", ask);
}
