import { expect, test } from 'vitest';
import { wholeUpTo, windowOf } from './listwindow';

test('a short list is whole', () => {
  expect(windowOf(wholeUpTo, 36, 99_999, 800)).toEqual({ first: 0, end: wholeUpTo });
});

test.each([
  ['above the screen', -400],
  ['at the top', 0],
  ['in the middle', 36 * 2_500 + 11],
  ['at the end', 36 * 5_000 - 800],
  ['beyond the end', 36 * 6_000],
])('a long list %s shows every row of the screen and few others', (_, offset) => {
  const { first, end } = windowOf(5_000, 36, offset, 800);
  const from = Math.min(4_999, Math.max(0, Math.floor(offset / 36)));
  const to = Math.min(5_000, Math.ceil((offset + 800) / 36));
  expect(first).toBeGreaterThanOrEqual(0);
  expect(end).toBeLessThanOrEqual(5_000);
  if (offset < 36 * 5_000) {
    expect(first).toBeLessThanOrEqual(from);
    expect(end).toBeGreaterThanOrEqual(to);
  }
  expect(end - first).toBeLessThanOrEqual(45);
  expect(end - first).toBeGreaterThan(22);
});
