// A link that a button copies, where script runs and the browser lets it.

const copy = document.querySelector("[data-copy]");
const told = document.querySelector("[data-kept-told], [data-annonce]");

if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      told.textContent = "Lien copié.";
    } catch {
      told.textContent = "Votre navigateur n’a pas laissé copier\u00a0: l’adresse est dans sa barre.";
    }
  });
}
