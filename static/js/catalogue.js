// The results follow the boxes as they are ticked. Where this doesn't run, the form's buttons do the same.

const DELAY = 200;
const announcement = document.querySelector("[data-annonce]");
let timer;
let changed = false;
let openIds = [];
let ticked;

// Where CSS can't unfold the filters beside the results, unfold them here.
function unfold() {
  if (matchMedia("(min-width: 60rem)").matches && !CSS.supports("selector(::details-content)")) {
    document.getElementById("volet").open = true;
  }
}
unfold();

document.addEventListener("change", ({ target }) => {
  if (!target.form?.matches("[data-filtres]") || !target.matches("[type=checkbox], select")) return;
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(() => target.form.requestSubmit(), DELAY);
});

document.addEventListener("htmx:beforeSend", () => {
  changed = false;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // One more box was ticked meanwhile: another answer is on its way, and this one would untick it.
  if (changed) detail.shouldSwap = false;
  openIds = [...document.querySelectorAll("#recherche details[open]")].map((details) => details.id);
  ticked = document.activeElement.matches("[data-filtres] [type=checkbox]") && document.activeElement;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const { elt, triggeringEvent } = detail.requestConfig;
  const summary = document.getElementById("resume");
  // A button or a link asks to see the results; a box keeps its place, and its reader hears what changed.
  const asked = elt.matches("a") || triggeringEvent?.submitter;
  for (const details of document.querySelectorAll("#recherche details")) {
    details.open = openIds.includes(details.id) && !(asked && details.id === "volet");
  }
  unfold();
  document.title = document.title.replace(/^.*(?= – Catalogue)/, () => summary.textContent);
  if (asked) {
    summary.focus();
    return;
  }
  if (ticked) {
    const again = `#filtres [name="${ticked.name}"][value="${CSS.escape(ticked.value)}"]`;
    document.querySelector(again)?.focus({ preventScroll: true });
  }
  announcement.textContent = "";
  requestAnimationFrame(() => {
    announcement.textContent = summary.textContent;
  });
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}
