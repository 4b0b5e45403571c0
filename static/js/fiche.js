// Back to the very search one comes from, and a button that prints.

const back = document.querySelector("[data-retour]");
const from = document.referrer && new URL(document.referrer);
if (from && from.origin === location.origin && from.pathname === back.pathname && from.search) {
  back.href = from.href;
  back.textContent = "Retour à votre recherche";
}

const print = document.querySelector("[data-imprimer]");
print.hidden = false;
print.addEventListener("click", () => window.print());
