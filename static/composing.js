// Help while one writes: what is near, who may be mentioned, and quoting. All of it may fail without being missed.

// Discussions that are near, a moment after the last word.
const near = document.querySelector("[data-similar]");
if (near) {
  const form = near.closest("form");
  let timer = 0, asked = "";
  const words = () => ["title", "noticed", "situation"].map((name) => form.elements[name]?.value ?? "").join(" ").trim().slice(0, 900);
  const look = () => {
    const text = words();
    if (text === asked || text.length < 40) return;
    asked = text;
    fetch(`${near.dataset.similar}?q=${encodeURIComponent(text)}`, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : null))
      .then((part) => { if (part !== null && text === asked && near.innerHTML.trim() !== part.trim()) near.innerHTML = part; })
      .catch(() => {});
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 1500); });
  if (!near.firstElementChild) look();
}

// People by @ and the beginning of their name: a list below the box, led by the arrows, Enter or Tab, and Escape.
class Mentions {
  constructor(box, from) {
    this.box = box;
    this.from = from;
    this.list = document.createElement("ul");
    this.list.id = `${box.id}-people`;
    this.list.className = "mentions";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    box.after(this.list);
    this.people = [];
    this.at = 0;
    box.addEventListener("input", () => this.look());
    box.addEventListener("keydown", (ev) => this.key(ev));
    box.addEventListener("blur", () => setTimeout(() => this.close(), 200));
    this.list.addEventListener("mousedown", (ev) => ev.preventDefault());
    this.list.addEventListener("click", (ev) => {
      const one = ev.target.closest("[role=option]");
      if (one) this.take([...this.list.children].indexOf(one));
    });
  }

  begun() {
    const found = this.box.value.slice(0, this.box.selectionStart).match(/(?:^|[\s(])@([\p{L}\d-]{1,40})$/u);
    return found ? found[1] : "";
  }

  look() {
    const begun = this.begun();
    if (!begun) return this.close();
    fetch(`${this.from}?q=${encodeURIComponent(begun)}`, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : []))
      .then((people) => { if (begun === this.begun()) this.open(people); })
      .catch(() => this.close());
  }

  open(people) {
    if (!people.length) return this.close();
    this.people = people;
    this.list.replaceChildren(...people.map((person, number) => {
      const one = document.createElement("li"), who = document.createElement("b"), more = document.createElement("small");
      one.id = `${this.list.id}-${number}`;
      one.setAttribute("role", "option");
      who.textContent = person.name;
      more.textContent = ` @${person.handle}${person.practice ? `, ${person.practice}` : ""}`;
      one.append(who, more);
      return one;
    }));
    this.list.hidden = false;
    this.box.setAttribute("aria-controls", this.list.id);
    this.box.setAttribute("aria-autocomplete", "list");
    this.choose(0);
  }

  close() {
    this.list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }

  choose(number) {
    this.at = (number + this.people.length) % this.people.length;
    [...this.list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === this.at)));
    this.box.setAttribute("aria-activedescendant", this.list.children[this.at].id);
  }

  take(number) {
    const end = this.box.selectionStart, start = end - this.begun().length;
    this.box.setRangeText(`${this.people[number].handle} `, start, end, "end");
    this.close();
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  key(ev) {
    if (this.list.hidden || ev.ctrlKey || ev.metaKey) return;
    const acts = {
      ArrowDown: () => this.choose(this.at + 1),
      ArrowUp: () => this.choose(this.at - 1),
      Enter: () => this.take(this.at),
      Tab: () => this.take(this.at),
      Escape: () => this.close(),
    };
    if (!acts[ev.key]) return;
    ev.preventDefault();
    acts[ev.key]();
  }
}

document.querySelectorAll("form[data-mentions]").forEach((form) =>
  form.querySelectorAll("textarea").forEach((box) => new Mentions(box, form.dataset.mentions)));

// Where a button for selected words stands in a story: below the block in which they end, in the column one reads.
const placeBelow = (button, chosen, from) => {
  const end = chosen.getRangeAt(0), node = end.endOffset ? end.endContainer : end.startContainer;
  let block = node.nodeType === 1 ? node : node.parentElement;
  if (block === from || !from.contains(block)) block = from.lastElementChild;
  while (block.parentElement !== from && !block.parentElement.matches(".prose, .passage, header > div")) block = block.parentElement;
  if (block.matches("h2, .hang, .gut")) block = from.lastElementChild; // these stand beside the column
  if (block !== button && block.nextElementSibling !== button) block.after(button);
};

