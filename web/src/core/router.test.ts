import { expect, test } from 'vitest';
import { carryBranch, locate, onPickedBranch, pathOf } from './router';

test('a path and its parameters go there and back, whatever characters a name holds', () => {
  const path = pathOf('spec', { project: 'lean spec', spec: '082-a/b?c' });
  const location = locate(new URL(path, 'http://hub'));
  expect(location.name).toBe('spec');
  expect(location.parameters).toEqual({ project: 'lean spec', spec: '082-a/b?c' });
});

test('an unknown or badly encoded path is not found', () => {
  expect(locate(new URL('http://hub/nowhere')).name).toBe('not-found');
  expect(locate(new URL('http://hub/projects/%E0%A4%A')).name).toBe('not-found');
});

test('the query belongs to the location', () => {
  expect(locate(new URL('http://hub/projects/p/specs?view=board')).query.get('view')).toBe('board');
});

test('the branch that a person picked is named by every address of its project, and by no other', () => {
  carryBranch(locate(new URL('http://hub/projects/p/specs?branch=feature%2Fx')));
  expect(pathOf('spec', { project: 'p', spec: '1-a' })).toBe('/projects/p/specs/1-a?branch=feature%2Fx');
  expect(pathOf('specs', { project: 'p' }, new URLSearchParams('view=board'))).toBe('/projects/p/specs?view=board&branch=feature%2Fx');
  expect(pathOf('specs', { project: 'q' })).toBe('/projects/q/specs');
  expect(pathOf('machines')).toBe('/machines');
  expect(onPickedBranch(new URL('http://hub/projects/p/specs/2-b#part')).href).toBe('http://hub/projects/p/specs/2-b?branch=feature%2Fx#part');
  expect(onPickedBranch(new URL('http://hub/projects/q/specs/2-b')).search).toBe('');
  carryBranch(locate(new URL('http://hub/machines'))); // leads back to the branch
  expect(pathOf('specs', { project: 'p' })).toContain('branch=');
  carryBranch(locate(new URL('http://hub/projects/p/specs')));
  expect(pathOf('specs', { project: 'p' })).toBe('/projects/p/specs');
});
