// What the hub says, as docs/api.md describes it.

export type Status = 'draft' | 'planned' | 'in-progress' | 'complete' | 'archived';
export type Priority = 'low' | 'medium' | 'high' | 'critical';

export const statuses: readonly Status[] = ['draft', 'planned', 'in-progress', 'complete', 'archived'];
export const priorities: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

export interface Finding {
  severity: 'error' | 'warning' | 'info';
  message: string;
  type: string;
  line?: number;
  suggestion?: string;
}

export interface Summary {
  projectId: string;
  id: string;
  specNumber: number | null;
  specName: string;
  title: string;
  status: Status | null;
  priority: Priority | null;
  tags: string[];
  assignee: string | null;
  createdAt: string | null;
  updatedAt: string | null;
  completedAt: string | null;
  filePath: string;
  dependsOn: string[];
  parent?: string;
  children: string[];
  requiredBy: string[];
  contentHash: string;
  blocked: boolean;
  findings: Finding[];
  version: string;
}

export interface TocEntry {
  level: number;
  text: string;
  slug: string;
}

export interface SubSpec {
  name: string;
  file: string;
  content: string;
  contentHtml: string;
  toc: TocEntry[];
  version: string;
}

export interface Version {
  version: string;
  path: string;
  kind: 'head' | 'side';
  parent: string | null;
  /** Of a head that the hub merged: the side version that is in it. */
  secondParent: string | null;
  seq: number | null;
  deleted: boolean;
  size: number;
  contentHash: string | null;
  machine: { id: string; name: string } | null;
  user: { name: string } | null;
  acceptedAt: string;
  effectiveAt: string;
  commit: string | null;
  held: string | null;
}

/** The tombstone of a document, and the text that it had. */
export interface Deleted extends Version {
  spec: string | null;
  title: string | null;
  last: Version | null;
  /** Another document stands at its place by now. */
  occupied: boolean;
}

/** A whole file as it is, and the version that it is. */
export interface RawText {
  content: string;
  contentHash: string;
  filePath: string;
  version: string;
}

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  from: number | null;
  to: number | null;
  text: string;
  noNewline?: boolean;
  parts?: { text: string; changed: boolean }[];
}

export interface Diff {
  from: Version | null;
  to: Version;
  comparable: boolean;
  added: number;
  removed: number;
  truncated: boolean;
  hunks: { fromBegin: number; fromLines: number; toBegin: number; toLines: number; lines: DiffLine[] }[];
}

export type TokenStatus = 'optimal' | 'good' | 'warning' | 'critical';
export type Verdict = 'pass' | 'warn' | 'fail';

export interface SpecDetail extends Summary {
  contentMd: string;
  contentHtml: string;
  toc: TocEntry[];
  subSpecs: SubSpec[];
  tokenCount: number;
  tokenStatus: TokenStatus;
  validationStatus: Verdict;
  tasks: { line: number; checked: boolean }[];
  seq: number;
  epoch: string;
}

export interface Excerpt {
  text: string;
  line: number;
  highlights: [number, number][];
}

export interface SearchHit extends Summary {
  tokenCount: number;
  tokenStatus: TokenStatus;
  validationStatus: Verdict;
  score: number;
  excerpts: Excerpt[];
}

export interface Project {
  id: string;
  name: string;
  source: string;
  favorite: boolean;
  color: string | null;
  defaultBranch: string;
  branches: string[];
  specCount: number;
  heldCount: number;
  machinesOnline: number;
  lastChange: string | null;
  addedAt: string;
  /** Where its specs come from cannot be reached, or not be read: what is shown is as of then. */
  stale: { since: string; why: string } | null;
}

