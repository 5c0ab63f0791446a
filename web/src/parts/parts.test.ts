import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { Place } from '../core/conflict';
import type { Summary } from '../core/types';
import type { ProjectState } from '../state/project.svelte';
import Board from './Board.svelte';
import Confirm from './Confirm.svelte';
import Diff from './Diff.svelte';
import Excerpt from './Excerpt.svelte';
import FilterMenu from './FilterMenu.svelte';
import PlaceCard from './PlaceCard.svelte';
import Prose from './Prose.svelte';
import SpecList from './SpecList.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const spec = (number: number, fields: Partial<Summary> = {}): Summary => ({
  projectId: 'p', id: `${number}-made`, specNumber: number, specName: `${number}-made`, title: `Made ${number}`, status: 'planned', priority: 'high', tags: ['a', 'b', 'c', 'd'], assignee: null,
  createdAt: '2026-11-01T00:00:00Z', updatedAt: null, completedAt: null, filePath: '', dependsOn: [], children: [], requiredBy: [], contentHash: '', blocked: false, findings: [], version: '1', ...fields,
});

test('a list of thousands holds a screenful of rows and says how many there are', () => {
  const specs = Array.from({ length: 5_000 }, (_, i) => spec(i + 1));
  const { container } = render(SpecList, { specs, fresh: new Map(), selected: '', onselect: () => {} });
  const rows = container.querySelectorAll('li');
  expect(rows.length).toBeLessThan(60);
  expect(rows[0]?.getAttribute('aria-setsize')).toBe('5000');
  expect(container.querySelectorAll('*').length).toBeLessThan(1_500);
  expect(container.querySelectorAll('[tabindex="0"]').length).toBe(1);
});

test('a row tells what is wrong in words, and shows code in a title as code', () => {
  const findings = [{ severity: 'error' as const, message: 'no such spec: 9-x', type: 'dependency' }];
  const { container } = render(SpecList, { specs: [spec(1, { title: '`run` it', blocked: true, findings })], fresh: new Map(), selected: '', onselect: () => {} });
  expect(container.querySelector('.name code')?.textContent).toBe('run');
  expect(screen.getByText('The file has a problem: no such spec: 9-x')).toBeTruthy();
  expect(screen.getByText('blocked')).toBeTruthy();
});

test('the board shows twenty cards of a column and the rest when asked', async () => {
  const specs = Array.from({ length: 150 }, (_, i) => spec(i + 1, { status: 'complete' }));
  const { container } = render(Board, { specs, fresh: new Map() });
  expect(container.querySelectorAll('[data-id]').length).toBe(20);
  await fireEvent.click(screen.getByRole('button', { name: 'Show 100 more' }));
  expect(container.querySelectorAll('[data-id]').length).toBe(120);
});

test('a filter adds what is ticked and takes away what is unticked', async () => {
  const onchange = vi.fn();
  render(FilterMenu, { label: 'Status', values: ['draft', 'planned'], chosen: ['draft'], onchange });
  await fireEvent.click(screen.getByLabelText('planned'));
  await fireEvent.click(screen.getByLabelText('draft'));
  expect(onchange.mock.calls).toEqual([[['draft', 'planned']], [[]]]);
});

test('text: the title is not said twice, tasks have names, wide tables can be scrolled by the keyboard', async () => {
  const html = '<h1>Title</h1><ul><li><input type="checkbox" disabled> buy milk</li></ul><table><tr><th>A</th></tr></table><img src="/x.png">';
  const { container, rerender } = render(Prose, { html, title: 'Title' });
  await tick();
  expect(container.querySelector('h1')).toBeNull();
  expect(screen.getByRole('checkbox', { name: 'buy milk' })).toBeTruthy();
  expect(screen.getByRole('group', { name: 'Table: A' }).tabIndex).toBe(0);
  const table = container.querySelector('table');
  await rerender({ html: html.replace('milk', 'bread'), title: 'Title' });
  expect(screen.getByRole('checkbox', { name: 'buy bread' })).toBeTruthy();
  expect(container.querySelector('table')).toBe(table);
  expect(container.querySelector('.came')?.textContent).toContain('bread');
});

