import { expect, test } from 'vitest';
import { guardWords } from './guard';
import type { Guard } from './types';

const guard = (kind: Guard['kind'], count = 12): Guard => ({ id: 'g', kind, count, paths: [], since: '', approvable: true, revertible: true, detail: '', asked: null, machineId: 'm', machine: 'laptop', folder: '/specs', branch: 'main' });

test.each(['mass-delete', 'root-emptied', 'root-replaced', 'root-missing', 'quarantine'] as const)('%s says what is held, where, and what each way does', (kind) => {
  const words = guardWords(guard(kind));
  expect(words.held).toContain('laptop');
  expect(words.reverting).toContain('12 files come back to laptop');
  expect(words.approving).toMatch(kind === 'root-replaced' ? /nothing is deleted/ : /deleted on every machine.*can be restored/);
});

test('one file is one file', () => {
  expect(guardWords(guard('mass-delete', 1)).held).toBe('1 file was deleted on laptop');
});
