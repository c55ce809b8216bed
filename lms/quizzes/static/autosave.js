// Keeps answers: what the server has not confirmed waits in this phone's outbox, and leaves by
// any page of a quiz. Without it the button does.
const NAME = "sauat-outbox", SOON = 1200, LAST_CALL = 5000, MINUTE = 60000;

const all = (selector) => document.querySelectorAll(selector);
const [status] = all("[data-outbox]"), [door] = all("[data-door]");
// A form with files is left to its button.
const [form] = all("form[data-autosave]:not([enctype])"), [submission] = all("[data-submission]");
const place = form?.dataset.autosave, address = form?.getAttribute("action");
const key = form?.querySelector("[name=form_key]"), end = Date.parse(form?.dataset.due);
// Names with an underscore are ours.
const content = () => JSON.stringify([...new FormData(form)].filter(([n]) => !n.includes("_")));
const draftNow = () => ({ place, address, key: key.value, content: content() });
const isUnsent = () => form && !left && content() !== saved && !stuck.has(key.value);
const leave = () => isUnsent() && post(draftNow(), true).catch(() => {});
const freshKey = () => crypto.getRandomValues(new Uint8Array(12)).join("-");

const stuck = new Map(); // key → why sending it again from this page is of no use
let saved = form && content(), known = form?.dataset.savedKey, said = "";
let running, timer, due, left, isOver, tries = 0, renewedAt = 0, waiting = 0, skew = 0;
const outbox = await openOutbox();

// IndexedDB, else localStorage, else the memory of this page.
function openOutbox() {
  return new Promise((done) => {
    const otherwise = () => {
      try { done(inPlain(localStorage, true)); } catch { done(inPlain({}, false)); }
    };
    try {
      const asked = indexedDB.open(NAME);
      asked.onupgradeneeded = () => asked.result.createObjectStore(NAME, { keyPath: "place" });
      asked.onsuccess = () => done(inDatabase(asked.result));
      asked.onerror = otherwise;
    } catch { otherwise(); }
    setTimeout(otherwise, 2000);
  });
}

function inDatabase(database) {
  const run = (mode, work) => new Promise((done, fail) => {
    const change = database.transaction(NAME, mode);
    const asked = work(change.objectStore(NAME));
    change.oncomplete = () => done(asked.result);
    change.onabort = fail;
  });
  return {
    lasts: true,
    drafts: () => run("readonly", (store) => store.getAll()),
    put: (draft) => run("readwrite", (store) => store.put(draft)),
    drop: (place, key) => run("readwrite", (store) => {
      const asked = store.get(place);
      asked.onsuccess = () => asked.result?.key === key && store.delete(place);
      return asked;
    }),
  };
}

function inPlain(area, lasts) {
  const name = (place) => `${NAME}:${place}`, read = (name) => JSON.parse(area[name] || "{}");
  return {
    lasts,
    drafts: async () => Object.keys(area).filter((n) => n.startsWith(name(""))).map(read),
    put: async (draft) => { area[name(draft.place)] = JSON.stringify(draft); },
    drop: async (place, key) => { if (read(name(place)).key === key) delete area[name(place)]; },
  };
}

function post(draft, keepalive) {
  const body = new URLSearchParams(JSON.parse(draft.content));
  body.set("form_key", draft.key);
  body.set("csrf_token", all("[name=csrf_token]")[0].value);
  const headers = { Accept: "application/json" };
  return fetch(draft.address, { method: "POST", body, headers, keepalive });
}

// Takes a fresh token, and an answer from elsewhere if newer.
async function renew() {
  renewedAt = Date.now();
  const page = await (await fetch(location.href)).text();
  const token = /name="csrf_token" value="([^"]+)/.exec(page);
  const newest = /data-saved-key="([^"]*)/.exec(page);
  for (const field of token ? all("[name=csrf_token]") : []) field.value = token[1];
  if (newest && newest[1] !== known && form && !left && content() === saved) location.reload();
}

