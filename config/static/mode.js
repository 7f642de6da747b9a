"use strict";
// Meeting mode goes through the agenda by keyboard: arrows, or the keys of a clicker. Each item has an address of its
// own. Without this script the links beside the item do the same.
(() => {
  const stage = document.querySelector(".mode");
  if (!stage) return;
  const KEYS = {
    ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev", Home: "first", End: "last", Escape: "up",
  };
  const go = (rel) => {
    const link = document.querySelector(`a[data-go="${rel}"]`);
    if (link) location.assign(link.href);
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const where = event.target;
    const list = document.querySelector("details.stops[open]");
    if (list && event.key === "Escape") {
      event.preventDefault();
      list.open = false;
      return list.querySelector("summary").focus();
    }
    const isField = where.matches("input, textarea, select");
    if (isField && event.key === "Escape") return where.blur();
    // A clicker sends these two, wherever the words are being typed.
    if (isField && !["PageDown", "PageUp"].includes(event.key)) return;
    if (event.key === "d" || event.key === "D") {
      const text = document.getElementById("decide-text");
      if (!text) return;
      event.preventDefault();
      return text.focus();
    }
    const isScrolled = where.closest(".scroll") && ["ArrowLeft", "ArrowRight"].includes(event.key);
    if (!KEYS[event.key] || isScrolled || event.shiftKey) return;
    event.preventDefault();
    go(KEYS[event.key]);
  });

  // The item's own node stands in the middle of the map.
  const map = document.querySelector(".chain-map.scroll");
  const node = stage.dataset.node && map?.querySelector(`a[href$="/nodes/${stage.dataset.node}/"]`);
  if (node) {
    node.classList.add("here");
    const at = node.getBoundingClientRect(), frame = map.getBoundingClientRect();
    const enlarged = frame.width / map.offsetWidth; // a large projector shows the page at twice its size
    map.scrollLeft += (at.left - frame.left) / enlarged - map.clientWidth / 2;
    map.scrollTop += (at.top - frame.top) / enlarged - map.clientHeight / 2;
  }
})();
