/* The preview's script: brings changes in as files are saved, and keys. */

document.documentElement.classList.add("has-script");
const live = document.getElementById("live");
const help = document.getElementById("help");

/* The server compiles at once when a file is saved, and says what came of it. */
if (live) {
  const events = new EventSource(live.dataset.events);
  events.addEventListener("open", () => setLive("live", "Live"));
  events.addEventListener("error", () => setLive("lost", "Connection lost"));
  events.addEventListener("change", (event) => {
    const { revision, problems } = JSON.parse(event.data);
    live.dataset.revision = revision;
    document.getElementById("problems").innerHTML = problems;
    if (problems !== "") return announce("There is something to mend");
    // The mail first: what stands around it asks for more, and would keep the server from answering.
    if (!swapFrame(revision)) void refresh();
  });
}

/* The new mail loads behind the old one and takes its place when it is whole, at the same height; then comes the rest. */
let incoming;
function swapFrame(revision) {
  const stage = document.getElementById("stage");
  const current = stage?.querySelector("iframe:not(.incoming)");
  if (!current) return false;
  incoming?.remove();
  const next = current.cloneNode(false);
  const url = new URL(current.src);
  url.searchParams.set("revision", revision);
  next.className = "incoming";
  next.src = url.href;
  incoming = next;
  next.addEventListener("load", () => {
    if (incoming !== next) return;
    const from = current.contentDocument?.scrollingElement;
    const to = next.contentDocument?.scrollingElement;
    if (from && to) to.scrollTop = from.scrollTop;
    next.classList.remove("incoming");
    current.remove();
    incoming = undefined;
    void refresh();
  });
  stage.append(next);
  return true;
}

/* What stands around the mail: asked for again, and put in where nobody is writing. */
let asking = false;
let again = false;
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch(location.href);
    if (response.ok) replaceParts(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    setLive("lost", "Connection lost");
  }
  asking = false;
  if (again) {
    again = false;
    void refresh();
  }
}

function replaceParts(fresh) {
  for (const id of ["problems", "summary", "tabs", "panel", "controls"]) {
    const here = document.getElementById(id);
    const there = fresh.getElementById(id);
    if (!here || !there) continue;
    const isMail = id === "panel" && there.querySelector("#stage") && here.querySelector("#stage");
    if (isMail || here.contains(document.activeElement)) continue;
    const top = here.firstElementChild?.scrollTop ?? 0;
    here.innerHTML = there.innerHTML;
    if (here.firstElementChild) here.firstElementChild.scrollTop = top;
  }
  announce("The mail has changed");
}

function setLive(state, words) {
  live.dataset.state = state;
  live.textContent = words;
}

function announce(words) {
  document.getElementById("announcements").textContent = words;
}

/* Choosing an issue opens it. */
document.getElementById("issue")?.addEventListener("change", () => document.getElementById("pick").requestSubmit());

const showHelp = document.getElementById("show-help");
showHelp.hidden = false;
showHelp.addEventListener("click", () => help.showModal());

/* Keys. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = keyAct(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

function keyAct(key) {
  if (/^[0-9]$/.test(key)) {
    const tab = document.querySelectorAll("#tabs a")[(Number(key) + 9) % 10];
    return tab && (() => tab.click());
  }
  if (key === "?") return () => help.showModal();
  if (key === "w") return next("[data-width]:not(.stage)");
  if (key === "i") return next("[data-pictures]");
  if (key === "v") return next("[data-variant]");
  if (key === "r") return () => document.querySelector('#reader [name="as"]').focus();
  if (key === "t") return () => document.querySelector('#test [name="to"]').focus();
  if (key === "j") return () => stepIssue(1);
  if (key === "k") return () => stepIssue(-1);
  const scheme = { l: "light", d: "dark", f: "forced" }[key];
  const link = scheme && document.querySelector(`a[data-scheme="${scheme}"]`);
  return link ? () => link.click() : undefined;
}

function next(selector) {
  const links = [...document.querySelectorAll(selector)];
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  return links.length === 0 ? undefined : () => links[(current + 1) % links.length].click();
}

function stepIssue(by) {
  const select = document.getElementById("issue");
  const index = select.selectedIndex + by;
  if (index < 0 || index >= select.options.length) return;
  select.selectedIndex = index;
  document.getElementById("pick").requestSubmit();
}
