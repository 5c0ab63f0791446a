import { untrack } from 'svelte';
import { ApiError, get } from '../core/api';
import { coalesce } from '../core/coalesce';
import type { Guard } from '../core/types';
import { hub } from './hub.svelte';

/** A guard with the project that it is of. */
export interface HeldBack {
  project: string;
  guard: Guard;
}

/** What waits for a person in some projects, read again whenever a machine reports or `moved` does. Made while a component is set up. */
export class Guards {
  held = $state.raw<HeldBack[]>([]);
  /** A hub that knows no guards is asked once. */
  private absent = false;
  readonly read = coalesce(async () => {
    if (this.absent) return;
    const all: HeldBack[] = [];
    for (const project of this.projects()) {
      try {
        const { guards } = await get<{ guards: Guard[] }>(`/api/projects/${encodeURIComponent(project)}/guards`);
        all.push(...guards.map((guard) => ({ project, guard })));
      } catch (failure) {
        this.absent = failure instanceof ApiError && failure.code === 'NOT_FOUND';
        // What cannot be asked stays as it was shown; what is gone has no guards.
        if (!(failure instanceof ApiError)) all.push(...this.held.filter((one) => one.project === project));
      }
    }
    this.held = all;
  });

  constructor(
    private readonly projects: () => readonly string[],
    moved: () => unknown = () => 0,
  ) {
    $effect(() => {
      void hub.machines;
      void projects();
      void moved();
      void untrack(this.read);
    });
  }
}
