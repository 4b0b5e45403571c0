// The link of a record, copied by a button, where script runs.

const copy = document.querySelector("[data-copy]");
const told = document.querySelector("[data-annonce]");

if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      told.textContent = "Lien copié.";
    } catch {
      told.textContent = "Votre navigateur n’a pas laissé copier\u00a0: le lien est au-dessus.";
    }
  });
}
