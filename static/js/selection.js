// What a buyer keeps, in this browser: « Garder » without leaving the page, the count in the header, all tabs together.
// Where the browser keeps nothing, the buttons send their form, as without script.

const KEY = "selection";
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

function say(text) {
  const status = document.querySelector("[data-kept-told], [data-annonce]");
  if (status) status.textContent = text;
}

function show() {
  const slugs = read();
  for (const button of document.querySelectorAll("[data-keep]")) {
    const isKept = slugs.includes(button.dataset.keep);
    button.setAttribute("aria-pressed", isKept);
  }
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
  // Somebody else's selection is put in order without touching one's own.
  if (dropped && isOwn()) write(read().filter((slug) => slug !== dropped.dataset.drop));
  if (!button) return;
  const slug = button.dataset.keep;
  const slugs = read();
  const isKept = slugs.includes(slug);
  if (!isKept && slugs.length >= KEPT) {
    event.preventDefault();
    refuse(button);
    return;
  }
  if (!write(isKept ? slugs.filter((other) => other !== slug) : [...slugs, slug])) return;
  event.preventDefault();
  show();
  say(isKept ? "Fiche retirée de votre sélection." : "Fiche gardée.");
});

function refuse(button) {
  const sentence = `Une sélection garde ${KEPT} fiches\u00a0: retirez-en pour en ajouter.`;
  let told = button.parentNode.querySelector("[data-refused]");
  if (!told) {
    told = document.createElement("span");
    told.dataset.refused = "";
    button.after(told);
  }
  told.textContent = sentence;
  say(sentence);
}

function openPage() {
  const page = document.querySelector("[data-selection]");
  if (!page) return;
  tidy(page.dataset);
  const slugs = read();
  if (!location.search && slugs.length) location.replace(address(location.pathname, slugs));
  // The same fiches put in another order: that order is kept.
  if (isOwn()) write(onPage());
  document.querySelector("[data-keep-all]")?.addEventListener("click", () => {
    const all = [...new Set([...read(), ...onPage()])];
    if (!write(all.slice(0, KEPT))) {
      say("Votre navigateur n’a rien gardé\u00a0: copiez plutôt l’adresse de cette page.");
      return;
    }
    say(all.length > KEPT ? `Une sélection garde ${KEPT} fiches\u00a0: les dernières n’y sont pas.` : "Fiches gardées.");
    show();
  });
}

openPage();
show();
window.addEventListener("storage", show);
window.addEventListener("pageshow", show);
document.addEventListener("htmx:afterSettle", show);
