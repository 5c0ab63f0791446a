import { expect, test } from 'vitest';
import type { Conflict } from './conflict';
import type { Deleted, Version } from './types';
import { conflictLine, foldersOf, maker } from './versions';

const version = (fields: Partial<Version>): Version => ({
  version: 'v', path: 'a', kind: 'head', parent: null, secondParent: null, seq: 1, deleted: false, size: 1, contentHash: null, machine: null, user: null,
  acceptedAt: '', effectiveAt: '', commit: null, held: null, ...fields,
});

test('a version is by its machine, or by who made it at the hub', () => {
  expect(maker(version({ machine: { id: '1', name: 'laptop' }, user: { name: 'ada' } }))).toBe('laptop');
  expect(maker(version({ user: { name: 'ada' } }))).toBe('ada');
  expect(maker(version({}))).toBe('the hub');
  expect(maker(null)).toBe('the hub');
});

test('a conflict names its places, or what stands in the way', () => {
  const conflict: Conflict = { conflict: 'c', spec: 's', path: 's/README.md', why: 'set aside', state: 'open', placeNames: ['line 7'] };
  expect(conflictLine(conflict)).toBe('Both changed line 7');
  expect(conflictLine({ ...conflict, placeNames: ['line 1', 'line 2', 'line 3', 'line 4'] })).toBe('Both changed 4 places: line 1, line 2, line 3…');
  expect(conflictLine({ ...conflict, state: null })).toBe('set aside');
  expect(conflictLine({ ...conflict, state: 'deleted-head', occupant: 'A.md' })).toContain('another document stands at A.md');
});

test('what went as a spec comes back as one: by folder, its main file first', () => {
  const gone = (path: string, title: string | null = null): Deleted => ({ ...version({ path, deleted: true }), spec: '1-a', title, last: null, occupied: false });
  const folders = foldersOf([gone('1-a/DESIGN.md'), gone('notes.md'), gone('1-a/README.md', 'The title')]);
  expect(folders.map((folder) => [folder.title, folder.files.map((file) => file.path)])).toEqual([
    ['The title', ['1-a/README.md', '1-a/DESIGN.md']],
    ['notes.md', ['notes.md']],
  ]);
});
