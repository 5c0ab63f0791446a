import { ApiError, patch, post } from '../core/api';
import type { Priority, Status, Summary } from '../core/types';
import type { ProjectState } from './project.svelte';

/** What somebody wants a spec's fields to say; what is left out stays. An empty text takes the field out. */
export interface MetadataChange {
  status?: Status;
  priority?: Priority | '';
  assignee?: string;
  addTags?: string[];
  removeTags?: string[];
  addDependsOn?: string[];
  removeDependsOn?: string[];
  parent?: string;
}

/** A change that the hub did not make, in its words; `force` makes it all the same, where that is for a person to say. */
export interface Refusal {
  spec: string;
  message: string;
  force: (() => void) | null;
}

/** A list without some items and with others behind. */
const listed = (items: readonly string[], add: readonly string[] = [], without: readonly string[] = []): string[] => [
  ...items.filter((item) => !without.includes(item)),
  ...add.filter((item) => !items.includes(item)),
];

function changed(spec: Summary, change: MetadataChange): Summary {
  const { parent, ...rest } = spec;
  const inside = change.parent ?? parent;
  return {
    ...rest,
    ...(inside ? { parent: inside } : {}),
    status: change.status ?? spec.status,
    priority: change.priority === undefined ? spec.priority : change.priority === '' ? null : change.priority,
    assignee: change.assignee === undefined ? spec.assignee : change.assignee || null,
    tags: listed(spec.tags, change.addTags, change.removeTags),
    dependsOn: listed(spec.dependsOn, change.addDependsOn, change.removeDependsOn),
    // No version of the hub's: whatever the hub says next takes its place.
    version: `${spec.version} and this change`,
  };
}

class Edits {
  refusal = $state.raw<Refusal | null>(null);

  /** Shows the change at once and asks the hub for it; if the hub says no, it is taken back and the hub's words are shown. */
  async change(project: ProjectState, id: string, change: MetadataChange, force = false): Promise<boolean> {
    const before = project.specs.get(id);
    const shown = before && changed(before, change);
    if (shown) project.specs.set(id, shown);
    this.refusal = null;
    try {
      await patch(project.specUrl(id, 'metadata'), force ? { ...change, force } : change);
      return true;
    } catch (failure) {
      if (before && project.specs.get(id) === shown) project.specs.set(id, before);
      void project.read();
      const guarded = failure instanceof ApiError && failure.status === 400 && failure.field === 'status' && !force;
      this.refuse(id, failure, guarded ? () => void this.change(project, id, change, true) : null);
      return false;
    }
  }

  /** Sets a checkbox of the version that is shown. Answers the version that has it, or nothing. */
  async toggle(project: ProjectState, id: string, file: string, line: number, checked: boolean, expectedVersion: string): Promise<string | null> {
    this.refusal = null;
    try {
      const body = { toggles: [{ line, checked }], expectedVersion, ...(file ? { subspec: file } : {}) };
      return (await post<{ version: string }>(project.specUrl(id, 'checklist-toggle'), body)).version;
    } catch (failure) {
      const moved = failure instanceof ApiError && failure.status === 409;
      this.refuse(id, moved ? new Error('The text has changed meanwhile; here it is as it is now. Tick the box again if it is still the one.') : failure, null);
      return null;
    }
  }

  private refuse(spec: string, failure: unknown, force: (() => void) | null): void {
    this.refusal = { spec, message: failure instanceof Error ? failure.message : String(failure), force };
  }
}

export const edits = new Edits();
