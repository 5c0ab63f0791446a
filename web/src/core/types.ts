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
  acceptedAt: string;
  effectiveAt: string;
  commit: string | null;
  held: string | null;
}

export interface Held extends Version {
  spec: string | null;
  why: string;
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

export interface SessionInfo {
  user: { name: string; administrator: boolean } | null;
  setupNeeded: boolean;
  csrfToken: string | null;
  version: string;
}
