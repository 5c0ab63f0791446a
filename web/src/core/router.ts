/** Where the app is: a path split by a route's pattern, and the query, which holds every filter so that a link is a view. */
export interface Location {
  name: string;
  parameters: Record<string, string>;
  query: URLSearchParams;
  hash: string;
}

export interface Route {
  name: string;
  pattern: string;
}

export const routes: readonly Route[] = [
  { name: 'home', pattern: '/' },
  { name: 'setup', pattern: '/setup' },
  { name: 'login', pattern: '/login' },
  { name: 'projects', pattern: '/projects' },
  { name: 'specs', pattern: '/projects/:project/specs' },
  { name: 'spec', pattern: '/projects/:project/specs/:spec' },
  { name: 'spec-file', pattern: '/projects/:project/specs/:spec/:file' },
  { name: 'conflicts', pattern: '/projects/:project/conflicts' },
  { name: 'conflict', pattern: '/projects/:project/conflicts/:conflict' },
  { name: 'held', pattern: '/projects/:project/held' }, // where the conflicts were in links of older pages
  { name: 'deleted', pattern: '/projects/:project/deleted' },
  { name: 'merges', pattern: '/projects/:project/merges' },
  { name: 'mirror', pattern: '/projects/:project/mirror' },
  { name: 'project', pattern: '/projects/:project' },
  { name: 'mirrors', pattern: '/mirrors' },
  { name: 'add-mirror', pattern: '/mirrors/add' },
  { name: 'machines', pattern: '/machines' },
  { name: 'keys', pattern: '/settings/keys' },
];

function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = given[i] ?? '';
    if (segment.startsWith(':')) {
      try {
        parameters[segment.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (segment !== value) {
      return null;
    }
  }
  return parameters;
}

export function locate(url: URL): Location {
  for (const route of routes) {
    const parameters = match(route.pattern, url.pathname);
    if (parameters) return { name: route.name, parameters, query: url.searchParams, hash: url.hash };
  }
  return { name: 'not-found', parameters: {}, query: url.searchParams, hash: url.hash };
}

/** The branch that a person picked in a project: every address of that project names it. */
let picked: { project: string; branch: string } | null = null;

export function carryBranch(location: Location): void {
  const project = location.parameters['project'];
  const branch = location.query.get('branch');
  if (project !== undefined) picked = branch === null ? null : { project, branch };
}

/** The address with the branch that its project is looked at on, if it does not name one itself: of links that the hub rendered. */
export function onPickedBranch(url: URL): URL {
  if (!picked || url.searchParams.has('branch') || locate(url).parameters['project'] !== picked.project) return url;
  const on = new URL(url);
  on.searchParams.set('branch', picked.branch);
  return on;
}

/** The path of a route with its parameters filled in and encoded. */
export function pathOf(name: string, parameters: Record<string, string> = {}, query?: URLSearchParams): string {
  const route = routes.find((candidate) => candidate.name === name);
  if (!route) throw new Error(`no route is named ${name}`);
  const path = route.pattern.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));
  const all = new URLSearchParams(query);
  if (picked && parameters['project'] === picked.project && !all.has('branch')) all.set('branch', picked.branch);
  const text = all.toString();
  return text === '' ? path : `${path}?${text}`;
}
