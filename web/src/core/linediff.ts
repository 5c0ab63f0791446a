export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** More pairs of lines than this are not compared: the middle is then shown as removed and added whole. */
const mostPairs = 4_000_000;

/** The lines of two texts beside each other, by the longest common subsequence of what lies between their equal beginning and end. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

function middle(a: string[], b: string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text });
  const added = (text: string): DiffLine => ({ kind: 'added', text });
  if (a.length === 0 || b.length === 0 || a.length * b.length > mostPairs) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i] === b[j] ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))) {
      lines.push(removed(left));
      i += 1;
    } else {
      lines.push(added(right ?? ''));
      j += 1;
    }
  }
  return lines;
}

/** A run of lines to show, or how many equal ones are left out between two of them. */
export type DiffRun = { lines: DiffLine[] } | { skipped: number };

/** The changed lines with `around` equal ones on each side; longer equal runs are left out. */
export function changedRuns(lines: readonly DiffLine[], around = 3): DiffRun[] {
  const near = new Array<boolean>(lines.length).fill(false);
  for (const [i, line] of lines.entries()) {
    if (line.kind !== 'same') near.fill(true, Math.max(0, i - around), Math.min(lines.length, i + around + 1));
  }
  const runs: DiffRun[] = [];
  for (const [i, line] of lines.entries()) {
    const last = runs.at(-1);
    if (near[i]) {
      if (last && 'lines' in last) last.lines.push(line);
      else runs.push({ lines: [line] });
    } else if (last && 'skipped' in last) last.skipped += 1;
    else runs.push({ skipped: 1 });
  }
  return runs;
}
