// From a save to the changed title standing on the screen, in Chromium: half of the saves in place, half by rename. Prints a table and one line of JSON.
//   LEANSPEC_HUB=… LEANSPEC_BRIDGE=… node tests/bench/save_to_screen.mjs [--hub FILE] [--bridge FILE] [--edits 200] [--specs 400]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { hub: { type: 'string' }, bridge: { type: 'string' }, edits: { type: 'string', default: '200' }, specs: { type: 'string', default: '400' } },
});
if (values.hub) process.env.LEANSPEC_HUB = values.hub;
if (values.bridge) process.env.LEANSPEC_BRIDGE = values.bridge;
const { World, password, spec } = await import('../../web/e2e/world.mjs');

const edits = Number(values.edits);
const count = Number(values.specs);
const world = await World.make();
try {
  writeFileSync(join(world.folder, 'password'), `${password}\n`);
  world.hubCommand('user', 'add', 'ada', '--password-file', join(world.folder, 'password'), '--administrator');
  const id = (number) => `${String(number).padStart(3, '0')}-spec`;
  const text = (number, round) => spec(`Title ${number} of round ${round}`, {}, 'A line of text.\n'.repeat(200));
  for (let number = 1; number <= count; number += 1) world.save(`${id(number)}/README.md`, text(number, 0));
  await world.startBridge('laptop');
  const page = await world.page();
  await world.signIn(page);
  await page.goto('/projects/demo/specs');
  await page.locator(`[data-id="${id(1)}"]`).waitFor();

  const taken = { inPlace: [], atomic: [] };
  for (let edit = 0; edit < edits; edit += 1) {
    const number = 1 + (edit % 10); // rows that are on the screen
    const wanted = `Title ${number} of round ${edit + 1}`;
    // The page itself notes when the row has the new title and the frame with it is due: no round trip to the browser in between.
    const seen = page.evaluate(
      ([row, title]) =>
        new Promise((done) => {
          const there = () => document.querySelector(`[data-id="${row}"]`)?.textContent.includes(title);
          const tell = () => requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
          if (there()) return tell();
          const observer = new MutationObserver(() => {
            if (!there()) return;
            observer.disconnect();
            tell();
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
      [id(number), wanted],
    );
    await page.evaluate(() => 0); // the observer stands before the save
    const begun = performance.timeOrigin + performance.now();
    if (edit % 2 === 1) world.save(`${id(number)}/README.md`, text(number, edit + 1));
    else writeFileSync(join(world.specs, id(number), 'README.md'), text(number, edit + 1));
    (edit % 2 === 1 ? taken.atomic : taken.inPlace).push((await seen) - begun);
  }

  const figures = { bench: 'save_to_screen', edits };
  const percentile = (all, percent) => [...all].sort((a, b) => a - b)[Math.max(0, Math.ceil((percent / 100) * all.length) - 1)];
  for (const [name, all] of Object.entries({ ...taken, all: [...taken.inPlace, ...taken.atomic] })) {
    for (const percent of [50, 95, 99]) {
      const value = Number(percentile(all, percent).toFixed(3));
      figures[`${name}_p${percent}_ms`] = value;
      console.log(`${`${name}_p${percent}`.padEnd(24)} ${value.toFixed(1).padStart(10)} ms`);
    }
  }
  console.log(JSON.stringify(figures));
} finally {
  await world.end();
}
