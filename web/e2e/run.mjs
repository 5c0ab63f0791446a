// npm run e2e: the browser tests, or a clear line why they cannot run here. The last line alone is "N passed, N failed, N skipped".
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { whatIsMissing } from './world.mjs';

const missing = whatIsMissing();
if (missing) {
  const required = process.env.LEANSPEC_REQUIRE_ALL === '1';
  console.log(`${required ? 'failed' : 'skipped'}: the web app was not driven in a browser: ${missing}.`);
  console.log(`0 passed, ${required ? 1 : 0} failed, ${required ? 0 : 1} skipped`);
  process.exit(required ? 1 : 0);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const events = run({ files: ['app.test.mjs', 'conflicts.test.mjs', 'edits.test.mjs', 'restore.test.mjs', 'editor.test.mjs', 'branches.test.mjs', 'guards.test.mjs', 'mirrors.test.mjs', 'stale.test.mjs', 'leanspec_ui.test.mjs'].map((name) => fileURLToPath(new URL(name, import.meta.url))), concurrency: false });
const isTest = (data) => data.details?.type !== 'suite' && data.nesting > 0;
events.on('test:pass', (data) => {
  if (isTest(data)) counts[data.skip ? 'skipped' : 'passed'] += 1;
});
events.on('test:fail', (data) => {
  if (isTest(data)) counts.failed += 1;
  process.exitCode = 1;
});
events.on('end', () => {
  setImmediate(() => console.log(`${counts.passed} passed, ${process.exitCode && counts.failed === 0 ? 1 : counts.failed} failed, ${counts.skipped} skipped`));
});
events.compose(spec).pipe(process.stdout);
