import { SvelteMap } from 'svelte/reactivity';
import { ApiError, get } from '../core/api';
import { coalesce } from '../core/coalesce';
import { Live, type LiveState } from '../core/live';
import { Replica, type Delta, type Position } from '../core/replica';
import type { Held, Summary } from '../core/types';
import { session } from './session.svelte';

interface SpecPage {
  specs: Summary[];
  total: number;
  nextCursor: string | null;
  seq: number;
  epoch: string;
}

/** Specs read at once; the hub's limit. */
const pageSize = 1_000;
/** A branch that never rests is read as it comes; the deltas that wait set it right. */
const snapshotAttempts = 4;
/** How long a row stays marked after somebody changed it elsewhere. */
const markedForMs = 1_600;

/** One project's specs in this browser: read once, then moved along by the event stream. */
export class ProjectState {
  readonly specs = new SvelteMap<string, Summary>();
  /** Specs that changed a moment ago, to show where. */
  readonly fresh = new SvelteMap<string, number>();
  loaded = $state(false);
  trouble = $state('');
  missing = $state(false);
  live = $state<LiveState>('connecting');
  /** Raised with every change; pages that show derived data read again. */
  seq = $state(0);
  /** How many conflicts wait for people; nothing until the hub has said it. */
  conflicts = $state<number | null>(null);
  /** Raised whenever a conflict came or went; the number may be the same. */
  conflictsMoved = $state(0);
  /** The conflicts of each spec. */
  readonly conflictsOf = new SvelteMap<string, string[]>();
  private readonly replica: Replica;
  private readonly stream: Live;
  private closed = false;
  private waiting: Delta[] | null = null;

  constructor(readonly id: string) {
    this.replica = new Replica(this.specs, (changed) => {
      if (!this.loaded) return;
      for (const spec of changed) this.mark(spec);
    });
    this.stream = new Live(`/api/events?project=${encodeURIComponent(id)}`, {
      onState: (state) => (this.live = state),
      onHello: (position, resumed) => {
        const here = this.replica.position;
        if (!this.loaded || (!resumed && !(here?.epoch === position.epoch && here.seq === position.seq))) void this.read();
      },
      onDelta: (delta) => this.take(delta),
      onReset: () => void this.read(),
      onConflicts: (count) => {
        this.conflicts = count;
        this.conflictsMoved += 1;
        void this.readConflicts();
      },
      onSignedOut: () => void session.load(),
    });
    void this.open();
  }

  close(): void {
    this.closed = true;
    this.stream.close();
  }

  /** Where the hub has something of this project: `specs/…`, `conflicts`. Parts of the path are encoded already. */
  url(path: string, query: Record<string, string> = {}): string {
    const text = new URLSearchParams(query).toString();
    return `/api/projects/${encodeURIComponent(this.id)}/${path}${text && `?${text}`}`;
  }

  /** The same of one spec. */
  specUrl(spec: string, path: string, query: Record<string, string> = {}): string {
    return this.url(`specs/${encodeURIComponent(spec)}${path && `/${path}`}`, query);
  }

  private async open(): Promise<void> {
    await this.read();
    if (!this.closed && !this.missing) this.stream.start(this.replica.position);
  }

  /** Reads everything again: at first, and when the hub says that what we have is of another life. */
  readonly read = coalesce(async () => {
    this.waiting = [];
    try {
      const { specs, position } = await this.snapshot();
      if (this.closed) return;
      this.replica.reset(specs, position);
      this.stream.moveTo(position);
      this.seq = position.seq;
      this.loaded = true;
      this.missing = false;
      this.trouble = '';
    } catch (failure) {
      this.missing = failure instanceof ApiError && failure.status === 404;
      this.trouble = failure instanceof Error ? failure.message : String(failure);
    } finally {
      const waiting = this.waiting;
      this.waiting = null;
      for (const delta of waiting ?? []) this.take(delta);
    }
  });

  /** Which specs have conflicts, for the marks on them. */
  private readonly readConflicts = coalesce(async () => {
    if (this.conflicts === 0) {
      this.conflictsOf.clear();
      return;
    }
    try {
      const { held } = await get<{ held: Held[] }>(this.url('held'));
      this.conflictsOf.clear();
      for (const one of held) {
        if (one.spec) this.conflictsOf.set(one.spec, [...(this.conflictsOf.get(one.spec) ?? []), one.version]);
      }
    } catch {
      // The count is there; the marks come with the next change.
    }
  });

  /** All pages of the list, at one position: when the branch moved between two pages, from the start again. */
  private async snapshot(): Promise<{ specs: Summary[]; position: Position }> {
    for (let attempt = 1; ; attempt += 1) {
      const specs: Summary[] = [];
      const limit = String(pageSize);
      const first = await get<SpecPage>(this.url('specs', { limit }));
      specs.push(...first.specs);
      let page = first;
      while (page.nextCursor !== null && page.seq === first.seq && page.epoch === first.epoch) {
        page = await get<SpecPage>(this.url('specs', { limit, cursor: page.nextCursor }));
        specs.push(...page.specs);
      }
      const whole = page.seq === first.seq && page.epoch === first.epoch;
      if (whole || attempt === snapshotAttempts) return { specs, position: { epoch: first.epoch, seq: first.seq } };
    }
  }

  /** Changes that arrive while a snapshot is on its way wait for it: it may be older than they are. */
  private take(delta: Delta): void {
    if (this.waiting) {
      this.waiting.push(delta);
      return;
    }
    this.replica.apply(delta);
    this.seq = Math.max(this.seq, delta.seq);
  }

  private mark(spec: string): void {
    const at = Date.now();
    this.fresh.set(spec, at);
    setTimeout(() => {
      if (this.fresh.get(spec) === at) this.fresh.delete(spec);
    }, markedForMs);
  }
}

/** The project that is open, one at a time. */
class OpenProject {
  current = $state.raw<ProjectState | null>(null);

  open(id: string): void {
    if (this.current?.id === id) return;
    this.current?.close();
    this.current = new ProjectState(id);
  }

  close(): void {
    this.current?.close();
    this.current = null;
  }
}

export const openProject = new OpenProject();
