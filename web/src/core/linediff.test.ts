import { expect, test } from 'vitest';
import { changedRuns, lineDiff } from './linediff';

const side = (before: string, after: string, without: 'added' | 'removed'): string =>
  lineDiff(before, after).filter((line) => line.kind !== without).map((line) => line.text).join('\n');

test('a changed line between equal ones is one removed and one added', () => {
  expect(lineDiff('a\nb\nc', 'a\nB\nc').map((line) => line.kind)).toEqual(['same', 'removed', 'added', 'same']);
});

test('both texts can be read from the difference, whatever they are', () => {
  let seed = 7;
  const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
  for (let round = 0; round < 200; round += 1) {
    const text = (): string => Array.from({ length: random(12) }, () => 'abcd'[random(4)]).join('\n');
    const [before, after] = [text(), text()];
    expect(side(before, after, 'added')).toBe(before);
    expect(side(before, after, 'removed')).toBe(after);
  }
});

test('equal lines far from any change are left out and counted', () => {
  const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  const after = before.map((line, i) => (i === 10 ? 'changed' : line));
  const runs = changedRuns(lineDiff(before.join('\n'), after.join('\n')), 2);
  expect(runs.map((run) => ('skipped' in run ? run.skipped : run.lines.map((line) => line.text)))).toEqual([
    8, ['line 8', 'line 9', 'line 10', 'changed', 'line 11', 'line 12'], 7,
  ]);
  expect(changedRuns(lineDiff('a', 'a'))).toEqual([{ skipped: 1 }]);
});
