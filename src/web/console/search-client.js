/* Looks for people while somebody types. Without it the button does. */
const restMs = 150;
const field = document.querySelector("[data-search] input[type=search]");
const shown = document.querySelector("[data-found]");
let timer;
let asking;

async function search() {
  asking?.abort();
  asking = new AbortController();
  const address = `${location.pathname}?${new URLSearchParams({ q: field.value })}`;
  try {
    const response = await fetch(address, { headers: { accept: "text/html" }, signal: asking.signal });
    // Signed out meanwhile: the page that asks for it says so.
    if (response.status === 401) return location.reload();
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-found]");
    if (!fresh) return;
    shown.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
  } catch {
    // Asked anew meanwhile, or the server is away: the next letter asks again.
  }
}

if (field && shown)
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, restMs);
  });
