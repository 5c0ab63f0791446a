// Conflicts and merges in a real browser: two machines that write both ways, and a person who decides.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertFits } from './axe.mjs';
import { picture } from './looks.mjs';
import { eventually, spec, World } from './world.mjs';

describe('two machines that disagree', () => {
  let world;
  let page; // of the person who decides, signed in
  let laptop;
  let there;
  const file = '001-both/README.md';
  const at = '/projects/demo';
  const body = (first, last = 'test it') => `${Array.from({ length: 12 }, (_, i) => `Line ${i + 1}.`).join('\n')}\n\n- ${first}\n\nBetween.\n\n- ${last}\n`;
  const text = (...lines) => spec('Both write it', {}, body(...lines));
  const on = (specs) => (existsSync(join(specs, file)) ? readFileSync(join(specs, file), 'utf8') : '');
  const bothHave = (what, wanted) => eventually(what, () => on(world.specs) === wanted && on(there) === wanted);
  /** Pictures for people, where they ask for them. */
  const picture = async (of, name) => process.env.LEANSPEC_PICTURES && (await of.screenshot({ path: join(process.env.LEANSPEC_PICTURES, `${name}.png`), fullPage: true }));

  /** The laptop writes while it is away; the other one meanwhile. */
  async function editApart(here, laptops) {
    await laptop.stop();
    world.save(file, laptops, there);
    world.save(file, here);
    await eventually('the hub has the edit', async () => (await (await page.request.get('/api/projects/demo/specs/001-both/raw')).json()).content === here);
    laptop = await world.runBridge('laptop');
  }
  async function disagree(here, laptops) {
    world.save(file, text('one'));
    await bothHave('both begin with the same', text('one'));
    await editApart(text(...here), text(...laptops));
  }
  async function openConflict(of = page) {
    await of.goto(`${at}/conflicts`);
    await of.getByRole('link', { name: /Both write it/ }).click();
    await of.getByRole('heading', { level: 1, name: 'Both write it' }).waitFor();
  }

  before(async () => {
    world = await World.make();
    there = join(world.folder, 'laptop', 'specs');
    world.save(file, text('one'));
    page = await world.signedInPage();
    await world.startBridge('desk', world.specs, 'demo', 'two-way');
    world.save('002-other/README.md', spec('Another'), there);
    laptop = await world.startBridge('laptop', there, 'demo', 'two-way');
  });
  after(() => world?.end());

  test('a conflict shows itself at once: in the bar, on the spec, and in the list with its place and machines', async () => {
    await page.goto(`${at}/specs/001-both`);
    await page.getByRole('heading', { level: 1, name: 'Both write it' }).waitFor();
    await disagree(['ask Ada'], ['phone Grace']);
    await page.getByRole('link', { name: 'Conflicts 1 to decide' }).waitFor();
    await page.getByRole('link', { name: /could not be merged. Decide/ }).waitFor();
    await assertAccessible(page, 'a spec with a conflict');
    await picture(page, 'spec-with-conflict');
    await page.getByRole('link', { name: 'Conflicts 1 to decide' }).click();
    await page.getByText(/Both changed line \d+/).waitFor();
    await page.getByText('laptop').first().waitFor();
    await assertAccessible(page, 'the list of conflicts');
    await picture(page, 'conflicts');
  });

  test('place by place, on a phone too: a text of one\'s own goes to both machines', async () => {
    const phone = await world.page({ storageState: await page.context().storageState(), viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    await openConflict(phone);
    await phone.getByText('1 place to decide').waitFor();
    await phone.getByRole('button', { name: 'Save these choices' }).isDisabled();
    await phone.getByLabel(/From laptop/).first().check();
    await phone.getByLabel('Something else').check();
    await phone.getByLabel(/The lines for line/).fill('- write to both');
    await assertAccessible(phone, 'a conflict on a phone');
    await assertFits(phone, 'a conflict on a phone');
    await picture(phone, 'conflict-phone');
    await phone.getByRole('button', { name: 'Save these choices' }).click();
    await phone.getByRole('heading', { name: 'Decided' }).waitFor();
    await bothHave('both have the decision', text('write to both'));
    assert.deepEqual(phone.complaints, []);
    await phone.context().close();
  });

  test('when the document changes under a decision, the page says so and keeps the choice', async () => {
    await disagree(['ask Ada'], ['phone Grace']);
    await openConflict();
    await page.keyboard.press('n');
    await page.keyboard.press('2');
    await page.getByText('Every place is decided.').waitFor();
    await picture(page, 'conflict');
    await assertAccessible(page, 'a conflict');
    world.save(file, text('ask Ada', 'test it twice'));
    await page.getByText('The document has changed meanwhile').waitFor();
    await page.getByText('Every place is decided.').waitFor();
    await picture(page, 'conflict-moved');
    await page.getByRole('button', { name: 'Save these choices' }).click();
    await page.getByRole('heading', { name: 'Decided' }).waitFor();
    await bothHave('both have the decision and the later edit', text('phone Grace', 'test it twice'));
    await page.getByText('No conflicts left').waitFor();
  });

  test('what somebody else has decided is not decided again', async () => {
    await disagree(['ask Ada'], ['phone Grace']);
    const second = await world.page({ storageState: await page.context().storageState() });
    await openConflict(second);
    await openConflict();
    await page.getByRole('button', { name: 'Keep what the hub has' }).click();
    await page.getByRole('heading', { name: 'Decided' }).waitFor();
    await second.getByText('decided already, by ada').waitFor();
    await bothHave('both have what the hub had', text('ask Ada'));
    await second.context().close();
  });

  test('a merge is listed with what it joined, and is taken back', async () => {
    world.save(file, text('one'));
    await bothHave('both begin with the same', text('one'));
    await editApart(text('one more'), text('one', 'test it well'));
    await bothHave('the hub merged', text('one more', 'test it well'));
    await page.goto(`${at}/merges`);
    await page.getByText('desk and laptop').first().waitFor();
    await page.getByRole('button', { name: 'Show what was joined' }).first().click();
    await page.locator('.added mark').first().waitFor();
    await assertAccessible(page, 'merges');
    await assertFits(page, 'merges');
    await picture(page, 'merges');
    await page.getByRole('button', { name: 'Undo the edit of laptop' }).first().click();
    await page.getByText('Taken back.').waitFor();
    await bothHave('only the edit of the desk is left', text('one more'));
  });

  test('the history compares any two versions', async () => {
    await page.goto(`${at}/specs/001-both`);
    await page.getByRole('button', { name: 'History' }).click();
    const history = page.getByRole('region', { name: 'History' });
    await history.getByRole('button', { name: /ada/ }).first().click();
    await history.getByLabel('What changed').waitFor();
    await assertAccessible(page, 'a version in the history');
    await picture(page, 'history');
    await history.getByLabel('Compare with').selectOption({ index: 2 });
    await history.getByText(/removed|No line differs/).waitFor();
    await history.getByLabel('Compare with').selectOption({ label: 'nothing: the whole text' });
    await history.getByLabel('The whole text', { exact: true }).waitFor();
    assert.deepEqual(page.complaints, []);
  });
});