// Quoting: words selected in a post or the story bring a button below them, which takes them into the reply.
const reply = document.querySelector("form[data-quote]");
if (reply) {
  const button = document.createElement("button"), bar = document.createElement("div");
  button.type = "button";
  button.className = "btn btn-s";
  button.textContent = reply.dataset.quote;
  bar.className = "quoting acts";
  bar.append(button);
  let quoted = "", place = null;

  // In the story the words may also be asked about, where there is somebody to ask.
  const ask = document.createElement("a");
  ask.className = "btn btn-s";
  ask.textContent = reply.dataset.asks ?? "";
  const offer = (words, from) => {
    const asks = reply.dataset.ask && !from.matches(".post-body") && words.length <= 300;
    ask.href = `${reply.dataset.ask}?quote=${encodeURIComponent(words)}`;
    if (asks) bar.append(ask);
    else ask.remove();
  };

  const source = (node) => {
    const element = node && (node.nodeType === 1 ? node : node.parentElement);
    return element?.closest(".post-body, article[aria-labelledby=title] .hung");
  };

  document.addEventListener("selectionchange", () => {
    const chosen = getSelection(), words = String(chosen).trim(), from = source(chosen.anchorNode);
    if (bar.contains(document.activeElement)) return;
    if (!words || !from || source(chosen.focusNode) !== from) return bar.remove();
    quoted = words;
    place = from;
    offer(words.replace(/\s+/g, " "), from);
    if (!from.matches(".post-body")) placeBelow(bar, chosen, from);
    else if (bar.previousElementSibling !== from) from.after(bar);
  });

  const credit = (from) => {
    const post = from.closest(".post"), said = post?.querySelector(".said-at"), name = post?.querySelector(".name");
    const to = said ? said.href : document.querySelector("link[rel=canonical]")?.href ?? location.href;
    return `[${name ? name.textContent.trim() : reply.dataset.from}](${to})`;
  };

  bar.addEventListener("mousedown", (ev) => ev.preventDefault());
  button.addEventListener("click", () => {
    const box = reply.elements.body, before = box.value.trimEnd();
    const lines = quoted.split("\n").map((line) => `> ${line.trim()}`.trimEnd()).join("\n");
    box.value = `${before}${before ? "\n\n" : ""}${lines}\n>\n> ${credit(place)}\n\n`;
    bar.remove();
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Asking the teller: a kind of question brings its words at once, and words selected below go where they are quoted.
const probe = document.querySelector("form[data-probe]");
if (probe) {
  const kinds = [...probe.querySelectorAll("[data-wording]")], fields = probe.elements;
  const untouched = () => {
    const text = fields.body.value.trim();
    return !text || kinds.some((kind) => kind.dataset.wording === text) || text === probe.dataset.first.trim();
  };
  kinds.forEach((kind) => kind.addEventListener("click", (ev) => {
    ev.preventDefault();
    if (untouched()) fields.body.value = kind.dataset.wording;
    fields.type.value = kind.dataset.type;
    kinds.forEach((other) => other.setAttribute("aria-pressed", String(other === kind)));
    fields.body.dispatchEvent(new Event("input", { bubbles: true }));
  }));

  const take = document.createElement("button");
  take.type = "button";
  take.className = "btn btn-s quoting";
  take.textContent = probe.dataset.probe;
  const box = (node) => (node?.nodeType === 1 ? node : node?.parentElement)?.closest(".quotable .hung");
  let words = "";
  document.addEventListener("selectionchange", () => {
    const chosen = getSelection(), from = box(chosen.anchorNode), text = String(chosen).replace(/\s+/g, " ").trim();
    if (document.activeElement === take) return;
    if (!text || !from || box(chosen.focusNode) !== from) return take.remove();
    words = text;
    placeBelow(take, chosen, from);
  });
  take.addEventListener("mousedown", (ev) => ev.preventDefault());
  take.addEventListener("click", () => {
    fields.quote.value = words;
    take.remove();
    fields.quote.dispatchEvent(new Event("input", { bubbles: true }));
    fields.quote.focus();
  });
}
