import type { Delta, Position } from './replica';
import type { Branch, Editor, Machine, Mirror, Project } from './types';

export type LiveState = 'connecting' | 'live' | 'stale' | 'offline';

export interface LiveHandlers {
  onState(state: LiveState): void;
  onHello?(position: Position, resumed: boolean): void;
  onDelta?(delta: Delta): void;
  onReset?(): void;
  onConflicts?(count: number): void;
  onPresence?(editors: Editor[]): void;
  onBranch?(branch: Branch): void;
  onMachines?(machines: Machine[]): void;
  onProjects?(projects: Project[]): void;
  onMirrors?(mirrors: Mirror[]): void;
  onSignedOut?(): void;
}

/** Silence longer than this (two heartbeats and a little) is shown as stale, not hidden. */
const staleAfterMs = 40_000;
/**
 * A tab that nobody looks at lets go of its connection after this, and one that was opened in the background makes none: browsers
 * allow six to one host, whatever the number of tabs. Coming back resumes where it stopped.
 */
const sleepAfterMs = 10_000;
const backoffFirstMs = 500;
const backoffMostMs = 30_000;

/**
 * One event stream of the hub, kept alive: read with fetch so that it can say where to resume, see a refusal's status and notice
 * silence, none of which EventSource offers. Reconnects with full jitter, and at once when the network or the tab comes back.
 */
export class Live {
  private abort: AbortController | null = null;
  private position: Position | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private sleep: ReturnType<typeof setTimeout> | undefined;
  private asleep = false;
  private readonly wake = (): void => {
    clearTimeout(this.sleep);
    if (this.closed) return;
    if (document.visibilityState === 'hidden') {
      this.sleep = setTimeout(() => {
        this.asleep = true;
        clearTimeout(this.timer);
        this.abort?.abort();
      }, sleepAfterMs);
      return;
    }
    this.asleep = false;
    if (this.abort === null || this.abort.signal.aborted) this.connect();
  };

  constructor(
    private readonly path: string,
    private readonly handlers: LiveHandlers,
  ) {}

  /** Starts after `position`, or at whatever is now. */
  start(position: Position | null): void {
    this.position = position;
    window.addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    if (document.visibilityState === 'hidden') this.asleep = true;
    else this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    clearTimeout(this.sleep);
    window.removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    this.abort?.abort();
  }

  /** After a fresh snapshot: continue from there. */
  moveTo(position: Position): void {
    this.position = position;
  }

  private connect(): void {
    clearTimeout(this.timer);
    const abort = new AbortController();
    this.abort = abort;
    if (this.failures === 0) this.handlers.onState('connecting'); // later tries are part of being offline
    this.read(abort)
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(this.silence);
        if (this.abort !== abort) return;
        this.abort = null;
        if (this.closed || this.asleep) return;
        this.handlers.onState('offline');
        const most = Math.min(backoffMostMs, backoffFirstMs * 2 ** this.failures++);
        this.timer = setTimeout(() => this.connect(), Math.random() * most);
      });
  }

  private async read(abort: AbortController): Promise<void> {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (this.position) headers['Last-Event-ID'] = `${this.position.epoch}.${this.position.seq}`;
    const response = await fetch(this.path, { headers, signal: abort.signal, credentials: 'same-origin', cache: 'no-store' });
    if (response.status === 401) {
      this.closed = true;
      this.handlers.onSignedOut?.();
      return;
    }
    if (!response.ok || !response.body) return;
    this.failures = 0;
    this.handlers.onState('live');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = '';
    for (;;) {
      clearTimeout(this.silence);
      this.silence = setTimeout(() => {
        this.handlers.onState('stale');
        abort.abort();
      }, staleAfterMs);
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      for (;;) {
        const end = buffer.indexOf('\n\n');
        if (end < 0) break;
        this.dispatch(buffer.slice(0, end));
        buffer = buffer.slice(end + 2);
      }
    }
  }

  private dispatch(block: string): void {
    let event = 'message';
    let data = '';
    let id = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      else if (line.startsWith('data:')) data += line.slice(5).trimStart();
      else if (line.startsWith('id:')) id = line.slice(3).trim();
    }
    if (data === '') return;
    const said: unknown = JSON.parse(data);
    switch (event) {
      case 'hello': {
        const hello = said as { seq: number; epoch: string; resumed: boolean };
        this.handlers.onHello?.({ epoch: hello.epoch, seq: hello.seq }, hello.resumed);
        break;
      }
      case 'delta':
        this.handlers.onDelta?.(said as Delta);
        break;
      case 'reset':
        this.position = null;
        this.handlers.onReset?.();
        break;
      case 'conflicts':
        this.handlers.onConflicts?.((said as { count: number }).count);
        break;
      case 'presence':
        this.handlers.onPresence?.((said as { editors: Editor[] }).editors);
        break;
      case 'branch':
        this.handlers.onBranch?.(said as Branch);
        break;
      case 'machines':
        this.handlers.onMachines?.((said as { machines: Machine[] }).machines);
        break;
      case 'projects':
        this.handlers.onProjects?.((said as { projects: Project[] }).projects);
        break;
      case 'mirrors':
        this.handlers.onMirrors?.((said as { mirrors: Mirror[] }).mirrors);
        break;
    }
    if (id !== '') {
      const dot = id.lastIndexOf('.');
      this.position = { epoch: id.slice(0, dot), seq: Number(id.slice(dot + 1)) };
    }
  }
}
