import { SvelteMap } from 'svelte/reactivity';
import { ApiError, get } from '../core/api';
import { Live, type LiveState } from '../core/live';
import { Replica } from '../core/replica';
import type { Summary } from '../core/types';
import { session } from './session.svelte';

interface SpecPage {
  specs: Summary[];
  total: number;
  nextCursor: string | null;
  seq: number;
  epoch: string;
}

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
  private readonly replica: Replica;
  private readonly stream: Live;
  private closed = false;

  constructor(readonly id: string) {
    this.replica = new Replica(this.specs, (changed) => {
      if (!this.loaded) return;
      for (const spec of changed) this.mark(spec);
    });
    this.stream = new Live(`/api/events?project=${encodeURIComponent(id)}`, {
      onState: (state) => (this.live = state),
      onDelta: (delta) => {
        this.replica.apply(delta);
        this.seq = delta.seq;
      },
      onReset: () => void this.read(),
      onSignedOut: () => void session.load(),
    });
    void this.open();
  }

  close(): void {
    this.closed = true;
    this.stream.close();
  }

  private async open(): Promise<void> {
    await this.read();
    if (!this.closed && !this.missing) this.stream.start(this.replica.position);
  }

  /** Reads everything again: at first, and when the hub says that what we have is of another life. */
  async read(): Promise<void> {
    try {
      const specs: Summary[] = [];
      let position = { epoch: '', seq: 0 };
      let cursor: string | null = '0';
      while (cursor !== null) {
        const path: string = `/api/projects/${encodeURIComponent(this.id)}/specs?limit=1000&cursor=${cursor}`;
        const page: SpecPage = await get<SpecPage>(path);
        if (cursor === '0') position = { epoch: page.epoch, seq: page.seq };
        specs.push(...page.specs);
        cursor = page.nextCursor;
      }
      this.replica.reset(specs, position);
      this.stream.moveTo(position);
      this.seq = position.seq;
      this.loaded = true;
      this.trouble = '';
    } catch (failure) {
      this.missing = failure instanceof ApiError && failure.status === 404;
      this.trouble = failure instanceof Error ? failure.message : String(failure);
    }
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
