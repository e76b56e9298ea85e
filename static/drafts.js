// Saves what is being written, every few seconds, to the server and nowhere else. Every form also works without this.
const EVERY = 4500; // so that with its way to the server no more than five seconds are ever unsaved
const FIRST = 1000;

class Keeper {
  constructor(form) {
    this.form = form;
    this.line = form.querySelector(".saved");
    this.changed = form.dataset.guard === "dirty"; // it came back with what was sent in it
    this.sent = this.stuck = false;
    this.last = 0;
    this.under = null;
    this.timer = 0;
    if (this.changed) this.plan(0);
    else form.dataset.keeps = "yes";
  }

  note() {
    this.changed = true;
    this.plan();
  }

  plan(least = FIRST) {
    if (this.timer || this.stuck) return;
    this.timer = setTimeout(() => { this.timer = 0; this.save(); }, Math.max(least, this.last + EVERY - Date.now()));
  }

  what() {
    const data = new FormData(this.form);
    data.set("by", "script");
    return data;
  }

  save() {
    if (this.under || !this.changed || this.sent || this.stuck) return this.under;
    clearTimeout(this.timer);
    this.timer = 0;
    this.changed = false;
    this.last = Date.now();
    this.under = fetch(this.form.dataset.draft, { method: "POST", body: this.what(), credentials: "same-origin" })
      .then((answer) => answer.json().then((says) => this.hear(answer.status, says)))
      .catch(() => this.lose(this.form.dataset.lost, true))
      .finally(() => { this.under = null; if (this.changed) this.plan(); });
    return this.under;
  }

  hear(status, answer) {
    if (status === 200) {
      this.form.elements.draft.value = answer.draft;
      this.form.elements.draft_revision.value = answer.revision;
      this.form.dataset.keeps = "yes";
      if (!this.changed) this.form.dataset.guard = "";
      this.say(answer.says);
    } else if (answer.both) {
      this.stuck = true;
      this.lose(answer.says, false);
      this.show(answer.both);
    } else this.lose(answer.says || this.form.dataset.lost, status >= 500 || status === 429);
  }

  lose(says, again) {
    this.say(says);
    delete this.form.dataset.keeps;
    this.changed = true;
    if (again) this.plan(EVERY);
  }

  say(words) {
    if (this.line && this.line.textContent !== words) this.line.textContent = words;
  }

  // Both versions above the form; its buttons and its hidden field belong to the form itself.
  show(both) {
    const shown = document.createElement("template");
    shown.innerHTML = both;
    shown.content.querySelectorAll("button,input[type=hidden]").forEach((one) => one.setAttribute("form", this.form.id));
    this.form.parentElement.querySelectorAll(":scope > .both").forEach((old) => old.remove());
    this.form.before(shown.content);
    this.form.previousElementSibling.scrollIntoView({ block: "start" });
  }

  leave() {
    if (!this.changed || this.sent || this.stuck) return;
    const data = this.what();
    if (this.under) data.set("leaves", "1"); // the one on its way may arrive first, and its answer never does
    navigator.sendBeacon(this.form.dataset.draft, data);
  }
}

const keepers = new Map([...document.querySelectorAll("form[data-draft]")].map((form) => [form, new Keeper(form)]));

for (const kind of ["input", "change"])
  document.addEventListener(kind, (ev) => {
    const keeper = ev.target.name && keepers.get(ev.target.form);
    if (keeper) keeper.note();
  });

// What is on its way arrives before the form does, so that nothing is saved again after it was said.
document.addEventListener("submit", (ev) => {
  const keeper = keepers.get(ev.target), button = ev.submitter;
  if (!keeper) return;
  if (button && "saves" in button.dataset) {
    ev.preventDefault();
    ev.stopImmediatePropagation();
    keeper.changed = true;
    keeper.last = 0;
    keeper.save();
  } else if (keeper.under) {
    ev.preventDefault();
    ev.stopImmediatePropagation();
    const waited = new Promise((done) => setTimeout(done, 2000));
    Promise.race([keeper.under, waited]).then(() => { keeper.under = null; ev.target.requestSubmit(button); });
  } else keeper.sent = true;
}, true);

addEventListener("pagehide", () => keepers.forEach((keeper) => keeper.leave()));
addEventListener("pageshow", () => keepers.forEach((keeper) => { keeper.sent = false; }));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keepers.forEach((keeper) => keeper.save());
});
addEventListener("online", () => keepers.forEach((keeper) => keeper.save()));
