// What Select2 and Django's calendars make lacks a name, or keeps an old one: give each part one that follows what it shows.

// The element that names a field: its label, or the head of its column.
function labelOf(select) {
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const cell = select.closest("td");
  return label ?? (cell && cell.closest("table").tHead?.rows[0].cells[cell.cellIndex]) ?? null;
}

function idOf(element, otherwise) {
  element.id ||= otherwise;
  return element.id;
}

// By reference, never by a copy of the words: the value changes, the label of a new row too.
function nameSelect(container) {
  const select = container.previousElementSibling;
  const label = select?.id && labelOf(select);
  if (!label) return;
  const labelId = idOf(label, `${select.id}_name`);
  const selection = container.querySelector(".select2-selection");
  const rendered = container.querySelector(".select2-selection__rendered");
  if (selection.matches(".select2-selection--single")) {
    rendered.setAttribute("aria-labelledby", labelId);
    selection.setAttribute("aria-labelledby", `${labelId} ${idOf(rendered, `${select.id}_value`)}`);
  } else {
    selection.setAttribute("aria-labelledby", labelId);
    rendered.setAttribute("aria-labelledby", labelId);
  }
  container.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", labelId);
  container.dataset.named = labelId;
}

function nameAll() {
  for (const container of document.querySelectorAll(".select2-container:not(.select2-container--open, [data-named])")) {
    nameSelect(container);
  }
  // The list that is open hangs from the body; the field that opened it is the one whose container says so.
  const opened = document.querySelector("select + .select2-container--open");
  for (const search of document.querySelectorAll(".select2-dropdown .select2-search__field")) {
    const label = opened && labelOf(opened.previousElementSibling);
    search.setAttribute("aria-label", label ? `Rechercher : ${label.textContent.replace(":", "").trim()}` : "Rechercher");
  }
  // What clears a list stands in it without being one of its items.
  for (const clear of document.querySelectorAll("ul > .select2-selection__clear:not([role])")) clear.setAttribute("role", "listitem");
  // A row of a table of fields has the heads of its columns for labels.
  for (const field of document.querySelectorAll(".tabular td :is(input:not([type=hidden]), select, textarea):not([aria-labelledby])")) {
    const head = field.labels?.length ? null : labelOf(field);
    if (head) field.setAttribute("aria-labelledby", idOf(head, `${field.id.replace(/-\d+-/, "-")}_head`));
  }
  // Django names the magnifying glass of its lists to choose from, which has to be an image for that.
  for (const glass of document.querySelectorAll(".search-label-icon:not([role])")) glass.setAttribute("role", "img");
  for (const icon of document.querySelectorAll(":is(.date-icon, .clock-icon):not([role])")) {
    icon.setAttribute("role", "img");
    const field = icon.closest(".datetimeshortcuts")?.previousElementSibling;
    icon.setAttribute("aria-label", [icon.title, field?.id && labelOf(field)?.textContent.replace(":", "").trim()].filter(Boolean).join(", "));
  }
  nameCalendars();
  // How many lines are chosen changes without a word.
  document.querySelector(".action-counter:not([role])")?.setAttribute("role", "status");
}

function nameCalendars() {
  for (const link of document.querySelectorAll(".calendarnav-previous:not([aria-label])")) {
    link.setAttribute("aria-label", "Mois précédent");
  }
  for (const link of document.querySelectorAll(".calendarnav-next:not([aria-label])")) {
    link.setAttribute("aria-label", "Mois suivant");
  }
  for (const initial of document.querySelectorAll(".calendar th:not([scope])")) initial.scope = "col";
  // A month is drawn anew: its days have no name yet.
  for (const day of document.querySelectorAll(".calendar td > a:not([aria-label])")) {
    day.setAttribute("aria-label", `${day.textContent} ${day.closest("table").caption.textContent}`);
  }
}

// A calendar, or a clock, is at the end of the page, and a new row before what adds it: the focus goes where one looks.
function lead(event) {
  const link = event.target.closest("[id^=calendarlink], [id^=clocklink]");
  if (link) {
    const box = document.getElementById(link.id.replace("link", "box"));
    box?.querySelector("a")?.focus();
    box?.addEventListener("keydown", ({ key }) => key === "Escape" && link.focus(), { once: true });
    return;
  }
  const box = event.target.closest(".calendar-cancel") && event.target.closest(".calendarbox, .clockbox");
  if (box) document.getElementById(box.id.replace("box", "link"))?.focus();
}

document.addEventListener("formset:added", ({ target }) => {
  target.querySelector(":is(input:not([type=hidden]), select:not(.select2-hidden-accessible), textarea, .select2-selection)")?.focus();
});
document.addEventListener("formset:removed", ({ detail }) => {
  document.querySelector(`#${CSS.escape(detail.formsetName)}-group .add-row a`)?.focus();
});

document.addEventListener("DOMContentLoaded", () => {
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  // After Django's own, which opens it and lets nobody else hear of the click.
  document.addEventListener("click", (event) => setTimeout(lead, 0, event), true);
  nameAll();
});
