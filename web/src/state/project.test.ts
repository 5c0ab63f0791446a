import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Summary } from '../core/types';
import { ProjectState } from './project.svelte';

const spec = (id: string, version: string): Summary => ({ id, version, children: [], requiredBy: [], dependsOn: [], tags: [], findings: [], blocked: false }) as unknown as Summary;

let stream: { send: (text: string) => void };
let answers: ((path: string) => Promise<unknown>)[];
let asked: string[];

beforeEach(() => {
  answers = [];
  asked = [];
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.startsWith('/api/events')) {
      let controller: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
      stream = { send: (text) => controller.enqueue(new TextEncoder().encode(text)) };
      return { ok: true, status: 200, body };
    }
    asked.push(path);
    const answer = await answers.shift()?.(path);
    if (answer === undefined) throw new TypeError('no network');
    return { ok: true, status: 200, json: () => Promise.resolve(answer) };
  });
});
afterEach(() => vi.unstubAllGlobals());

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise<void>((done) => setImmediate(done));
};
const page = (specs: Summary[], seq: number, nextCursor: string | null = null, epoch = 'e') => ({ specs, total: specs.length, nextCursor, seq, epoch });
const delta = (seq: number, specs: Summary[], removed: string[] = []): string =>
  `event: delta\nid: e.${seq}\ndata: ${JSON.stringify({ seq, specs, removed, loose: false })}\n\n`;
const versions = (state: ProjectState): Record<string, string> => Object.fromEntries([...state.specs].map(([id, one]) => [id, one.version]));

test('a change that arrives while everything is read again is not overwritten by the older reading', async () => {
  let finish: (answer: unknown) => void = () => {};
  answers = [async () => page([spec('1-a', 'one')], 1), () => new Promise((resolve) => (finish = resolve))];
  const state = new ProjectState('p');
  await settle();
  stream.send('event: reset\ndata: {"seq":9,"epoch":"e","why":"too old"}\n\n');
  await settle();
  stream.send(delta(11, [spec('1-a', 'eleven'), spec('2-b', 'new')]));
  await settle();
  finish(page([spec('1-a', 'ten')], 10));
  await settle();
  expect(versions(state)).toEqual({ '1-a': 'eleven', '2-b': 'new' });
  expect(state.seq).toBe(11);
  state.close();
});

test('pages of a list that moved between them are read again from the first', async () => {
  answers = [
    async () => page([spec('1-a', 'x')], 1, '1'),
    async () => page([spec('3-c', 'x')], 2),
    async () => page([spec('2-b', 'x')], 2, '1'),
    async () => page([spec('3-c', 'x')], 2),
  ];
  const state = new ProjectState('p');
  await settle();
  expect(Object.keys(versions(state))).toEqual(['2-b', '3-c']);
  expect(asked.length).toBe(4);
  state.close();
});

test('a project whose first reading failed is read when the hub is there', async () => {
  answers = [];
  const state = new ProjectState('p');
  await settle();
  expect(state.loaded).toBe(false);
  expect(state.trouble).not.toBe('');
  answers = [async () => page([spec('1-a', 'x')], 3)];
  stream.send('event: hello\ndata: {"seq":3,"epoch":"e","resumed":false}\n\n');
  await settle();
  expect(state.loaded).toBe(true);
  expect(state.trouble).toBe('');
  state.close();
});

test('what a resumed stream repeats changes nothing', async () => {
  answers = [async () => page([spec('1-a', 'five')], 5)];
  const state = new ProjectState('p');
  await settle();
  stream.send(delta(4, [spec('1-a', 'four')]) + delta(5, [], ['1-a']) + delta(6, [spec('2-b', 'six')]));
  await settle();
  expect(versions(state)).toEqual({ '1-a': 'five', '2-b': 'six' });
  state.close();
});
