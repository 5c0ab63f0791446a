import { untrack } from 'svelte';
import { Live, type LiveState } from '../core/live';
import type { Machine, Mirror, Project } from '../core/types';
import { session } from './session.svelte';

/** Where projects come from that only their repository changes. */
const mirrorSources = new Set(['github', 'git']);

/** Projects, machines and mirrors, kept current by the hub's own stream while somebody is signed in. */
class Hub {
  projects = $state.raw<Project[] | null>(null);
  machines = $state.raw<Machine[] | null>(null);
  mirrors = $state.raw<Mirror[]>([]);
  live = $state<LiveState>('connecting');
  private stream: Live | null = null;

  open(): void {
    if (this.stream) return;
    this.stream = new Live('/api/events', {
      onState: (state) => (this.live = state),
      onProjects: (projects) => {
        this.projects = projects;
        session.mirrored = new Set(projects.filter((project) => mirrorSources.has(project.source)).map((project) => project.id));
        void session.knows(projects.map((project) => project.id));
      },
      onMachines: (machines) => (this.machines = machines),
      onMirrors: (mirrors) => (this.mirrors = mirrors),
      onSignedOut: () => void session.load(),
    });
    this.stream.start(null);
  }

  close(): void {
    this.stream?.close();
    this.stream = null;
    this.projects = null;
    this.machines = null;
    this.mirrors = [];
  }

  project(id: string): Project | undefined {
    return this.projects?.find((project) => project.id === id);
  }

  mirror(project: string): Mirror | undefined {
    return this.mirrors.find((mirror) => mirror.projectId === project);
  }
}

export const hub = new Hub();

/** Runs `read` again when the hub is back, if the last reading failed. For pages whose data no event carries. */
export function readOnReturn(live: () => LiveState, failed: () => boolean, read: () => Promise<void>): void {
  $effect(() => {
    if (live() === 'live' && untrack(failed)) void untrack(read);
  });
}
