// The packages of package-lock.json, fetched into a work folder once.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** What finds files and modules of the packages. */
export function fetchPackages(work, npm) {
  const wanted = readFileSync(join(here, 'package-lock.json'), 'utf8');
  const lock = join(work, 'package-lock.json');
  if (!existsSync(join(work, 'node_modules', '.package-lock.json')) || !existsSync(lock) || readFileSync(lock, 'utf8') !== wanted) {
    mkdirSync(work, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(work, name));
    const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
    const run = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: work, env: { ...process.env, PATH: path }, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`npm could not fetch the packages:\n${run.stdout}${run.stderr}`);
  }
  const readJson = (name) => JSON.parse(readFileSync(join(work, 'node_modules', name), 'utf8'));
  return { require: createRequire(join(work, 'package.json')), readJson };
}
