// The page is complete without this file: it strips what is pasted, counts down and asks whether something has changed.
"use strict";

const PAGE = "/license/qrcode";
const ASK_EVERY = 5000; // milliseconds

const one = (selector) => document.querySelector(selector);
const clock = one("[data-left]");
const still = "still" in document.body.dataset; // the lab's time moves in steps only
let left = clock ? Number(clock.dataset.left) : 0;
let since = performance.now();
let announced = Math.ceil(left / 60);

function showTime() {
  if (!clock) return;
  const seconds = Math.max(0, still ? left : left - Math.floor((performance.now() - since) / 1000));
  one("[data-time]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  one("progress").value = seconds;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < announced && seconds > 0) {
    // A screen reader hears each minute, not each second.
    const words = minutes === 1 ? clock.dataset.minute : clock.dataset.minutes;
    one("[data-announced]").textContent = words.replace("{minutes}", minutes);
  }
  if (announced > 0 && minutes === 0 && !still) ask();
  announced = minutes;
}

async function ask() {
  let status;
  try {
    const answer = await fetch("/license/v1/status", { cache: "no-store", signal: AbortSignal.timeout(ASK_EVERY) });
    if (!answer.ok) throw new Error(answer.statusText);
    status = await answer.json();
  } catch {
    one("[data-silent]").hidden = false;
    return;
  }
  one("[data-silent]").hidden = true;
  if (status.mark !== document.body.dataset.mark) {
    location.replace(PAGE); // never a reload: after a refused code that would send it again
    return;
  }
  one("[data-taken]").textContent = status.seats_taken;
  if (one("[data-now]")) one("[data-now]").textContent = `${status.now.slice(0, 19).replace("T", " ")} UTC`;
  left = status.deadlines.qr.seconds_left ?? status.deadlines.lock.seconds_left ?? 0;
  since = performance.now();
  showTime();
}

const input = one("#code");
if (input) {
  input.addEventListener("input", () => {
    const digits = input.value.replace(/[\s-]/g, "");
    if (digits !== input.value) input.value = digits;
  });
}

const copy = one("[data-copy]");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(one("[data-address]").textContent);
    copy.textContent = copy.dataset.done;
  });
}

setInterval(showTime, 1000);
setInterval(ask, ASK_EVERY);
