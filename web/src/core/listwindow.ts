/** Which rows of a long list stand in the page: those on the screen and a few around, so that its cost does not grow with its length. */
export interface ListWindow {
  first: number;
  end: number; // one past the last
}

/** Up to so many rows all are in the page, so that the browser's own search finds every one of them. */
export const wholeUpTo = 60;
/** Rows beyond each edge of the screen: a step of the wheel or a page key shows no gap. */
const around = 8;

/** `offset` is how far the list's top lies above the top of the screen, in pixels; negative while it is below. */
export function windowOf(count: number, rowHeight: number, offset: number, screenHeight: number): ListWindow {
  if (count <= wholeUpTo) return { first: 0, end: count };
  const onScreen = Math.ceil(screenHeight / rowHeight);
  const top = Math.floor(Math.max(0, offset) / rowHeight);
  const first = Math.max(0, Math.min(top - around, count - onScreen - 2 * around));
  return { first, end: Math.min(count, first + onScreen + 2 * around + 1) };
}
