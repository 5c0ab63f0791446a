/** What keys do in a text of Markdown: plain functions of a text and its selection, so that a text box stays a text box. */
export interface Selected {
  text: string;
  start: number;
  end: number;
}

/** `insert` takes the place of `from` to `to`; the selection is `start` to `end` then. */
export interface Replacement {
  from: number;
  to: number;
  insert: string;
  start: number;
  end: number;
}

const step = '  ';

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Tab: at a place two spaces, over a selection of lines every line moves. `out`: Shift and Tab. Null: nothing to do. */
export function indent({ text, start, end }: Selected, out: boolean): Replacement | null {
  if (start === end && !out) return { from: start, to: end, insert: step, start: start + step.length, end: start + step.length };
  const from = lineStart(text, start);
  // A selection that ends at the beginning of a line does not mean that line.
  const last = end > start && text[end - 1] === '\n' ? end - 1 : end;
  const stop = text.indexOf('\n', last);
  const to = stop < 0 ? text.length : stop;
  const lines = text.slice(from, to).split('\n');
  const moved = lines.map((line) => (out ? line.replace(/^( {1,2}|\t)/, '') : line === '' ? line : step + line));
  const insert = moved.join('\n');
  if (insert === text.slice(from, to)) return null;
  const first = (moved[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  const all = insert.length - (to - from);
  return { from, to, insert, start: Math.max(from, start + first), end: Math.max(from, end + all) };
}

/** Enter in a list: the next item begins by itself, a box open; in an empty item the list ends. Null: an ordinary new line. */
export function newLine({ text, start, end }: Selected): Replacement | null {
  if (start !== end) return null;
  const from = lineStart(text, start);
  const before = text.slice(from, start);
  const item = /^(\s*)([-*+]|(\d{1,9})([.)]))( +)(\[[ xX]\] +)?/.exec(before);
  if (!item) {
    const space = /^[ \t]+/.exec(before)?.[0] ?? '';
    return space === '' || before.trim() === '' ? null : { from: start, to: end, insert: `\n${space}`, start: start + 1 + space.length, end: start + 1 + space.length };
  }
  const rest = text.slice(start).split('\n', 1)[0] ?? '';
  if (item[0].length === before.length && rest.trim() === '') return { from, to: start, insert: '', start: from, end: from };
  const [, space = '', bullet = '', number, closing = '', gap = ' ', box] = item;
  const insert = `\n${space}${number === undefined ? bullet : `${Number(number) + 1}${closing}`}${gap}${box ? '[ ] ' : ''}`;
  return { from: start, to: end, insert, start: start + insert.length, end: start + insert.length };
}
