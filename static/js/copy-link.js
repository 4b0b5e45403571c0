// A link that a button copies, where script runs and the browser lets it.

const copy = document.querySelector("[data-copy]");
const told = document.querySelector("[data-kept-told], [data-annonce]");
// Where the region isn't seen.
const beside = copy?.parentNode.querySelector("[data-told]");

if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    let sentence = "Lien copié.";
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
    } catch {
      sentence = "Votre navigateur n’a pas laissé copier\u00a0: l’adresse est dans sa barre.";
    }
    told.textContent = sentence;
    if (beside) beside.textContent = sentence;
  });
}
