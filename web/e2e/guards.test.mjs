// What waits for a person, and who edits now; in the browser, with real machines. Every wait is for an event.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { inAllLooks, picture } from './looks.mjs';
import { eventually, spec, World } from './world.mjs';

describe('guards and presence in the web app', () => {
  let world;
  let page;
  const count = 30;
  const id = (number) => `${String(number).padStart(3, '0')}-thing`;
  const guard = () => page.getByRole('region', { name: /were deleted on laptop/ });

  before(async () => {
    world = await World.make();
    for (let number = 1; number <= count; number += 1) world.save(`${id(number)}/README.md`, spec(`Thing ${number}`));
    page = await world.signedInPage();
    await world.startBridge('laptop', world.specs, 'demo', 'two-way');
    await page.goto('/projects/demo/specs');
    await page.getByText(`${count} specs`).waitFor();
  });
  after(() => world?.end());

  test('who edits on a machine is marked at the row, the card and the page, and no more when it is over', async () => {
    const swap = join(world.specs, id(30), '.README.md.swp');
    writeFileSync(swap, 'vim');
    world.save(`${id(30)}/README.md`, spec('Thing 30', {}, 'Changed.'));
    await page.locator(`[data-id="${id(30)}"]`).getByText('laptop').waitFor();
    const height = await page.locator(`[data-id="${id(30)}"]`).evaluate((row) => row.offsetHeight);
    assert.equal(height, await page.locator(`[data-id="${id(29)}"]`).evaluate((row) => row.offsetHeight), 'the mark moves nothing');
    await inAllLooks(page, 'presence-list');
    await page.goto('/projects/demo/specs?view=board');
    await page.locator(`.board [data-id="${id(30)}"]`).getByText('laptop').waitFor();
    await inAllLooks(page, 'presence-board');
    await page.goto(`/projects/demo/specs/${id(30)}`);
    await page.getByRole('status').getByText('laptop').waitFor();
    await inAllLooks(page, 'presence-spec');
    rmSync(swap);
    await world.bridges[0].stop();
    await page.getByRole('status').getByText('laptop').waitFor({ state: 'detached' });
    await world.runBridge('laptop');
  });

  test('who edits in a browser is marked for the others, and not for themselves', async () => {
    await page.goto(`/projects/demo/specs/${id(2)}?edit=`);
    await page.getByRole('textbox', { name: 'The text of README.md' }).waitFor();
    const seen = async () => (await (await page.request.get('/api/projects/demo/presence')).json()).editors.filter((one) => one.machineId === null).map((one) => [one.who, one.spec]);
    await eventually('the hub knows', async () => JSON.stringify(await seen()) === JSON.stringify([['ada', id(2)]]));
    assert.equal(await page.locator('.crumbs').getByText('ada').count(), 0);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await eventually('no more', async () => (await seen()).length === 0);
  });

  test('many deletions wait: named, counted, and put back after a question', async () => {
    await page.goto('/projects/demo/specs');
    for (let number = 5; number <= 24; number += 1) rmSync(join(world.specs, id(number)), { recursive: true });
    await guard().waitFor();
    await guard().getByText(/20 files were deleted on laptop/).waitFor();
    await guard().getByText('and 17 more').click();
    await inAllLooks(page, 'guard');
    await page.goto('/machines');
    await guard().waitFor();
    await inAllLooks(page, 'guard-machines');
    await guard().getByRole('button', { name: 'Put back…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('20 files come back to laptop').waitFor();
    await assertAccessible(page, 'putting back, asked');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.ok(!existsSync(join(world.specs, id(5))), 'nothing was done');
    await guard().getByRole('button', { name: 'Put back…' }).click();
    await dialog.getByRole('button', { name: 'Put back' }).click();
    await eventually('the files are back', () => existsSync(join(world.specs, id(5), 'README.md')) && existsSync(join(world.specs, id(24), 'README.md')));
    await guard().waitFor({ state: 'detached' });
  });

  test('approved, they are deleted for everybody, and can still be restored', async () => {
    await page.goto('/projects/demo/specs');
    for (let number = 5; number <= 24; number += 1) rmSync(join(world.specs, id(number)), { recursive: true });
    await guard().getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('dialog').getByText('deleted on every machine').waitFor();
    await picture(page, 'guard-asked');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText(`${count - 20} specs`).waitFor();
    await guard().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Deleted' }).click();
    await page.getByRole('heading', { name: 'Thing 5', exact: true }).waitFor();
    assert.deepEqual(page.complaints, []);
  });
});
