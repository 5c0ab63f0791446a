// Compares our hub with the published LeanSpec server over the whole corpus, answer by answer: once with a bridge and a database, once with the folder alone. A difference must be in the table of docs/leanspec-api.md, and
// what stands there must still be different. The last line alone is "N passed, N failed, N skipped".
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareAnswers } from './differences.mjs';
import { reads, specsIn, writes } from './questions.mjs';
import { corpus, fetchPublished, Ours, OursAlone, Published } from './servers.mjs';
import { justified } from './table.mjs';

const required = process.env.LEANSPEC_REQUIRE_ALL === '1';

function end(passed, failed, skipped) {
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exit(failed === 0 ? (passed === 0 && skipped > 0 ? 77 : 0) : 1);
}

function missing(what) {
  console.log(`${required ? 'failed' : 'skipped'}: nothing was compared with the published LeanSpec server: ${what}`);
  end(0, required ? 1 : 0, required ? 0 : 1);
}

if (!existsSync(corpus)) missing(`the corpus is not at ${corpus} (LEANSPEC_CORPUS names its folder)`);
const unavailable = fetchPublished();
if (unavailable) missing(unavailable);

const folder = mkdtempSync(join(tmpdir(), 'leanspec-compare-'));
const published = new Published(join(folder, 'published'));
const hubs = [new Ours(join(folder, 'ours')), new OursAlone(join(folder, 'alone'))];
const found = new Map(); // "route | place" → the first example
let asked = 0;
const only = process.env.LEANSPEC_COMPARE_ONLY ?? '';  // part of a route's name, while looking into one

/** Where a server keeps its folders is no difference. */
const placed = (answer, server) => JSON.parse(JSON.stringify(answer).replaceAll(server.project, '/demo'));

async function askBoth(question) {
  const [theirs, ...answers] = await Promise.all([published, ...hubs].map((server) => server.ask(question)));
  asked += 1;
  hubs.forEach((hub, at) => {
    compareAnswers(placed(theirs, published), placed(answers[at], hub), (place, a, b) => {
      const key = `${question.route} | ${place}`;
      if (!found.has(key)) found.set(key, { question, theirs: a, ours: b, hub: hub.constructor.name, times: 0 });
      found.get(key).times += 1;
    });
  });
}

/** A file that is saved shows in both event streams, in the same words. */
async function compareEvents() {
  const path = 'specs/001-typescript-cli-migration/README.md';
  const servers = [published, ...hubs];
  const heard = servers.map((server) => server.nextEvent('/api/events/specs'));
  await Promise.all(heard.map((stream) => stream.open));
  for (const server of servers) appendFileSync(join(server.project, path), '\nOne more line.\n');
  const [theirs, ...events] = await Promise.all(heard.map((stream) => stream.event));
  const our = events.find((event) => event !== theirs) ?? theirs;
  asked += 1;
  const question = { route: 'GET /api/events/specs', method: 'GET', path: '/api/events/specs' };
  if (theirs !== our) found.set('GET /api/events/specs | event', { question, theirs, ours: our, times: 1 });
}

const shown = (value) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));
let failures = 0;
try {
  await Promise.all([published, ...hubs].map((server) => server.start()));
  for (const question of reads('demo', specsIn(corpus))) if (question.route.includes(only)) await askBoth(question);
  if ('GET /api/events/specs'.includes(only)) await compareEvents();
  for (const question of writes('demo')) await askBoth(question);
  for (const wrong of hubs.flatMap((hub) => hub.answers.wrong)) {
    failures += 1;
    console.log(`failed: not as the OpenAPI document says: ${wrong}`);
  }
  const table = justified();
  for (const [key, { question, theirs, ours: our, hub = '', times }] of found) {
    if (table.explains(key)) continue;
    failures += 1;
    console.log(`failed: ${key} (${times} times) is not in docs/leanspec-api.md\n  ${question.method} ${question.path} ${question.body ? JSON.stringify(question.body).slice(0, 100) : ''}`);
    console.log(`  theirs: ${shown(theirs)}\n  ours:   ${shown(our)} ${hub}`);
  }
  for (const row of table.unused()) {
    failures += 1;
    console.log(`failed: docs/leanspec-api.md justifies a difference that is not there any more: ${row}`);
  }
} finally {
  await published.stop();
  for (const hub of hubs) await hub.stop();
  rmSync(folder, { recursive: true, force: true });
}
end(asked - Math.min(failures, asked - 1), failures, 0);
