// Saves the answer by itself; without this script the button does it.
// An answer stays on the phone until the server says that it is saved, or its owner signs out.
(() => {
  const PREFIX = "sauat-answer:";
  const store = (() => {
    try { return localStorage; } catch { return null; }
  })();

  const form = document.querySelector("form[data-autosave]");
  const place = form && form.getAttribute("data-autosave");
  // The button adds #saved=… to its address; being led on proves it was saved.
  const proof = /^#saved=(.+)$/.exec(location.hash);
  if (proof) {
    if (proof[1] !== place && store) store.removeItem(PREFIX + proof[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (!form || !window.fetch) return;

  const address = form.getAttribute("action");
  const status = form.querySelector("[role=status]");
  const key = form.querySelector("[name=form_key]");
  // Names with an underscore are ours.
  const content = () => JSON.stringify([...new FormData(form)].filter(([n]) => !n.includes("_")));
  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  const forget = () => store && store.removeItem(PREFIX + place);
  let saved = content(), refused, sending, timer, due, left;

  const renew = () => {
    key.value = crypto.getRandomValues(new Uint8Array(12)).join("-");
    try { store.setItem(PREFIX + place, JSON.stringify([key.value, content()])); } catch {}
  };
  const later = (wait) => {
    if (timer && due <= Date.now() + wait) return;
    clearTimeout(timer);
    due = Date.now() + wait;
    timer = setTimeout(send, wait);
  };

  async function send(last) {
    clearTimeout(timer);
    timer = 0;
    const now = content();
    if (left || now === saved || now === refused || now === sending || (sending && !last)) return;
    sending = now;
    try {
      const body = new URLSearchParams(new FormData(form));
      const headers = { Accept: "application/json" };
      const reply = await fetch(address, { method: "POST", body, headers, keepalive: !!last });
      const told = /json/.test(reply.headers.get("Content-Type")) ? await reply.json() : {};
      if (told.saved) {
        saved = now;
        if (content() === now) { forget(); say(told.saved); }
        if (!told.newest) location.reload();
      } else if (reply.status === 422) renew();
      else if (reply.status < 500) {
        refused = now;
        if (told.result) forget();
        say(told.problem || status.getAttribute("data-refused"));
      }
    } catch {
      say(status.getAttribute("data-waiting"));
    }
    sending = undefined;
    if (content() !== saved && now !== refused) later(content() === now ? 5000 : 500);
  }

  const changed = () => {
    renew();
    if (content() === saved) return forget();
    say(status.getAttribute("data-waiting"));
    later(1200);
  };
  for (const event of ["input", "change"]) form.addEventListener(event, changed);
  form.addEventListener("submit", () => {
    left = true;
    form.setAttribute("action", address + "#saved=" + place);
  });
  document.addEventListener("visibilitychange", () => document.hidden && send(true));
  addEventListener("pagehide", () => send(true));
  addEventListener("pageshow", () => (left = false));
  addEventListener("online", () => send());

  const draft = JSON.parse((store && store.getItem(PREFIX + place)) || "null");
  if (!draft) return;
  if (draft[0] === form.getAttribute("data-saved-key")) return forget();
  const fields = JSON.parse(draft[1]);
  for (const input of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    const values = fields.filter(([name]) => name === input.name).map(([, value]) => value);
    if (/radio|checkbox/.test(input.type)) input.checked = values.includes(input.value);
    else input.value = values[0] || "";
  }
  key.value = draft[0];
  send();
})();
