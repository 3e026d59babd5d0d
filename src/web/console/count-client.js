/* Counts the audience while somebody writes its expression. Without it the button does. */
const restMs = 400;
const shown = document.querySelector("[data-count]");
const form = shown?.closest("form");
const button = form?.querySelector("button[formaction]");
let timer;
let asking;

async function count() {
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(button.formAction, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      signal: asking.signal,
    });
    // 422 says what is wrong with the expression; any other failure leaves what stands there.
    if (!response.ok && response.status !== 422) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-count]");
    if (fresh) shown.replaceChildren(...fresh.childNodes);
  } catch {
    // Asked anew meanwhile, or the server is away: the next change asks again.
  }
}

if (button) {
  for (const name of ["list", "segment"])
    form.elements[name].addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(count, restMs);
    });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    void count();
  });
}
