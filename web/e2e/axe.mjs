// Every page in both themes and both widths against axe-core's rules for WCAG 2.2 AA and its best practices.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function assertAccessible(page, what) {
  await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // A change of another second may be in its fade: colours are judged at rest.
    for (const animation of document.getAnimations()) animation.finish();
    const result = await globalThis.axe.run(document, { runOnly: tags });
    return result.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  });
  assert.deepEqual(violations, [], `axe on ${what}`);
}

export async function assertFits(page, what) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(beyond <= 0, `${what} is ${beyond} px wider than the screen`);
}
