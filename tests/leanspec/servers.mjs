// The published LeanSpec server and ours, each with its own copy of the same folder.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeldAnswers } from '../../web/e2e/answers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const tree = resolve(here, '../..');
export const built = process.env.LEANSPEC_BUILD ?? join(tree, 'build/release');
export const corpus = join(process.env.LEANSPEC_CORPUS ?? resolve(tree, '../shared/corpus'), 'leanspec/specs');

/** Starting, stopping and arriving: far above what it takes even on a busy machine. */
const patience = 60_000;

/** Fetches what published/package-lock.json pins into the build folder, once. What went wrong, or nothing. */
export function fetchPublished() {
  const folder = join(built, 'leanspec-published');
  const lock = readFileSync(join(here, 'published/package-lock.json'), 'utf8');
  const stamp = join(folder, 'fetched.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return undefined;
  cpSync(join(here, 'published'), folder, { recursive: true });
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, encoding: 'utf8' });
  if (npm.error) return `npm could not be started: ${npm.error.message}`;
  if (npm.status !== 0) return `npm could not fetch it: ${`${npm.stdout}${npm.stderr}`.trim().split('\n')[0]}`;
  writeFileSync(stamp, lock);
  return undefined;
}

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function eventually(what, look) {
  const until = Date.now() + patience;
  for (;;) {
    const seen = await Promise.resolve().then(look).catch(() => undefined);
    if (seen) return seen;
    if (Date.now() > until) throw new Error(`This did not happen in ${patience / 1000} s: ${what()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

class Program {
  constructor(binary, flags, options = {}) {
    this.output = '';
    this.process = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (bytes) => (this.output += bytes));
    this.gone = new Promise((done) => this.process.once('exit', done));
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGTERM');
    await this.gone;
  }
}

/** Asks and answers as both servers do: the status, the kind of content, and the body, parsed when it is JSON. `answers` holds them, where given. */
async function ask(url, headers, question, answers) {
  const body = question.text ?? (question.body === undefined ? undefined : JSON.stringify(question.body));
  const answer = await fetch(url + question.path, { method: question.method, body, headers: { ...headers, 'Content-Type': 'application/json' } });
  const text = await answer.text();
  const type = (answer.headers.get('content-type') ?? '').split(';')[0];
  answers?.hold({ method: question.method, url: question.path, status: answer.status, type, body: text });
  return { httpStatus: answer.status, type, body: type === 'application/json' ? JSON.parse(text) : text };
}

class Server {
  constructor(folder) {
    this.folder = folder;
    this.project = join(folder, 'demo');
    mkdirSync(this.project, { recursive: true });
    cpSync(corpus, join(this.project, 'specs'), { recursive: true });
    execFileSync('chmod', ['-R', 'u+w', this.project]);
    this.programs = [];
    this.headers = {};
  }

  ask(question) {
    return ask(this.url, this.headers, question, this.answers);
  }

  /** `open`: the stream is there. `event`: the first that comes, as it stands on the wire without comments and times to retry. */
  nextEvent(path) {
    const answer = fetch(this.url + path, { headers: { ...this.headers, Accept: 'text/event-stream' } });
    const event = answer.then(async ({ body }) => {
      let text = '';
      for await (const bytes of body) {
        text = (text + Buffer.from(bytes).toString()).replace(/^(:.*|retry:.*|)\n/gm, (line) => (line === '\n' ? line : ''));
        const one = /data:.*?\n\n/s.exec(text);
        if (!one) continue;
        this.answers?.holdEvent(path, /^event: (.*)$/m.exec(text)?.[1] ?? '', /^data: (.*)$/m.exec(one[0])[1]);
        return one[0];
      }
      return `the stream ended after ${text}`;
    });
    return { open: answer.then(() => new Promise((done) => setTimeout(done, 500))), event };
  }

  /** Once more after stop() too; it may not answer yet. */
  launch() {
    const running = this.run();
    this.programs.push(running);
    return running;
  }

  /** On a port of its own, until it is ready. */
  async listen() {
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const running = this.launch();
    await eventually(() => `the server is ready; it said:\n${running.output}`, async () => (await fetch(`${this.url}/health/ready`)).ok);
  }

  async stop() {
    for (const program of this.programs.splice(0).reverse()) await program.stop();
  }
}

export class Published extends Server {
  run() {
    const flags = ['--host', '127.0.0.1', '--port', String(this.port), '--project', this.project, '--no-open'];
    return new Program(this.program, flags, { env: { HOME: this.home, PATH: process.env.PATH } });
  }

  async start() {
    this.program = join(built, 'leanspec-published/node_modules/@leanspec/http-linux-x64/leanspec-http');
    chmodSync(this.program, 0o755);
    this.home = join(this.folder, 'home');
    mkdirSync(this.home);
    await this.listen();
  }
}

/** Ours, each answer held to its OpenAPI document. What its programs are, the environment may say. */
class Hub extends Server {
  constructor(folder) {
    super(folder);
    this.data = join(folder, 'data');
    this.hub = process.env.LEANSPEC_HUB ?? join(built, 'leanspec-hub');
  }

  run() {
    return new Program(this.hub, ['--data-dir', this.data, '--port', String(this.port), '--requests-per-second', '0', ...this.words()]);
  }

  words() {
    return [];
  }

  async listen() {
    await super.listen();
    this.answers = await HeldAnswers.of(this.url);
  }

  async start() {
    await this.listen();
    this.headers = { Authorization: `Bearer ${this.mint('test', 'specs:read', 'specs:write', 'project:admin', 'bridge:sync')}` };
  }

  mint(name, ...scopes) {
    const words = ['--data-dir', this.data, 'key', 'create', '--name', name, ...scopes.flatMap((scope) => ['--scopes', scope]), '--json'];
    return JSON.parse(execFileSync(this.hub, words, { encoding: 'utf8' })).secret;
  }
}

/** With the folder brought to it by a bridge. */
export class Ours extends Hub {
  async start() {
    await super.start();
    const bridge = process.env.LEANSPEC_BRIDGE ?? join(built, 'leanspec-bridge');
    const state = join(this.folder, 'state');
    const keyFile = join(this.folder, 'key');
    writeFileSync(keyFile, `${this.mint('bridge', 'bridge:sync')}\n`, { mode: 0o600 });
    const run = (...flags) => execFileSync(bridge, ['--state-dir', state, '--name', 'machine', ...flags], { encoding: 'utf8' });
    run('login', this.url, '--api-key-file', keyFile);
    run('add', this.project, '--project', 'demo', '--mode', 'push');
    const syncing = new Program(bridge, ['--state-dir', state, 'run']);
    this.programs.push(syncing);
    await eventually(() => `the bridge is in sync; it said:\n${syncing.output}`, () => /state=live|"state":"live"/.test(syncing.output));
  }
}

/** With the folder beside it, as the published server has it. */
export class OursOverFolder extends Hub {
  words() {
    return ['--specs-dir', join(this.project, 'specs')];
  }
}

/** The folder alone, without data and accounts of ours. */
export class OursAlone extends Hub {
  run() {
    const key = 'the key of this comparison';
    this.headers = { Authorization: `Bearer ${key}` };
    const env = { PATH: process.env.PATH, HOME: this.folder, SPECS_MODE: 'filesystem', SPECS_DIR: join(this.project, 'specs'), LEANSPEC_API_KEY: key };
    return new Program(this.hub, ['--port', String(this.port), '--requests-per-second', '0'], { env, cwd: this.folder });
  }

  async start() {
    await this.listen();
  }
}
