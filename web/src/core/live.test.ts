import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Live, type LiveState } from './live';

interface Connection {
  headers: Record<string, string>;
  send: (text: string) => void;
  end: () => void;
}

let connections: Connection[];
let refuse: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  connections = [];
  refuse = 0;
  vi.stubGlobal('fetch', (_: string, options: { headers: Record<string, string>; signal: AbortSignal }) => {
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
    const encoder = new TextEncoder();
    options.signal.addEventListener('abort', () => controller.error(new Error('aborted')));
    connections.push({ headers: options.headers, send: (text) => controller.enqueue(encoder.encode(text)), end: () => controller.close() });
    return Promise.resolve({ ok: refuse === 0, status: refuse || 200, body });
  });
});
afterEach(() => {
  look('visible');
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function look(state: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise<void>((done) => setImmediate(done));
};

function started(position: { epoch: string; seq: number } | null = null) {
  const states: LiveState[] = [];
  const seqs: number[] = [];
  let resets = 0;
  let signedOut = 0;
  const live = new Live('/api/events?project=p', {
    onState: (state) => states.push(state),
    onDelta: (delta) => seqs.push(delta.seq),
    onReset: () => (resets += 1),
    onSignedOut: () => (signedOut += 1),
  });
  live.start(position);
  return { live, states, seqs, resets: () => resets, signedOut: () => signedOut };
}

const delta = (seq: number): string => `event: delta\nid: e.${seq}\ndata: {"seq":${seq},"specs":[],"removed":[],"loose":false}\n\n`;

test('events are taken however the network cuts them', async () => {
  const { live, seqs } = started();
  await settle();
  const text = delta(1) + ': hb\n\n' + delta(2);
  for (const letter of text) connections[0]?.send(letter);
  await settle();
  expect(seqs).toEqual([1, 2]);
  live.close();
});

test('a connection that breaks is made again after the last event that arrived', async () => {
  const { live, states } = started({ epoch: 'e', seq: 4 });
  await settle();
  expect(connections[0]?.headers['Last-Event-ID']).toBe('e.4');
  connections[0]?.send(delta(5));
  await settle();
  connections[0]?.end();
  await settle();
  expect(states).toEqual(['connecting', 'live', 'offline']);
  await vi.advanceTimersByTimeAsync(500);
  await settle();
  expect(connections[1]?.headers['Last-Event-ID']).toBe('e.5');
  expect(states.at(-1)).toBe('live');
  live.close();
});

test('while the hub refuses, the tries get rarer and the state stays the same', async () => {
  refuse = 503;
  const { live, states } = started();
  await settle();
  for (const wait of [250, 500, 1_000, 2_000]) {
    const before = connections.length;
    await vi.advanceTimersByTimeAsync(wait - 1);
    await settle();
    expect(connections.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    await settle();
    expect(connections.length).toBe(before + 1);
  }
  expect([...new Set(states)]).toEqual(['connecting', 'offline']);
  live.close();
});

test('silence is shown as stale and ends the connection', async () => {
  const { live, states } = started();
  await settle();
  await vi.advanceTimersByTimeAsync(40_000);
  await settle();
  expect(states).toContain('stale');
  live.close();
});

test('a reset forgets the place, so that it is not asked for again', async () => {
  const { live, resets } = started({ epoch: 'old', seq: 9 });
  await settle();
  connections[0]?.send('event: reset\ndata: {"seq":1,"epoch":"new","why":"restored"}\n\n');
  await settle();
  expect(resets()).toBe(1);
  connections[0]?.end();
  await settle();
  await vi.advanceTimersByTimeAsync(500);
  await settle();
  expect(connections[1]?.headers['Last-Event-ID']).toBeUndefined();
  live.close();
});

test('who is signed out is told once, and nothing is tried again', async () => {
  refuse = 401;
  const { signedOut } = started();
  await settle();
  await vi.advanceTimersByTimeAsync(60_000);
  look('hidden');
  look('visible');
  await settle();
  expect(signedOut()).toBe(1);
  expect(connections.length).toBe(1);
});

test('a tab that nobody looks at lets its connection go, and goes on from there when looked at', async () => {
  const { live, states } = started({ epoch: 'e', seq: 1 });
  await settle();
  connections[0]?.send(delta(2));
  await settle();
  look('hidden');
  await vi.advanceTimersByTimeAsync(60_000);
  await settle();
  expect(connections.length).toBe(1);
  expect(states).not.toContain('offline');
  look('visible');
  await settle();
  expect(connections.length).toBe(2);
  expect(connections[1]?.headers['Last-Event-ID']).toBe('e.2');
  live.close();
});

test('a short look at another tab costs nothing', async () => {
  const { live } = started();
  await settle();
  look('hidden');
  await vi.advanceTimersByTimeAsync(5_000);
  look('visible');
  await vi.advanceTimersByTimeAsync(20_000);
  await settle();
  expect(connections.length).toBe(1);
  live.close();
});

test('a tab opened in the background connects when it is first looked at', async () => {
  look('hidden');
  const { live } = started();
  await settle();
  expect(connections.length).toBe(0);
  look('visible');
  await settle();
  expect(connections.length).toBe(1);
  live.close();
});
