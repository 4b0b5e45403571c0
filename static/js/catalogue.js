// The results follow the boxes as they are ticked, and what one acts on stays where it is in the window. Where this
// doesn't run, the form's buttons and the links do the same. On a phone the filters are a drawer that covers the window.

const DELAY = 200;
const wide = matchMedia("(min-width: 60rem)");
const main = document.querySelector("main");
const announcement = document.querySelector("[data-annonce]");
let shownQuery = location.search;
let timer;
let changed = false;
let lastChoice;
let before;

const summary = () => document.getElementById("resume");
// Its words, those that only a voice says among them; no-break spaces stay.
const sentence = (element) => element.textContent.replace(/[ \n]+/g, " ").trim();
const filters = () => document.getElementById("volet");
const isDrawer = () => filters().open && !wide.matches;
const allDetails = () => [...document.querySelectorAll("#recherche details")];
const topOf = (element) => element.getBoundingClientRect().top;
// How far a value stands from the top of its list, which may scroll by itself.
const depthOf = (element) => topOf(element) - topOf(element.closest(".valeurs") ?? element);

function unfold(isOpen) {
  for (const details of allDetails()) details.open = isOpen(details);
  // Where CSS can't unfold the filters beside the results, unfold them here.
  if (wide.matches && !CSS.supports("selector(::details-content)")) {
    for (const details of document.querySelectorAll(".volet, .groupe-filtre")) details.open = true;
  }
  settle();
}

// What the drawer covers is out of reach while it does.
function settle() {
  const covered = ".evitement, .entete, .pied, #recherche > :not(form), #filtres > :not(#volet)";
  for (const element of document.querySelectorAll(covered)) element.inert = isDrawer();
}

function closeDrawer() {
  filters().open = false;
  settle();
}

// Scroll to that height, even if the page has become too short for it.
function reach(y) {
  main.style.minHeight = "";
  const lacking = y + innerHeight - document.documentElement.scrollHeight;
  if (lacking > 0) main.style.minHeight = `${main.offsetHeight + lacking}px`;
  scrollTo({ top: y, behavior: "instant" });
}

// The same in the drawer, which scrolls by itself, for an element that stood at `top`.
function reachInDrawer(element, top) {
  const drawer = filters();
  const content = drawer.querySelector(".volet-filtres");
  const y = drawer.scrollTop + topOf(element) - top;
  const lacking = y + drawer.clientHeight - drawer.scrollHeight;
  if (lacking > 0) content.style.minHeight = `${content.offsetHeight + lacking}px`;
  drawer.scrollTop = y;
}

// Each entry of the history keeps how its page is left, for whoever comes back: what is unfolded, and the height, which
// the browser would restore before the page is unfolded, or on the page one comes from.
function remember() {
  if (shownQuery !== location.search) return;
  const open = allDetails().filter((details) => details.open);
  history.replaceState({ open: open.map(({ id }) => id), y: scrollY, depth: filters().scrollTop }, "");
}

document.documentElement.classList.add("avec-tiroir");
const entry = history.state;
history.scrollRestoration = "manual";
unfold(({ id, open }) => entry?.open?.includes(id) ?? open);
if (entry) {
  reach(entry.y);
  filters().scrollTop = entry.depth;
}
remember();
document.addEventListener("scrollend", remember, true);

// Who opens the drawer is led into it, and back to what opened it when it closes.
let presses = false;
document.addEventListener("click", ({ target }) => {
  if (target.closest("#filtrer")) presses = true;
});
document.addEventListener(
  "toggle",
  ({ target }) => {
    remember();
    if (target !== filters()) return;
    settle();
    if (presses) (isDrawer() ? target.querySelector(".groupe-filtre > summary") : target.firstElementChild).focus();
    presses = false;
  },
  true,
);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isDrawer()) return;
  event.preventDefault();
  closeDrawer();
  document.getElementById("filtrer").focus();
});
wide.addEventListener("change", settle);

