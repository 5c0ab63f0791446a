import { priorities, statuses, type Priority, type Status, type Summary } from './types';

export type SortKey = 'number' | 'updated' | 'created' | 'title' | 'priority' | 'status';
export type ViewKind = 'list' | 'board';

/** What a specs page shows; it lives in the URL, so that a link is a view. */
export interface SpecView {
  view: ViewKind;
  text: string;
  status: Status[];
  priority: Priority[];
  tags: string[];
  assignee: string;
  blocked: boolean;
  findings: boolean;
  sort: SortKey;
  ascending: boolean;
}

const sortKeys: readonly SortKey[] = ['number', 'updated', 'created', 'title', 'priority', 'status'];

function listOf<T extends string>(value: string | null, known: readonly T[]): T[] {
  return (value ?? '').split(',').filter((item): item is T => known.includes(item as T));
}

export function readView(query: URLSearchParams): SpecView {
  const sort = query.get('sort') as SortKey | null;
  return {
    view: query.get('view') === 'board' ? 'board' : 'list',
    text: query.get('q') ?? '',
    status: listOf(query.get('status'), statuses),
    priority: listOf(query.get('priority'), priorities),
    tags: (query.get('tags') ?? '').split(',').filter(Boolean),
    assignee: query.get('assignee') ?? '',
    blocked: query.get('blocked') === 'yes',
    findings: query.get('findings') === 'yes',
    sort: sort && sortKeys.includes(sort) ? sort : 'number',
    ascending: query.get('order') === 'asc',
  };
}

/** The shortest query that says the same: defaults are left out. */
export function writeView(view: SpecView): URLSearchParams {
  const query = new URLSearchParams();
  if (view.view !== 'list') query.set('view', view.view);
  if (view.text) query.set('q', view.text);
  if (view.status.length) query.set('status', view.status.join(','));
  if (view.priority.length) query.set('priority', view.priority.join(','));
  if (view.tags.length) query.set('tags', view.tags.join(','));
  if (view.assignee) query.set('assignee', view.assignee);
  if (view.blocked) query.set('blocked', 'yes');
  if (view.findings) query.set('findings', 'yes');
  if (view.sort !== 'number') query.set('sort', view.sort);
  if (view.ascending) query.set('order', 'asc');
  return query;
}

/** Folds case and width, so that ＡＢＣ finds abc. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

export function matches(spec: Summary, view: SpecView): boolean {
  if (view.status.length && !(spec.status && view.status.includes(spec.status))) return false;
  if (view.priority.length && !(spec.priority && view.priority.includes(spec.priority))) return false;
  if (view.tags.length && !view.tags.some((tag) => spec.tags.includes(tag))) return false;
  if (view.assignee && spec.assignee !== view.assignee) return false;
  if (view.blocked && !spec.blocked) return false;
  if (view.findings && spec.findings.length === 0) return false;
  if (view.text) {
    const haystack = fold(`${spec.id} ${spec.title} ${spec.tags.join(' ')}`);
    return fold(view.text).split(/\s+/).every((word) => haystack.includes(word));
  }
  return true;
}

const priorityRank: Record<string, number> = { critical: 3, high: 2, medium: 1, low: 0 };

function key(spec: Summary, sort: SortKey): string | number {
  switch (sort) {
    case 'number': return spec.specNumber ?? -1;
    case 'updated': return spec.updatedAt ?? spec.createdAt ?? '';
    case 'created': return spec.createdAt ?? '';
    case 'title': return fold(spec.title);
    case 'priority': return priorityRank[spec.priority ?? ''] ?? -1;
    case 'status': return spec.status ? statuses.indexOf(spec.status) : -1;
  }
}

export function arrange(specs: Iterable<Summary>, view: SpecView): Summary[] {
  const direction = view.ascending ? 1 : -1;
  return [...specs]
    .filter((spec) => matches(spec, view))
    .map((spec) => ({ spec, key: key(spec, view.sort) }))
    .sort((a, b) => {
      if (a.key !== b.key) return (a.key < b.key ? -1 : 1) * direction;
      return a.spec.id < b.spec.id ? 1 : -1; // newest number first among equals
    })
    .map(({ spec }) => spec);
}
