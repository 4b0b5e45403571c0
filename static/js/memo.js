// The text of a section: buttons write its few signs, and what is typed is saved by itself.
// Without this, the button saves.

const PAUSE = 2000;
const AGAIN = 15000;
const form = document.querySelector("[data-memo]");
const body = form.elements.body;
const tools = form.querySelector("[data-outils]");
const state = form.querySelector("[data-etat]");
const left = document.querySelector("[data-reste-a-adapter]");

// Written as if typed, so that the browser can undo it.
function write(start, end, text, selectFrom, selectTo) {
  body.focus();
  body.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
    body.setRangeText(text, start, end, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
  body.setSelectionRange(selectFrom, selectTo);
}

function toggleLines(sign) {
  const start = body.value.lastIndexOf("\n", body.selectionStart - 1) + 1;
  const next = body.value.indexOf("\n", body.selectionEnd);
  const end = next < 0 ? body.value.length : next;
  const lines = body.value.slice(start, end).split("\n");
  const isOn = lines.every((line) => line.startsWith(sign));
  const text = lines.map((line) => (isOn ? line.slice(sign.length) : sign + line.replace(/^(#{1,3}|[-*•])\s+/, ""))).join("\n");
  write(start, end, text, start + (lines.length > 1 ? 0 : text.length), start + text.length);
}

function toggleAround() {
  const { selectionStart: start, selectionEnd: end } = body;
  const words = body.value.slice(start, end) || "à préciser";
  write(start, end, `[[${words}]]`, start + 2, start + 2 + words.length);
}

tools.hidden = false;
tools.addEventListener("click", ({ target }) => {
  if (target.dataset.ligne) toggleLines(target.dataset.ligne);
  else if ("autour" in target.dataset) toggleAround();
});

let timer;
let saving = null;
let isStopped = "arrete" in form.dataset;
let isDirty = false;

function plan(delay) {
  clearTimeout(timer);
  if (!isStopped) timer = setTimeout(save, delay);
}

// Gives how long to wait before the next save, if something is left to save.
async function send() {
  isDirty = false;
  try {
    const response = await fetch(form.dataset.garder, { method: "POST", body: new FormData(form) });
    if (response.status >= 500) throw new Error(response.statusText);
    const told = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
    if (told === null) {
      isStopped = true;
      state.textContent = "Pas enregistré de soi-même : cliquez sur « Enregistrer ».";
      return PAUSE;
    }
    state.textContent = told.said;
    if (told.version) {
      form.elements.version.value = told.version;
      left.innerHTML = told.left;
    } else {
      isStopped = told.is_stale;
    }
    return PAUSE;
  } catch {
    isDirty = true;
    state.textContent = "Pas enregistré : la connexion manque. Nouvel essai dans quelques secondes.";
    return AGAIN;
  }
}

async function save() {
  if (saving || !isDirty || isStopped) return;
  saving = send();
  const delay = await saving;
  saving = null;
  if (isDirty) plan(delay);
}

form.addEventListener("input", () => {
  isDirty = true;
  if (!isStopped) state.textContent = "Pas encore enregistré…";
  plan(PAUSE);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
});
// A save under way gives the next one its version: the button waits for it.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!saving) {
    isStopped = true;
    return;
  }
  event.preventDefault();
  await saving;
  isStopped = true;
  form.requestSubmit(event.submitter);
});
