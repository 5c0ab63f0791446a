// Specs that may be old: a folder that is gone from under the hub, in the browser. And the page that shows the API.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inAllLooks } from './looks.mjs';
import { World } from './world.mjs';

describe('specs of a folder that may be old', () => {
  let world;
  let page;
  let home;
  let specs;
  const save = (name) => {
    mkdirSync(join(specs, name), { recursive: true });
    writeFileSync(join(specs, name, 'README.md'), `---\nstatus: planned\ncreated: 2026-01-01\n---\n\n# ${name}\n`);
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'leanspec-stale-'));
    specs = join(home, 'garden', 'specs');
    save('001-roses');
    world = await World.make(['--specs-dir', specs]);
    page = await world.signedInPage('garden');
  });
  after(async () => {
    await world?.end();
    rmSync(home, { recursive: true, force: true });
  });

  test('a banner says since when and why, the specs are still there, and it goes when the folder is back', async () => {
    await page.goto('/projects/garden/specs');
    await page.getByRole('status').getByText('1 specs').waitFor();
    assert.equal(await page.getByText('These specs may be old.').count(), 0);
    renameSync(specs, join(home, 'away'));
    await page.getByText('These specs may be old.').waitFor();
    await page.getByText(/The specs folder cannot be followed/).waitFor();
    assert.equal(await page.getByRole('link', { name: /001-roses/ }).count(), 1);
    await inAllLooks(page, 'stale-specs');
    renameSync(join(home, 'away'), specs);
    save('002-tulips');
    await page.getByRole('link', { name: /002-tulips/ }).waitFor();
    await page.getByText('These specs may be old.').waitFor({ state: 'detached' });
  });

  test('the page of the API shows every route and keeps to what it may load', async () => {
    const troubles = [];
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('requestfailed', (request) => request.url().includes('/api/events') || troubles.push(request.url()));
    await page.goto('/api/docs');
    const row = page.getByRole('group').filter({ hasText: 'Change fields of the frontmatter' });
    await row.first().click();
    await page.getByText('addDependsOn?').waitFor();
    const described = await (await page.request.get('/api/openapi.json')).json();
    const routes = Object.values(described.paths).flatMap((operations) => Object.keys(operations)).length;
    assert.equal(await page.locator('summary > b').count(), routes);
    assert.deepEqual(troubles, []);
    await inAllLooks(page, 'api-docs');
  });
});
