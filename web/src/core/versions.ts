import type { Conflict, ConflictState } from './conflict';
import type { Deleted, Editor, Version } from './types';

/** Who made a version: the machine whose file it was, or the person who decided or edited at the hub. */
export function maker(version: Version | null): string {
  return version?.machine?.name || version?.user?.name || 'the hub';
}

/** What a conflict is about, in one line. */
export function conflictLine(conflict: Conflict): string {
  const places = conflict.placeNames ?? [];
  const sentences: Record<ConflictState, string> = {
    open: places.length === 1 ? `Both changed ${places[0]}` : `Both changed ${places.length} places: ${places.slice(0, 3).join(', ')}${places.length > 3 ? '…' : ''}`,
    merges: 'Both versions fit together by now',
    whole: 'One of two whole files must be chosen',
    'deleted-head': 'The document is not at the hub, and a machine has a text for it',
    'deleted-other': 'A machine deleted it, and it was edited elsewhere',
    same: 'Both versions say the same by now',
  };
  const line = conflict.state ? sentences[conflict.state] : conflict.why;
  return conflict.occupant ? `${line}; another document stands at ${conflict.occupant}` : line;
}

/** The deleted files of one folder: what went as a spec comes back as one. */
export interface DeletedFolder {
  key: string;
  title: string;
  spec: string | null;
  files: Deleted[];
}

/** The folders in the order of their last deletion, each with its main file first. */
export function foldersOf(rows: readonly Deleted[]): DeletedFolder[] {
  const folders = new Map<string, DeletedFolder>();
  for (const row of rows) {
    const slash = row.path.lastIndexOf('/');
    const key = slash < 0 ? row.path : row.path.slice(0, slash);
    const folder = folders.get(key) ?? { key, title: key, spec: row.spec, files: [] };
    if (row.title) folder.title = row.title;
    if (row.path.endsWith('/README.md')) folder.files.unshift(row);
    else folder.files.push(row);
    folders.set(key, folder);
  }
  return [...folders.values()];
}

/** Who edits, each once: "laptop", "laptop and ada". */
export function editorsLine(editors: readonly Editor[]): string {
  const names = [...new Set(editors.map((editor) => editor.who))];
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
