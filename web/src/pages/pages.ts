/** Each page is a file of its own, fetched when it is first gone to; a failed fetch is tried anew the next time. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    (loading ??= load().catch((failure: unknown) => {
      loading = undefined;
      throw failure;
    }));
}

export const pages = {
  setup: once(() => import('./Setup.svelte')),
  login: once(() => import('./Login.svelte')),
  projects: once(() => import('./Projects.svelte')),
  specs: once(() => import('./Specs.svelte')),
  spec: once(() => import('./SpecPage.svelte')),
  conflicts: once(() => import('./Conflicts.svelte')),
  conflict: once(() => import('./ConflictPage.svelte')),
  deleted: once(() => import('./Deleted.svelte')),
  merges: once(() => import('./Merges.svelte')),
  mirror: once(() => import('./MirrorPage.svelte')),
  mirrors: once(() => import('./Mirrors.svelte')),
  'add-mirror': once(() => import('./AddMirror.svelte')),
  machines: once(() => import('./Machines.svelte')),
  keys: once(() => import('./Keys.svelte')),
  editor: once(() => import('../parts/Editor.svelte')),
  branchChip: once(() => import('../parts/BranchChip.svelte')),
  guards: once(() => import('../parts/GuardList.svelte')),
  palette: once(() => import('../parts/Palette.svelte')),
  help: once(() => import('../parts/Help.svelte')),
};

/** Starts fetching the page of an address before it is known who asks: most often it is the one that will be shown. */
export function fetchFor(route: string): void {
  const name = route === 'home' ? 'projects' : route === 'project' ? 'specs' : route === 'spec-file' ? 'spec' : route === 'held' ? 'conflicts' : route;
  if (name in pages) pages[name as keyof typeof pages]().catch(() => undefined);
}

/** Fetches the rest when nothing else is to be done, so that later steps are instant and work while the hub is away. */
export function fetchAll(): void {
  for (const page of Object.values(pages)) page().catch(() => undefined);
}
