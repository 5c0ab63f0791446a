import { describe, expect, it } from 'vitest';
import { changesOf, costOf, everyMinutes, repositoryAt } from './mirrors';
import type { MirrorSync } from './types';

const sync = (fields: Partial<MirrorSync>): MirrorSync => ({
  startedAt: '2026-01-01T00:00:00Z', milliseconds: 0, cause: 'schedule', outcome: 'synced', commit: null,
  added: 0, updated: 0, moved: 0, deleted: 0, skipped: 0, fetched: 0, requests: 1, problem: null, ...fields,
});

describe('mirrors', () => {
  it('say what a sync did', () => {
    expect(changesOf(sync({ added: 2, deleted: 1 }))).toBe('2 added, 1 deleted');
    expect(changesOf(sync({ outcome: 'unchanged' }))).toBe('nothing new');
    expect(changesOf(sync({ outcome: 'failed' }))).toBe('');
  });
  it('say what it cost', () => {
    expect(costOf(sync({ milliseconds: 312 }))).toBe('312 ms, 1 request');
    expect(costOf(sync({ milliseconds: 2449, requests: 53 }))).toBe('2.4 s, 53 requests');
  });
  it('are asked at the server that was named', () => {
    expect(repositoryAt('', ' ada/specs ')).toBe('ada/specs');
    expect(repositoryAt('https://git.example.com/', 'ada/specs')).toBe('https://git.example.com/ada/specs');
    expect(repositoryAt('git.example.com/api/v3/', 'ada/specs')).toBe('https://git.example.com/ada/specs');
    expect(repositoryAt('https://git.example.com', 'https://github.com/ada/specs')).toBe('https://github.com/ada/specs');
  });
  it('say how often they look', () => {
    expect([5, 60, 360, 1440, 10080, 90].map(everyMinutes)).toEqual(['every 5 minutes', 'every hour', 'every 6 hours', 'every day', 'every week', 'every 90 minutes']);
  });
});
