import { SvelteMap } from 'svelte/reactivity';
import { ApiError, get } from '../core/api';
import { coalesce } from '../core/coalesce';
import { Live, type LiveState } from '../core/live';
import { Replica, type Delta, type Position } from '../core/replica';
import { isTyping } from '../core/keys';
import type { Held } from '../core/conflict';
import type { Branch, Editor, Summary } from '../core/types';
import { navigation } from './navigation.svelte';
import { session } from './session.svelte';

interface SpecPage {
  specs: Summary[];
  total: number;
  nextCursor: string | null;
  seq: number;
  epoch: string;
}

/** Specs read at once; the hub's limit. */
const pageSize = 1_000;
/** A branch that never rests is read as it comes; the deltas that wait set it right. */
const snapshotAttempts = 4;
/** How long a row stays marked after somebody changed it elsewhere. */
const markedForMs = 1_600;

/** The hub takes a mark of somebody's editing away after this; without word from the hub we do. */
const presenceLapsesMs = 45_000;

/** One branch of a project in this browser: read once, then moved along by the event stream. */
export class ProjectState {
  readonly specs = new SvelteMap<string, Summary>();
  /** Specs that changed a moment ago, to show where. */
  readonly fresh = new SvelteMap<string, number>();
  loaded = $state(false);
  trouble = $state('');
  missing = $state(false);
  /** The project is there, and has no branch of this name. */
  branchMissing = $state(false);
  live = $state<LiveState>('connecting');
  /** Raised with every change; pages that show derived data read again. */
  seq = $state(0);
  /** How many conflicts wait for people; nothing until the hub has said it. */
  conflicts = $state<number | null>(null);
  /** Raised whenever a conflict came or went; the number may be the same. */
  conflictsMoved = $state(0);
  /** The conflicts of each spec. */
  readonly conflictsOf = new SvelteMap<string, string[]>();
  /** Who edits each spec now. */
  readonly editorsOf = new SvelteMap<string, Editor[]>();
  /** Tells this project and branch from others. */
  readonly key: string;
  private lapse: ReturnType<typeof setTimeout> | undefined;
  private readonly replica: Replica;
  private readonly stream: Live;
  private closed = false;
  private waiting: Delta[] | null = null;

  /** `branch`: "" is the project's default one. */
  constructor(
    readonly id: string,
    readonly branch = '',
    onBranch: (branch: Branch) => void = () => {},
    /** The stream begins anew: what moved before it is told by nobody. */
    onConnected: () => void = () => {},
  ) {
    this.key = JSON.stringify([id, branch]);
    this.replica = new Replica(this.specs, (changed) => {
      if (!this.loaded) return;
      for (const spec of changed) this.mark(spec);
    });
    this.stream = new Live(`/api/events?${new URLSearchParams({ project: id, ...(branch ? { branch } : {}) })}`, {
      onState: (state) => {
        this.live = state;
        clearTimeout(this.lapse);
        if (state !== 'live') this.lapse = setTimeout(() => this.editorsOf.clear(), presenceLapsesMs);
      },
      onHello: (position, resumed) => {
        this.editorsOf.clear(); // whoever still edits is named next
        onConnected();
        const here = this.replica.position;
        if (!this.loaded || (!resumed && !(here?.epoch === position.epoch && here.seq === position.seq))) void this.read();
      },
      onDelta: (delta) => this.take(delta),
      onReset: () => void this.read(),
      onConflicts: (count) => {
        this.conflicts = count;
        this.conflictsMoved += 1;
        void this.readConflicts();
      },
      onPresence: (editors) => this.takeEditors(editors),
      onBranch,
      onSignedOut: () => void session.load(),
    });
    void this.open();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.lapse);
    this.stream.close();
  }

  /** Where the hub has something of this project: `specs/…`, `conflicts`. Parts of the path are encoded already. */
  url(path: string, query: Record<string, string> = {}): string {
    const text = new URLSearchParams({ ...query, ...(this.branch ? { branch: this.branch } : {}) }).toString();
    return `/api/projects/${encodeURIComponent(this.id)}/${path}${text && `?${text}`}`;
  }

  /** The same of one spec. */
  specUrl(spec: string, path: string, query: Record<string, string> = {}): string {
    return this.url(`specs/${encodeURIComponent(spec)}${path && `/${path}`}`, query);
  }

  private async open(): Promise<void> {
    await this.read();
    if (!this.closed && !this.missing) this.stream.start(this.replica.position);
  }

  /** Reads everything again: at first, and when the hub says that what we have is of another life. */
  readonly read = coalesce(async () => {
    this.waiting = [];
    try {
      const { specs, position } = await this.snapshot();
      if (this.closed) return;
      this.replica.reset(specs, position);
      this.stream.moveTo(position);
      this.seq = position.seq;
      this.loaded = true;
      this.missing = false;
      this.trouble = '';
    } catch (failure) {
      this.missing = failure instanceof ApiError && failure.status === 404;
      this.branchMissing = failure instanceof ApiError && failure.code === 'BRANCH_NOT_FOUND';
      this.trouble = failure instanceof Error ? failure.message : String(failure);
    } finally {
      const waiting = this.waiting;
      this.waiting = null;
      for (const delta of waiting ?? []) this.take(delta);
    }
  });

  /** Which specs have conflicts, for the marks on them. */
  private readonly readConflicts = coalesce(async () => {
    if (this.conflicts === 0) {
      this.conflictsOf.clear();
      return;
    }
    try {
      const { held } = await get<{ held: Held[] }>(this.url('held'));
      this.conflictsOf.clear();
      for (const one of held) {
        if (one.spec) this.conflictsOf.set(one.spec, [...(this.conflictsOf.get(one.spec) ?? []), one.version]);
      }
    } catch {
      // The count is there; the marks come with the next change.
    }
  });

  /** All pages of the list, at one position: when the branch moved between two pages, from the start again. */
  private async snapshot(): Promise<{ specs: Summary[]; position: Position }> {
    for (let attempt = 1; ; attempt += 1) {
      const specs: Summary[] = [];
      const limit = String(pageSize);
      const first = await get<SpecPage>(this.url('specs', { limit }));
      specs.push(...first.specs);
      let page = first;
      while (page.nextCursor !== null && page.seq === first.seq && page.epoch === first.epoch) {
        page = await get<SpecPage>(this.url('specs', { limit, cursor: page.nextCursor }));
        specs.push(...page.specs);
      }
      const whole = page.seq === first.seq && page.epoch === first.epoch;
      if (whole || attempt === snapshotAttempts) return { specs, position: { epoch: first.epoch, seq: first.seq } };
    }
  }

  /** Changes that arrive while a snapshot is on its way wait for it: it may be older than they are. */
  private take(delta: Delta): void {
    if (this.waiting) {
      this.waiting.push(delta);
      return;
    }
    this.replica.apply(delta);
    this.seq = Math.max(this.seq, delta.seq);
  }

  /** Those who edit now, but the person who looks: they know it. */
  private takeEditors(editors: readonly Editor[]): void {
    const bySpec = new Map<string, Editor[]>();
    for (const editor of editors) {
      if (editor.machineId === null && editor.who === session.info?.user?.name) continue;
      if (editor.spec) bySpec.set(editor.spec, [...(bySpec.get(editor.spec) ?? []), editor]);
    }
    for (const spec of [...this.editorsOf.keys()]) if (!bySpec.has(spec)) this.editorsOf.delete(spec);
    for (const [spec, now] of bySpec) this.editorsOf.set(spec, now);
  }

  private mark(spec: string): void {
    const at = Date.now();
    this.fresh.set(spec, at);
    setTimeout(() => {
      if (this.fresh.get(spec) === at) this.fresh.delete(spec);
    }, markedForMs);
  }
}