const asked = (pairs) => [...pairs].filter(([name, value]) => value && name !== "page").sort().join("&");
document.addEventListener("click", (event) => {
  const button = event.target.closest(".appliquer");
  if (!button || !isDrawer() || changed) return;
  // What is chosen is answered already: it is behind the drawer.
  if (asked(new FormData(button.form)) !== asked(new URLSearchParams(location.search))) return;
  event.preventDefault();
  closeDrawer();
  summary().scrollIntoView();
  summary().focus({ preventScroll: true });
});
document.addEventListener("htmx:pushedIntoHistory", ({ detail }) => {
  remember();
  history.pushState(null, "", detail.path);
  shownQuery = location.search;
});
addEventListener("popstate", ({ state }) => {
  if (shownQuery !== location.search) location.reload();
  else if (state) reach(state.y);
});

document.addEventListener("change", ({ target }) => {
  if (!target.form?.matches("[data-filtres]") || !target.matches("[type=checkbox], select")) return;
  changed = true;
  lastChoice = target;
  clearTimeout(timer);
  timer = setTimeout(() => target.form.requestSubmit(), DELAY);
});

document.addEventListener("htmx:beforeSend", () => {
  changed = false;
});

// The same element on the page of now. A box that would find nobody has gone.
function counterpart({ id, name, value }) {
  if (id) return document.getElementById(id);
  return document.querySelector(`#filtres [name="${name}"][value="${CSS.escape(value)}"]`);
}

// A control, then what stands for it should it be gone: its filter, the head of the drawer, the summary of the results.
const withStandIns = (control) =>
  [control, control.closest(".facette"), isDrawer() && document.getElementById("filtrer"), summary()].filter(Boolean);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // One more box was ticked meanwhile: another answer is on its way, and this one would untick it. Or one has gone back.
  if (changed || shownQuery !== location.search) detail.shouldSwap = false;
  const { elt, triggeringEvent } = detail.requestConfig;
  const active = document.activeElement;
  const button = triggeringEvent.submitter;
  // Enter in the field that finds a value presses the first button of the form, not the one beside it.
  const finder = button && (active.closest(".boite") ?? button.closest(".boite"));
  const facet = finder?.closest(".facette");
  // A link or another button leads to the results; whatever else one acts on keeps its place and the focus.
  const filter = elt.closest(".facette");
  const leads = (elt.matches("a") && !filter) || (button && !finder);
  const anchor =
    finder?.querySelector("input") ?? (leads ? summary() : (filter ?? counterpart(lastChoice) ?? summary()));
  const focused = leads || finder ? anchor : active.closest("#recherche :is(input, select)");
  before = {
    leads,
    closes: leads && button && filters().open,
    facet,
    places: withStandIns(anchor).map((element) => ({ element, top: topOf(element), depth: depthOf(element) })),
    focused: focused && withStandIns(focused),
    // A filter that one searches shows what it found, from the first.
    details: new Map(
      allDetails()
        .filter(({ parentElement }) => parentElement !== facet)
        .map(({ id, open, lastElementChild: list }) => [id, { open, scrollTop: list.scrollTop }]),
    ),
  };
});

document.addEventListener("htmx:afterSwap", () => {
  const { leads, closes, facet, places, focused, details } = before;
  const { element, top, depth } = places.find((place) => counterpart(place.element));
  const anchor = counterpart(element);
  const around = anchor.closest("[id^=suite]");
  unfold(({ id, open }) => id === around?.id || (details.get(id)?.open ?? open));
  if (closes) closeDrawer();
  for (const { id, lastElementChild: list } of allDetails()) list.scrollTop = details.get(id)?.scrollTop ?? 0;
  if (leads && (closes || top < 0 || top > innerHeight)) {
    reach(0);
    anchor.scrollIntoView();
  } else {
    const list = anchor.closest(".valeurs");
    if (list) list.scrollTop += depthOf(anchor) - depth;
    if (isDrawer() && filters().contains(anchor)) reachInDrawer(anchor, top);
    else reach(scrollY + topOf(anchor) - top);
  }
  if (focused) {
    const control = focused.map(counterpart).find(Boolean);
    if (control.matches("fieldset")) control.tabIndex = -1;
    control.focus({ preventScroll: true });
  }
  remember();
  document.title = document.getElementById("recherche").dataset.titre;
  announcement.textContent = "";
  if (leads) return;
  const count = facet && counterpart(facet).querySelector("[data-trouve]");
  requestAnimationFrame(() => {
    announcement.textContent = sentence(count || summary());
  });
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}
