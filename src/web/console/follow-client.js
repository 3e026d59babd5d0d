/* Keeps the part of a page marked data-live as the server has it. Without it the page is as true, at the time it says. */
const everyMs = 2_000;
const live = document.querySelector("[data-live]");

async function follow() {
  if (document.visibilityState === "visible") {
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      // Signed out meanwhile: the page that asks for it says so.
      if (response.status === 401) return location.reload();
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) return location.reload();
      // What somebody is just using stays under their hands.
      if (!live.contains(document.activeElement)) live.replaceChildren(...fresh.childNodes);
      if (fresh.dataset.live === "done") return location.reload();
    } catch {
      // The server is away for a moment; the next round asks again.
    }
  }
  setTimeout(follow, everyMs);
}

if (live && live.dataset.live === "open") setTimeout(follow, everyMs);
