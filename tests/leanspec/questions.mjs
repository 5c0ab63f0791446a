// What both servers are asked. `route` is the name under which docs/leanspec-api.md lists a difference.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const get = (route, path) => ({ route: `GET ${route}`, method: 'GET', path });
const send = (method, route, path, body) => ({ route: `${method} ${route}`, method, path, body });

const statuses = ['draft', 'planned', 'in-progress', 'complete', 'archived'];
const priorities = ['low', 'medium', 'high', 'critical'];
const searches = [
  'sync', 'realtime sync', '"sub-spec"', 'tag:web', 'status:complete', 'status:archived api', 'priority:critical', 'title:cli', 'sync AND web',
  'desktop OR mobile', 'web NOT sync', 'created:>=2026-03', 'created:2025-11', 'created:<2025-11-05', 'tuii~', 'depnedency~2', 'zzzznothing', 'Rust', '082',
];

/** The folders of specs in a specs folder, and the other files in each. */
export function specsIn(folder) {
  return readdirSync(folder).filter((name) => /^\d/.test(name) && statSync(join(folder, name)).isDirectory()).sort()
    .map((name) => ({ name, files: readdirSync(join(folder, name)).filter((file) => file !== 'README.md') }));
}

export function reads(project, specs) {
  const P = `/api/projects/${project}`;
  const some = specs.filter((_, index) => index % 40 === 0);
  return [
    get('/health', '/health'), get('/health/live', '/health/live'), get('/health/ready', '/health/ready'),
    get('/api/projects', '/api/projects'), get('[P]', P), get('[P] of none', '/api/projects/nope'), send('POST', '[P]/validate', `${P}/validate`),
    get('[P]/specs', `${P}/specs?limit=1000`), get('[P]/specs', `${P}/specs`), get('[P]/specs', `${P}/specs?limit=7&offset=20`), get('[P]/specs', `${P}/specs?limit=7&cursor=14`),
    get('[P]/specs', `${P}/specs?limit=5&offset=399`), get('[P]/specs', `${P}/specs?offset=1000`), get('[P]/specs', `${P}/specs?assignee=marvin&limit=1000`),
    get('[P]/specs', `${P}/specs?tags=web&limit=1000`), get('[P]/specs', `${P}/specs?tags=web,cli&limit=1000`), get('[P]/specs', `${P}/specs?tags=nothing`),
    get('[P]/specs', `${P}/specs?status=complete,archived&priority=high,low&limit=1000`),
    get('[P]/specs?hierarchy', `${P}/specs?hierarchy=true`), get('[P]/specs?hierarchy', `${P}/specs?hierarchy=true&status=planned,in-progress`),
    get('[P]/specs bad filter', `${P}/specs?status=bogus`), get('[P]/specs bad filter', `${P}/specs?limit=x`),
    ...statuses.map((status) => get('[P]/specs', `${P}/specs?limit=1000&status=${status}`)),
    ...priorities.map((priority) => get('[P]/specs', `${P}/specs?limit=1000&priority=${priority}`)),
    get('[P]/stats', `${P}/stats`), get('[P]/dependencies', `${P}/dependencies`),
    send('POST', '[P]/specs/batch-metadata', `${P}/specs/batch-metadata`, { specNames: [...specs.map((spec) => spec.name), 'nope'] }),
    send('POST', '[P]/specs/batch-metadata bad', `${P}/specs/batch-metadata`, {}),
    ...specs.flatMap(({ name, files }) => [
      get('[P]/specs/{spec}/raw', `${P}/specs/${name}/raw`),
      get('[P]/specs/{spec}/tokens', `${P}/specs/${name}/tokens`),
      get('[P]/specs/{spec}/validation', `${P}/specs/${name}/validation`),
      ...files.map((file) => get('[P]/specs/{spec}/subspecs/{file}/raw', `${P}/specs/${name}/subspecs/${file}/raw`)),
      get('[P]/specs/{spec}', `${P}/specs/${name}`),
    ]),
    get('[P]/specs/{spec} by part', `${P}/specs/082`), get('[P]/specs/{spec} by part', `${P}/specs/realtime-sync-arch`),
    get('[P]/specs/{spec} of none', `${P}/specs/nope-nope`), get('[P]/specs/{spec}/raw of none', `${P}/specs/nope-nope/raw`),
    get('[P]/specs/{spec}/tokens of none', `${P}/specs/nope-nope/tokens`), get('[P]/specs/{spec}/validation of none', `${P}/specs/nope-nope/validation`),
    get('[P]/specs/{spec}/subspecs/{file}/raw of none', `${P}/specs/${specs[0].name}/subspecs/NOPE.md/raw`),
    get('[P]/specs/{spec}/subspecs/{file}/raw outside', `${P}/specs/${specs[0].name}/subspecs/..%2F..%2FFROZEN.md/raw`),
    ...searches.map((query) => send('POST', '[P]/search', `${P}/search`, { query })),
    send('POST', '[P]/search', `${P}/search`, { query: 'sync', filters: { status: 'complete' } }),
    send('POST', '[P]/search', `${P}/search`, { query: 'sync', filters: { priority: 'high', tags: ['web'] } }),
    ...['bogus:x', 'AND', '"open', '(a', ''].map((query) => send('POST', '[P]/search odd query', `${P}/search`, { query })),
    send('POST', '[P]/search without query', `${P}/search`, {}), { ...send('POST', '[P]/search not JSON', `${P}/search`), text: '{' },
    get('[P]/context', `${P}/context`), get('[P]/files', `${P}/files`), get('[P]/files', `${P}/files?path=specs`), get('[P]/files', `${P}/files?path=specs/${some[2].name}`),
    get('[P]/files of none', `${P}/files?path=nope`), get('[P]/files outside', `${P}/files?path=../..`),
    ...['DATABASE', 'readme', 'web', 'zzzz'].map((q) => get('[P]/files/search', `${P}/files/search?q=${q}&limit=1000`)),
    get('[P]/files/search', `${P}/files/search?q=DESIGN&limit=1000`),
    ...some.map(({ name }) => get('[P]/file', `${P}/file?path=specs/${name}/README.md`)),
    get('[P]/file of none', `${P}/file?path=nope.md`), get('[P]/file outside', `${P}/file?path=../../etc/passwd`), get('[P]/file of a folder', `${P}/file?path=specs`),
    get('/api/sessions', '/api/sessions'), get('/api/sessions/{id} of none', '/api/sessions/nope'), get('/api/sync/machines', '/api/sync/machines'),
    get('[P] /api/nope', '/api/nope'),
  ];
}

