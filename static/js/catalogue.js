// The results follow the boxes as they are ticked, and what one acts on stays where it is in the window. Where this
// doesn't run, the form's buttons and the links do the same.

const DELAY = 200;
const main = document.querySelector("main");
const announcement = document.querySelector("[data-annonce]");
let shownQuery = location.search;
let timer;
let changed = false;
let lastChoice;
let before;

const summary = () => document.getElementById("resume");
const allDetails = () => [...document.querySelectorAll("#recherche details")];
const topOf = (element) => element.getBoundingClientRect().top;
// How far a value stands from the top of its list, which may scroll by itself.
const depthOf = (element) => topOf(element) - topOf(element.closest(".valeurs") ?? element);

function unfold(isOpen) {
  for (const details of allDetails()) details.open = isOpen(details);
  // Where CSS can't unfold the filters beside the results, unfold them here.
  if (matchMedia("(min-width: 60rem)").matches && !CSS.supports("selector(::details-content)")) {
    document.getElementById("volet").open = true;
  }
}

// Scroll to that height, even if the page has become too short for it.
function reach(y) {
  main.style.minHeight = "";
  const lacking = y + innerHeight - document.documentElement.scrollHeight;
  if (lacking > 0) main.style.minHeight = `${main.offsetHeight + lacking}px`;
  scrollTo({ top: y, behavior: "instant" });
}

// Each entry of the history keeps how its page is left, for whoever comes back: what is unfolded, and the height, which
// the browser would restore before the page is unfolded, or on the page one comes from.
function remember() {
  if (shownQuery !== location.search) return;
  const open = allDetails().filter((details) => details.open);
  history.replaceState({ open: open.map(({ id }) => id), y: scrollY }, "");
}

const entry = history.state;
history.scrollRestoration = "manual";
unfold(({ id, open }) => entry?.open?.includes(id) ?? open);
if (entry) reach(entry.y);
remember();
document.addEventListener("toggle", remember, true);
document.addEventListener("scrollend", remember);
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

// The same element on the page of now. A box that would find nobody has gone to the end of its filter, out of reach.
function counterpart({ id, name, value }) {
  if (id) return document.getElementById(id);
  return document.querySelector(`#filtres [name="${name}"][value="${CSS.escape(value)}"]:enabled`);
}

// A control, then what stands for it should it be gone: its filter, or the summary of the results.
const withStandIns = (control) => [control, control.closest(".facette"), summary()].filter(Boolean);

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
  const leads = elt.matches("a") || (button && !finder);
  const anchor = finder?.querySelector("input") ?? (leads ? summary() : (counterpart(lastChoice) ?? summary()));
  const focused = leads || finder ? anchor : active.closest("#recherche :is(input, select)");
  before = {
    leads,
    closes: leads && button && document.getElementById("volet").open,
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
  if (closes) document.getElementById("volet").open = false;
  for (const { id, lastElementChild: list } of allDetails()) list.scrollTop = details.get(id)?.scrollTop ?? 0;
  if (leads && (closes || top < 0 || top > innerHeight)) {
    reach(0);
    anchor.scrollIntoView();
  } else {
    const list = anchor.closest(".valeurs");
    if (list) list.scrollTop += depthOf(anchor) - depth;
    reach(scrollY + topOf(anchor) - top);
  }
  if (focused) {
    const control = focused.map(counterpart).find(Boolean);
    if (control.matches("fieldset")) control.tabIndex = -1;
    control.focus({ preventScroll: true });
  }
  remember();
  document.title = document.getElementById("recherche").dataset.titre;
  if (leads) return;
  const count = facet && counterpart(facet).querySelector("[data-trouve]");
  announcement.textContent = "";
  requestAnimationFrame(() => {
    announcement.textContent = (count || summary()).textContent.trim();
  });
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}
