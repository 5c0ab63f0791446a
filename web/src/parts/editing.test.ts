import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { Summary } from '../core/types';
import Board from './Board.svelte';
import Choose from './Choose.svelte';
import EditFacts from './EditFacts.svelte';
import Prose from './Prose.svelte';

afterEach(cleanup);

const spec = (fields: Partial<Summary> = {}): Summary => ({
  projectId: 'p', id: '001-a', specNumber: 1, specName: '001-a', title: 'A', status: 'planned', priority: 'high', tags: ['a', 'b'], assignee: 'ada',
  createdAt: '2026-11-01T00:00:00Z', updatedAt: null, completedAt: null, filePath: '', dependsOn: [], children: [], requiredBy: [], contentHash: '', blocked: false, findings: [], version: '1', ...fields,
});
const children = createRawSnippet(() => ({ render: () => '<span>planned</span>' }));

test('another value is chosen, the present one is no change', async () => {
  const onchoose = vi.fn();
  render(Choose, { label: 'Status', values: ['planned', 'complete'], value: 'planned', onchoose, children });
  const [planned, complete] = screen.getAllByRole('menuitemradio', { hidden: true }) as [HTMLElement, HTMLElement];
  expect(planned.getAttribute('aria-checked')).toBe('true');
  planned.closest<HTMLElement>('[popover]')!.hidePopover ??= () => {};
  await fireEvent.click(planned);
  expect(onchoose).not.toHaveBeenCalled();
  await fireEvent.click(complete);
  expect(onchoose).toHaveBeenCalledWith('complete');
});

test('only what was changed of assignee and tags is sent', async () => {
  const onsave = vi.fn();
  const { container } = render(EditFacts, { spec: spec(), people: ['ada'], tags: ['a', 'b'], onsave });
  const sheet = container.querySelector<HTMLElement>('[popover]')!;
  sheet.hidePopover ??= () => {};
  for (const name of ['beforetoggle', 'toggle']) await fireEvent(sheet, Object.assign(new Event(name), { newState: 'open' }));
  const tags = screen.getByLabelText('Tags, with commas between') as HTMLInputElement;
  expect(tags.value).toBe('a, b');
  await fireEvent.input(tags, { target: { value: 'b,  new tag ,' } });
  await fireEvent.submit(container.querySelector('form')!);
  expect(onsave.mock.calls).toEqual([[{ addTags: ['new tag'], removeTags: ['a'] }]]);
});

test('a box that could not be ticked is as it was; boxes are locked where nobody listens', async () => {
  const html = '<ul><li><input type="checkbox" data-task="0" data-line="7" disabled> one</li></ul>';
  const ontoggle = vi.fn().mockResolvedValue(false);
  const { rerender } = render(Prose, { html, title: '', ontoggle });
  await tick();
  const box = screen.getByRole('checkbox', { name: 'one' }) as HTMLInputElement;
  expect(box.disabled).toBe(false);
  await fireEvent.click(box);
  expect(ontoggle).toHaveBeenCalledWith(7, true);
  await waitFor(() => expect(box.checked).toBe(false));
  box.focus();
  await rerender({ html: html.replace('disabled', 'checked disabled'), title: '', ontoggle });
  await tick();
  const next = screen.getByRole('checkbox', { name: 'one' });
  expect(next).not.toBe(box);
  expect(document.activeElement).toBe(next);
  cleanup();
  render(Prose, { html, title: '' });
  await tick();
  expect((screen.getByRole('checkbox') as HTMLInputElement).disabled).toBe(true);
});

test('shift and an arrow take a card to the next column, a drop to the one that it falls into', async () => {
  const onmove = vi.fn();
  const { container } = render(Board, { specs: [spec()], fresh: new Map(), onmove });
  const card = container.querySelector<HTMLElement>('[data-id="001-a"]')!;
  await fireEvent.keyDown(card, { key: 'ArrowRight', shiftKey: true });
  await fireEvent.keyDown(card, { key: 'ArrowLeft', shiftKey: true });
  await fireEvent.keyDown(card, { key: 'ArrowRight' });
  expect(onmove.mock.calls).toEqual([['001-a', 'in-progress'], ['001-a', 'draft']]);
  onmove.mockClear();
  await fireEvent.dragStart(card);
  const archived = await screen.findByRole('region', { name: 'archived, 0 specs' });
  await fireEvent.dragOver(archived);
  await fireEvent.drop(archived);
  expect(onmove.mock.calls).toEqual([['001-a', 'archived']]);
  cleanup();
  const still = render(Board, { specs: [spec()], fresh: new Map() });
  expect(still.container.querySelector('[data-id]')?.getAttribute('draggable')).toBe('false');
});
