import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, Unreachable, get, post } from './api';

afterEach(() => vi.unstubAllGlobals());

function answers(response: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', () => Promise.resolve(response()));
}

const cutShort = (): ReadableStream =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"contentHtml":'));
      controller.error(new TypeError('network error'));
    },
  });

test('an answer is its value', async () => {
  answers(() => Response.json({ count: 2 }));
  expect(await get('/api/stats')).toEqual({ count: 2 });
});

test('an answer whose body is cut short is no answer, never a null', async () => {
  answers(() => new Response(cutShort(), { status: 200 }));
  await expect(post('/api/preview', {})).rejects.toBeInstanceOf(Unreachable);
});

test('an answer that nobody wants any more fails with the reason of the abort', async () => {
  const abort = new AbortController();
  answers(() => {
    const body = new ReadableStream({ start: (controller) => abort.signal.addEventListener('abort', () => controller.error(abort.signal.reason)) });
    queueMicrotask(() => abort.abort());
    return new Response(body);
  });
  await expect(post('/api/preview', {}, abort.signal)).rejects.toHaveProperty('name', 'AbortError');
});

test('a refusal keeps its status where its words are not readable, as those of a proxy', async () => {
  answers(() => new Response('<html>Bad gateway</html>', { status: 502 }));
  const refusal = await get('/api/stats').catch((failure: unknown) => failure);
  expect(refusal).toBeInstanceOf(ApiError);
  expect(refusal).toMatchObject({ status: 502, code: 'INTERNAL_ERROR', message: 'The hub answered 502.' });
});

test('a refusal speaks the words of the hub and names its field', async () => {
  answers(() => Response.json({ code: 'INVALID_REQUEST', message: 'No such status.', details: { field: 'status' } }, { status: 400 }));
  await expect(post('/api/specs', {})).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST', message: 'No such status.', field: 'status' });
});