/** Asked in this order of both, each on its own copy. */
export function writes(project) {
  const P = `/api/projects/${project}`;
  const S = (name) => `${P}/specs/${name}`;
  const web = '082-web-realtime-sync-architecture';
  const patch = (body, name = web, route = '[P]/specs/{spec}/metadata') => send('PATCH', route, `${S(name)}/metadata`, body);
  const refused = (body, name = web) => patch(body, name, '[P]/specs/{spec}/metadata refused');
  const after = (name) => [get('[P]/specs/{spec} after a write', S(name)), get('[P]/specs/{spec}/raw after a write', `${S(name)}/raw`)];
  return [
    patch({ priority: 'low' }), ...after(web), patch({ status: 'in-progress' }), patch({ tags: ['web', 'new one'] }), patch({ assignee: 'ada' }), patch({ assignee: '' }),
    patch({ addDependsOn: ['001-typescript-cli-migration'] }), patch({ removeDependsOn: ['001-typescript-cli-migration'] }),
    patch({ parent: '001-typescript-cli-migration' }), patch({ parent: null }), patch({ status: 'complete' }), ...after(web),
    refused({ status: 'bogus' }), refused({ priority: 'bogus' }), refused({ priority: 'high', expectedContentHash: '00' }), refused({}), refused({ addDependsOn: [web] }),
    refused({ parent: web }), refused({ addDependsOn: ['nope-nope'] }), refused({ parent: 'nope-nope' }), refused({ priority: 'high' }, 'nope-nope'),
    send('POST', '[P]/specs/{spec}/checklist-toggle', `${S(web)}/checklist-toggle`, { toggles: [{ itemText: 'Cache hit rate >90% after warmup', checked: true }] }), ...after(web),
    send('POST', '[P]/specs/{spec}/checklist-toggle refused', `${S(web)}/checklist-toggle`, { toggles: [{ itemText: 'there is no such item', checked: true }] }),
    send('POST', '[P]/specs/{spec}/checklist-toggle refused', `${S(web)}/checklist-toggle`, { toggles: [] }),
    send('POST', '[P]/specs/{spec}/checklist-toggle refused', `${S(web)}/checklist-toggle`, { toggles: [{ itemText: 'Cache hit', checked: false }], expectedContentHash: '00' }),
    send('PATCH', '[P]/specs/{spec}/raw', `${S('100-nope')}/raw`, { content: 'x' }),
    send('PATCH', '[P]/specs/{spec}/raw', `${S(web)}/raw`, { content: '---\nstatus: planned\ncreated: 2025-11-14\npriority: high\n---\n\n# Web\n\nText.\n' }), ...after(web),
    send('PATCH', '[P]/specs/{spec}/raw refused', `${S(web)}/raw`, { content: 'x', expectedContentHash: '00' }), send('PATCH', '[P]/specs/{spec}/raw refused', `${S(web)}/raw`, {}),
    send('PATCH', '[P]/specs/{spec}/subspecs/{file}/raw', `${S(web)}/subspecs/DATABASE.md/raw`, { content: '# Database\n' }),
    send('PATCH', '[P]/specs/{spec}/subspecs/{file}/raw refused', `${S(web)}/subspecs/NOPE.md/raw`, { content: '# Database\n' }),
    send('POST', '[P]/specs', `${P}/specs`, { name: '990-new-one', title: 'New one', status: 'planned', priority: 'low', tags: ['a', 'b'], content: '---\nstatus: draft\ncreated: 2026-01-01\n---\n\n# New one\n\nText.\n' }), ...after('990-new-one'),
    send('POST', '[P]/specs of a text alone', `${P}/specs`, { name: '992-text', content: '# Text\n' }),
    send('POST', '[P]/specs of a name alone', `${P}/specs`, { name: '991-from-template', title: 'From a template' }), send('POST', '[P]/specs refused', `${P}/specs`, { name: '990-new-one', title: 'Again', content: '---\nstatus: draft\ncreated: 2026-01-01\n---\n\n# A\n' }),
    send('POST', '[P]/specs refused', `${P}/specs`, { name: '../out', title: 'Out', content: '# A\n' }), send('POST', '[P]/specs refused', `${P}/specs`, {}),
    send('PATCH', '[P]', P, { name: 'Other name', favorite: true, color: '#ff0000' }), send('POST', '[P]/favorite', `${P}/favorite`), send('POST', '/api/projects/refresh', '/api/projects/refresh'),
    send('POST', '/api/projects refused', '/api/projects', { path: '/nowhere/at/all' }), send('POST', '/api/projects refused', '/api/projects', {}),
    send('POST', '/api/local-projects/list-directory', '/api/local-projects/list-directory', { path: '/' }), send('POST', '/api/local-projects/discover', '/api/local-projects/discover', { path: '/nowhere' }),
    get('/api/runners', '/api/runners?skipValidation=true'), get('/api/models/providers', '/api/models/providers?agenticOnly=true'), get('/api/chat/config', '/api/chat/config'),
    get('/api/chat/sessions', '/api/chat/sessions'), send('POST', '/api/sessions', '/api/sessions', {}), get('/api/github/repos', '/api/github/repos'),
    get('/api/runners/available', '/api/runners/available'), get('/api/chat/storage', '/api/chat/storage'), send('POST', '/api/github/detect', '/api/github/detect', {}),
    send('DELETE', '[P]', P),
  ];
}
