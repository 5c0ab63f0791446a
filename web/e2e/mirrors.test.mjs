// A repository as a project: added by its address, kept up to date by the forge's word, and read only; in the browser, with the
// forge of the tests (tests/github) in GitHub's place.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { inAllLooks } from './looks.mjs';
import { eventually, World } from './world.mjs';

const forgeBinary = process.env.LEANSPEC_FORGE ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../build/release/tests/github/github_forge');

describe('mirrors of repositories', { skip: existsSync(forgeBinary) ? false : `the forge of the tests is not at ${forgeBinary} (build github_forge, or set LEANSPEC_FORGE)` }, () => {
  let world;
  let page;
  let forge;
  let address;
  const heard = () => new Promise((done) => forge.stdout.once('data', (bytes) => done(String(bytes))));
  const tellForge = async (line) => {
    const done = heard();
    forge.stdin.write(`${line}\n`);
    await done;
  };
  const api = async (path) => (await page.request.get(path)).json();
  const deliver = async (id, secret, body) =>
    (await world.ask('/api/webhooks/specs', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-GitHub-Event': 'push', 'X-GitHub-Delivery': id, 'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` },
      body,
    })).status;

  before(async () => {
    forge = spawn(forgeBinary, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = await heard();
    address = said.trim().replace('/api/v3', '/ada/specs');
    world = await World.make(['--allow-forge-host', '127.0.0.1']);
    page = await world.signedInPage();
  });
  after(async () => {
    forge?.kill();
    await world?.end();
  });

  test('an address that leads nowhere is refused in words, and nothing is made', async () => {
    await page.getByRole('link', { name: 'mirror a repository' }).click();
    await page.getByLabel('Repository').fill(address.replace('/specs', '/nowhere'));
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('alert').waitFor();
    await inAllLooks(page, 'mirror-refused');
    await page.getByLabel('Repository').fill('https://169.254.169.254/a/b');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('alert').getByText(/allow/).waitFor();
    assert.equal((await api('/api/projects')).total, 0);
  });

  test('a repository is looked at, added, and its specs are there', async () => {
    await page.getByLabel('Fetched by').selectOption("GitHub's API");
    await page.getByRole('textbox', { name: 'Server' }).fill(new URL(address).origin);
    await page.getByLabel('Repository').fill('ada/specs');
    await inAllLooks(page, 'mirror-form');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('status').getByText('2 specs').waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByLabel('Fetched by').selectOption('what the server speaks');
    await page.getByLabel('Repository').fill(address);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('status').getByText('2 specs').waitFor();
    await page.getByText('2 files are left out').waitFor();
    await inAllLooks(page, 'mirror-preview');
    await page.getByRole('button', { name: 'Add the mirror' }).click();
    await page.waitForURL('**/projects/specs/mirror');
    await page.getByRole('status').getByText(/^synced/).waitFor();
    await page.getByText('2 added').waitFor();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('alert').getByText('The mirror has just looked.').waitFor();
    await page.reload();
    await page.getByText('Webhook: see a push within seconds').click();
    await page.getByText('None came yet').waitFor();
    await inAllLooks(page, 'mirror-page');
    await page.goto('/projects');
    await page.getByText('ada/specs').waitFor();
    await inAllLooks(page, 'mirror-card');
    await page.getByRole('link', { name: 'Mirrors' }).click();
    await page.getByRole('status').getByText('1 repository, none in trouble').waitFor();
    await page.getByText('2 added').waitFor();
    await page.getByText(/looks every hour, next/).waitFor();
    await page.getByText(/of 5000 requests left/).waitFor();
    await inAllLooks(page, 'mirror-dashboard');
  });

  test('made public it is read by anyone, who is offered nothing else, until it is for members again', async () => {
    await page.goto('/projects/specs/mirror');
    await page.getByText('members of the project').waitFor();
    const visitor = await world.page();
    await visitor.goto('/');
    await visitor.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.getByRole('button', { name: 'Make public' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make public' }).click();
    await page.getByText('anyone, without signing in').waitFor();
    await inAllLooks(page, 'mirror-public');
    await visitor.goto('/');
    await visitor.waitForURL('**/projects');
    await visitor.getByText('ada/specs').waitFor();
    assert.equal(await visitor.getByRole('link', { name: /Machines|Keys|Mirror a repository/ }).count(), 0);
    await inAllLooks(visitor, 'visitor-projects');
    await visitor.goto('/projects/specs/specs/001-first');
    await visitor.getByRole('heading', { name: 'First' }).waitFor();
    await inAllLooks(visitor, 'visitor-spec');
    await visitor.goto('/projects/specs/mirror');
    await visitor.getByRole('status').getByText(/^synced/).waitFor();
    assert.equal(await visitor.getByRole('button', { name: /Sync now|Pause|Make public/ }).count(), 0);
    await visitor.goto('/machines');
    await visitor.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.getByRole('button', { name: 'Members only' }).click();
    await page.getByText('members of the project').waitFor();
    await visitor.goto('/projects/specs/specs');
    await visitor.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.deepEqual(visitor.complaints, []);
    await visitor.context().close();
  });

  test('its specs are read only and the page says why', async () => {
    await page.goto('/projects/specs/specs/001-first');
    await page.getByRole('heading', { name: 'First' }).waitFor();
    await page.getByRole('link', { name: 'mirror, read only' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Edit text' }).count(), 0);
    await inAllLooks(page, 'mirror-spec');
  });

  test('a push at the forge is on screen by its webhook within ten seconds, and a forged one is not', async () => {
    await page.goto('/projects/specs/specs');
    await page.getByRole('status').getByText('2 specs').waitFor();
    const { secret } = await api('/api/projects/specs/mirror/webhook');
    const { total } = await api('/api/mirrors');
    assert.equal(total, 1);
    await tellForge('commit specs/003-third/README.md');
    const body = JSON.stringify({ ref: 'refs/heads/main', repository: { id: 1001, full_name: 'ada/specs' } });
    assert.equal(await deliver('forged', 'lsw_guess', body), 401);
    const sent = Date.now();
    assert.equal(await deliver('one', secret, body), 202);
    await page.getByRole('status').getByText('3 specs').waitFor();
    assert.ok(Date.now() - sent < 10_000);
    assert.equal(await deliver('one', secret, body), 202);
    await page.goto('/projects/specs/mirror');
    await page.getByText('Webhook: see a push within seconds').click();
    await page.getByText('synced, 1 files changed').waitFor();
    await page.getByRole('button', { name: 'Redeliver one' }).click();
    await page.getByText('nothing had changed').waitFor();
    await inAllLooks(page, 'mirror-webhook');
  });

  test('what is wrong at the forge is said, what was there is still shown, and it can be paused and ended', async () => {
    await page.goto('/projects/specs/mirror');
    const { secret } = await api('/api/projects/specs/mirror/webhook');
    await eventually('it rests', async () => (await api('/api/projects/specs/mirror')).progress === null);
    await tellForge('fail');
    assert.equal(await deliver('two', secret, JSON.stringify({ ref: 'refs/heads/main', repository: { id: 1001 } })), 202);
    await page.getByRole('status').getByText('cannot be brought up to date').waitFor();
    await inAllLooks(page, 'mirror-failing');
    assert.equal((await api('/api/projects/specs/specs')).total, 3);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('status').getByText('paused').waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('status').getByText(/^synced/).waitFor();
    await page.getByRole('button', { name: 'Stop mirroring' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop mirroring' }).click();
    await page.waitForURL('**/projects/specs/specs');
    await page.getByRole('status').getByText('3 specs').waitFor();
    await page.getByRole('link', { name: 'mirror, read only' }).waitFor({ state: 'detached' });
    assert.deepEqual(page.complaints, []);
  });
});