// Says if the next may go too.
async function send(draft) {
  const reply = await post(draft);
  const told = /json/.test(reply.headers.get("Content-Type")) ? await reply.json() : {};
  const isMine = draft.place === place;
  isOver = reply.status === 401;
  if (told.problem && Date.now() - renewedAt > MINUTE) return renew().then(() => send(draft));
  if (told.saved || told.result) {
    await outbox.drop(draft.place, draft.key);
    if (isMine) [saved, known, said] = [draft.content, draft.key, told.saved || told.problem];
    if (told.saved && (isMine ? !told.newest : submission)) location.reload();
  } else if (reply.status === 404) stuck.set(draft.key, {});
  else if (told.problem) stuck.set(draft.key, told);
  else return false;
  return true;
}

async function sendAll() {
  clearTimeout(timer);
  timer = 0;
  let goesOn = true;
  try {
    // First what this page shows, even if another tab has sent it or no storage took it.
    const isNow = isUnsent(), drafts = (await outbox.drafts()).filter((d) => !isNow || d.place !== place);
    if (isNow) drafts.unshift(draftNow());
    for (const draft of drafts) goesOn &&= stuck.has(draft.key) || (await send(draft));
  } catch { goesOn = false; }
  await tell();
  tries = goesOn ? 0 : tries + 1;
  if (waiting && !isOver) later(goesOn ? 300 : Math.min(MINUTE, 2500 * 2 ** tries));
}

const flush = () => (running ??= sendAll().finally(() => (running = undefined)));

function later(wait) {
  if (timer && due <= Date.now() + wait) return;
  clearTimeout(timer);
  due = Date.now() + wait;
  timer = setTimeout(() => { timer = 0; flush(); }, wait);
}

async function tell() {
  const lines = [], say = (name, n) => lines.push(status.dataset[name].replace("#", n));
  let foreign = waiting = 0;
  for (const draft of await outbox.drafts()) {
    const { problem } = stuck.get(draft.key) || {};
    if (!stuck.has(draft.key)) waiting++;
    else if (!problem) foreign++;
    else if (draft.place === place) lines.push(problem);
    else say("refused", draft.place.split("/")[1]);
  }
  if (!outbox.lasts && isUnsent()) waiting ||= 1;
  else if (waiting) say("kept");
  if (waiting) say("waiting", waiting);
  if (foreign) say("foreign", foreign);
  const text = lines.join(" ") || said;
  if (status.textContent !== text) status.textContent = text;
  door.hidden = !isOver;
}

function changed() {
  key.value = freshKey();
  later(Date.now() + skew > end - 2 * LAST_CALL ? 200 : SOON);
  outbox.put(draftNow()).catch(() => (outbox.lasts = false)).then(tell);
}

function fill(draft) {
  const fields = JSON.parse(draft.content), given = {};
  for (const input of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    const values = given[input.name] ??= fields.filter(([n]) => n === input.name).map(([, v]) => v);
    if (/radio|checkbox/.test(input.type)) input.checked = values.includes(input.value);
    else input.value = values.shift() ?? "";
  }
  key.value = draft.key;
}

form?.addEventListener("input", changed);
form?.addEventListener("focusout", () => isUnsent() && later(0));
form?.addEventListener("submit", (event) => {
  if (!navigator.onLine) return event.preventDefault();
  left = true;
  form.setAttribute("action", `${address}#saved=${place}/${key.value}`);
});
submission?.addEventListener("submit", (event) => {
  if (!waiting) return;
  event.preventDefault();
  flush().then(() => waiting || submission.submit());
});
document.addEventListener("visibilitychange", () => {
  document.hidden ? leave() : renew().then(flush, flush);
});
addEventListener("pagehide", leave);
addEventListener("pageshow", () => (left = false));
addEventListener("online", flush);

if (end) fetch(location.href, { method: "HEAD" }).then((reply) => {
  skew = Date.parse(reply.headers.get("Date")) - Date.now();
  setTimeout(flush, end - Date.now() - skew - LAST_CALL);
}, () => {});

// The button adds #saved=… to its address; being led on proves it was saved.
const proof = /^#saved=(.+)\/([^/]+)$/.exec(location.hash);
if (proof) history.replaceState(null, "", location.href.split("#")[0]);
if (proof && proof[1] !== place) await outbox.drop(proof[1], proof[2]);
if (form) await outbox.drop(place, known);
const kept = form && (await outbox.drafts()).find((draft) => draft.place === place);
if (form && content() !== saved) changed();
else if (kept) fill(kept);
flush();
