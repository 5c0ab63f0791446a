// What was is brought back, relations are changed, and who may only read is offered nothing else; in the browser, down to a machine's disk.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { inAllLooks, picture } from './looks.mjs';
import { eventually, spec, World } from './world.mjs';

describe('bringing back and relating in the web app', () => {
  let world;
  let page;
  const onDisk = (path) => readFileSync(join(world.specs, path), 'utf8');
  const first = spec('First', {}, 'One.\n\nTwo.');
  const spec_page = '/projects/demo/specs/001-first';

  before(async () => {
    world = await World.make();
    world.save('001-first/README.md', first);
    world.save('002-second/README.md', spec('Second', { depends_on: ['001-first'] }));
    world.save('003-gone/README.md', spec('Third, soon gone'));
    world.save('003-gone/DESIGN.md', '# How\n\nLike this.\n');
    world.save('004-fourth/README.md', spec('Fourth'));
    page = await world.signedInPage();
    await world.startBridge('laptop', world.specs, 'demo', 'two-way');
  });
  after(() => world?.end());

  test('an old version shows what restoring changes, comes back, and goes again', async () => {
    await page.goto(spec_page);
    await page.getByText('Two.').waitFor();
    world.save('001-first/README.md', first.replace('Two.', 'Two, later.'));
    await page.getByText('Two, later.').waitFor();
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('button', { name: /^#1 / }).or(page.locator('.line').last()).first().waitFor();
    await page.locator('.line').last().click();
    await page.getByRole('button', { name: 'Restore this version…' }).click();
    await page.getByRole('group', { name: 'Restore this version' }).getByText('Two, later.').waitFor();
    await inAllLooks(page, 'restore');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Restored: this is the newest version').waitFor();
    await eventually('the disk has the old text', () => onDisk('001-first/README.md') === first);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').waitFor();
    await eventually('the disk has the later text', () => onDisk('001-first/README.md').includes('Two, later.'));
    await picture(page, 'restore-undone');
  });

  test('a restore that somebody else came before is refused, in words', async () => {
    await page.getByRole('button', { name: 'Restore this version…' }).click();
    await page.route('**/restore', async (route) => {
      world.save('001-first/README.md', first.replace('One.', 'One, at the same moment.'));
      await eventually('the hub has it', async () => (await (await page.request.get('/api/projects/demo/specs/001-first')).text()).includes('at the same moment'));
      await route.continue();
    }, { times: 1 });
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByRole('alert').getByText('Nothing was changed').waitFor();
    assert.match(onDisk('001-first/README.md'), /at the same moment/);
  });

  test('what was deleted is found by its title, read, restored whole, and deleted again by Undo', async () => {
    rmSync(join(world.specs, '003-gone'), { recursive: true });
    await page.goto('/projects/demo/specs');
    await page.getByText('3 specs').waitFor();
    await page.getByRole('link', { name: 'Deleted' }).click();
    await page.getByRole('heading', { name: 'Third, soon gone' }).waitFor();
    await page.getByRole('button', { name: '003-gone/DESIGN.md' }).click();
    await page.getByText('Like this.').waitFor();
    await inAllLooks(page, 'deleted');
    await page.getByRole('button', { name: 'Restore 2 files' }).click();
    await page.getByText('is back, and every machine gets it').waitFor();
    await page.getByText('Nothing is deleted').waitFor();
    await eventually('both are on the disk', () => onDisk('003-gone/DESIGN.md') === '# How\n\nLike this.\n' && existsSync(join(world.specs, '003-gone/README.md')));
    await inAllLooks(page, 'deleted-restored');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Restore 2 files' }).waitFor();
    await eventually('both are gone from the disk', () => !existsSync(join(world.specs, '003-gone/README.md')) && !existsSync(join(world.specs, '003-gone/DESIGN.md')));
    await page.goto('/projects/demo/specs/003-gone');
    await page.getByRole('link', { name: /What was deleted/ }).click();
    await page.getByRole('button', { name: 'Restore 2 files' }).waitFor();
  });

  test('relations are changed by the keyboard; what would be a circle is refused in words', async () => {
    await page.goto(spec_page);
    await page.getByRole('button', { name: 'Change relations' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Add what it depends on' }).fill('four');
    await page.getByRole('option', { name: /Fourth/ }).waitFor();
    await inAllLooks(page, 'relations');
    await page.getByRole('combobox', { name: 'Add what it depends on' }).press('Enter');
    await page.getByRole('button', { name: 'Depends on: take out Fourth' }).waitFor();
    await eventually('the disk has it', () => /depends_on:\s*(\[004-fourth\]|\n\s+- 004-fourth)/.test(onDisk('001-first/README.md')));
    await page.getByRole('combobox', { name: 'Add what it depends on' }).fill('second');
    await page.getByRole('option', { name: /Second/ }).click();
    await page.getByRole('alert').getByText('was not changed').waitFor();
    await picture(page, 'relations-refused');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('combobox', { name: 'Make it part of' }).fill('004');
    await page.getByRole('option', { name: /Fourth/ }).click();
    await page.getByRole('alert').getByText('was not changed').waitFor(); // nothing depends on what it is part of
    await page.getByRole('button', { name: 'Depends on: take out Fourth' }).click();
    await page.getByRole('combobox', { name: 'Make it part of' }).fill('004');
    await page.getByRole('option', { name: /Fourth/ }).click();
    await eventually('the disk has it', () => /parent: .?004-fourth/.test(onDisk('001-first/README.md')) && !/depends_on:.*004/.test(onDisk('001-first/README.md')));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Change relations' }).waitFor();
  });

  test('who may only read sees the same and is offered nothing that would be refused', async () => {
    const reader = await world.page({ storageState: await page.context().storageState() });
    await reader.route('**/api/session', async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({ json: { ...answer, user: { ...answer.user, administrator: false }, roles: { demo: 'viewer' } } });
    });
    await reader.goto(spec_page);
    await reader.getByRole('heading', { level: 1, name: 'First' }).waitFor();
    await reader.getByText('read only').waitFor();
    for (const name of [/^Status:/, /^Priority:/, 'Edit', 'Change relations']) assert.equal(await reader.getByRole('button', { name, exact: typeof name === 'string' }).count(), 0, String(name));
    await reader.getByRole('button', { name: 'History' }).click();
    await reader.locator('.line').last().click();
    await reader.getByText('Compare with').waitFor();
    assert.equal(await reader.getByRole('button', { name: /Restore/ }).count(), 0);
    await assertAccessible(reader, 'a spec for who may only read');
    if (process.env.LEANSPEC_PICTURES) await reader.screenshot({ path: join(process.env.LEANSPEC_PICTURES, 'reader-spec.png') });
    await reader.goto('/projects/demo/specs?view=board');
    await reader.locator('.board [data-id="001-first"]').waitFor();
    assert.equal(await reader.locator('.board [draggable="true"]').count(), 0);
    await reader.goto('/projects/demo/deleted');
    await reader.getByRole('heading', { name: 'Third, soon gone' }).waitFor();
    assert.equal(await reader.getByRole('button', { name: /Restore/ }).count(), 0);
    await reader.goto('/machines');
    await reader.getByRole('heading', { name: 'laptop' }).waitFor();
    assert.equal(await reader.getByRole('button', { name: /Revoke|Rename/ }).count(), 0);
    assert.deepEqual([...reader.complaints, ...page.complaints], []);
    await reader.context().close();
  });
});
