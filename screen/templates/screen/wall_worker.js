{% load static %}// Shows a wall that was reloaded while the server is away what it showed last. Only wall screens have this; what it
// keeps is the page of this screen, and it goes with the right of the screen.
const KEPT = "wall";
const PAGE = "{% url 'screen:wall' %}";
const FILES = [{% for file in files %}"{% static file %}", {% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([PAGE, ...FILES])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin || event.request.method !== "GET") return;
  const isPage = event.request.mode === "navigate" && (url.pathname === PAGE || url.pathname.startsWith(`${PAGE}k/`));
  if (isPage) event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname)) event.respondWith(file(event.request));
});

async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.status >= 500) throw new Error(answer.status);
    if (new URL(request.url).pathname === PAGE && !answer.redirected) {
      if (answer.ok) await kept.put(PAGE, answer.clone());
      else await kept.delete(PAGE);
    }
    return answer;
  } catch (error) {
    const last = await kept.match(PAGE);
    if (!last) throw error;
    const text = (await last.text()).replace(" data-live", ""); // the script says how old it is
    return new Response(text, { headers: last.headers });
  }
}

async function file(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (error) {
    const last = await kept.match(request);
    if (!last) throw error;
    return last;
  }
}
