import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Joined, Place } from '../core/conflict';
import type { ProjectState } from './project.svelte';
import { TextEdit } from './textedit.svelte';

const project = { id: 'p', branch: '', url: (path: string) => `/p/${path}`, specUrl: (spec: string, path: string) => `/p/specs/${spec}/${path}` } as unknown as ProjectState;
const place = ['p', '', '1-a', ''];
const keptKey = `leanspec-text ${JSON.stringify(place)}`;

let asked: { method: string; path: string; body: Record<string, unknown> | null }[];
let answers: { status: number; body: unknown }[];

beforeEach(() => {
  asked = [];
  answers = [{ status: 200, body: { content: 'one\r\ntwo\r\n', version: 'v1' } }];
  vi.stubGlobal('fetch', async (path: string, options: { method: string; body?: string }) => {
    asked.push({ method: options.method, path, body: options.body === undefined ? null : (JSON.parse(options.body) as Record<string, unknown>) });
    const next = answers.shift();
    if (!next) throw new TypeError('no network');
    return { ok: next.status < 400, status: next.status, json: () => Promise.resolve(next.body) };
  });
  localStorage.clear();
});
afterEach(() => vi.unstubAllGlobals());

const conflict = { status: 409, body: { code: 'CONFLICT', message: 'Content hash mismatch' } };
const side = (text: string) => ({ begin: 1, lines: 1, text });
const open: Place = { index: 0, kind: 'text', field: null, name: 'line 1', why: '', both: true, base: side('one\n'), ours: side('theirs\n'), theirs: side('mine\n') };
const joined = (fields: Partial<Joined>): { status: number; body: Joined } => ({
  status: 200, body: { state: 'open', head: { version: 'v2' } as never, headText: 'theirs\ntwo\n', mergedText: null, places: [], draft: [], merged: [], ...fields },
});

async function opened(): Promise<TextEdit> {
  const edit = new TextEdit(project, '1-a', '');
  await edit.load();
  return edit;
}

test('what is typed is kept in the browser until the hub has it', async () => {
  const edit = await opened();
  expect(edit.text).toBe('one\ntwo\n');
  expect(edit.changed).toBe(false);
  edit.type('mine\ntwo\n');
  expect(JSON.parse(localStorage.getItem(keptKey) ?? '')).toMatchObject({ text: 'mine\ntwo\n', version: 'v1' });
  await edit.save(); // no network
  expect(edit.trouble).not.toBe('');
  expect(localStorage.getItem(keptKey)).not.toBeNull();
  const later = await opened();
  expect(later.text).toBe('mine\ntwo\n');
  expect(later.found).not.toBeNull();
  expect(localStorage.getItem(keptKey)).not.toBeNull();
  answers = [{ status: 200, body: { version: 'v2' } }];
  await later.save();
  expect(asked.at(-1)).toMatchObject({ method: 'PUT', body: { content: 'mine\ntwo\n', expectedVersion: 'v1' } });
  expect(later.changed).toBe(false);
  expect(localStorage.getItem(keptKey)).toBeNull();
});

test('what is typed while a save is under way is not taken for saved', async () => {
  const edit = await opened();
  edit.type('a');
  answers = [{ status: 200, body: { version: 'v2' } }];
  const saving = edit.save();
  edit.type('ab');
  await saving;
  expect(edit.text).toBe('ab');
  expect(edit.changed).toBe(true);
  expect(JSON.parse(localStorage.getItem(keptKey) ?? '')).toMatchObject({ text: 'ab', version: 'v2', content: 'a' });
});

test('a save that came second is joined with the first where both fit', async () => {
  const edit = await opened();
  edit.type('one\ntwo\nmine\n');
  answers = [conflict, joined({ state: 'merges', mergedText: 'theirs\ntwo\nmine\n' })];
  await edit.save();
  expect(asked.at(-1)).toMatchObject({ path: '/p/versions/v1/join', body: { content: 'one\ntwo\nmine\n' } });
  expect(edit.text).toBe('theirs\ntwo\nmine\n');
  expect(edit.changed).toBe(true);
  expect(edit.notice).toContain('fit together');
  answers = [{ status: 200, body: { version: 'v3' } }];
  await edit.save();
  expect(asked.at(-1)?.body).toEqual({ content: 'theirs\ntwo\nmine\n', expectedVersion: 'v2' });
  expect(localStorage.getItem(keptKey)).toBeNull();
});

test('where both changed one place a person decides, and nothing is lost before', async () => {
  const edit = await opened();
  edit.type('mine\ntwo\n');
  answers = [conflict, joined({ places: [open], draft: [{ place: 0 }, { text: 'two\n' }] })];
  await edit.save();
  expect(edit.collision?.state).toBe('open');
  expect(JSON.parse(localStorage.getItem(keptKey) ?? '')).toMatchObject({ text: 'mine\ntwo\n' });
  edit.useChoices();
  expect(edit.text).toBe('mine\ntwo\n'); // not decided yet
  edit.choices[0] = { take: 'both', text: '' };
  edit.useChoices();
  expect(edit.collision).toBeNull();
  expect(edit.text).toBe('theirs\nmine\ntwo\n');
  answers = [{ status: 200, body: { version: 'v3' } }];
  await edit.save();
  expect(asked.at(-1)?.body).toEqual({ content: 'theirs\nmine\ntwo\n', expectedVersion: 'v2' });
});

test('a document that was deleted meanwhile is brought back before the text is saved', async () => {
  const edit = await opened();
  edit.type('mine');
  answers = [{ status: 404, body: { code: 'SPEC_NOT_FOUND', message: 'gone' } }, joined({ state: 'deleted', headText: null, head: { version: 'gone' } as never })];
  await edit.save();
  expect(edit.collision?.state).toBe('deleted');
  answers = [{ status: 200, body: { version: 'v3' } }];
  await edit.bringBack();
  expect(asked.at(-1)).toMatchObject({ path: '/p/versions/v1/restore', body: { expectedVersion: 'gone' } });
  expect(edit.text).toBe('mine');
  answers = [{ status: 200, body: { version: 'v4' } }];
  await edit.save();
  expect(asked.at(-1)?.body).toEqual({ content: 'mine', expectedVersion: 'v3' });
  expect(edit.changed).toBe(false);
});

test('discarding begins with the file as it is', async () => {
  const edit = await opened();
  edit.type('mine');
  answers = [{ status: 200, body: { content: 'newer\n', version: 'v2' } }];
  await edit.discard();
  expect(edit.text).toBe('newer\n');
  expect(localStorage.getItem(keptKey)).toBeNull();
});
