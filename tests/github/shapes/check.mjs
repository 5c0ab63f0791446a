// Holds the tests' forge (github_forge) to what GitHub publishes: its answers to the OpenAPI description, its behaviour to GitHub's own client, unmodified.
//
//   node check.mjs WORK_FOLDER FORGE_PROGRAM [NPM]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchPackages } from './packages.mjs';

const [folder, program, npm = 'npm'] = process.argv.slice(2);
const { require, readJson } = fetchPackages(resolve(folder), npm);
const { Octokit } = await import(pathToFileURL(require.resolve('@octokit/rest')));
const Ajv = require('ajv').default;
const description = readJson('@octokit/openapi/generated/api.github.com.deref.json');

/// OpenAPI's dialect as far as the answers that are looked at use it.
function asJsonSchema(node) {
  if (Array.isArray(node)) return node.map(asJsonSchema);
  if (node === null || typeof node !== 'object') return node;
  const schema = {};
  for (const [key, value] of Object.entries(node)) {
    if (['example', 'examples', 'nullable', 'format', 'discriminator', 'xml', 'externalDocs', 'deprecated', 'readOnly', 'writeOnly'].includes(key) && typeof value !== 'object') continue;
    if (key.startsWith('x-')) continue;
    schema[key] = asJsonSchema(value);
  }
  if (node.nullable === true && typeof node.type === 'string') schema.type = [node.type, 'null'];
  return schema;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
/// What the description demands beyond what a mirror reads is no concern of the forge: only fields that it sends are checked, and those that it must send for us.
function checkShape(path, status, body, needed) {
  const schema = asJsonSchema(description.paths[path].get.responses[status].content['application/json'].schema);
  const validate = ajv.compile(schema);
  validate(body);
  const wrong = (validate.errors ?? []).filter((error) => error.keyword !== 'required');
  assert.deepEqual(wrong, [], `${path} ${status}: ${JSON.stringify(wrong)}`);
  for (const name of needed) assert.ok(name in body, `${path}: no ${name}`);
  const required = schema.required ?? [];
  return required.filter((name) => !(name in body)).length;
}

const forge = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
try {
  const baseUrl = await new Promise((found, failed) => {
    let text = '';
    forge.on('exit', () => failed(new Error('the forge ended')));
    forge.stdout.on('data', (bytes) => {
      text += bytes;
      if (text.includes('\n')) found(text.split('\n')[0]);
    });
  });
  const octokit = new Octokit({ baseUrl, auth: 'token', log: { debug() {}, info() {}, warn() {}, error() {} } });
  const at = { owner: 'ada', repo: 'specs' };
  const seen = [];
  const ask = async (route, parameters, needed = []) => {
    const answer = await octokit.request(`GET ${route}`, { ...at, ...parameters });
    const left = checkShape(route, answer.status, answer.data, needed);
    seen.push(`${route}: as published${left ? ` (${left} required fields that no mirror reads are left out)` : ''}`);
    return answer;
  };

  const repository = await ask('/repos/{owner}/{repo}', {}, ['id', 'full_name', 'default_branch', 'private']);
  assert.equal(repository.data.full_name, 'ada/specs');
  const ref = await ask('/repos/{owner}/{repo}/git/ref/{ref}', { ref: 'heads/main' }, ['ref', 'node_id', 'url', 'object']);
  const commit = ref.data.object.sha;
  const root = await ask('/repos/{owner}/{repo}/git/trees/{tree_sha}', { tree_sha: commit }, ['sha', 'tree', 'truncated']);
  const specs = root.data.tree.find((entry) => entry.path === 'specs');
  assert.equal(specs.type, 'tree');
  const tree = await ask('/repos/{owner}/{repo}/git/trees/{tree_sha}', { tree_sha: specs.sha, recursive: '1' }, ['sha', 'tree', 'truncated']);
  const file = tree.data.tree.find((entry) => entry.type === 'blob' && entry.mode === '100644');
  const blob = await ask('/repos/{owner}/{repo}/git/blobs/{file_sha}', { file_sha: file.sha }, ['sha', 'size', 'content', 'encoding', 'node_id', 'url']);
  assert.equal(Buffer.from(blob.data.content, 'base64').length, file.size);
  const raw = await octokit.rest.git.getBlob({ ...at, file_sha: file.sha, mediaType: { format: 'raw' } });
  assert.equal(String(raw.data), Buffer.from(blob.data.content, 'base64').toString());

  await assert.rejects(octokit.rest.repos.get({ owner: 'ada', repo: 'nowhere' }), (error) => error.status === 404 && error.message.includes('Not Found'));
  await assert.rejects(octokit.rest.git.getRef({ ...at, ref: 'heads/main', headers: { 'if-none-match': ref.headers.etag } }), (error) => error.status === 304);
  await assert.rejects(new Octokit({ baseUrl, auth: 'revoked' }).rest.repos.get(at), (error) => error.status === 401);
  const moved = await octokit.rest.repos.get({ owner: 'ada', repo: 'old-name' });
  assert.equal(moved.data.id, repository.data.id);
  for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']) assert.match(String(ref.headers[name]), /^\d+$/);
  console.log(seen.join('\n'));
  console.log('the client of GitHub reads the forge of the tests as it reads GitHub');
} finally {
  forge.stdin.end();
  forge.kill();
}
