// JupyterLite takes a link to a page of the site for a file that it has to open itself. The browser shall follow it.
"use strict";
const pages = new URL("files/site/", document.currentScript.src).href;
addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.("a[href]")?.href.startsWith(pages)) event.stopImmediatePropagation();
  },
  true,
);
