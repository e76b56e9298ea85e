// Comfort only: titles of discussions, and topics, under the search field while one types. Without this the field searches.
const wait = 150, least = 2;

function offer(field) {
  const list = document.createElement("ul");
  let timer, asked, chosen = -1;
  list.className = "titles";
  list.id = field.id + "-titles";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.titles);
  field.form.classList.add("titled");
  field.form.append(list);
  const said = document.createElement("span"); // for whoever cannot see that the list has opened
  said.className = "vh";
  said.setAttribute("role", "status");
  field.form.append(said);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    field.setAttribute(name, value);
  }

  function shut() {
    list.hidden = true;
    said.textContent = "";
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }
  function choose(place) {
    const rows = list.children;
    if (chosen >= 0) rows[chosen].removeAttribute("aria-selected");
    chosen = place < -1 ? rows.length - 1 : place >= rows.length ? -1 : place;
    if (chosen < 0) { field.removeAttribute("aria-activedescendant"); return; }
    rows[chosen].setAttribute("aria-selected", "true");
    rows[chosen].scrollIntoView({block: "nearest"});
    field.setAttribute("aria-activedescendant", rows[chosen].id);
  }
  // What people wrote goes in as text, never as markup.
  function row(one, place) {
    const item = document.createElement("li"), where = document.createElement("small");
    item.id = list.id + "-" + place;
    item.setAttribute("role", "option");
    item.dataset.href = one.href;
    item.textContent = one.title;
    where.textContent = one.community;
    item.append(where);
    return item;
  }
  function show(titles) {
    shut();
    list.replaceChildren(...titles.map(row));
    list.hidden = !titles.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = list.hidden ? "" : field.dataset.offers;
  }
  async function ask() {
    const typed = field.value;
    if (asked) asked.abort();
    if (typed.trim().length < least) { shut(); return; }
    asked = new AbortController();
    try {
      const answer = await fetch(field.dataset.suggest + "?" + new URLSearchParams({q: typed.slice(0, 80)}), {signal: asked.signal});
      if (answer.ok && field.value === typed && document.activeElement === field) {
        const offered = await answer.json();
        show([...offered.titles, ...offered.topics]);
      }
    } catch { /* no answer: the field searches as ever */ }
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, wait); });
  field.addEventListener("blur", () => { clearTimeout(timer); shut(); });
  field.addEventListener("keydown", (ev) => {
    if (list.hidden || ev.isComposing) return;
    if (ev.key === "ArrowDown") choose(chosen + 1);
    else if (ev.key === "ArrowUp") choose(chosen - 1);
    else if (ev.key === "Escape") shut();
    else if (ev.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.href);
    else return;
    ev.preventDefault();
  });
  // On mousedown the field must not lose the focus, or the list would be gone before the click.
  list.addEventListener("mousedown", (ev) => ev.preventDefault());
  list.addEventListener("click", (ev) => {
    const item = ev.target.closest("li");
    if (item) location.assign(item.dataset.href);
  });
}

document.querySelectorAll("input[data-suggest]").forEach(offer);
