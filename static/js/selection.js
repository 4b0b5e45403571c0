// What a buyer keeps, in this browser: « Garder » without leaving the page, the count in the header, all tabs together.
// Where the browser keeps nothing, the buttons send their form, as without script.

const KEY = "selection";
// What moved in the selection, until the page that shows it.
const MOVED = "selection-deplacee";
// How many of those that a full selection leaves out are named.
const NAMED = 5;
const KEPT = Number(document.querySelector("[data-kept]").dataset.kept);

function read() {
  try {
    const slugs = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(slugs) ? slugs.filter((slug) => typeof slug === "string").slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

function write(slugs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(slugs));
    return true;
  } catch {
    return false;
  }
}

const address = (path, slugs) => {
  const query = new URLSearchParams(slugs.map((slug) => ["f", slug]));
  for (const { name, value } of document.querySelectorAll("#garder input")) {
    if (name !== "f") query.append(name, value);
  }
  // Not by `size`, which browsers of 2022 lack.
  const words = query.toString();
  return words ? `${path}?${words}` : path;
};

// Whether this browser keeps as much as a selection takes; asked once, since other tabs hear of each try.
let isKeeping;
function keeps() {
  try {
    if (isKeeping === undefined) {
      localStorage.setItem(`${KEY}-essai`, "-".repeat(100 * KEPT));
      localStorage.removeItem(`${KEY}-essai`);
      isKeeping = true;
    }
  } catch {
    isKeeping = false;
  }
  return isKeeping;
}

function say(text) {
  const status = document.querySelector("[data-kept-told], [data-annonce]");
  if (status) status.textContent = text;
}

// Beside the button that was pressed, and in the region that a voice reads.
function tell(button, sentence, name = "told") {
  let told = button.parentNode.querySelector(`[data-${name}]`);
  if (!told) {
    told = document.createElement("span");
    told.dataset[name] = "";
    button.after(told);
  }
  told.textContent = sentence;
  say(sentence);
  return told;
}

// What the address keeps and this browser doesn't, its own list being the one that counts: no way out carries it on.
function leaveOut(slugs) {
  const isOut = (slug) => !slugs.includes(slug);
  for (const input of document.querySelectorAll("#garder [name=f], #filtres [name=f]")) {
    if (isOut(input.value)) input.remove();
  }
  for (const link of document.querySelectorAll("main a[href*='f=']")) {
    const url = new URL(link.href);
    const carried = url.searchParams.getAll("f");
    if (!carried.some(isOut)) continue;
    url.searchParams.delete("f");
    for (const slug of carried) if (!isOut(slug)) url.searchParams.append("f", slug);
    link.href = url;
  }
}

function show() {
  const here = document.querySelector("[data-kept-here]");
  if (here && !keeps()) {
    // The address alone keeps, and the page says what.
    here.classList.remove("sans-script");
    return;
  }
  const slugs = read();
  for (const button of document.querySelectorAll("[data-keep]")) {
    const isKept = slugs.includes(button.dataset.keep);
    button.setAttribute("aria-pressed", isKept);
    button.firstChild.data = isKept ? "Gardée" : "Garder";
  }
  if (here) leaveOut(slugs);
  const item = document.querySelector("[data-kept]");
  const link = item.querySelector("a");
  item.hidden = !slugs.length;
  link.textContent = slugs.length > 1 ? `${slugs.length} gardées` : "1 gardée";
  link.href = address(link.pathname, slugs);
  const all = document.querySelector("[data-keep-all]");
  if (all) all.hidden = onPage().every((slug) => slugs.includes(slug));
}

const onPage = () => [...document.querySelectorAll("[data-selection] [data-fiche]")].map((part) => part.dataset.fiche);

function isOwn() {
  const slugs = read();
  const shown = onPage();
  return shown.length === slugs.length && shown.every((slug) => slugs.includes(slug));
}

