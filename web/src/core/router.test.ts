import { expect, test } from 'vitest';
import { locate, pathOf } from './router';

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
