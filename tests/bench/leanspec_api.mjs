// LeanSpec's published server and the hub over copies of the same folder, one after the other: the same questions, varied, whole bodies, none conditional.
// One client for the times, sixteen for requests per second (wrk, on the same machine); from the start to the first list; from a save on the disk to the API and
// to the event; memory at the end. A table, then one line of JSON.
//   node tests/bench/leanspec_api.mjs [--hub FILE] [--seconds 5] [--clients 16] [--saves 50] [--compressed]
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs, promisify } from 'node:util';

const text = { type: 'string' };
const flag = (otherwise) => ({ ...text, default: String(otherwise) });
const { values } = parseArgs({ options: { hub: text, seconds: flag(5), clients: flag(16), saves: flag(50), compressed: { type: 'boolean', default: false } } });
if (values.hub) process.env.LEANSPEC_HUB = resolve(values.hub);
const { fetchPublished, OursOverFolder, Published } = await import('../leanspec/servers.mjs');
const { specsIn } = await import('../leanspec/questions.mjs');
if (spawnSync('wrk', ['-v']).error) throw new Error('wrk is not installed: apt-get install wrk');
const unavailable = fetchPublished();
if (unavailable) throw new Error(`there is no published server to compare with: ${unavailable}`);

/** Name of the figure → what is asked, one after the other, again and again. */
function questions(base, specs) {
  const get = (path) => ({ method: 'GET', path: base + path });
  const search = (query) => ({ method: 'POST', path: `${base}/search`, body: JSON.stringify({ query }) });
  const filters = ['', '&status=planned', '&status=in-progress,complete', '&priority=high', '&tags=web', '&priority=critical,low', '&status=archived', '&tags=cli'];
  const words = ['sync', 'status:planned', 'token', 'web ui', 'dependency', '"spec folder"', 'agent', 'priority:high', 'frontmatter', 'mcp server', 'migration', 'validate'];
  return {
    list: filters.map((filter) => get(`/specs?limit=1000${filter}`)),
    hierarchy: filters.map((filter) => get(`/specs?hierarchy=true${filter}`)),
    spec: specs.map(({ name }) => get(`/specs/${name}`)),
    raw: specs.map(({ name }) => get(`/specs/${name}/raw`)),
    stats: [get('/stats')],
    dependencies: [get('/dependencies')],
    search: words.map(search),  // the last: the published server goes on for seconds with those that nobody waits for any more
  };
}

/** wrk asks what stands in this script; it says what came of it in one line of JSON. */
function script(folder, asked, headers) {
  const lua = (value) => `[==[${value}]==]`;
  const rows = asked.map(({ method, path, body }) => `wrk.format(${[method, path].map(lua).join(',')},nil,${body === undefined ? 'nil' : lua(body)})`);
  const file = join(folder, 'questions.lua');
  writeFileSync(file, `${Object.entries(headers).map(([name, value]) => `wrk.headers[ ${lua(name)} ]=${lua(value)}`).join('\n')}
local requests, at = {}, 0
init = function(args)
  requests = {${rows.join(',\n')}}
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"answers":%d,"bad":%d,"us":%d,"bytes":%d,"p50":%d,"p99":%d}\\n', summary.requests, bad, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99)))
end
`);
  return file;
}

// While this waits, the server's log is read: a server that cannot write its log stands still.
async function load(server, asked, clients) {
  const headers = { ...server.headers, 'Content-Type': 'application/json', ...(values.compressed ? { 'Accept-Encoding': 'br, gzip' } : {}) };
  const words = ['-t', '1', '-c', String(clients), '-d', `${values.seconds}s`, '--timeout', '60s', '-s', script(server.folder, asked, headers), server.url];
  const { stdout } = await promisify(execFile)('wrk', words);
  const said = JSON.parse(stdout.trim().split('\n').at(-1));
  if (said.bad > 0) throw new Error(`${said.bad} of ${said.answers} answers were none: ${asked[0].path}`);
  return said;
}

const percentile = (samples, percent) => samples.sort((a, b) => a - b)[Math.max(Math.ceil((percent / 100) * samples.length), 1) - 1];

/** Milliseconds from a save to the API's answer with the new title, and to the event. Asked without a break, so the hub is at work meanwhile. */
async function saves(server, base, specs) {
  const seen = { api: [], event: [] };
  for (let number = 0; number < Number(values.saves); number += 1) {
    const { name } = specs[(number * 7) % specs.length];
    const file = join(server.project, 'specs', name, 'README.md');
    const title = `Saved ${number}`;
    const before = readFileSync(file, 'utf8');
    const { open, event } = server.nextEvent('/api/events/specs');
    await open;
    const begun = performance.now();
    writeFileSync(file, before.replace(/^# .*$/m, () => `# ${title}`));
    const api = (async () => {
      for (;;) {
        const { body } = await server.ask({ method: 'GET', path: `${base}/specs/${name}` });
        if (body.title === title) return performance.now() - begun;
      }
    })();
    seen.event.push(await event.then(() => performance.now() - begun));
    seen.api.push(await api);
  }
  return seen;
}

/** Milliseconds from the start of the program to the whole list. */
async function startToList(server, path, count) {
  await server.stop();
  const begun = performance.now();
  server.launch();
  for (;;) {
    const answer = await server.ask({ method: 'GET', path }).catch(() => undefined);
    if (answer?.body.specs?.length === count) return performance.now() - begun;
    await new Promise((done) => setTimeout(done, 1));
  }
}

const residentMegabytes = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

async function measure(kind, folder) {
  const server = new kind(folder);
  const figures = {};
  try {
    await server.start();
    server.answers = undefined; // what is timed is not checked
    const [{ id }] = (await server.ask({ method: 'GET', path: '/api/projects' })).body.projects;
    const base = `/api/projects/${id}`;
    const specs = specsIn(join(server.project, 'specs'));
    figures.start_to_list_ms = await startToList(server, `${base}/specs?limit=1000`, specs.length);
    for (const [name, samples] of Object.entries(await saves(server, base, specs))) {
      figures[`save_to_${name}_p50_ms`] = percentile(samples, 50);
      figures[`save_to_${name}_p99_ms`] = percentile(samples, 99);
    }
    for (const [name, asked] of Object.entries(questions(base, specs))) {
      const alone = await load(server, asked, 1);
      figures[`${name}_p50_ms`] = alone.p50 / 1000;
      figures[`${name}_p99_ms`] = alone.p99 / 1000;
      const many = await load(server, asked, Number(values.clients));
      figures[`${name}_per_second`] = (1e6 * many.answers) / many.us;
      figures[`${name}_kb`] = many.bytes / many.answers / 1024;
    }
    figures.rss_after_load_mb = residentMegabytes(server.programs[0].process.pid);
  } finally {
    await server.stop();
  }
  return figures;
}

const folder = mkdtempSync(join(tmpdir(), 'leanspec-bench-'));
try {
  const theirs = await measure(Published, join(folder, 'published'));
  const ours = await measure(OursOverFolder, join(folder, 'ours'));
  console.log(`${''.padEnd(28)}${'published'.padStart(12)}${'hub'.padStart(12)}${'times'.padStart(10)}`);
  for (const [name, value] of Object.entries(theirs)) {
    const ratio = name.endsWith('_per_second') ? ours[name] / value : value / ours[name];
    console.log(`${name.padEnd(28)}${value.toFixed(2).padStart(12)}${ours[name].toFixed(2).padStart(12)}${ratio.toFixed(1).padStart(10)}`);
  }
  console.log(JSON.stringify({ bench: 'leanspec_api', published: theirs, hub: ours }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
