/* The inbox's script. Everything reads without it: it brings new mails in, and keys. */

const list = document.getElementById("list");
const live = document.getElementById("live");

/* New mails: the server says that something changed, and the list is asked for again. */
if (live) {
  const events = new EventSource("/events");
  let known;
  let asking = false;
  let again = false;
  events.addEventListener("open", () => setLive("live", "Live"));
  events.addEventListener("error", () => setLive("lost", "Connection lost"));
  events.addEventListener("catch", (event) => {
    const state = JSON.parse(event.data);
    document.title = document.title.replace(/^(\(\d+\) )?/, state.unread > 0 ? `(${state.unread}) ` : "");
    const isFirst = known === undefined;
    const before = known;
    known = state;
    // The page is as fresh as the first event, but for what came in between.
    if (isFirst && Number(live.dataset.taken) === state.taken) return;
    if (before && state.taken > before.taken) announce(state.taken - before.taken);
    void refresh();
  });

  async function refresh() {
    if (!list) return location.reload(); // the page of the empty box
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const response = await fetch(list.dataset.source);
      if (response.ok) replaceList(await response.text());
    } catch {
      setLive("lost", "Connection lost");
    }
    asking = false;
    if (again) {
      again = false;
      void refresh();
    }
  }
}

function replaceList(html) {
  const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
  const top = list.querySelector(".rows")?.scrollTop ?? 0;
  list.innerHTML = html;
  const rows = list.querySelector(".rows");
  if (rows) rows.scrollTop = top;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function setLive(state, words) {
  live.dataset.state = state;
  live.textContent = words;
}

function announce(count) {
  const region = document.getElementById("announcements");
  if (region) region.textContent = count === 1 ? "A new mail" : `${count} new mails`;
}

/* What can't be taken back asks first. */
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

/* Keys. */
const tabs = ["html", "text", "headers", "parts", "raw", "checks"];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.matches("input, textarea, select")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const act = keyAct(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

function keyAct(key) {
  if (key === "j") return () => step(1);
  if (key === "k") return () => step(-1);
  if (key === "/") return () => document.getElementById("search")?.focus();
  if (key === "?") return () => location.assign("/help");
  if (key === "u") return submitter("act-unread");
  if (key === "Delete" || key === "#") return submitter("act-delete");
  if (key === "Escape" && list?.dataset.home) return () => location.assign(list.dataset.home);
  const tab = tabs[Number(key) - 1];
  const link = tab && document.querySelector(`[data-tab="${tab}"]`);
  return link ? () => link.click() : undefined;
}

function submitter(id) {
  const form = document.getElementById(id);
  return form ? () => form.requestSubmit() : undefined;
}

function step(by) {
  const rows = [...document.querySelectorAll(".rows li a")];
  const current = rows.findIndex((row) => row.getAttribute("aria-current") === "page");
  const next = rows[current < 0 ? (by > 0 ? 0 : rows.length - 1) : current + by];
  // The view stays: who compares text parts wants the next text part.
  if (!next) return;
  const url = new URL(next.href);
  const here = new URLSearchParams(location.search);
  for (const name of ["view", "width", "scheme"]) if (here.has(name)) url.searchParams.set(name, here.get(name));
  location.assign(url);
}

document.querySelector('.rows li a[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
