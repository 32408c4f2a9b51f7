// node compiler.mjs FOLDER-OF-PYODIDE FOLDER: loads what a reader's Python loads, then compiles the zips in FOLDER in place.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , pyodide, folder] = process.argv;
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${pyodide}/`, packages: [], stdout: () => {} });
const names = readdirSync(folder).filter((name) => name.endsWith(".zip"));
const bytes = (name) => new Uint8Array(readFileSync(`${folder}/${name}`));
python.FS.mkdir("/zips");
for (const name of names) python.FS.writeFile(`/zips/${name}`, bytes(name));
const place = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
for (const name of names.filter((each) => each !== "python_stdlib.zip")) python.unpackArchive(bytes(name), "zip", { extractDir: place });
python.runPython(readFileSync(`${folder}/begin.py`, "utf8"));
python.FS.writeFile(`${place}/fanlic_compiler.py`, bytes("compiler.py"));
const counts = python.runPython("import fanlic_compiler; fanlic_compiler.work('/zips')");
for (const name of names) writeFileSync(`${folder}/${name}`, python.FS.readFile(`/zips/${name}`));
process.stdout.write(counts, () => process.exit(0));
