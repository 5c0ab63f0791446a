import { untrack } from 'svelte';
import { get } from '../core/api';
import { coalesce } from '../core/coalesce';
import { readOnReturn } from './hub.svelte';
import type { ProjectState } from './project.svelte';

/** The most rows that the hub gives at once. */
const rowsAtOnce = 1_000;

/**
 * The rows of one of the hub's lists, newest first, read again whenever the project moves: as many as there were, so that what somebody
 * scrolled to stays. Made while a component is set up.
 */
export class Listing<T> {
  rows = $state.raw<T[] | null>(null);
  total = $state(0);
  next = $state<string | null>(null);
  trouble = $state('');
  readonly read = coalesce(() => this.page(null, Math.min(rowsAtOnce, Math.max(this.pageSize, this.rows?.length ?? 0))));

  /** `name`: of the rows in the answer; `path`: where they are, may change; `moved`: reads what else they depend on. */
  constructor(
    project: ProjectState,
    private readonly name: string,
    private readonly path: () => string,
    moved: () => unknown = () => 0,
    private readonly pageSize = 50,
  ) {
    readOnReturn(() => project.live, () => this.trouble !== '', this.read);
    $effect(() => {
      void project.seq;
      void path();
      void moved();
      void untrack(this.read);
    });
  }

  /** The next page, behind those that are here. */
  readonly more = (): Promise<void> => this.page(this.next, this.pageSize);

  private async page(cursor: string | null, limit: number): Promise<void> {
    try {
      const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) });
      const path = this.path();
      const answer = await get<Record<string, unknown>>(`${path}${path.includes('?') ? '&' : '?'}${query}`);
      const rows = answer[this.name] as T[];
      this.rows = cursor && this.rows ? [...this.rows, ...rows] : rows;
      this.total = answer['total'] as number;
      this.next = answer['nextCursor'] as string | null;
      this.trouble = '';
    } catch (failure) {
      this.trouble = failure instanceof Error ? failure.message : String(failure);
    }
  }
}
