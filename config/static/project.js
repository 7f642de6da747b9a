"use strict";
// The page of a project: a node opens beside it, and the chain map begins where the work is.
// Without this script every node is a page of its own, and the map begins at its left end.
(() => {
  const panel = document.getElementById("panel");
  if (!panel) return;
  const NODE_PAGE = /^\/nodes\/(\d+)\/$/, NODE_HASH = /^#node-(\d+)$/;

  const setHash = (hash) => history.replaceState(history.state, "", location.pathname + location.search + hash);

  const load = async (address) => {
    await htmx.ajax("GET", address, { target: panel, swap: "innerHTML" });
    if (panel.querySelector("#panel-title")) show(address);
    else location.assign(address); // logged out meanwhile, or gone: the page itself says it
  };

  const show = (address) => {
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
    panel.querySelector("#panel-title").focus();
    setHash("#node-" + address.match(NODE_PAGE)[1]);
  };

  const leave = () => {
    const row = NODE_HASH.test(location.hash) && document.querySelector(location.hash + " a");
    setHash("");
    if (row && document.activeElement === document.body) row.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const address = link && link.getAttribute("href");
    if (!address || !NODE_PAGE.test(address) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    load(address);
  });

  // What is refused is said in the panel, and nothing that was typed is lost; what is done reads the page anew.
  panel.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    const said = { source: form, target: panel.querySelector(".said"), swap: "innerHTML show:top" };
    htmx.ajax("POST", form.getAttribute("action"), said);
  });

  const follow = () => {
    const found = location.hash.match(NODE_HASH);
    if (found) load("/nodes/" + found[1] + "/");
  };
  addEventListener("hashchange", follow);

  let touched = false; // a click beside the panel must not throw away what was typed
  panel.addEventListener("input", () => { touched = true; });
  panel.addEventListener("click", (event) => {
    if (event.target === panel && !touched) panel.close();
  });
  panel.addEventListener("close", () => { touched = false; leave(); });
  panel.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Refresh")) setHash(""); // done: the page is read anew
  });

  const map = document.querySelector(".chain-map.scroll"), today = document.getElementById("map-today");
  if (map && today) {
    const beside = today.getBoundingClientRect().left - map.getBoundingClientRect().left;
    map.scrollLeft += beside - map.clientWidth / 2;
  }
  follow();
})();
