import type { DraftPiece, Place, PlaceTake } from './conflict';

/** A draft with neighbouring texts joined: the hub keeps frontmatter and body apart. */
export function joinPieces(draft: readonly DraftPiece[]): DraftPiece[] {
  const joined: DraftPiece[] = [];
  for (const piece of draft) {
    const last = joined.at(-1);
    if (last && 'text' in last && 'text' in piece) joined[joined.length - 1] = { text: last.text + piece.text };
    else joined.push(piece);
  }
  return joined;
}

const linesAround = 3;

/** The first and last lines of an equal stretch, between two places. */
export function shortened(piece: string, first: boolean, last: boolean): { before: string; skipped: number; after: string } {
  const lines = piece.replace(/\n$/, '').split('\n');
  const head = first ? 0 : linesAround;
  const tail = last ? 0 : linesAround;
  if (lines.length <= head + tail + 1) return { before: lines.join('\n'), skipped: 0, after: '' };
  return { before: lines.slice(0, head).join('\n'), skipped: lines.length - head - tail, after: tail > 0 ? lines.slice(-tail).join('\n') : '' };
}

export interface PlaceChoice {
  take: PlaceTake | '';
  text: string;
}

/** The text of a draft in which every place is decided; as the hub makes it (`merge::decide`). Null while one is open. */
export function decide(draft: readonly DraftPiece[], places: readonly Place[], choices: readonly PlaceChoice[]): string | null {
  let text = '';
  for (const [i, piece] of draft.entries()) {
    if ('text' in piece) {
      text += piece.text;
      continue;
    }
    const place = places[piece.place];
    const choice = choices[piece.place];
    const ours = place?.ours?.text ?? '';
    const theirs = place?.theirs?.text ?? '';
    // At the end of a document that ends without a newline, none is added.
    const openEnd = i === draft.length - 1 && !ours.endsWith('\n') && !theirs.endsWith('\n');
    const whole = (lines: string): string => (lines === '' || lines.endsWith('\n') || openEnd ? lines : `${lines}\n`);
    switch (choice?.take) {
      case 'ours': text += ours; break;
      case 'theirs': text += theirs; break;
      case 'both': text += ours !== '' && theirs !== '' && !ours.endsWith('\n') ? `${ours}\n${theirs}` : ours + theirs; break;
      case 'base': text += place?.base?.text ?? ''; break;
      case 'text': text += whole(choice.text); break;
      default: return null;
    }
  }
  return text;
}
