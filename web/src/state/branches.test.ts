import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Branch } from '../core/types';
import { openProject } from './project.svelte';

let asked: string[];
let streams: Map<string, (text: string) => void>;
let branches: Branch[];

const branch = (name: string, at: string | null, fields: Partial<Branch> = {}): Branch => ({ name, default: name === 'main', seq: 1, documents: 1, lastEdited: at === null ? null : { at, machine: null, user: null }, fork: null, ...fields });
const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

beforeEach(() => {
  asked = [];
  streams = new Map();
  branches = [branch('feature', '2026-01-01T00:00:00Z'), branch('main', '2026-01-02T00:00:00Z')];
  localStorage.clear();
  document.body.innerHTML = '';
  vi.stubGlobal('fetch', async (path: string, options: { signal?: AbortSignal }) => {
    if (path.startsWith('/api/events')) {
      let controller: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
      options.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      streams.set(path, (text) => controller.enqueue(new TextEncoder().encode(text)));
      return { ok: true, status: 200, body };
    }
    asked.push(path);
    const answer = path.endsWith('/branches') ? { branches } : { specs: [], total: 0, nextCursor: null, seq: 1, epoch: 'e', held: [] };
    return { ok: true, status: 200, json: () => Promise.resolve(answer) };
  });
});
afterEach(() => {
  openProject.close();
  vi.unstubAllGlobals();
});

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise<void>((done) => setImmediate(done));
};

test('the branch that was edited last is followed, and an edit elsewhere leads there', async () => {
  openProject.open('p');
  await settle();
  expect(openProject.branch).toBe('main');
  expect([...streams.keys()]).toEqual(['/api/events?project=p']);
  streams.get('/api/events?project=p')?.(event('branch', branch('feature', '2026-01-03T00:00:00Z')));
  await settle();
  expect(openProject.branch).toBe('feature');
  expect([...streams.keys()].at(-1)).toBe('/api/events?project=p&branch=feature');
  expect(asked.at(-1)).toBe('/api/projects/p/specs?limit=1000&branch=feature');
  openProject.close();
  openProject.open('p'); // the next visit begins there at once
  expect(openProject.current?.branch).toBe('feature');
});

test('a branch that a person picked stays, whatever is edited elsewhere', async () => {
  openProject.open('p', 'feature');
  await settle();
  streams.get('/api/events?project=p&branch=feature')?.(event('branch', branch('main', '2026-01-09T00:00:00Z')));
  await settle();
  expect(openProject.branch).toBe('feature');
  const shown = openProject.current;
  openProject.open('p', 'feature');
  expect(openProject.current).toBe(shown);
  openProject.open('p');
  expect(openProject.branch).toBe('main');
});

test('a new branch appears, and nobody is taken away from what they type', async () => {
  openProject.open('p');
  await settle();
  document.body.innerHTML = '<input>';
  document.querySelector('input')?.focus();
  streams.get('/api/events?project=p')?.(event('branch', branch('new', '2026-02-01T00:00:00Z')));
  await settle();
  expect(openProject.branches.map((one) => one.name)).toEqual(['feature', 'main', 'new']);
  expect(openProject.branch).toBe('main');
});

test('who edits is shown at each spec, without the person who looks, and gone when the hub says so', async () => {
  openProject.open('p');
  await settle();
  const say = streams.get('/api/events?project=p');
  const editor = (spec: string, who: string) => ({ path: `${spec}/README.md`, spec, document: 'd', branch: 'main', who, machineId: 'm', since: '' });
  say?.(event('presence', { editors: [editor('1-a', 'laptop'), editor('1-a', 'desk'), editor('2-b', 'laptop')] }));
  await settle();
  expect(openProject.current?.editorsOf.get('1-a')?.map((one) => one.who)).toEqual(['laptop', 'desk']);
  say?.(event('presence', { editors: [editor('2-b', 'laptop')] }));
  await settle();
  expect([...(openProject.current?.editorsOf.keys() ?? [])]).toEqual(['2-b']);
});
