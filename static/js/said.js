// What comes into a page by htmx is said by a region that was there before it and stays: `data-annonce` says what
// `data-dit` holds, once for each new sentence. Where what comes takes away what holds the focus, the focus goes to
// what came, rather than to the top of the page.

const region = document.querySelector("[data-annonce]");
let held;

document.addEventListener("htmx:beforeSwap", ({ target }) => {
  held = target.contains(document.activeElement);
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const target = document.getElementById(detail.target.id);
  if (held && document.activeElement === document.body) {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  held = false;
  const words = target.querySelector("[data-dit]")?.dataset.dit ?? "";
  if (region.textContent !== words) region.textContent = words;
});