// What left the catalogue, or has another address, isn't kept under the one of before.
function tidy({ left, renamed }) {
  const gone = left.split(" ");
  const now = new Map(renamed.split(" ").map((pair) => pair.split(":")));
  const kept = read();
  const tidied = [...new Set(kept.map((slug) => now.get(slug.toLowerCase()) ?? slug))];
  const slugs = tidied.filter((slug) => !gone.includes(slug.toLowerCase()));
  if (slugs.join() !== kept.join()) write(slugs);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-keep]");
  const dropped = event.target.closest("[data-drop]");
  const moves = event.target.closest("[data-drop], [data-rang]");
  if (moves && !event.ctrlKey && !event.metaKey && !event.shiftKey) remember(moves);
  // Somebody else's selection is put in order without touching one's own.
  if (dropped && isOwn()) write(read().filter((slug) => slug !== dropped.dataset.drop));
  if (!button) return;
  const slug = button.dataset.keep;
  const slugs = read();
  const isKept = slugs.includes(slug);
  if (!isKept && slugs.length >= KEPT) {
    event.preventDefault();
    tell(button, `Une sélection garde ${KEPT} fiches\u00a0: retirez-en pour en ajouter.`, "refused");
    return;
  }
  if (!write(isKept ? slugs.filter((other) => other !== slug) : [...slugs, slug])) return;
  event.preventDefault();
  show();
  say(isKept ? "Fiche retirée de votre sélection." : "Fiche gardée.");
});

const nameOf = (slug) => document.querySelector(`[data-selection] [data-fiche="${slug}"] a`).textContent;

// « A, B et 2 autres n’y sont pas. »
function leftOut(slugs) {
  const names = slugs.slice(0, NAMED).map(nameOf);
  const others = slugs.length - names.length;
  const words = others > 1 ? "autres" : "autre";
  const counted = others ? ` et ${others} ${words}` : "";
  const verb = slugs.length > 1 ? "n’y sont pas" : "n’y est pas";
  return `${names.join(", ")}${counted} ${verb}.`;
}

// What puts in order or removes opens the page anew: the same gesture of the fiche that it leads back to has the focus,
// where it was in the window. Kept from one page to the next, and no longer.
function remember(link) {
  const { rang = "", drop = "" } = link.dataset;
  const back = { id: decodeURIComponent(link.hash.slice(1)), rang, drop, top: link.getBoundingClientRect().top };
  try {
    sessionStorage.setItem(MOVED, JSON.stringify(back));
  } catch {
    // The address leads back to the fiche, as without script.
  }
}

function comeBack() {
  let back;
  try {
    back = JSON.parse(sessionStorage.getItem(MOVED));
    sessionStorage.removeItem(MOVED);
  } catch {
    return;
  }
  const part = back?.id && document.getElementById(back.id);
  if (!part || `#${back.id}` !== decodeURIComponent(location.hash)) return;
  const gestures = [`[data-rang="${back.rang}"]`, ...(back.rang ? ["[data-rang]"] : []), "[data-drop]"];
  const link = gestures.map((gesture) => part.querySelector(gesture)).find((found) => found?.getClientRects().length);
  if (!link) return;
  link.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  scrollBy({ top: link.getBoundingClientRect().top - back.top, behavior: "instant" });
  link.focus({ preventScroll: true });
  const slugs = onPage();
  const slug = back.id.slice(back.id.indexOf("-") + 1);
  if (back.drop) say("Fiche retirée de votre sélection.");
  else say(`${nameOf(slug)}\u00a0: place ${slugs.indexOf(slug) + 1} sur ${slugs.length}.`);
}

function openPage() {
  const page = document.querySelector("[data-selection]");
  if (!page) return;
  tidy(page.dataset);
  const slugs = read();
  if (!location.search && slugs.length) location.replace(address(location.pathname, slugs));
  // The same fiches put in another order: that order is kept.
  if (isOwn()) write(onPage());
  // Once the browser has gone to the anchor of the address.
  addEventListener("load", () => requestAnimationFrame(comeBack));
  document.querySelector("[data-keep-all]")?.addEventListener("click", ({ target }) => {
    const all = [...new Set([...read(), ...onPage()])];
    if (!write(all.slice(0, KEPT))) {
      tell(target, "Votre navigateur n’a rien gardé\u00a0: copiez plutôt l’adresse de cette page.");
      return;
    }
    const isFull = all.length > KEPT;
    const full = `Une sélection garde ${KEPT} fiches\u00a0: ${leftOut(all.slice(KEPT))}`;
    const told = tell(target, isFull ? full : "Fiches gardées.");
    show();
    if (!target.hidden) return;
    // The button has gone, and not who pressed it.
    told.tabIndex = -1;
    told.focus();
  });
}

openPage();
show();
window.addEventListener("storage", ({ key }) => {
  if (key === KEY || key === null) show();
});
window.addEventListener("pageshow", show);
document.addEventListener("htmx:afterSettle", show);
