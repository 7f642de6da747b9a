"use strict";
// The agenda of a draft: its items are dragged into another order, and a move does not read the whole page anew.
// Without this script the buttons beside each item do the same, one page at a time.
(() => {
  const agenda = () => document.getElementById("agenda");
  const form = () => document.getElementById("agenda-move");
  if (!agenda()) return;

  // The answer is the agenda alone; what is refused is said above it and leaves it as it was.
  const send = (name, value) => {
    const values = Object.fromEntries(new FormData(form()));
    htmx.ajax("POST", form().action, {
      source: form(), target: "#agenda", swap: "outerHTML", values: { ...values, [name]: value },
    });
  };
  document.addEventListener("submit", (event) => {
    if (event.target !== form() || !event.submitter) return;
    event.preventDefault();
    send(event.submitter.name, event.submitter.value);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== agenda() || event.detail.xhr.status < 400) return;
    event.detail.target = document.getElementById("agenda-said");
    event.detail.swapOverride = "innerHTML";
  });

  // Enter does what stands beside the field; a form alone would take its first button.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".do-many input") || event.isComposing) return;
    event.preventDefault();
    event.target.parentElement.querySelector("button").click();
  });

  // Nothing is dropped without a reason: it is asked for before the page is left.
  const reason = () => document.getElementById("drop-reason");
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#agenda-form button");
    if (!button || !reason()) return;
    const isMissing = button.hasAttribute("data-drop") && !reason().value.trim();
    reason().setCustomValidity(isMissing ? reason().dataset.missing : "");
    if (!isMissing) return;
    event.preventDefault();
    reason().reportValidity();
  });
  document.addEventListener("input", (event) => {
    if (event.target === reason()) reason().setCustomValidity("");
  });

  let dragged = null;
  const rows = () => [...agenda().querySelectorAll("tr[data-item]")];
  const rowAt = (event) => event.target.closest?.("[data-agenda] tr[data-item]");
  const prepare = () => {
    for (const row of agenda().querySelectorAll("[data-agenda] tr[data-item]")) row.draggable = true;
  };
  document.addEventListener("dragstart", (event) => {
    dragged = rowAt(event);
    if (!dragged) return;
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.item);
  });
  document.addEventListener("dragover", (event) => {
    const over = rowAt(event);
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    dragged = null;
    send("order", rows().map((row) => row.dataset.item).join(","));
  });
  document.addEventListener("htmx:afterSettle", () => {
    prepare();
    const here = document.activeElement;
    if (agenda().contains(here)) here.scrollIntoView({ block: "nearest" });
  });
  prepare();
})();
