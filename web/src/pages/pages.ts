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
  held: once(() => import('./Held.svelte')),
  machines: once(() => import('./Machines.svelte')),
  keys: once(() => import('./Keys.svelte')),
  palette: once(() => import('../parts/Palette.svelte')),
  help: once(() => import('../parts/Help.svelte')),
};

/** Fetches the rest when nothing else is to be done, so that later steps are instant and work while the hub is away. */
export function fetchAll(): void {
  for (const page of Object.values(pages)) page().catch(() => undefined);
}
