// The field in the head of every page: "/" goes there, what matches appears while one types, arrow keys choose.
const field = document.getElementById("find");
const list = document.getElementById("hits");
let asked = "";
let waiting = 0;
let request = null;

const hits = () => [...list.querySelectorAll("[data-hit]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function close() {
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function choose(hit) {
  chosen()?.removeAttribute("aria-selected");
  if (!hit) {
    field.removeAttribute("aria-activedescendant");
    return;
  }
  hit.setAttribute("aria-selected", "true");
  hit.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", hit.id);
}

function show(html) {
  list.innerHTML = html; // from our own server, escaped there
  for (const group of list.querySelectorAll("section")) group.setAttribute("role", "group");
  for (const item of list.querySelectorAll("ul, li")) item.setAttribute("role", "none");
  for (const [number, hit] of hits().entries()) {
    hit.id = `hit-${number}`;
    hit.setAttribute("role", "option");
    hit.tabIndex = -1;
  }
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  choose(null);
}

async function ask() {
  const text = field.value.trim();
  if (text === asked && !list.hidden) return;
  asked = text;
  request?.abort();
  if (!text) {
    close();
    return;
  }
  request = new AbortController();
  try {
    const answer = await fetch(`${field.dataset.hits}?q=${encodeURIComponent(text)}`, { signal: request.signal });
    if (answer.ok && !answer.redirected && text === asked) show(await answer.text());
  } catch (error) {
    if (error.name !== "AbortError") close(); // without a connection the form still leads to the page
  }
}

if (field && list) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", "hits");
  field.setAttribute("aria-autocomplete", "list");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.getAttribute("aria-label"));

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  field.addEventListener("focus", () => field.value.trim() && ask());
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys belong to the input of Chinese
    const all = hits();
    const place = all.indexOf(chosen());
    if (event.key === "ArrowDown" && all.length) {
      choose(all[(place + 1) % all.length]);
      event.preventDefault();
    } else if (event.key === "ArrowUp" && all.length) {
      choose(all[place <= 0 ? all.length - 1 : place - 1]);
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden && chosen()) {
      location.assign(chosen().href);
      event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".find")) close();
  });
  field.form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !field.form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!field.offsetParent) location.assign(field.form.action); // on a phone the field is a page of its own
    field.focus();
    field.select();
    event.preventDefault();
  });
}