test('what a search found is marked, wherever it stands', () => {
  const { container } = render(Excerpt, { excerpt: { text: '实时 sync 同步', line: 3, highlights: [[3, 7], [8, 10]] } });
  expect(container.textContent).toBe('实时 sync 同步');
  expect([...container.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['sync', '同步']);
});

test('a question is answered once, and focus goes back to where it was', async () => {
  const before = document.createElement('button');
  document.body.append(before);
  before.focus();
  const onconfirm = vi.fn();
  const { unmount } = render(Confirm, { title: 'Sure?', action: 'Do it', children: createRawSnippet(() => ({ render: () => '<span>Really</span>' })), onconfirm, oncancel: () => {} });
  await fireEvent.click(screen.getByRole('button', { name: 'Do it' }));
  expect(onconfirm).toHaveBeenCalledTimes(1);
  unmount();
  expect(document.activeElement).toBe(before);
  before.remove();
});

test('the late close of a question that was taken away does not cancel the next one', () => {
  const oncancel = vi.fn();
  const { container, unmount } = render(Confirm, { title: 'Sure?', action: 'Do it', children: createRawSnippet(() => ({ render: () => '<span>Really</span>' })), onconfirm: () => {}, oncancel });
  const dialog = container.querySelector('dialog')!;
  dialog.dispatchEvent(new Event('close')); // what Escape ends in
  expect(oncancel).toHaveBeenCalledTimes(1);
  unmount();
  dialog.dispatchEvent(new Event('close')); // browsers send it after the dialog is gone
  expect(oncancel).toHaveBeenCalledTimes(1);
});

test('two versions are compared line by line, and edited words are marked', async () => {
  const line = { from: 1, to: null };
  const diff = {
    from: null, to: {}, comparable: true, added: 1, removed: 1, truncated: false,
    hunks: [{ fromBegin: 1, fromLines: 1, toBegin: 1, toLines: 1, lines: [
      { ...line, kind: 'removed', text: 'a small word', parts: [{ text: 'a ', changed: false }, { text: 'small', changed: true }, { text: ' word', changed: false }] },
      { ...line, kind: 'added', text: 'new', noNewline: true },
    ] }],
  };
  const asked: string[] = [];
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(diff) });
  });
  const project = { specUrl: (spec: string, path: string, query: Record<string, string>) => `/api/projects/p/specs/${spec}/${path}?${new URLSearchParams(query)}` } as unknown as ProjectState;
  const { container } = render(Diff, { project, spec: 's', version: 'v', against: 'w', label: 'What changed' });
  await waitFor(() => expect(container.querySelector('.removed')?.textContent).toContain('− a small word'));
  expect(container.querySelector('.removed mark')?.textContent).toBe('small');
  expect(container.querySelector('.added')?.textContent).toContain('+ new (no newline at the end)');
  expect(asked[0]).toBe('/api/projects/p/specs/s/versions/v/diff?against=w&context=3');
});

const place: Place = {
  index: 0, kind: 'text', field: null, name: 'line 7', why: 'Both changed it', both: true,
  base: { begin: 7, lines: 1, text: 'one\n' }, ours: { begin: 7, lines: 1, text: 'mine\n' }, theirs: { begin: 7, lines: 1, text: 'yours\n' },
};

test('a place offers both sides, both, what was before and a text that begins with both', async () => {
  const ondecide = vi.fn();
  const { rerender } = render(PlaceCard, { place, number: 1, of: 2, here: 'desk', there: 'laptop', decided: { take: '', text: '' }, ondecide });
  await fireEvent.click(screen.getByLabelText(/From laptop/));
  expect(ondecide).toHaveBeenLastCalledWith({ take: 'theirs', text: '' });
  await fireEvent.click(screen.getByLabelText('Something else'));
  expect(ondecide).toHaveBeenLastCalledWith({ take: 'text', text: 'mine\nyours\n' });
  expect(screen.getByText('1 of 2: line 7')).toBeTruthy();
  await rerender({ decided: { take: 'text', text: 'ours\n' } });
  await fireEvent.input(screen.getByLabelText('The lines for line 7'), { target: { value: 'ours too' } });
  expect(ondecide).toHaveBeenLastCalledWith({ take: 'text', text: 'ours too' });
});

test('a place in the frontmatter cannot have both', () => {
  render(PlaceCard, { place: { ...place, kind: 'frontmatter', both: false, name: 'the frontmatter' }, number: 1, of: 1, here: 'desk', there: 'laptop', decided: { take: '', text: '' }, ondecide: () => {} });
  expect(screen.queryByLabelText(/Both/)).toBeNull();
  expect(screen.getByText('the frontmatter')).toBeTruthy();
});
