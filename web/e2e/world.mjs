// A hub, a bridge, a folder of specs and a browser for the tests: all real, each run with its own folders and a free port.
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { HeldAnswers } from './answers.mjs';
import { startFront } from './front.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const built = (name) => resolve(here, '../../build/release', name);
export const hubBinary = process.env.LEANSPEC_HUB ?? built('leanspec-hub');
export const bridgeBinary = process.env.LEANSPEC_BRIDGE ?? built('leanspec-bridge');
const chromiumBinary = process.env.LEANSPEC_CHROMIUM ?? '/usr/bin/chromium';

/** Waiting for anything ends here: far above what it takes even on a busy machine. */
export const patience = 30_000;
export const password = 'four words make it';

/** Why these tests cannot run here, or nothing. */
export function whatIsMissing() {
  const missing = [
    [hubBinary, 'the hub (build it, or set LEANSPEC_HUB)'],
    [bridgeBinary, 'the bridge (build it, or set LEANSPEC_BRIDGE)'],
    [chromiumBinary, 'Chromium (apt-get install chromium, or set LEANSPEC_CHROMIUM)'],
  ].filter(([file]) => !existsSync(file));
  if (missing.length === 0) return undefined;
  return missing.map(([file, what]) => `${what} is not at ${file}`).join('; ');
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Runs `look` until it answers something true. For what lies outside the browser; pages have their own waiting. */
export async function eventually(what, look, milliseconds = patience) {
  const until = Date.now() + milliseconds;
  for (;;) {
    const seen = await Promise.resolve().then(look).catch(() => undefined);
    if (seen) return seen;
    if (Date.now() > until) assert.fail(`This did not happen in ${milliseconds / 1000} s: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

class Program {
  constructor(binary, flags, environment = {}) {
    this.output = '';
    this.process = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LEANSPEC_LOG_FORMAT: 'text', ...environment } });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (bytes) => (this.output += bytes));
    this.gone = new Promise((done) => this.process.once('exit', done));
  }

  async says(pattern) {
    return eventually(`${this.process.spawnfile} says ${pattern}; it said:\n${this.output}`, () => {
      if (this.process.exitCode !== null) throw new Error(this.output);
      return pattern.exec(this.output);
    });
  }

  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    await this.gone;
  }
}

export class World {
  /** `hubFlags`: beside those that every hub here gets. */
  static async make(hubFlags = []) {
    const world = new World();
    world.hubFlags = hubFlags;
    world.folder = mkdtempSync(join(tmpdir(), 'leanspec-web-'));
    world.specs = join(world.folder, 'project', 'specs');
    mkdirSync(world.specs, { recursive: true });
    world.port = await freePort();
    world.hubUrl = `http://127.0.0.1:${world.port}`;
    world.bridges = [];
    await world.startHub();
    world.answers = await HeldAnswers.of(world.hubUrl);
    world.front = process.env.LEANSPEC_WEB_DIST ? await startFront(resolve(process.env.LEANSPEC_WEB_DIST), world.hubUrl) : null;
    world.url = world.front ? `http://127.0.0.1:${world.front.address().port}` : world.hubUrl;
    world.browser = await chromium.launch({
      executablePath: chromiumBinary,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    return world;
  }

  async startHub() {
    this.hub = new Program(hubBinary, ['--data-dir', join(this.folder, 'data'), '--port', String(this.port), ...this.hubFlags]);
    await eventually(`the hub is ready; it said:\n${this.hub.output}`, async () => (await fetch(`${this.hubUrl}/health/ready`)).ok);
  }

  async restartHub() {
    await this.hub.stop('SIGKILL');
    await this.startHub();
  }

  /** The hub's command line, for what a person would do on its machine. */
  hubCommand(...flags) {
    return execFileSync(hubBinary, ['--data-dir', join(this.folder, 'data'), ...flags], { encoding: 'utf8' });
  }

  async setUpLink() {
    const [, link] = await this.hub.says(/(\/setup#token=\S+)/);
    return this.url + link;
  }

  /** A page of the first person, who has just made their account and is greeted so. */
  async signedInPage(greeting = 'Bring in your first project') {
    const page = await this.page();
    await page.goto(await this.setUpLink());
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create my account' }).click();
    await page.getByText(greeting).waitFor();
    return page;
  }

  async startBridge(name, specs = this.specs, project = 'demo', mode = 'push', branch = '') {
    const key = JSON.parse(this.hubCommand('key', 'create', '--name', name, '--scopes', 'bridge:sync', '--json')).secret;
    const state = join(this.folder, `state-${name}`);
    const keyFile = join(this.folder, `key-${name}`);
    writeFileSync(keyFile, `${key}\n`, { mode: 0o600 });
    const run = (...flags) => execFileSync(bridgeBinary, ['--state-dir', state, '--name', name, ...flags], { encoding: 'utf8' });
    run('login', this.hubUrl, '--api-key-file', keyFile);
    run('add', dirname(specs), '--project', project, '--mode', mode, ...(branch ? ['--branch', branch] : []));
    return this.runBridge(name);
  }

  /** Starts a bridge that was set up before, and perhaps stopped meanwhile. */
  async runBridge(name) {
    const state = join(this.folder, `state-${name}`);
    const bridge = new Program(bridgeBinary, ['--state-dir', state, 'run']);
    this.bridges.push(bridge);
    await bridge.says(/state=(live|differs)/); // with something held it is not all in sync
    return bridge;
  }

  /** Saves a file as editors do: beside it, then into its place. */
  save(path, text, specs = this.specs) {
    const file = join(specs, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new~`, text);
    renameSync(`${file}.new~`, file);
  }

  /** A page of its own context. What the browser complains about is collected in `page.complaints`. */
  async page(options = {}) {
    const context = await this.browser.newContext({ baseURL: this.url, viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(patience);
    this.answers.watch(context);
    const page = await context.newPage();
    page.complaints = [];
    page.on('pageerror', (error) => page.complaints.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/net::ERR_|Failed to load resource/.test(message.text())) page.complaints.push(message.text());
    });
    return page;
  }

  /** Asks the hub itself, past the browser. */
  async ask(path, options = {}) {
    const response = await fetch(this.hubUrl + path, options);
    const body = await response.clone().text();
    this.answers.hold({ method: options.method ?? 'GET', url: path, status: response.status, type: response.headers.get('content-type') ?? '', body });
    return response;
  }

  async signIn(page, name = 'ada') {
    await page.goto('/login');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/projects');
  }

  async end() {
    await Promise.allSettled(this.answers?.pending ?? []);
    await this.browser?.close();
    this.front?.closeAllConnections();
    this.front?.close();
    for (const bridge of this.bridges) await bridge.stop();
    await this.hub?.stop();
    rmSync(this.folder, { recursive: true, force: true });
    await this.answers?.finish();
  }
}

export function spec(title, fields = {}, body = 'Text.') {
  const head = { status: 'planned', created: '2026-11-01', ...fields };
  const lines = Object.entries(head).map(([key, value]) => `${key}: ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`);
  return `---\n${lines.join('\n')}\n---\n\n# ${title}\n\n${body}\n`;
}
