// The projector's page follows what is done in another window: it reloads when the lab's version has changed.
"use strict";
const shown = document.body.dataset.version;
setInterval(async () => {
  try {
    const answer = await fetch("/version", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== shown) location.reload();
  } catch {
    // The lab was stopped: the last picture stays.
  }
}, 1000);
