import type { SessionInfo } from './types';

/** What the hub refused, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** No answer at all: the hub is away or the network is. */
export class Unreachable extends Error {
  constructor(reading: boolean) {
    super(reading ? 'The hub does not answer. This is shown as soon as it is back.' : 'The hub does not answer. Try again when it is back.');
  }
}

let csrfToken: string | null = null;

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Unreachable(method === 'GET');
  }
  if (response.status === 204) return undefined as T;
  let answer: unknown = null;
  try {
    answer = await response.json();
  } catch (failure) {
    // Its head came and its body did not: nobody wants it any more, or the network went. A refusal is one without its words too.
    if (signal?.aborted) throw failure;
    if (response.ok) throw new Unreachable(method === 'GET');
  }
  if (!response.ok) {
    const said = (answer ?? {}) as { code?: string; message?: string; details?: { field?: string } };
    throw new ApiError(
      response.status,
      said.code ?? 'INTERNAL_ERROR',
      said.message ?? `The hub answered ${response.status}.`,
      said.details?.field,
    );
  }
  return answer as T;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> => call<T>('POST', path, body, signal);
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>('PATCH', path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>('PUT', path, body);
export const remove = (path: string): Promise<void> => call<void>('DELETE', path);

/** Who is signed in; also fetches the token that every later change carries. */
export async function loadSession(): Promise<SessionInfo> {
  const session = await get<SessionInfo>('/api/session');
  csrfToken = session.csrfToken;
  return session;
}
