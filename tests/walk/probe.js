// What each property of the walk finds at fault in a page, as sentences; none of it changes the page.
(() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable='true']";
  const SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const told = (element) => element.cloneNode(false).outerHTML.slice(0, 160);
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const shows = (element) => element.checkVisibility({ visibilityProperty: true });

  // --- Colours ---
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  function rgba(color) {
    if (!known.has(color)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      known.set(color, [...pen.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(color);
  }
  function luminance([r, g, b]) {
    const [x, y, z] = [r, g, b].map((value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  }
  function contrast(one, other) {
    const [dark, light] = [luminance(rgba(one)), luminance(rgba(other))].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }
  const isSeen = (color) => rgba(color)[3] > 127;
  // The first colour behind an element; an image there is left to the eye.
  function ground(element) {
    for (let around = element; around; around = around.parentElement) {
      const { backgroundColor } = getComputedStyle(around);
      if (isSeen(backgroundColor)) return backgroundColor;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff";
  }

  // --- What can be reached ---
  const isUsable = (element) => shows(element) && !element.matches(":disabled") && !element.closest("[inert]") && element.tabIndex >= 0;
  function stops() {
    const radios = new Set();
    return all(CONTROLS).filter((element) => {
      if (!isUsable(element)) return false;
      if (element.type !== "radio") return true;
      // A group is one stop: the one that is chosen, or the first.
      const group = all(`input[type=radio][name="${CSS.escape(element.name)}"]`).filter((radio) => radio.form === element.form);
      const chosen = group.find((radio) => radio.checked);
      if (radios.has(element.name) || (chosen && chosen !== element)) return false;
      radios.add(element.name);
      return true;
    });
  }

  // What a field may be drawn by, rather than by itself.
  const above = (element) => [element.parentElement, element.parentElement?.parentElement, element.closest(".select2-selection")];
  const look = (element, part) => {
    const style = getComputedStyle(element, part);
    return {
      outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 ? style.outlineColor : "",
      isAuto: style.outlineStyle === "auto",
      width: style.outlineWidth + style.outlineStyle + style.outlineOffset,
      border: style.borderBottomColor,
      borderWidth: style.borderBottomWidth,
      ground: style.backgroundColor,
      color: style.color,
      stroke: parseFloat(style.strokeWidth) ? style.stroke : "",
      strokeWidth: style.strokeWidth,
      clip: style.clipPath,
    };
  };
  // The focus shows by an outline, or a border or a ground that changes, three times as light or dark as what was there.
  function showsFocus(before, after, behind, own) {
    if (after.outline && (after.outline !== before.outline || after.width !== before.width)) {
      if (after.isAuto || contrast(after.outline, behind) >= 3 || contrast(after.outline, own) >= 3) return true;
    }
    if (after.border !== before.border && parseFloat(after.borderWidth) && contrast(after.border, before.border) >= 3) return true;
    if (after.ground !== before.ground && contrast(after.ground, isSeen(before.ground) ? before.ground : behind) >= 3) return true;
    if (after.stroke.startsWith("rgb") && after.strokeWidth !== before.strokeWidth && contrast(after.stroke, own) >= 3) return true;
    return before.clip !== after.clip;
  }

  // --- Headings, tables, fields ---
  function headings() {
    const levels = all("h1, h2, h3, h4, h5, h6, [role=heading]").filter((heading) => heading.checkVisibility());
    const faults = [];
    const firsts = levels.filter((heading) => heading.matches("h1"));
    if (firsts.length !== 1) faults.push(`${firsts.length} h1`);
    let last = 0;
    for (const heading of levels) {
      const level = Number(heading.getAttribute("aria-level") ?? heading.localName[1]);
      if (level > last + 1) faults.push(`h${level} after h${last}: ${words(heading).slice(0, 60)}`);
      if (!words(heading)) faults.push(`empty: ${told(heading)}`);
      last = level;
    }
    return faults;
  }
  function tables() {
    const faults = [];
    for (const table of all("table:not([role=presentation])")) {
      const ids = table.getAttribute("aria-labelledby")?.split(" ") ?? [];
      const name = table.getAttribute("aria-label") || ids.map((id) => words(document.getElementById(id) ?? document.createElement("p"))).join("")
        || (table.caption && words(table.caption));
      if (!name) faults.push(`no name: ${told(table)} in ${told(table.parentElement)}`);
      for (const cell of table.querySelectorAll("th:not([scope], [headers])")) faults.push(`no scope: ${told(cell)} ${words(cell).slice(0, 40)}`);
    }
    return faults;
  }
  const RULE = /suivi d’un astérisque \(\*\) est obligatoire/;
  const ALL_BUT = /Tous les champs sont obligatoires, sauf/;
  const EVERY = /(champs|réponses) sont obligatoires\.|(champs|réponses) sont obligatoires$/;
  const FIELD = "input:not([type=hidden], [type=submit], [type=button], [type=search]), select, textarea";
  // What names a field: its label and, in a group, its legend.
  function labelsOf(field) {
    const legends = [];
    for (let group = field.closest("fieldset"); group; group = group.parentElement.closest("fieldset")) legends.push(group.querySelector(":scope > legend"));
    const column = field.closest("td") && field.closest("table").tHead?.rows[0]?.cells[field.closest("td").cellIndex];
    return [...(field.labels ?? []), ...legends, column].filter(Boolean);
  }
  function marked(label) {
    const after = getComputedStyle(label, "::after").content;
    const inner = label.querySelector("*") ? all("*", label).map((part) => getComputedStyle(part, "::after").content).join("") : "";
    return { star: /\*/.test(after + inner + words(label)), optional: label.querySelector(".facultatif") !== null || /facultati/.test(words(label)) };
  }
  function required() {
    const faults = [];
    for (const form of all("form")) {
      if (form.method !== "post") continue;
      const fields = [...form.elements].filter((field) => field.matches(FIELD) && shows(field) && !field.matches(":disabled, [readonly]") && !field.closest(".empty-form, .leurre"));
      // A list without a choice of nothing can't stay empty.
      const isChosen = (field) => field.matches("select:not([multiple])") && [...field.options].every(({ value }) => value);
      const needs = fields.filter((field) => field.required || field.ariaRequired === "true" || isChosen(field));
      if (!fields.length) continue;
      const around = (form.closest("main, #main, body") ?? form).innerText.replace(/\s+/g, " ");
      const stars = RULE.test(around);
      const optionals = ALL_BUT.test(around);
      const every = EVERY.test(around);
      const isMixed = needs.length > 1 || fields.some((field) => !needs.includes(field) && !field.matches("[type=checkbox], [type=radio]"));
      if (needs.length && fields.length > 1 && isMixed && !stars && !optionals && !every) faults.push(`no rule: ${told(form)}`);
      for (const field of fields) {
        const isNeeded = needs.includes(field) || (field.type === "radio" && needs.some(({ name }) => name === field.name));
        const marks = labelsOf(field).map(marked);
        const [star, optional] = [marks.some((mark) => mark.star), marks.some((mark) => mark.optional)];
        if (isNeeded && stars && !star) faults.push(`needed, unmarked: ${told(field)}`);
        if (isNeeded && optional) faults.push(`needed, said optional: ${told(field)}`);
        // What a row can't go without, once there is a row; a file that is there already.
        const isOfRow = /-\d+-/.test(field.name);
        if (!isNeeded && star && !isOfRow && field.type !== "file") faults.push(`said needed: ${told(field)}`);
        if (!isNeeded && (optionals || every) && !optional && field.type !== "checkbox") faults.push(`optional, unmarked: ${told(field)}`);
      }
    }
    return faults;
  }

  // --- Room ---
  function widest() {
    const root = document.documentElement;
    // In a frame of its own, a table may be as wide as it must, a strip of one line too, and a field scrolls what is typed.
    const frames = all("body *").filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientHeight > 80 && shows(element)
      && /auto|scroll/.test(getComputedStyle(element).overflowX) && !element.matches("input, textarea, select")
      && ![...element.querySelectorAll("table, pre, svg")].some((wide) => wide.scrollWidth > element.clientWidth));
    if (frames.length) return frames.map((frame) => `scrolls inside: ${told(frame)}`);
    if (root.scrollWidth <= innerWidth) return [];
    const out = all("body *").filter((element) => {
      if (!element.checkVisibility()) return false;
      if (element.getBoundingClientRect().right <= innerWidth + 1) return false;
      for (let around = element.parentElement; around && around !== document.body; around = around.parentElement) {
        if (getComputedStyle(around).overflowX !== "visible") return false;
      }
      return true;
    });
    return [`${root.scrollWidth} px: ${(out.length ? out : all("body *").filter((element) => element.scrollWidth > innerWidth && shows(element))).slice(-3).map((element) => `${told(element)} in ${told(element.parentElement)}`).join(" | ")}`];
  }
  function sideways() {
    const asIs = widest();
    if (asIs.length) return asIs;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SPACING);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const spaced = widest();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((adopted) => adopted !== sheet);
    return spaced.map((fault) => `spaced: ${fault}`);
  }

  // --- The keyboard ---
  let reached = [];
  document.addEventListener("focusin", ({ target }) => reached.push(target), true);
  // Puts the keyboard at the top of the page; gives how often Tab has to be pressed to go through it.
  function begin() {
    document.body.tabIndex = -1;
    document.body.focus({ preventScroll: true });
    document.body.removeAttribute("tabindex");
    reached = [];
    const parts = { date: 3, time: 2, "datetime-local": 6, month: 2, week: 2 };
    return stops().reduce((sum, stop) => sum + 1 + (parts[stop.type] ?? 0), 0) + 2;
  }
  function order() {
    const faults = all("[tabindex]").filter((element) => element.tabIndex > 0).map((element) => `tabindex: ${told(element)}`);
    const wanted = stops();
    const seen = new Set(reached);
    faults.push(...wanted.filter((stop) => !seen.has(stop)).map((stop) => `out of reach: ${told(stop)} ${words(stop).slice(0, 40)}`));
    let last = null;
    for (const stop of new Set(reached)) {
      if (!wanted.includes(stop)) continue;
      if (last && !(last.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING)) faults.push(`out of order: ${told(stop)}`);
      last = stop;
    }
    const holds = (element) => shows(element) && (element.matches(CONTROLS) || element.querySelector(CONTROLS));
    for (const around of all("body, body *")) {
      const { display, flexDirection } = getComputedStyle(around);
      if (!/flex|grid/.test(display)) continue;
      const orders = [...around.children].filter(holds).map((child) => Number(getComputedStyle(child).order));
      const isMoved = orders.some((order, rank) => rank && order < orders[rank - 1]) || (orders.length > 1 && /-reverse/.test(flexDirection));
      if (isMoved) faults.push(`shown in another order: ${told(around)}`);
    }
    return faults;
  }
  // To be called when the keyboard was used last: the focus shows then, wherever script moves it. Each kind is judged once.
  function rings(judged) {
    const faults = [];
    const { scrollX, scrollY } = window;
    const kinds = new Set();
    const elements = stops().filter((element) => {
      const kind = `ring ${pairOf(element)} ${element.type} ${element.parentElement.className}`;
      const isNew = !judged.has(kind) && !kinds.has(kind);
      kinds.add(kind);
      return isNew;
    });
    const parts = [null, "::after", "::before"];
    document.activeElement.blur();
    for (const element of elements) {
      const carriers = [element, ...(element.matches("input") ? [...above(element), element.nextElementSibling] : []), ...all("path", element)].filter(Boolean);
      const seen = () => carriers.flatMap((one) => parts.map((part) => look(one, part)));
      const before = seen();
      element.focus({ preventScroll: true });
      if (document.activeElement !== element) continue;
      const after = seen();
      const own = ground(element);
      const behind = element.parentElement ? ground(element.parentElement) : own;
      if (!after.some((one, number) => showsFocus(before[number], one, behind, own))) {
        faults.push(`${told(element)} ${words(element).slice(0, 40)} (outline ${after[0].outline} on ${behind})`);
      }
    }
    document.activeElement.blur();
    scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
    return { faults, judged: faults.length ? [] : [...kinds] };
  }

  // --- Forced colours ---
  function forced() {
    const faults = [];
    const mark = (element) => {
      const style = getComputedStyle(element);
      const edges = ["Top", "Right", "Bottom", "Left"].map((side) => {
        const width = style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]);
        return width && contrast(style[`border${side}Color`], ground(element.parentElement)) >= 1.5 ? `${width}${style[`border${side}Color`]}` : "";
      });
      const outline = style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor;
      return [...edges, outline, style.textDecorationLine, style.fontWeight, style.color, style.fill, rgba(ground(element)).join(),
        getComputedStyle(element, "::before").content, getComputedStyle(element, "::after").content].join("|");
    };
    for (const current of all(":is(a, button)[aria-current]:not([aria-current=false]), [aria-selected=true]").filter(shows)) {
      const list = current.closest("ul, ol, nav, table, tr");
      const others = list ? all(current.localName, list).filter((one) => one !== current && !one.ariaCurrent && shows(one)) : [];
      if (others.length && others.every((one) => mark(one) === mark(current))) faults.push(`told by its ground alone: ${told(current)}`);
    }
    for (const control of all("button, .bouton, .button, input:not([type=hidden], [type=image], [type=range], [type=file]), select, textarea").filter(shows)) {
      const style = getComputedStyle(control);
      const native = control.matches("[type=checkbox], [type=radio], select") && style.appearance !== "none";
      const isEdged = ({ borderBottomStyle, borderBottomWidth, borderBottomColor }) =>
        borderBottomStyle !== "none" && parseFloat(borderBottomWidth) && isSeen(borderBottomColor);
      const edged = [control, control.closest(".select2-selection")].some((edge) => edge && isEdged(getComputedStyle(edge)));
      if (!native && !edged && style.textDecorationLine === "none") faults.push(`no edge: ${told(control)}`);
    }
    return faults;
  }

  // --- What is said, what is swapped ---
  const REGIONS = "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off])";
  let kept = [];
  let stands = false;
  function beforeSwap() {
    kept = all(REGIONS);
    stands = false;
    document.addEventListener("htmx:beforeSwap", () => { stands = document.activeElement !== document.body; }, { once: true });
    return kept.length;
  }
  function afterSwap() {
    const faults = kept.filter((region) => !region.isConnected).map((region) => `gone: ${told(region)}`);
    faults.push(...all(REGIONS).filter((region) => !kept.includes(region)).map((region) => `born with what it says: ${told(region)}`));
    if (!kept.length) faults.push("no region");
    return faults;
  }
  function lost() {
    const { activeElement } = document;
    // Who stood nowhere is nowhere still.
    return stands && (activeElement === document.body || !activeElement.isConnected) ? ["on body"] : [];
  }
  // Puts the focus inside what will be replaced by itself.
  function stand() {
    const [target] = all("[data-hx-trigger^=every]").map((element) => document.querySelector(element.getAttribute("data-hx-target") ?? ":not(*)") ?? element);
    all(CONTROLS, target).find(isUsable)?.focus();
  }
  // What this page asks of htmx, each kind once.
  function triggers() {
    const kinds = new Map();
    for (const element of all("[data-hx-get], [data-hx-post], [data-hx-boost=true]")) {
      const [first] = element.matches("[data-hx-boost=true]") ? all("a[href], form", element).filter(shows) : [element];
      if (!first) continue;
      const kind = element.getAttribute("data-hx-boost") ? `boost ${element.className || element.id}` : element.id || element.getAttribute("name") || element.localName;
      if (!kinds.has(kind)) kinds.set(kind, { kind, how: element.matches("form") ? "form" : element.matches("input") ? "type" : element.hasAttribute("data-hx-boost") ? "link" : "wait" });
    }
    return [...kinds.values()];
  }
  function settled() {
    return new Promise((resolve) => {
      const given = setTimeout(() => resolve(false), 4000);
      document.addEventListener("htmx:afterSettle", () => {
        clearTimeout(given);
        setTimeout(() => resolve(true), 60);
      }, { once: true });
    });
  }

  // --- Forms ---
  // Those that can be sent, each once: what is in their hidden fields, and the button that sends them.
  function forms() {
    const kinds = new Map();
    for (const form of all("form[method=post]")) {
      const hidden = [...form.elements].filter((field) => field.type === "hidden");
      const buttons = [...form.elements].filter((field) => field.matches("button:not([type=button], [type=reset]), [type=submit]"));
      // Of what saves, one; of what stands once a row, one.
      for (const button of buttons.filter(({ name }) => !/^_(continue|addanother|saveasnew)$/.test(name))) {
        const action = new URL(button.getAttribute("formaction") || form.getAttribute("action") || "", location.href);
        const name = button.name ? `${button.name}=${button.value}` : words(button);
        const key = `${action.pathname.replace(/\d+/g, "N")} ${button.name ? name.replace(/\d+/g, "N") : ""}`;
        if (!kinds.has(key)) {
          const data = hidden.map((field) => [field.name, field.value]);
          if (button.name) data.push([button.name, button.value]);
          kinds.set(key, { key, words: words(button) || button.value, action: action.pathname + action.search, data });
        }
      }
    }
    return [...kinds.values()];
  }
  // A form of that page, as something else is typed in it.
  function sending(data, said) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    return { words: said, action: location.pathname + location.search, data: [[token.name, token.value], ...data] };
  }
  function send({ action, data }) {
    const form = Object.assign(document.createElement("form"), { method: "post", action, enctype: "multipart/form-data" });
    for (const [name, value] of data) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    // Whatever a page does of its own forms.
    HTMLFormElement.prototype.submit.call(form);
  }
  // What is to be corrected has the focus, be it the summary or the first field.
  function leads() {
    const { activeElement } = document;
    const held = all("[aria-invalid=true], .errornote, .resume-erreurs, .errorlist").length;
    return held && activeElement === document.body ? ["on body, with errors shown"] : [];
  }

  // --- axe ---
  // `preload` would write inline style into the page, which the policy forbids.
  const QUIET = { resultTypes: ["violations"], preload: false };
  const say = ({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
  let shown = null;
  // Every rule but the contrasts; in a wider window, of what shows there alone.
  async function axeRules() {
    const isNew = (element) => !shown?.has(element) && element.checkVisibility();
    const root = shown ? { include: all("body *").filter((element) => isNew(element) && !isNew(element.parentElement)) } : document;
    const after = new Set(all("body *").filter((element) => element.checkVisibility()));
    const isSame = shown && !root.include.length;
    shown = after;
    return isSame ? [] : say(await axe.run(root, { ...QUIET, rules: { "color-contrast": { enabled: false }, "target-size": { enabled: true } } }));
  }
  // What tells one contrast from another: both colours, the size, whatever shines through, and the classes of who wears them.
  function pairOf(element) {
    const style = getComputedStyle(element);
    const isLarge = parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? 18.66 : 24);
    let opacity = 1;
    let image = "";
    for (let around = element; around; around = around.parentElement) {
      const of = getComputedStyle(around);
      opacity *= of.opacity;
      if (of.backgroundImage !== "none") image = of.backgroundImage;
    }
    return [element.localName, element.className, style.color, ground(element), isLarge, opacity, image].join(" ");
  }
  async function axeContrast(before) {
    const found = new Map();
    for (const element of all("body *")) {
      const speaks = element.matches("input, select, textarea") || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!speaks || !shows(element)) continue;
      const pair = pairOf(element);
      if (!before.has(pair)) found.set(pair, [...(found.get(pair) ?? []), element].slice(0, 3));
    }
    const nodes = [...found.values()].flat();
    if (!nodes.length) return { judged: [], faults: [] };
    const said = await axe.run({ include: nodes }, { ...QUIET, runOnly: ["color-contrast"] });
    // What is at fault is said of each page where it stands.
    const faulty = new Set(said.violations.flatMap(({ nodes: ones }) => ones.map(({ html }) => html)));
    const isFaulty = ([, elements]) => elements.some(({ outerHTML }) => [...faulty].some((html) => outerHTML.startsWith(html.slice(0, 80))));
    return { judged: [...found].filter((pair) => !isFaulty(pair)).map(([pair]) => pair), faults: say(said) };
  }

  const still = async () => {
    const ending = document.getAnimations().map(({ finished }) => finished.catch(() => {}));
    await Promise.race([Promise.all(ending), new Promise((done) => setTimeout(done, 1000))]);
  };
  // All that is held of a page at this width and in these colours, by property; of the contrasts, those judged here too.
  async function examine(width, colour, judged) {
    await still();
    const isFirst = colour === "light";
    const before = new Set(judged);
    const contrasts = await axeContrast(before);
    const faults = { judged: contrasts.judged, axe: contrasts.faults };
    if (isFirst) {
      faults.axe.push(...(await axeRules()));
      Object.assign(faults, { headings: headings(), tables: tables(), required: required(), sideways: sideways() });
    }
    if (colour === "forced") faults["forced colours"] = forced();
    if (width === "1280 px") {
      const focus = rings(before);
      faults.focus = focus.faults;
      faults.judged.push(...focus.judged);
    }
    return faults;
  }
  window.walk = { begin, order, beforeSwap, afterSwap, lost, stand, triggers, settled, forms, sending, send, leads, examine };
})();
