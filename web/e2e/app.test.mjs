// The web app in a real browser, against the real hub and bridge. Every wait is for an event.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertAccessible, assertFits } from './axe.mjs';
import { password, spec, World } from './world.mjs';

const evil = `---
status: planned
tags: ["<img src=x onerror=window.bad=1>"]
---
# Evil <img src="x" onerror="window.bad=2">

<script>window.bad=3</script>
<img src="x" onerror="window.bad=4">
<a href="javascript:window.bad=5">click me</a> [and me](javascript:window.bad=6)
<svg onload="window.bad=7"></svg><iframe srcdoc="<script>parent.bad=8</script>"></iframe>
<input autofocus onfocus="window.bad=9"><form action="/api/keys"></form>
<style>body { display: none }</style>
<details><summary>Harmless</summary>stays</details>
`;

describe('the web app', () => {
  let world;
  let page; // signed in, kept over the tests
  const specs = '/projects/demo/specs';
  const row = (id) => page.locator(`[data-id="${id}"]`);

  before(async () => {
    world = await World.make();
    for (let number = 1; number <= 30; number += 1) {
      const status = ['draft', 'planned', 'in-progress', 'complete', 'archived'][number % 5];
      const priority = ['low', 'medium', 'high', 'critical'][number % 4];
      const id = `${String(number).padStart(3, '0')}-thing`;
      world.save(`${id}/README.md`, spec(`Thing ${number}`, { status, priority, tags: ['demo', number % 2 ? 'odd' : 'even'], ...(number > 1 ? { depends_on: ['001-thing'] } : {}) }, `## Part\n\nAbout zebras number ${number}.\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`ts\nconst x = 1;\n\`\`\``));
    }
    world.save('031-parts/README.md', spec('Spec with `parts`'));
    world.save('031-parts/DESIGN.md', '# Design\n\nHow it is made.\n');
    world.save('032-evil/README.md', evil);
    world.save('033-bad/README.md', '---\nstatus: planned\ntags: [a, b\n---\n# Bad frontmatter\n\nStill readable.\n');
    world.save('034-cjk/README.md', spec('同步桥接', { tags: ['网络'] }, '把本地规格实时同步到中心。'));
  });
  after(() => world?.end());

  test('the first person sets the hub up by the printed link', async () => {
    page = await world.page();
    await page.goto('/');
    await page.getByText('needs the set-up link').waitFor();
    await assertAccessible(page, 'set-up without a link');
    await page.goto(await world.setUpLink());
    await page.reload(); // the same path with another fragment is no new page
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill(password);
    await assertAccessible(page, 'set-up');
    await page.getByRole('button', { name: 'Create my account' }).click();
    await page.getByText('Bring in your first project').waitFor();
    await assertAccessible(page, 'no projects yet');
  });

  test('signing out and in again; a wrong password is said plainly', async () => {
    await page.getByRole('button', { name: /Sign out/ }).click();
    await page.waitForURL('**/login**');
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await assertAccessible(page, 'sign-in with a wrong password');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/projects');
  });

  test('a page asked for before signing in is where one lands after it', async () => {
    const visitor = await world.page();
    await visitor.goto('/settings/keys');
    await visitor.waitForURL('**/login?back=**');
    await visitor.getByLabel('Name').fill('ada');
    await visitor.getByLabel('Password').fill(password);
    await visitor.getByRole('button', { name: 'Sign in' }).click();
    await visitor.waitForURL('**/settings/keys');
    await visitor.context().close();
  });

  test('the project appears by itself when its bridge connects', async () => {
    await world.startBridge('laptop');
    await page.getByRole('link', { name: /demo/ }).click();
    await page.waitForURL(`**${specs}`);
    await page.getByText('34 specs').waitFor();
    assert.equal(await page.title(), 'Specs · demo · LeanSpec');
  });

  test('filters are in the address, and a link is a view', async () => {
    await page.getByRole('button', { name: 'Status' }).click();
    await page.getByLabel('in-progress').check();
    await page.keyboard.press('Escape');
    await page.getByText('6 of 34 specs').waitFor();
    assert.equal(new URL(page.url()).search, '?status=in-progress');
    await page.reload();
    await page.getByText('6 of 34 specs').waitFor();
    await page.getByLabel('Filter by title or tag').fill('odd');
    await page.waitForURL('**?q=odd&status=in-progress');
    await page.getByText('3 of 34 specs').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText(/^34 specs$/).waitFor();
    await page.goto(`${specs}?q=nothing+like+it`);
    await page.getByText('Nothing matches').waitFor();
  });

  test('the board has every spec under its status', async () => {
    await page.goto(specs);
    await page.getByRole('button', { name: 'Board', exact: true }).click();
    await page.waitForURL('**?view=board');
    await page.getByRole('region', { name: 'in-progress, 6 specs' }).waitFor();
    await page.getByRole('region', { name: /unknown, 1 specs/ }).getByText('Bad frontmatter').waitFor();
  });

  test('keyboard: j and k walk the list, Enter opens, back returns to the same row and place', async () => {
    await page.setViewportSize({ width: 1280, height: 500 });
    await page.goto(specs);
    await row('034-cjk').waitFor();
    for (let i = 0; i < 20; i += 1) await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.waitForFunction(() => document.activeElement?.dataset.id === '016-thing');
    const place = await page.evaluate(() => window.scrollY);
    assert.ok(place > 0);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Thing 16' }).waitFor();
    assert.equal(await page.evaluate(() => window.scrollY), 0);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
    await page.goBack();
    await page.waitForFunction((y) => window.scrollY === y, place);
    await page.locator('[data-selected="true"][data-id="016-thing"]').waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: 'Thing 16' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.waitForURL('**?view=board');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('the palette searches the whole text, and focus goes back where it was', async () => {
    await page.goto(specs);
    await row('034-cjk').focus();
    await page.keyboard.press('Control+k');
    const box = page.getByRole('combobox', { name: /^Search/ });
    await box.fill('zebras number 17');
    await page.getByRole('option', { name: /Thing 17/ }).waitFor();
    await assertAccessible(page, 'the palette with results');
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.dataset.id), '034-cjk');
    await page.keyboard.press('Control+k');
    await box.fill('同步');
    await page.getByRole('option', { name: /同步桥接/ }).first().waitFor();
    await box.fill('status:nonsense"');
    await page.getByRole('alert').waitFor();
    await box.fill('zebras number 17');
    await page.getByRole('option', { name: /Thing 17/ }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Thing 17' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await assertAccessible(page, 'the help');
    await page.keyboard.press('Escape');
  });

  test('a spec page shows text, tables, code, tasks, parts, relations and history', async () => {
    await page.goto(`${specs}/002-thing`);
    await page.getByRole('cell', { name: '2' }).waitFor();
    await page.locator('.hljs-keyword', { hasText: 'const' }).waitFor();
    assert.equal(await page.getByRole('checkbox').count(), 2);
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('region', { name: 'History' }).getByRole('button', { name: /laptop/ }).click();
    await page.getByText('status: in-progress').waitFor();
    await page.getByRole('link', { name: /Thing 1 / }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Thing 1' }).waitFor();
    await page.goto(`${specs}/031-parts`);
    await page.getByRole('link', { name: 'Design' }).click();
    await page.waitForURL('**/031-parts/DESIGN.md');
    await page.getByText('How it is made.').waitFor();
  });

  test('a save on disk is on the list, the board and the spec page without a reload', async () => {
    const second = await world.page();
    await world.signIn(second);
    await second.goto(`${specs}?view=board`);
    await second.getByRole('region', { name: 'in-progress, 6 specs' }).waitFor();
    await page.goto(`${specs}/005-thing`);
    const untouched = await page.getByText('About zebras').elementHandle();
    const begun = Date.now();
    world.save('005-thing/README.md', spec('Thing 5', { status: 'in-progress' }, '## Part\n\nAbout zebras number 5.\n\nA new paragraph.'));
    await page.locator('.prose').getByText('A new paragraph.').waitFor();
    console.log(`    saved to seen: ${Date.now() - begun} ms`);
    assert.ok(await untouched.evaluate((element) => element.isConnected), 'a block that did not change is left alone');
    await page.getByRole('button', { name: 'Status: in-progress' }).waitFor();
    await second.getByRole('region', { name: 'in-progress, 7 specs' }).getByText('Thing 5').waitFor();
    world.save('040-new/README.md', spec('Made just now'));
    await second.getByText('Made just now').waitFor();
    rmSync(join(world.specs, '040-new'), { recursive: true });
    await second.getByText('Made just now').waitFor({ state: 'detached' });
    await second.context().close();
  });

  test('after the hub was killed and started again the page goes on, with each change once', async () => {
    await page.goto(specs);
    await page.getByText(/^34 specs$/).waitFor();
    await page.evaluate(() => (window.notReloaded = true));
    await world.hub.stop('SIGKILL');
    await page.getByText('Offline, trying again').waitFor();
    world.save('006-thing/README.md', spec('Saved while the hub was away', { status: 'planned' }));
    await page.getByText('The hub does not answer.').waitFor();
    await assertAccessible(page, 'offline');
    await world.startHub();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Saved while the hub was away').waitFor();
    await page.getByText('The hub does not answer.').waitFor({ state: 'detached' });
    world.save('041-after/README.md', spec('Saved after it'));
    await page.getByText('Saved after it').waitFor();
    assert.equal(await page.getByText('Saved while the hub was away').count(), 1);
    await page.getByText(/^35 specs$/).waitFor();
    assert.ok(await page.evaluate(() => window.notReloaded));
  });

  test('a page first opened while the hub is away comes when it is back', async () => {
    await page.goto(specs);
    await page.getByText(/^35 specs$/).waitFor();
    await page.waitForFunction(() => performance.getEntriesByType('resource').some((entry) => entry.name.includes('SpecPage') && entry.name.endsWith('.js')));
    await row('009-thing').focus();
    await world.hub.stop('SIGKILL');
    await page.getByText('Offline, trying again').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('This is shown as soon as it is back.').waitFor();
    await world.startHub();
    await page.locator('.prose').getByText('About zebras number 9.').waitFor();
  });

  test('ten tabs at once: each shows the list, however few connections a browser makes', async () => {
    const context = page.context();
    const tabs = [];
    for (let i = 0; i < 10; i += 1) {
      const tab = await context.newPage();
      await tab.addInitScript(() => {
        // Headless Chromium says of every tab that it is looked at; those behind say the truth here.
        Object.defineProperty(document, 'visibilityState', { get: () => (window.inFront ? 'visible' : 'hidden') });
      });
      tabs.push(tab);
    }
    for (const tab of tabs) {
      await tab.goto(specs);
      await tab.getByText(/^35 specs$/).waitFor();
    }
    const front = tabs[9];
    await front.evaluate(() => {
      window.inFront = true;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await front.getByText('Live', { exact: true }).waitFor();
    for (const tab of tabs) await tab.close();
  });

  test('a text that the hub holds back is shown, with why, from where, and what differs', async () => {
    const other = join(world.folder, 'other', 'specs');
    world.save('007-thing/README.md', spec('Thing 7', {}, 'What the other machine had all along.'), other);
    await world.startBridge('desktop', other);
    await page.goto(specs);
    await page.getByRole('link', { name: '1 conflict', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Conflicts' }).waitFor();
    await page.getByRole('link', { name: /Thing 7/ }).click();
    await page.getByText('nothing in common').waitFor();
    await page.getByText('What the other machine had all along.').first().waitFor();
    await assertAccessible(page, 'a conflict without a base');
    await assertFits(page, 'a conflict without a base');
  });

  test('a machine is renamed, and when revoked it is cut off', async () => {
    await page.goto('/machines');
    await page.getByRole('button', { name: 'Rename desktop' }).click();
    await page.getByLabel('New name of desktop').fill('Tower');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Tower' }).waitFor();
    await page.getByRole('button', { name: 'Revoke Tower' }).click();
    await assertAccessible(page, 'asking before a machine is revoked');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''), /Revoke Tower/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
    await world.bridges[1].says(/revoked/i);
  });

  test('a key is made, shown once, rotated and revoked', async () => {
    await page.goto('/settings/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('What it is for').fill('build server');
    await page.getByLabel('Read specs').check();
    await assertAccessible(page, 'a new key');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const secret = await page.getByText(/^lsk_\w{30,}$/).textContent();
    const read = () => world.ask('/api/projects', { headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await read()).status, 200);
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await page.getByRole('button', { name: 'Rotate build server' }).first().click();
    const next = await page.getByText(/^lsk_\w{30,}$/).textContent();
    assert.notEqual(next, secret);
    await page.getByRole('button', { name: 'I have saved it' }).click();
    const revoke = page.getByRole('button', { name: 'Revoke build server' });
    for (let left = await revoke.count(); left > 0; left -= 1) {
      await revoke.first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.waitForFunction((n) => document.querySelectorAll('[aria-label="Revoke build server"]').length === n, left - 1);
    }
    assert.equal((await read()).status, 401);
  });

  test('what a spec brings along runs nothing and covers nothing', async () => {
    await page.goto(`${specs}/032-evil`);
    await page.getByText('Harmless').click();
    await page.getByText('stays').waitFor();
    await page.getByText('click me').click().catch(() => {});
    await page.getByText('and me').click().catch(() => {});
    assert.equal(await page.evaluate(() => window.bad), undefined);
    assert.equal(await page.locator('.prose :is(script, style, iframe, svg, form, object, embed, [onerror], [onload], [onfocus], a[href^="javascript"])').count(), 0);
    assert.ok(await page.locator('h1').first().isVisible());
    await page.goto(specs);
    await row('032-evil').waitFor();
    assert.equal(await page.evaluate(() => window.bad), undefined);
  });

  test('the one-time link signs in', async () => {
    const said = world.hubCommand('link');
    const link = /(\/login#token=\S+)/.exec(said)?.[1];
    assert.ok(link, said);
    const visitor = await world.page();
    await visitor.goto(link);
    await visitor.waitForURL('**/projects');
    await visitor.context().close();
  });

  test('every page, light and dark, wide and on a phone: accessible and within the screen', async () => {
    const storageState = await page.context().storageState();
    const pages = ['/projects', specs, `${specs}?view=board`, `${specs}?status=planned&tags=odd`, `${specs}?q=nothing+like+it`, `${specs}/002-thing`, `${specs}/031-parts/DESIGN.md`,
      `${specs}/032-evil`, `${specs}/033-bad`, `${specs}/034-cjk`, `${specs}/no-such-spec`, '/projects/no-such-project/specs', '/projects/demo/conflicts', '/projects/demo/held', '/projects/demo/merges', '/projects/demo/conflicts/no-such-conflict', '/machines', '/settings/keys', '/no-such-page'];
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1280, 390, 320]) {
        const visitor = await world.page({ storageState, colorScheme, viewport: { width, height: 844 }, ...(width < 500 ? { isMobile: true, hasTouch: true } : {}) });
        for (const path of pages) {
          await visitor.goto(path);
          await visitor.locator('h1').first().waitFor();
          await visitor.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
          const what = `${path} at ${width} px, ${colorScheme}`;
          if (width !== 320) await assertAccessible(visitor, what);
          await assertFits(visitor, what);
        }
        assert.deepEqual(visitor.complaints, []);
        await visitor.context().close();
      }
    }
  });

  test('on a phone the board shows one column at a time and the bar is at the thumb', async () => {
    const phone = await world.page({ storageState: await page.context().storageState(), viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    await phone.goto(`${specs}?view=board`);
    await phone.getByRole('tab', { name: /complete/ }).tap();
    assert.equal(await phone.getByRole('region', { name: /specs$/ }).count(), 1);
    await phone.getByRole('link', { name: /Machines/ }).tap();
    await phone.waitForURL('**/machines');
    assert.deepEqual(phone.complaints, []);
    await phone.context().close();
  });

  test('five thousand specs: few elements, and the keyboard reaches the last', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({
      projectId: 'demo', id: `${5_000 - i}-made`, specNumber: 5_000 - i, specName: `${5_000 - i}-made`, title: `Made up ${5_000 - i}`, status: ['planned', 'in-progress', 'complete'][i % 3], priority: 'high',
      tags: ['one', 'two'], assignee: null, createdAt: '2026-11-01T00:00:00Z', updatedAt: null, completedAt: null, filePath: '', dependsOn: [], children: [], requiredBy: [], contentHash: '', blocked: i % 4 === 0,
      findings: [], relationships: { dependsOn: [], requiredBy: [] }, version: String(i),
    }));
    const visitor = await world.page({ storageState: await page.context().storageState() });
    await visitor.route('**/api/projects/demo/specs?**', async (route) => {
      const at = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      const next = at + 1_000;
      await route.fulfill({ json: { specs: many.slice(at, next), total: 5_000, nextCursor: next < 5_000 ? String(next) : null, projectId: 'demo', seq: 1_000_000, epoch: 'made-up' } });
    });
    await visitor.route('**/api/events?project=demo', (route) => route.abort());
    for (const path of [specs, `${specs}?view=board`]) {
      await visitor.goto(path);
      await visitor.getByText('5000 specs').waitFor();
      await visitor.locator('[data-id]').first().waitFor();
      const elements = await visitor.evaluate(() => document.querySelectorAll('*').length);
      console.log(`    ${path}: ${elements} elements`);
      assert.ok(elements <= 1_500, `${elements} elements at ${path}`);
    }
    await visitor.goto(specs);
    await visitor.locator('[data-id="5000-made"]').focus();
    await visitor.keyboard.press('End');
    await visitor.waitForFunction(() => document.activeElement?.dataset.id === '1-made');
    await visitor.keyboard.press('Home');
    await visitor.waitForFunction(() => document.activeElement?.dataset.id === '5000-made');
    await visitor.context().close();
  });

  test('the browser complained of nothing: no errors, no violation of the policy', async () => {
    assert.deepEqual(page.complaints, []);
  });
});
