// One worker with Python for a page. It is made from a blob, because such a worker keeps to the policy of its page
// (connect-src 'self'), while a worker from a file would follow only the headers of that file.
"use strict";

const fanlicPython = (() => {
  const here = document.currentScript.src;
  const waiting = new Map();
  let worker = null;
  let started = null;
  let next = 0;
  let listen = () => {};

  function ask(message) {
    const id = ++next;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...message });
    });
  }

  function heard({ data }) {
    if (data.event !== undefined) return listen(JSON.parse(data.event));
    if (data.said !== undefined) return;
    const one = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.problem === undefined) one?.resolve(data.value);
    else one?.reject(new Error(data.problem));
  }

  function start(zip) {
    if (started) return started;
    const source = `import ${JSON.stringify(new URL("worker.mjs", here).href)};`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    worker = new Worker(address, { type: "module" });
    worker.onmessage = heard;
    worker.onerror = (event) => stop(event.message || "the worker did not start");
    started = ask({ start: { zip } });
    started.catch(() => stop());
    return started;
  }

  function stop(reason = "stopped") {
    worker?.terminate();
    worker = started = null;
    for (const one of waiting.values()) one.reject(new Error(reason));
    waiting.clear();
  }

  return {
    root: new URL("../../", here).href,
    served: location.protocol.startsWith("http"),
    start,
    stop,
    call: async (module, name, given, bytes) => JSON.parse(await ask({ call: { module, name, given, bytes } })),
    onevent: (act) => (listen = act),
  };
})();
