// Holds what the hub reads (github_reader) to traffic that was recorded at GitHub, and to the examples of messages that it publishes.
//
//   node recorded.mjs WORK_FOLDER READER_PROGRAM [NPM]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fetchPackages } from './packages.mjs';

const [folder, program, npm = 'npm'] = process.argv.slice(2);
const { readJson } = fetchPackages(resolve(folder), npm);
const recorded = (scenario) => readJson(`@octokit/fixtures/scenarios/api.github.com/${scenario}/raw-fixture.json`);

const reader = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: reader.stdout })[Symbol.asyncIterator]();
async function read(task) {
  reader.stdin.write(`${JSON.stringify(task)}\n`);
  const { value, done } = await lines.next();
  assert.ok(!done, `the reader ended at ${task.do}`);
  return JSON.parse(value);
}

// Answers as they were recorded, byte for byte but for the address that a redirect names.
const answers = new Map();
const server = createServer((request, response) => {
  const answer = answers.get(request.url);
  if (!answer) return response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"message":"Not Found"}');
  const headers = [];
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const [name, value] = answer.rawHeaders.slice(i, i + 2);
    if (!['connection', 'content-length', 'transfer-encoding', 'content-encoding'].includes(name.toLowerCase())) headers.push(name, value.replace('https://api.github.com', api));
  }
  return response.writeHead(answer.status, headers).end(JSON.stringify(answer.response));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const api = `http://127.0.0.1:${server.address().port}`;

try {
  const [repository] = recorded('get-repository');
  answers.set(repository.path, repository);
  const facts = await read({ do: 'repository', api, name: repository.path.replace('/repos/', '') });
  const { response: said } = repository;
  const remaining = Number(repository.rawHeaders[repository.rawHeaders.indexOf('X-RateLimit-Remaining') + 1]);
  assert.deepEqual(facts, { id: String(said.id), name: said.full_name, branch: said.default_branch, private: said.private, renamed: false, requests: 1, remaining });

  const renaming = recorded('rename-repository').filter((answer) => answer.method === 'get');
  assert.deepEqual(renaming.map((answer) => answer.status), [301, 200]);
  for (const answer of renaming) answers.set(answer.path, answer);
  const renamed = await read({ do: 'repository', api, name: renaming[0].path.replace('/repos/', '') });
  assert.equal(renamed.name, renaming[1].response.full_name);
  assert.equal(renamed.id, String(renaming[1].response.id));
  assert.equal(renamed.renamed, true);

  // One ref is answered in the shape in which it was made and moved.
  const refs = recorded('git-refs').filter((answer) => answer.response.ref);
  assert.equal(refs.length, 2);
  const name = refs[0].path.split('/').slice(2, 4).join('/');
  for (const ref of refs) {
    answers.set(`/repos/${name}/git/ref/${ref.response.ref.replace('refs/', '')}`, { ...ref, status: 200 });
    const head = await read({ do: 'head', api, name, branch: ref.response.ref.replace('refs/heads/', '') });
    assert.equal(head.commit, ref.response.object.sha, JSON.stringify(head));
  }
  assert.equal((await read({ do: 'head', api, name, branch: 'nowhere' })).error, 'not_found');
  console.log('recorded answers of GitHub are read as they were meant');

  const secret = 'lsw_test';
  const counts = {};
  const kinds = readJson('@octokit/webhooks-examples/api.github.com/index.json');
  for (const { name, examples } of kinds) {
    for (const example of examples) {
      const body = JSON.stringify(example);
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      const message = { do: 'webhook', event: name, body, secret, signature, repository: String(example.repository?.id ?? ''), branch: 'master' };
      const reading = await read(message);
      counts[reading.meaning] = (counts[reading.meaning] ?? 0) + 1;
      const moves = (name === 'push' && example.ref === 'refs/heads/master') || name === 'repository';
      assert.equal(reading.meaning, moves ? 'look' : 'nothing', `${name}: ${reading.words}`);
      if (name === 'push' && moves) assert.equal(reading.commit, example.after);
      const changed = await read({ ...message, body: `${body} ` });
      assert.equal(changed.meaning, 'forged', name);
      if (moves) assert.equal((await read({ ...message, repository: '5' })).meaning, 'wrong', name);
    }
  }
  assert.equal(counts.look, 15, JSON.stringify(counts));
  console.log(`${Object.values(counts).reduce((a, b) => a + b)} published messages of ${kinds.length} kinds: ${counts.look} mean a sync, the others nothing`);
} finally {
  reader.stdin.end();
  reader.kill();
  server.close();
}
