import { expect, test } from 'vitest';
import { ago } from './time';

const now = Date.parse('2026-11-22T12:00:00Z');

test.each([
  ['2026-11-22T11:59:30Z', 'now'],
  ['2026-11-22T11:57:00Z', '3 minutes ago'],
  ['2026-11-22T07:00:00Z', '5 hours ago'],
  ['2026-11-21T11:00:00Z', 'yesterday'],
  ['2025-10-01T00:00:00Z', 'last year'],
  ['2026-11-29T13:00:00Z', 'next week'],
  ['not a date', 'not a date'],
])('%s is %s', (iso, said) => {
  expect(ago(iso, now, 'en')).toBe(said);
});
