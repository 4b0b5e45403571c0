// A button that prints.

const print = document.querySelector("[data-imprimer]");
print.hidden = false;
print.addEventListener("click", () => window.print());
