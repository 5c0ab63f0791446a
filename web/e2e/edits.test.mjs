// Editing in the browser, with a machine that brings what is edited to its disk. Every wait is for an event.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertFits } from './axe.mjs';
import { picture } from './looks.mjs';
import { eventually, spec, World } from './world.mjs';

describe('editing in the web app', () => {
  let world;
  let page;
  const onDisk = (path) => readFileSync(join(world.specs, path), 'utf8');
  const first = spec('First', { status: 'planned', priority: 'high', tags: ['web', 'sync'] }, '- [ ] one\n- [x] two\n\nText.');

  before(async () => {
    world = await World.make();
    world.save('001-first/README.md', first);
    world.save('002-draft/README.md', spec('Draft', { status: 'draft' }));
    page = await world.signedInPage();
    await world.startBridge('laptop', world.specs, 'demo', 'two-way');
    await page.goto('/projects/demo/specs/001-first');
    await page.getByRole('heading', { level: 1, name: 'First' }).waitFor();
  });
  after(() => world?.end());

  test('status, priority, assignee and tags are changed in place and reach the disk', async () => {
    await page.getByRole('button', { name: 'Status: planned' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu', { name: 'Status' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await picture(page, 'status-menu');
    await assertAccessible(page, 'the menu of a status');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Status: in-progress' }).waitFor();
    await page.getByRole('button', { name: 'Priority: high' }).click();
    await page.getByRole('menuitemradio', { name: 'critical' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('combobox', { name: 'Assignee' }).fill('Grace');
    await page.getByRole('textbox', { name: /^Tags/ }).fill('web, new');
    await picture(page, 'edit-facts');
    await assertAccessible(page, 'assignee and tags');
    await page.getByRole('button', { name: 'Save' }).click();
    await eventually('all of it is on the disk', () => /status: in-progress[^]*tags: \[web, new\][^]*priority: critical|priority: critical[^]*tags: \[web, new\]/.test(onDisk('001-first/README.md')) && onDisk('001-first/README.md').includes('assignee: Grace'));
    assert.ok(onDisk('001-first/README.md').endsWith(first.slice(first.indexOf('---\n\n'))), 'the text is as it was');
  });

  test('a menu and a form have the focus in the moment they are shown, whatever a quick hand types next', async () => {
    const focusedByClick = (name) => page.getByRole('button', { name, exact: true }).evaluate((button) => {
      button.click();
      const focused = document.activeElement;
      button.click();
      return focused?.getAttribute('role') ?? focused?.tagName;
    });
    assert.equal(await focusedByClick('Status: in-progress'), 'menuitemradio');
    assert.equal(await focusedByClick('Edit'), 'INPUT');
  });

  test('a box is ticked by the keyboard, which stays there', async () => {
    const box = page.getByRole('checkbox', { name: 'one' });
    await box.focus();
    await page.keyboard.press('Space');
    await eventually('the disk has it', () => onDisk('001-first/README.md').endsWith('- [x] one\n- [x] two\n\nText.\n'));
    await page.locator('input[data-task="0"][checked]').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-task')), '0');
    await page.keyboard.press('Space');
    await eventually('the disk has it', () => onDisk('001-first/README.md').endsWith('- [ ] one\n- [x] two\n\nText.\n'));
    await picture(page, 'spec-desktop');
    await page.setViewportSize({ width: 390, height: 844 });
    await picture(page, 'spec-phone');
    await assertFits(page, 'a spec on a phone');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('cards are moved by the keyboard and by dragging; a guard is said and can be passed', async () => {
    await page.goto('/projects/demo/specs?view=board');
    const card = (id) => page.locator(`.board [data-id="${id}"]`);
    await card('001-first').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('region', { name: 'complete, 1 specs' }).locator('[data-id="001-first"]').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.dataset.id), '001-first');
    await eventually('the disk has it', () => onDisk('001-first/README.md').includes('status: complete'));
    await card('002-draft').dragTo(page.getByRole('region', { name: /^complete/ }));
    await page.getByRole('alert').getByText('A draft cannot be complete before it is planned').waitFor();
    await page.getByRole('region', { name: 'draft, 1 specs' }).waitFor();
    await picture(page, 'board-refused');
    await assertAccessible(page, 'a board with a refusal');
    await page.getByRole('button', { name: 'Do it anyway' }).click();
    await page.getByRole('region', { name: 'complete, 2 specs' }).waitFor();
    await eventually('the disk has it', () => onDisk('002-draft/README.md').includes('status: complete'));
    assert.deepEqual(page.complaints, []);
  });
});
