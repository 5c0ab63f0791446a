/** A title as people write it in Markdown: `code` in it is shown as code. Anything else stays as it is. */
export function titlePieces(title: string): { text: string; code: boolean }[] {
  return title
    .split(/(`[^`]+`)/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece.length > 2 && piece.startsWith('`') && piece.endsWith('`') ? { text: piece.slice(1, -1), code: true } : { text: piece, code: false }));
}