/** A project that follows a folder in a repository at a forge. */
export interface Mirror {
  projectId: string;
  provider: string;
  repository: string;
  url: string;
  branch: string;
  folder: string;
  state: 'importing' | 'syncing' | 'synced' | 'paused' | 'waiting' | 'failing';
  paused: boolean;
  /** Anyone may read it without signing in. */
  public: boolean;
  hasToken: boolean;
  intervalMinutes: number;
  commit: string | null;
  problem: string | null;
  problemKind: string | null;
  failures: number;
  createdAt: string;
  lastSyncedAt: string | null;
  nextSyncAt: string | null;
  progress: { phase: 'asking' | 'listing' | 'fetching' | 'writing'; fetched: number; toFetch: number } | null;
  budget: { limit: number | null; remaining: number | null; resetsAt: string | null; waitUntil: string | null } | null;
  /** The newest that ended; in lists. */
  lastSync?: MirrorSync | null;
}

export interface MirrorSync {
  startedAt: string;
  milliseconds: number;
  cause: string;
  outcome: 'synced' | 'unchanged' | 'waiting' | 'failed';
  commit: string | null;
  added: number;
  updated: number;
  moved: number;
  deleted: number;
  skipped: number;
  fetched: number;
  requests: number;
  problem: string | null;
}

export interface SkippedFile {
  path: string;
  why: string;
}

export interface MirrorDetail extends Mirror {
  syncs: MirrorSync[];
  skippedFiles: SkippedFile[];
}

/** What a mirror of a repository would show. */
export interface MirrorPreview {
  provider: 'github' | 'git';
  repository: string;
  private: boolean;
  defaultBranch: string;
  branch: string;
  folder: string;
  specs: number;
  files: number;
  bytes: number;
  skipped: number;
  specNames: string[];
  skippedFiles: SkippedFile[];
}

/** What is to be entered at the forge, and what came from it. */
export interface MirrorWebhook {
  path: string;
  secret: string;
  contentType: string;
  events: string[];
  deliveries: { id: string; at: string; event: string; outcome: string; settled: boolean }[];
}

export interface Guard {
  id: string;
  kind: 'mass-delete' | 'root-emptied' | 'root-replaced' | 'root-missing' | 'quarantine';
  count: number;
  /** The first of them. */
  paths: string[];
  since: string;
  approvable: boolean;
  revertible: boolean;
  /** Why one of the two is not possible. */
  detail: string;
  asked: { decision: 'approve' | 'revert'; by: string; at: string } | null;
  machineId: string;
  machine: string;
  folder: string | null;
  branch: string;
}

/** Somebody who edits a document now: on a machine, or in a browser. */
export interface Editor {
  path: string;
  spec: string | null;
  document: string;
  branch: string;
  who: string;
  machineId: string | null;
  since: string;
}

export interface Branch {
  name: string;
  default: boolean;
  seq: number;
  documents: number;
  lastEdited: { at: string; machine: { id: string; name: string } | null; user: { name: string } | null } | null;
  fork: { of: string; seq: number; commit: string | null } | null;
}

export interface Replica {
  projectId: string;
  projectName: string;
  folder: string;
  branch: string;
  state: string;
  detail: string;
  documents: number;
  pending: number;
  held: number;
  /** Its folder's own guard, when it holds something. */
  guard?: Guard | null;
  acknowledgedSeq: number;
  lastSeen: string;
}

export interface Machine {
  id: string;
  name: string;
  platform: string;
  version: string;
  online: boolean;
  lastSeen: string;
  revoked: boolean;
  replicas: Replica[];
}

export interface ApiKey {
  id: number;
  name: string;
  prefix: string;
  scopes: string[];
  projectId: string | null;
  createdAt: string;
  expiresAt: string | null;
  expired: boolean;
  expiresSoon: boolean;
  lastUsedAt: string | null;
  lastUsedAddress: string | null;
  revoked: boolean;
  rotatedFrom: number | null;
}

export type Role = 'viewer' | 'editor' | 'owner';

export interface SessionInfo {
  user: { name: string; administrator: boolean } | null;
  setupNeeded: boolean;
  /** Some projects may be read by anyone. */
  publicReading: boolean;
  csrfToken: string | null;
  /** Of each project that the person sees. */
  roles: Record<string, Role>;
  version: string;
}
