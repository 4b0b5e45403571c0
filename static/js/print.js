// A button that prints, where script runs.

const print = document.querySelector("[data-imprimer]");
print.hidden = false;
print.addEventListener("click", () => window.print());
