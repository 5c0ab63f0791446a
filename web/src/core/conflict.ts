// What the hub says of texts that do not fit together, as docs/api.md describes it.

import type { Version } from './types';

export interface Held extends Version {
  spec: string | null;
  why: string;
}

export type ConflictState = 'open' | 'merges' | 'whole' | 'deleted-head' | 'deleted-other' | 'same';
export type Take = 'head' | 'other' | 'both' | 'beside' | 'merged' | 'places' | 'text';
export type PlaceTake = 'ours' | 'theirs' | 'both' | 'base' | 'text';

/** A version that nobody has decided; ours is the head, theirs the other. */
export interface Conflict {
  conflict: string;
  spec: string | null;
  path: string;
  why: string;
  /** Null in a list whose texts are too many to be merged for it. */
  state: ConflictState | null;
  placeNames?: string[];
  occupant?: string | null;
  takes?: Take[];
  head?: Version | null;
  other?: Version;
  base?: Version | null;
}

export interface PlaceSide {
  begin: number;
  lines: number;
  text: string;
}

export interface Place {
  index: number;
  kind: 'text' | 'field' | 'frontmatter' | 'document';
  field: string | null;
  name: string;
  why: string;
  /** Whether both can stand there. */
  both: boolean;
  base?: PlaceSide;
  ours?: PlaceSide;
  theirs?: PlaceSide;
}

export interface Merged {
  by: 'line' | 'word' | 'heading' | 'field';
  begin: number;
  lines: number;
  field: string | null;
  lost: string | null;
  lostBy: 'first' | 'second' | null;
}

/** A stretch of text, or a place that is still open. */
export type DraftPiece = { text: string } | { place: number };

export interface ConflictDetail extends Conflict {
  takes: Take[];
  other: Version;
  headText: string | null;
  otherText: string | null;
  baseText: string | null;
  large: boolean;
  places: Place[];
  draft: DraftPiece[];
  merged: Merged[];
  mergedText: string | null;
}

/** A text that somebody wrote, and the document as others have changed it since. Ours is the head, theirs what was written. */
export interface Joined {
  state: 'same' | 'merges' | 'open' | 'whole' | 'deleted';
  head: Version | null;
  headText: string | null;
  mergedText: string | null;
  places: Place[];
  draft: DraftPiece[];
  merged: Merged[];
}

export interface MergeRow {
  merge: string;
  spec: string | null;
  path: string;
  automatic: boolean;
  isHead: boolean;
  version: Version;
  first: Version | null;
  second: Version | null;
  merged: Merged[] | null;
}
