// What Select2 makes has no accessible name until a value is chosen: give each part the label of the field it stands for.
const unnamed = [
  ".select2-search__field:not([aria-label])",
  ".select2-selection--single:not([data-named])",
  ".select2-selection--single .select2-selection__rendered:not([data-named])",
].join();

function nameOf(part) {
  const container = part.closest(".select2-container");
  const open = document.querySelector(".select2-container--open");
  const select = container?.previousElementSibling ?? open?.previousElementSibling;
  const label = select?.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  return label ? label.textContent.replace(":", "").trim() : "Rechercher";
}

function nameAll() {
  for (const part of document.querySelectorAll(unnamed)) {
    const value = part.matches("input") ? "" : part.textContent.trim();
    part.setAttribute("aria-label", [nameOf(part), value].filter(Boolean).join(", "));
    part.removeAttribute("aria-labelledby");
    part.dataset.named = "";
  }
  // Django names the magnifying glass of its lists to choose from, which has to be an image for that.
  for (const glass of document.querySelectorAll(".search-label-icon:not([role])")) glass.setAttribute("role", "img");
}

document.addEventListener("DOMContentLoaded", () => {
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  nameAll();
});
