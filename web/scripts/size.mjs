// What the first load of each page costs over the wire, from the build's manifest. Fails above the budget.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const budgets = { script: 45, specScript: 55, style: 12 };
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const sizes = new Map();
function size(file) {
  if (!sizes.has(file)) {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    sizes.set(file, brotliCompressSync(readFileSync(new URL(file, dist)), quality).length);
  }
  return sizes.get(file);
}

/** The chunk and all that it needs before it can run. */
function filesOf(key, files = { script: new Set(), style: new Set() }) {
  const chunk = manifest[key];
  if (files.script.has(chunk.file)) return files;
  files.script.add(chunk.file);
  for (const style of chunk.css ?? []) files.style.add(style);
  for (const needed of chunk.imports ?? []) filesOf(needed, files);
  return files;
}

const kilobytes = (files) => [...files].reduce((sum, file) => sum + size(file), 0) / 1000;
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const pages = Object.keys(manifest).filter((key) => /^src\/pages\/\w+\.svelte$/.test(key) && manifest[key].isDynamicEntry);
if (!entry || pages.length === 0) throw new Error('The manifest names no entry or no pages: has the build changed?');

let over = 0;
console.log('first load, brotli     scripts  styles');
for (const page of pages) {
  const files = filesOf(page, filesOf(entry));
  const [script, style] = [kilobytes(files.script), kilobytes(files.style)];
  const name = page.replace('src/pages/', '').replace('.svelte', '');
  const most = name === 'SpecPage' ? budgets.specScript : budgets.script;
  const bad = script > most || style > budgets.style;
  if (bad) over += 1;
  console.log(`${name.padEnd(20)} ${script.toFixed(1).padStart(6)} KB ${style.toFixed(1).padStart(5)} KB${bad ? `  over ${most} or ${budgets.style} KB` : ''}`);
}
process.exit(over === 0 ? 0 : 1);
