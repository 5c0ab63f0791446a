import { expect, test } from 'vitest';
import { arrange, readView, writeView } from './filters';
import type { Summary } from './types';

function spec(number: number, over: Partial<Summary> = {}): Summary {
  const id = `${String(number).padStart(3, '0')}-s`;
  return {
    projectId: 'p', id, specNumber: number, specName: id, title: `Spec ${number}`, status: 'planned', priority: 'high', tags: [],
    assignee: null, createdAt: null, updatedAt: null, completedAt: null, filePath: '', dependsOn: [], children: [], requiredBy: [],
    contentHash: '', blocked: false, findings: [], version: '1', ...over,
  };
}

const view = (query: string) => readView(new URLSearchParams(query));
const ids = (specs: Summary[], query: string) => arrange(specs, view(query)).map((found) => found.specNumber);

test('a view survives the URL, and defaults leave no trace in it', () => {
  for (const query of ['', 'view=board', 'q=sync&status=planned%2Cdraft&blocked=yes&sort=title&order=asc', 'tags=a%2Cb&findings=yes']) {
    expect(writeView(view(query)).toString()).toBe(query);
  }
});

test('unknown values in the URL are ignored', () => {
  expect(writeView(view('status=planned,whatever&sort=colour&view=pie')).toString()).toBe('status=planned');
});

test('each filter narrows, together they narrow more', () => {
  const specs = [
    spec(1, { status: 'draft', tags: ['web'] }),
    spec(2, { tags: ['web'], blocked: true }),
    spec(3, { priority: null, title: '同步 Sync' }),
  ];
  expect(ids(specs, '')).toEqual([3, 2, 1]);
  expect(ids(specs, 'status=draft')).toEqual([1]);
  expect(ids(specs, 'tags=web')).toEqual([2, 1]);
  expect(ids(specs, 'tags=web&blocked=yes')).toEqual([2]);
  expect(ids(specs, 'priority=high')).toEqual([2, 1]);
  expect(ids(specs, 'q=ｓｙｎｃ')).toEqual([3]);
  expect(ids(specs, 'q=同步')).toEqual([3]);
});

test('sorting is stable and goes both ways', () => {
  const specs = [spec(1, { priority: 'low' }), spec(2, { priority: 'critical' }), spec(3, { priority: null })];
  expect(ids(specs, 'sort=priority')).toEqual([2, 1, 3]);
  expect(ids(specs, 'sort=priority&order=asc')).toEqual([3, 1, 2]);
});
