import type { MirrorSync } from './types';

/** What a sync of a mirror did, in words; '' where it did not get so far. */
export function changesOf(sync: MirrorSync): string {
  const counted: [number, string][] = [
    [sync.added, 'added'],
    [sync.updated, 'updated'],
    [sync.moved, 'moved'],
    [sync.deleted, 'deleted'],
  ];
  const words = counted.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`);
  if (words.length > 0) return words.join(', ');
  return sync.outcome === 'failed' || sync.outcome === 'waiting' ? '' : 'nothing new';
}

/** What it cost. */
export function costOf(sync: MirrorSync): string {
  const time = sync.milliseconds < 1000 ? `${sync.milliseconds} ms` : `${(sync.milliseconds / 1000).toFixed(1)} s`;
  return `${time}, ${sync.requests === 1 ? '1 request' : `${sync.requests} requests`}`;
}

/** The repository's whole address where a server was named and the repository without one. */
export function repositoryAt(server: string, repository: string): string {
  const [base, name] = [server.trim().replace(/(\/api\/v3)?\/*$/, ''), repository.trim()];
  if (base === '' || /^\w+:\/\/|^git@/.test(name)) return name;
  return `${/^\w+:\/\//.test(base) ? base : `https://${base}`}/${name.replace(/^\/+/, '')}`;
}

/** "every 6 hours". */
export function everyMinutes(minutes: number): string {
  const units: [number, string][] = [
    [10080, 'week'],
    [1440, 'day'],
    [60, 'hour'],
    [1, 'minute'],
  ];
  const [size, unit] = units.find(([one]) => minutes % one === 0) ?? [1, 'minute'];
  const count = minutes / size;
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}
