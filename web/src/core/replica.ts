import type { Summary } from './types';

/** The position in a branch's feed that a replica stands for. */
export interface Position {
  epoch: string;
  seq: number;
}

export interface Delta {
  seq: number;
  specs: Summary[];
  removed: string[];
}

/**
 * The specs of one branch as this browser knows them: a snapshot moved forward by deltas. A delta at or below the position is
 * ignored, so a resumed stream may repeat itself harmlessly. Knows no network and no framework; `onChange` tells which specs moved.
 */
export class Replica {
  readonly specs: Map<string, Summary>;
  position: Position | null = null;

  constructor(
    specs: Map<string, Summary> = new Map(),
    private readonly onChange: (changed: readonly string[]) => void = () => {},
  ) {
    this.specs = specs;
  }

  reset(specs: readonly Summary[], position: Position): void {
    const present = new Set(specs.map((spec) => spec.id));
    const changed: string[] = [];
    for (const id of [...this.specs.keys()]) {
      if (!present.has(id)) {
        this.specs.delete(id);
        changed.push(id);
      }
    }
    for (const spec of specs) {
      if (!same(this.specs.get(spec.id), spec)) {
        this.specs.set(spec.id, spec);
        changed.push(spec.id);
      }
    }
    this.position = position;
    this.onChange(changed);
  }

  apply(delta: Delta): void {
    if (this.position === null || delta.seq <= this.position.seq) return;
    for (const spec of delta.specs) this.specs.set(spec.id, spec);
    for (const id of delta.removed) this.specs.delete(id);
    this.position = { epoch: this.position.epoch, seq: delta.seq };
    this.onChange([...delta.specs.map((spec) => spec.id), ...delta.removed]);
  }
}

/** Equal in everything shown: the version covers the file, the lists its neighbours. */
function same(a: Summary | undefined, b: Summary): boolean {
  return (
    a !== undefined &&
    a.version === b.version &&
    a.blocked === b.blocked &&
    a.children.join() === b.children.join() &&
    a.requiredBy.join() === b.requiredBy.join()
  );
}
