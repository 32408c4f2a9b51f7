// Python in a worker: it loads Pyodide and one zip of packages, all from this site, and calls functions of them.
import { loadPyodide } from "../../lab/static/pyodide/pyodide.mjs";

let python;
let outside; // where the Python side sends events while it runs; see "events"

async function start({ zip }) {
  const folder = new URL("../../lab/static/pyodide/", import.meta.url).href;
  const told = (text) => postMessage({ said: text });
  const packages = fetch(new URL(zip, import.meta.url), { cache: "no-cache" }).then((answer) => {
    if (!answer.ok) throw new Error(`${zip}: ${answer.status}`);
    return answer.arrayBuffer();
  });
  python = await loadPyodide({ indexURL: folder, packages: [], stdout: told, stderr: told });
  const place = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(await packages, "zip", { extractDir: place });
  outside = (text) => postMessage({ event: text });
  python.globals.set("fanlic_outside", outside);
  return python.version;
}

// Calls module.name(json): both sides speak JSON, and bytes travel beside it.
function call({ module, name, given, bytes }) {
  const target = python.pyimport(module)[name];
  const blobs = python.toPy(bytes ?? []);
  try {
    return target(JSON.stringify(given ?? {}), blobs);
  } finally {
    blobs.destroy();
    target.destroy();
  }
}

self.onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, value: data.call ? call(data.call) : await start(data.start) });
  } catch (problem) {
    postMessage({ id: data.id, problem: String(problem?.message ?? problem) });
  }
};
