import { expect, test } from 'vitest';
import { Replica } from './replica';
import type { Summary } from './types';

function spec(id: string, version = '1'): Summary {
  return {
    projectId: 'p', id, specNumber: 1, specName: id, title: id, status: 'planned', priority: null, tags: [], assignee: null,
    createdAt: null, updatedAt: null, completedAt: null, filePath: `${id}/README.md`, dependsOn: [], children: [], requiredBy: [],
    contentHash: '', blocked: false, findings: [], version,
  };
}

test('deltas move the replica forward and tell which specs moved', () => {
  const moved: string[][] = [];
  const replica = new Replica(new Map(), (changed) => moved.push([...changed]));
  replica.reset([spec('1-a'), spec('2-b')], { epoch: 'e', seq: 5 });
  replica.apply({ seq: 6, specs: [spec('1-a', '2')], removed: ['2-b'] });
  expect([...replica.specs.keys()]).toEqual(['1-a']);
  expect(replica.specs.get('1-a')?.version).toBe('2');
  expect(replica.position).toEqual({ epoch: 'e', seq: 6 });
  expect(moved).toEqual([['1-a', '2-b'], ['1-a', '2-b']]);
});

test('a delta that was seen already changes nothing', () => {
  const replica = new Replica();
  replica.reset([spec('1-a', '3')], { epoch: 'e', seq: 9 });
  replica.apply({ seq: 9, specs: [spec('1-a', '2')], removed: [] });
  replica.apply({ seq: 8, specs: [], removed: ['1-a'] });
  expect(replica.specs.get('1-a')?.version).toBe('3');
});

test('a new snapshot keeps the rows that did not change and drops those that are gone', () => {
  const moved: string[][] = [];
  const replica = new Replica(new Map(), (changed) => moved.push([...changed]));
  replica.reset([spec('1-a'), spec('2-b')], { epoch: 'e', seq: 1 });
  const kept = replica.specs.get('1-a');
  replica.reset([spec('1-a'), spec('3-c')], { epoch: 'f', seq: 1 });
  expect(replica.specs.get('1-a')).toBe(kept);
  expect(moved[1]).toEqual(['2-b', '3-c']);
});
