import { SvelteMap } from 'svelte/reactivity';
import { afterEach, expect, test, vi } from 'vitest';
import type { Summary } from '../core/types';
import { edits } from './edits.svelte';
import type { ProjectState } from './project.svelte';

const spec = (fields: Partial<Summary> = {}): Summary =>
  ({ projectId: 'p', id: '001-a', status: 'planned', priority: 'high', tags: ['a'], dependsOn: [], assignee: null, version: 'one', ...fields }) as unknown as Summary;

function projectWith(one: Summary): { project: ProjectState; read: ReturnType<typeof vi.fn> } {
  const read = vi.fn();
  const specUrl = (id: string, path: string): string => `/api/projects/p/specs/${id}/${path}`;
  return { project: { id: 'p', specs: new SvelteMap([[one.id, one]]), read, specUrl } as unknown as ProjectState, read };
}

/** The hub answers when told; what it was asked is in `asked`. */
function hubSays(status: number, answer: unknown): { asked: { path: string; body: unknown }[]; now: () => void } {
  const asked: { path: string; body: unknown }[] = [];
  let now: () => void = () => {};
  const told = new Promise<void>((done) => (now = done));
  vi.stubGlobal('fetch', async (path: string, options: { body: string }) => {
    asked.push({ path, body: JSON.parse(options.body) as unknown });
    await told;
    return { ok: status < 400, status, json: () => Promise.resolve(answer) };
  });
  return { asked, now };
}

afterEach(() => {
  vi.unstubAllGlobals();
  edits.refusal = null;
});

test('a change is shown before the hub has answered, and the hub is asked for that field alone', async () => {
  const { project } = projectWith(spec());
  const hub = hubSays(200, {});
  const done = edits.change(project, '001-a', { status: 'in-progress', addTags: ['b'] });
  expect(project.specs.get('001-a')).toMatchObject({ status: 'in-progress', priority: 'high', tags: ['a', 'b'] });
  expect(project.specs.get('001-a')?.version).not.toBe('one');
  hub.now();
  expect(await done).toBe(true);
  expect(hub.asked).toEqual([{ path: '/api/projects/p/specs/001-a/metadata', body: { status: 'in-progress', addTags: ['b'] } }]);
});

test('what the hub refuses is taken back and said in its words, and a guard can be passed by a person', async () => {
  const { project, read } = projectWith(spec({ status: 'draft' }));
  const no = hubSays(400, { code: 'INVALID_REQUEST', message: 'A draft cannot be complete.', details: { field: 'status' } });
  const done = edits.change(project, '001-a', { status: 'complete' });
  no.now();
  expect(await done).toBe(false);
  expect(project.specs.get('001-a')?.status).toBe('draft');
  expect(read).toHaveBeenCalled();
  expect(edits.refusal).toMatchObject({ spec: '001-a', message: 'A draft cannot be complete.' });
  const yes = hubSays(200, {});
  edits.refusal?.force?.();
  yes.now();
  expect(yes.asked[0]?.body).toEqual({ status: 'complete', force: true });
  expect(project.specs.get('001-a')?.status).toBe('complete');
});

test('a change that somebody else made meanwhile is not taken back with ours', async () => {
  const { project } = projectWith(spec());
  const hub = hubSays(403, { code: 'FORBIDDEN', message: 'No.' });
  const done = edits.change(project, '001-a', { priority: '' });
  expect(project.specs.get('001-a')?.priority).toBeNull();
  project.specs.set('001-a', spec({ priority: 'low', version: 'two' }));
  hub.now();
  await done;
  expect(project.specs.get('001-a')?.priority).toBe('low');
  expect(edits.refusal?.force).toBeNull();
});

test('a box of a text that has changed is not ticked, and the reason is said', async () => {
  const { project } = projectWith(spec());
  const hub = hubSays(409, { code: 'CONFLICT', message: 'Content hash mismatch' });
  hub.now();
  expect(await edits.toggle(project, '001-a', 'PLAN.md', 7, true, 'one')).toBeNull();
  expect(hub.asked[0]?.body).toEqual({ toggles: [{ line: 7, checked: true }], expectedVersion: 'one', subspec: 'PLAN.md' });
  expect(edits.refusal?.message).toContain('has changed meanwhile');
});

test('relations are shown changed at once, and taken back when the hub refuses them', async () => {
  const { project } = projectWith(spec({ dependsOn: ['002-b', '003-c'], parent: '009-top' }));
  const hub = hubSays(422, { code: 'UNPROCESSABLE', message: 'That would be a circle: 001-a → 004-d → 001-a.', details: { field: 'dependsOn' } });
  const done = edits.change(project, '001-a', { addDependsOn: ['004-d'], removeDependsOn: ['002-b'], parent: '' });
  expect(project.specs.get('001-a')?.dependsOn).toEqual(['003-c', '004-d']);
  expect(project.specs.get('001-a')?.parent).toBeUndefined();
  hub.now();
  expect(await done).toBe(false);
  expect(project.specs.get('001-a')).toMatchObject({ dependsOn: ['002-b', '003-c'], parent: '009-top' });
  expect(edits.refusal?.message).toContain('circle');
});
