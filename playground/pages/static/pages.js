// Everything works without this file. It keeps a thread and a simulation up to date, shows
// previews in place, sends a text on Ctrl+Enter and marks the lines that an address names.
"use strict";

const QUICK = 1000, CALM = 10000;

function busy(post) {
  return post.contains(document.activeElement) || post.querySelector("details[open], textarea");
}

function merge(fresh) {
  const posts = document.getElementById("posts");
  const news = [];
  const seen = new Set();
  let before = null;
  let stale = false;
  for (const article of fresh.querySelectorAll("article")) {
    seen.add(article.id);
    const old = document.getElementById(article.id);
    if (!old) {
      const next = before ? before.nextElementSibling : posts.firstElementChild;
      posts.insertBefore(article, next);
      news.push("New comment by " + article.dataset.author);
      before = article;
    } else if (old.dataset.version !== article.dataset.version && !busy(old)) {
      old.replaceWith(article);
      before = article;
    } else {
      stale = stale || old.dataset.version !== article.dataset.version;
      before = old;
    }
  }
  for (const old of posts.querySelectorAll("article")) {
    if (!seen.has(old.id) && !busy(old)) old.remove();
  }
  const waiting = posts.querySelector("#waiting");
  const still = fresh.querySelector("#waiting");
  if (waiting && still) waiting.lastChild.replaceWith(still.lastChild);
  else if (waiting) waiting.remove();
  else if (still) posts.append(still);
  posts.dataset.waiting = fresh.dataset.waiting;
  // What could not be replaced while somebody was at it is asked for again.
  posts.dataset.version = stale ? "" : fresh.dataset.version;
  if (news.length) document.getElementById("news").textContent = news.join(". ");
}

// The playground's time, which a test may have moved ahead of this machine's.
const ahead = Date.parse(document.body.dataset.now) - Date.now();

function age(at) {
  const seconds = Math.floor((Date.now() + ahead - at) / 1000);
  if (seconds < 5) return "now";
  const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [86400 * 60, 86400, "d"]];
  const step = steps.find(([below]) => seconds < below);
  if (!step) return new Date(at).toISOString().slice(0, 10);
  return Math.floor(seconds / step[1]) + " " + step[2] + " ago";
}

function tick() {
  for (const time of document.querySelectorAll("time")) {
    const words = age(Date.parse(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}

async function look() {
  const posts = document.getElementById("posts");
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(posts.dataset.posts + "?version=" + posts.dataset.version);
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("posts");
        if (fresh) merge(fresh);
      }
    } catch {
      // The playground is away for the moment: the next look comes by itself.
    }
  }
  setTimeout(look, posts.dataset.waiting === "yes" ? QUICK : CALM);
}

async function follow() {
  const box = document.getElementById("simulation");
  try {
    const answer = await fetch(location.pathname);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("simulation");
    // At its end the form below changes, too.
    if (fresh && fresh.dataset.running === "no") return location.replace(location.pathname);
    if (fresh) box.replaceChildren(...fresh.childNodes);
  } catch {
    // The playground is away for the moment: the next look comes by itself.
  }
  setTimeout(follow, QUICK);
}

async function preview(form) {
  const box = form.querySelector("[data-preview]");
  const steps = location.pathname.split("/");
  const body = new URLSearchParams({
    body: form.elements.body.value, owner: steps[1], repo: steps[2],
  });
  const answer = await fetch("/_pages/preview", { method: "POST", body });
  if (!answer.ok) return false;
  box.querySelector(".markdown").innerHTML = await answer.text();
  box.hidden = false;
  return true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview-button]");
  if (!button) return;
  event.preventDefault();
  preview(button.form).then((shown) => { if (!shown) button.form.submit(); });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("[data-write]");
    if (form) form.requestSubmit(form.querySelector(".primary"));
  }
  if (event.key === "Escape") {
    const menu = event.target.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

function mark() {
  const named = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash);
  if (!named || !document.querySelector(".code")) return;
  const first = Number(named[1]), last = Number(named[2] || named[1]);
  for (const line of document.querySelectorAll(".code li")) {
    const number = Number(line.id.slice(1));
    line.classList.toggle("marked", number >= first && number <= last);
  }
  const top = document.getElementById("L" + first);
  if (top) top.scrollIntoView({ block: "center" });
}

addEventListener("hashchange", mark);
mark();
setInterval(tick, 5000);
if (document.getElementById("posts")) setTimeout(look, QUICK);
if (document.querySelector("#simulation[data-running=yes]")) setTimeout(follow, QUICK);