const rememberedBranch = (id: string): string => `leanspec-branch ${id}`;

/** The project that is open, one at a time, on the branch that was picked or else on the one that was edited last. */
class OpenProject {
  current = $state.raw<ProjectState | null>(null);
  /** Of the open project; empty until the hub has said it. */
  branches = $state.raw<Branch[]>([]);
  /** By a person; null: the last edited one is followed. */
  picked = $state<string | null>(null);
  private id = '';

  open(id: string, picked: string | null = null): void {
    if (this.current && this.id === id && this.picked === picked) return;
    if (this.id !== id) {
      this.id = id;
      this.branches = [];
      void this.readBranches();
    }
    this.picked = picked;
    this.show(picked ?? this.lastEdited());
  }

  close(): void {
    this.current?.close();
    this.current = null;
    this.id = '';
  }

  /** The name of the branch that is shown; "" while the hub has not said it. */
  get branch(): string {
    return this.current?.branch || (this.branches.find((one) => one.default)?.name ?? '');
  }

  private readonly readBranches = coalesce(async () => {
    const id = this.id;
    const first = this.branches.length === 0;
    try {
      const { branches } = await get<{ branches: Branch[] }>(`/api/projects/${encodeURIComponent(id)}/branches`);
      if (this.id !== id) return;
      this.branches = branches;
      // At first nobody is in the middle of anything: it was opened where the last edit was when one was here before.
      if (first) this.show(this.picked ?? this.lastEdited());
      else this.follow();
    } catch {
      // The default branch is shown; the next event about a branch says the rest.
    }
  });

  private moved(branch: Branch): void {
    this.branches = [...this.branches.filter((one) => one.name !== branch.name), branch].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.follow();
  }

  /** Goes where the last edit was made, unless somebody picked a branch or is in the middle of something. */
  private follow(): void {
    if (this.picked !== null || this.branches.length < 2) return;
    const busy = navigation.location.query.has('edit') || isTyping(document.activeElement) || document.querySelector('dialog[open], [popover]:popover-open') !== null;
    if (!busy) this.show(this.lastEdited());
  }

  private lastEdited(): string {
    if (this.branches.length === 0) return localStorage.getItem(rememberedBranch(this.id)) ?? '';
    const edited = this.branches.filter((one) => one.lastEdited !== null);
    return edited.reduce<Branch | undefined>((last, one) => (last?.lastEdited && one.lastEdited && last.lastEdited.at >= one.lastEdited.at ? last : one), undefined)?.name ?? '';
  }

  private show(name: string): void {
    const branch = this.branches.some((one) => one.default && one.name === name) ? '' : name;
    if (this.picked === null) {
      if (branch) localStorage.setItem(rememberedBranch(this.id), branch);
      else localStorage.removeItem(rememberedBranch(this.id));
    }
    if (this.current?.id === this.id && this.current.branch === branch) return;
    this.current?.close();
    this.current = new ProjectState(this.id, branch, (one) => this.moved(one), () => void this.readBranches());
  }
}

export const openProject = new OpenProject();
