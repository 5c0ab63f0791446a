// From a save to the changed title painted in Chromium: edits drawn by seed from the history of real specs, each a real before and after with a
// title of its own, half of them saved in place and half by rename. Prints a table, then one line of JSON.
//   node tests/bench/save_to_screen.mjs [--hub FILE] [--bridge FILE] [--edits 200] [--specs 400] [--seed 1] [--history BUNDLE_OR_REPOSITORY]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const flag = (otherwise) => ({ ...text, default: String(otherwise) });
const { values } = parseArgs({ options: { hub: text, bridge: text, history: text, edits: flag(200), specs: flag(400), seed: flag(1) } });
if (values.hub) process.env.LEANSPEC_HUB = resolve(values.hub);
if (values.bridge) process.env.LEANSPEC_BRIDGE = resolve(values.bridge);
const { World, hubBinary, bridgeBinary, password, patience, spec } = await import('../../web/e2e/world.mjs');
console.log(`hub ${hubBinary}, bridge ${bridgeBinary}`);
const edits = Number(values.edits);
const count = Number(values.specs);
assert.ok(edits >= 1 && count >= edits, '--specs is at least --edits: every edit has a spec of its own');

/** The same numbers below 1 for the same seed (mulberry32). */
function chanceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const chance = chanceOf(Number(values.seed));

/** Real changes of a README: the texts before and after, the heading replaced by a title that the list shows and that tells them apart. */
function drawEdits(scratch) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
  const corpus = process.env.LEANSPEC_CORPUS ?? resolve(root, '../shared/corpus');
  let repository = resolve(values.history ?? process.env.LEANSPEC_HISTORY ?? join(corpus, 'leanspec-history.bundle'));
  const git = (...words) => execFileSync('git', words, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (statSync(repository).isFile()) {
    git('clone', '-q', '-b', 'shared', repository, join(scratch, 'history'));
    repository = join(scratch, 'history');
  }
  const all = [];
  let commit = '';
  for (const line of git('-C', repository, 'log', '--no-merges', '--diff-filter=M', '--format=@%H', '--name-only', '--', 'specs').split('\n')) {
    if (line.startsWith('@')) commit = line.slice(1);
    else if (line.endsWith('/README.md')) all.push([commit, line]);
  }
  const drawn = [];
  const heading = /^# .*$/m;
  while (drawn.length < edits && all.length > 0) {
    const [[at, path]] = all.splice(Math.floor(chance() * all.length), 1);
    const [before, after] = [`${at}^`, at].map((version) => git('-C', repository, 'show', `${version}:${path}`));
    if (!heading.test(before) || !heading.test(after)) continue;
    const title = `Edit ${drawn.length + 1} of ${path.split('/').at(-2)}`;
    const titled = (text, word) => text.replace(heading, () => `# ${title}: ${word}`);
    drawn.push({ title, before: titled(before, 'before'), after: titled(after, 'after') });
  }
  assert.equal(drawn.length, edits, `the history holds only ${drawn.length} edits`);
  return drawn;
}

/** In the page: brings a row to the middle of the screen; the rows around it are then in the page as well. */
function bringOnScreen(row) {
  const found = document.querySelector(`[data-id="${row}"]`);
  if (!found) throw new Error(`the row of ${row} is not in the page`);
  found.scrollIntoView({ block: 'center' });
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}

/**
 * In the page: the time at which the frame with the title in its row was painted. A task posted in a frame's callback runs once that frame
 * is rendered, so nothing goes to and fro with the browser in between. Fails unless the title is what stands at its place on the screen.
 */
function whenPainted([row, title, limit]) {
  return new Promise((done, failed) => {
    const name = () => document.querySelector(`[data-id="${row}"] .name`);
    const observer = new MutationObserver(look);
    const late = setTimeout(() => {
      observer.disconnect();
      failed(new Error(`${row} never showed "${title}"; its row says "${name()?.textContent}"`));
    }, limit);
    function look() {
      if (name()?.textContent !== title) return;
      observer.disconnect();
      clearTimeout(late);
      requestAnimationFrame(() => {
        const rendered = new MessageChannel();
        rendered.port1.onmessage = () => {
          const now = performance.timeOrigin + performance.now();
          const box = name().getBoundingClientRect();
          const onTop = document.elementFromPoint(box.left + 5, box.top + box.height / 2);
          if (name().contains(onTop)) done(now);
          else failed(new Error(`${row} is not to be seen at its place on the screen`));
        };
        rendered.port2.postMessage(null);
      });
    }
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  });
}

const now = () => performance.timeOrigin + performance.now();

/** Save and frame are timed by two programs: their clocks agree to a millisecond, or the figures would lie. */
async function compareClocks(page) {
  const before = now();
  const there = await page.evaluate(() => performance.timeOrigin + performance.now());
  assert.ok(there > before - 1 && there < now() + 1, `the clock of the browser is off by ${there - before} ms`);
}

const world = await World.make();
try {
  writeFileSync(join(world.folder, 'password'), `${password}\n`);
  world.hubCommand('user', 'add', 'ada', '--password-file', join(world.folder, 'password'), '--administrator');
  const id = (number) => `${String(number).padStart(3, '0')}-spec`;
  const drawn = drawEdits(world.folder);
  const firstEdited = count - edits + 1; // the list begins with the highest number
  for (let number = 1; number <= count; number += 1) {
    const edit = drawn[number - firstEdited];
    world.save(`${id(number)}/README.md`, edit?.before ?? spec(`Spec ${number}`, {}, 'A line of text.\n'.repeat(200)));
  }
  await world.startBridge('laptop');
  const page = await world.page();
  await world.signIn(page);
  await page.goto('/projects/demo/specs');
  await page.locator(`[data-id="${id(count)}"]`).waitFor();
  await compareClocks(page);

  const taken = { in_place: [], atomic: [] };
  for (let number = count; number >= firstEdited; number -= 1) {
    const edit = drawn[number - firstEdited];
    const file = join(world.specs, id(number), 'README.md');
    await page.evaluate(bringOnScreen, id(number));
    await page.locator(`[data-id="${id(number)}"]`).getByText(`${edit.title}: before`, { exact: true }).waitFor();
    const painted = page.evaluate(whenPainted, [id(number), `${edit.title}: after`, patience]);
    await page.evaluate(() => 0); // the observer stands before the save
    await new Promise((done) => setTimeout(done, 50 * chance())); // else every save would fall on the same moment between two frames
    const atomic = number % 2 === 1;
    const begun = now();
    if (atomic) world.save(`${id(number)}/README.md`, edit.after);
    else writeFileSync(file, edit.after);
    (atomic ? taken.atomic : taken.in_place).push((await painted) - begun);
  }
  await compareClocks(page);
  assert.deepEqual(page.complaints, []);

  const figures = { bench: 'save_to_screen' };
  const add = (name, value, unit) => {
    figures[name] = Number(value.toFixed(3));
    console.log(`${name.padEnd(44)} ${value.toFixed(3).padStart(12)} ${unit}`);
  };
  const percentile = (sorted, percent) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  add('edits', edits, '');
  add('specs', count, '');
  for (const [name, all] of Object.entries({ ...taken, all: [...taken.in_place, ...taken.atomic] })) {
    const sorted = all.sort((a, b) => a - b);
    for (const percent of [50, 95, 99]) if (sorted.length > 0) add(`${name}_to_screen_p${percent}_ms`, percentile(sorted, percent), 'ms');
  }
  console.log(JSON.stringify(figures));
} finally {
  await world.end();
}
