// Runs a Python program in Pyodide under node: node pyodide.mjs FOLDER-OF-PYODIDE ZIP PROGRAM STANDARD-LIBRARY; prints what RESULT is.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , folder, zip, program, stdLibURL] = process.argv;
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${folder}/`, packages: [], stdLibURL, stdout: () => {}, stderr: () => {} });
const site = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
python.unpackArchive(new Uint8Array(readFileSync(zip)), "zip", { extractDir: site });
python.runPython(readFileSync(program, "utf8"));
process.stdout.write(python.runPython("RESULT"), () => process.exit(0));
