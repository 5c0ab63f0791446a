// Several branches of one project in the browser, from a machine for each. Every wait is for an event.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertFits } from './axe.mjs';
import { picture } from './looks.mjs';
import { spec, World } from './world.mjs';

describe('branches in the web app', () => {
  let world;
  let page;
  let feature; // the specs of the second machine, which holds another branch
  const chip = () => page.getByRole('button', { name: /^Branch:/ });
  const shows = (branch) => chip().filter({ hasText: branch }).waitFor();

  before(async () => {
    world = await World.make();
    world.save('001-first/README.md', spec('First on main'));
    world.save('002-second/README.md', spec('Second on main'));
    feature = join(world.folder, 'elsewhere', 'specs');
    mkdirSync(feature, { recursive: true });
    world.save('001-first/README.md', spec('First on the feature'), feature);
    page = await world.signedInPage();
    await world.startBridge('laptop', world.specs, 'demo', 'push', 'main');
    await page.goto('/projects/demo/specs');
    await page.getByText('2 specs').waitFor();
  });
  after(() => world?.end());

  test('with one branch there is no chip; with a second it appears, and the last edit leads there', async () => {
    assert.equal(await chip().count(), 0);
    await world.startBridge('desk', feature, 'demo', 'push', 'feature/x');
    await page.getByText('First on the feature').waitFor();
    await shows('feature/x');
    assert.equal(new URL(page.url()).search, '');
    world.save('002-second/README.md', spec('Second, edited on main'));
    await page.getByText('Second, edited on main').waitFor();
    await shows('main');
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const [width, height] of [[1280, 900], [390, 844]]) {
        await page.setViewportSize({ width, height });
        await picture(page, `branch-${width}-${colorScheme}`);
        await assertAccessible(page, `a branch, ${width}, ${colorScheme}`);
        await assertFits(page, `a branch, ${width}`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('a branch that is picked by the keyboard stays, is in every address, and is what a link shows', async () => {
    await chip().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: 'feature/x' }).waitFor();
    await picture(page, 'branch-menu');
    await assertAccessible(page, 'the menu of branches');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('branch') === 'feature/x');
    await page.getByText('First on the feature').waitFor();
    world.save('002-second/README.md', spec('Second, edited again on main'));
    await page.getByText('First on the feature').click();
    await page.getByRole('heading', { level: 1, name: 'First on the feature' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('branch'), 'feature/x');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'First on the feature' }).waitFor();
    await shows('feature/x');
    world.save('001-first/README.md', spec('First on the feature', {}, 'Edited there.'), feature);
    await page.getByText('Edited there.').waitFor();
    await page.getByRole('link', { name: 'Conflicts' }).click();
    await page.waitForURL('**/conflicts?branch=feature%2Fx');
    await page.goBack();
    await page.getByRole('button', { name: 'History' }).click();
    await page.locator('.line').nth(1).waitFor();
  });

  test('the text is edited on the branch that is shown', async () => {
    await page.keyboard.press('e');
    const box = page.getByRole('textbox', { name: 'The text of README.md' });
    await box.fill((await box.inputValue()).replace('Edited there.', 'Edited in the browser.'));
    await page.keyboard.press('Control+s');
    await page.getByText('Saved', { exact: true }).waitFor();
    const text = async (branch) => (await (await page.request.get(`/api/projects/demo/specs/001-first/raw?branch=${encodeURIComponent(branch)}`)).json()).content;
    assert.match(await text('feature/x'), /Edited in the browser/);
    assert.doesNotMatch(await text('main'), /browser/);
    await page.goBack();
  });

  test('following again leads to the last edit; a branch that is not there is said', async () => {
    await chip().click();
    await page.getByRole('menuitemradio', { name: 'The one edited last' }).click();
    await page.waitForURL((url) => !url.searchParams.has('branch'));
    await shows('feature/x');
    world.save('001-first/README.md', spec('First, edited last on main'));
    await page.getByRole('heading', { level: 1, name: 'First, edited last on main' }).waitFor();
    await page.goto('/projects/demo/specs?branch=nowhere');
    await page.getByText('has no branch “nowhere”').waitFor();
    await assertAccessible(page, 'no such branch');
    await page.getByRole('button', { name: 'Go to the branch that was edited last' }).click();
    await page.getByText('First, edited last on main').waitFor();
    assert.deepEqual(page.complaints, []);
  });
});
