// LeanSpec's own published web app, unmodified, in Chromium, against our hub with --ui-dist.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, password, spec, World } from './world.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const published = { name: '@leanspec/ui@0.2.28', digest: 'qydprOjANUo/tRI+EVkHCfUnAsAnD7SH95ugx/s9uJRADZLUja9skTwXb3UqZvUt0WVl6tWyz3UpRaaZcJFc0g==' };

/** The app's built files, fetched once by name and checked; a reason in place of them where that cannot be done. */
function fetchUi() {
  const folder = resolve(here, '../../.tools/leanspec-ui');
  const dist = join(folder, 'package/dist');
  if (existsSync(join(dist, 'index.html'))) return { dist };
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('npm', ['pack', published.name, '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: 'pipe' });
  } catch (failure) {
    return { missing: `npm could not fetch ${published.name}: ${failure.message.split('\n')[0]}` };
  }
  const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
  assert.equal(createHash('sha512').update(readFileSync(archive)).digest('base64'), published.digest, 'the package is not the one that was looked at');
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  return { dist };
}

const { dist, missing } = fetchUi();
if (missing && process.env.LEANSPEC_REQUIRE_ALL === '1') throw new Error(missing);

const shots = process.env.LEANSPEC_SCREENSHOTS;

describe("LeanSpec's own web app on our hub", { skip: missing }, () => {
  let world;
  let page;
  const look = async (name) => {
    if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  const onDisk = (path) => readFileSync(join(world.specs, path), 'utf8');

  before(async () => {
    world = await World.make(['--ui-dist', dist]);
    world.save('001-first/README.md', spec('First spec', { status: 'planned', priority: 'high', tags: ['web', 'sync'] }, '## Plan\n\n- [ ] Write it\n- [x] Read it\n'));
    world.save('002-second/README.md', spec('Second spec', { status: 'in-progress', priority: 'low', depends_on: ['001-first'] }, 'Turbines hum.'));
    world.save('003-third/README.md', spec('Third spec', { status: 'complete', priority: 'medium' }));
    world.save('003-third/DESIGN.md', '# Design\n\nOf the third.\n');
    await world.startBridge('laptop', world.specs, 'demo', 'two-way');
    page = await world.page();
  });
  after(() => world?.end());

  test('the first person makes an account and the app boots', async () => {
    await page.goto(await world.setUpLink());
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button').click();
    await page.waitForURL(/\/projects\/demo/);
    await page.getByText('First spec').first().waitFor();
    await look('1-dashboard');
  });

  test('its list shows every spec', async () => {
    await page.goto('/projects/demo/specs');
    for (const title of ['First spec', 'Second spec', 'Third spec']) await page.getByText(title).first().waitFor();
    await look('2-list');
  });

  test('a card that is dragged to another column changes the file on the disk', async () => {
    await page.goto('/projects/demo/specs?view=board');
    const card = page.locator('[draggable="true"]').filter({ hasText: 'First spec' });
    const target = page.locator('[draggable="true"]').filter({ hasText: 'Second spec' });
    await target.waitFor();
    await look('3-board');
    await card.dragTo(target);
    await eventually('the card is in progress on the disk', () => /status: in-progress/.test(onDisk('001-first/README.md')));
    await look('3-board-dragged');
  });

  test('a spec is read', async () => {
    await page.goto('/projects/demo/specs/001-first');
    await page.getByText('Write it').first().waitFor();
    await look('4-spec');
  });

  test('a priority that is chosen on its page stands in the file', async () => {
    await page.getByRole('combobox').filter({ hasText: 'High' }).first().click();
    await page.getByRole('option', { name: 'Critical' }).click();
    await eventually('the priority is on the disk', () => /priority: critical/.test(onDisk('001-first/README.md')));
    await look('4-priority');
  });

  test('a box is ticked and stands in the file', async () => {
    await page.getByRole('checkbox').first().click();
    await eventually('the box is ticked on the disk', () => onDisk('001-first/README.md').includes('- [x] Write it'));
    await look('5-ticked');
  });

  test('specs are found', async () => {
    await page.goto('/projects/demo/specs');
    await page.getByPlaceholder(/search/i).first().fill('Turbines');
    await page.getByText('Second spec').first().waitFor();
    await eventually('only what fits is left', async () => (await page.getByText('Third spec').count()) === 0);
    await look('6-search');
  });

  test('dependencies and statistics are shown', async () => {
    await page.goto('/projects/demo/dependencies');
    await page.getByText(/second/i).first().waitFor();
    await look('7-dependencies');
    await page.goto('/projects/demo/stats');
    await page.getByText(/total/i).first().waitFor();
    await look('8-stats');
  });

  test('the browser complained of nothing', () => assert.deepEqual(page.complaints, []));
});
